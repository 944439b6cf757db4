package step

import (
	"bufio"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/python"
)

// warmParent is one parent process. What it forks outlives it: a fork is held by the leash alone, a pipe that ends with
// us, and we wait for it by a descriptor of the process.
type warmParent struct {
	cmd   *child
	conn  *net.UnixConn
	leash *os.File // our end
	log   *os.File // what it writes by mistake, which nobody reads
	ready chan struct{}
	gone  chan struct{} // closed when the process was reaped

	send   sync.Mutex // one message at a time: descriptors belong to the message they came with
	mu     sync.Mutex
	unfit  string // why it can be no parent; valid once ready is closed
	dead   bool
	nextID int
	asked  map[int]chan warmReply // requests by their number, negative; ends of tasks by that of the process
	tasks  int                    // that have not been reaped
	used   time.Time
	learn  func(module string, wants []string)
}

// warmReply is what a parent sends; see serve.py.
type warmReply struct {
	Ready  bool     `json:"ready"`
	ID     int      `json:"id"`
	PID    int      `json:"pid"`
	Unfit  string   `json:"unfit"`
	Code   int      `json:"code"`
	Signal int      `json:"signal"`
	Module string   `json:"module"`
	Wants  []string `json:"wants"`
}

var errParentLost = errors.New("the parent ended or does not answer")

// startParent starts a parent that is to import libraries; learn receives those that the modules of its tasks import.
func startParent(a *attempt, interp, dir string, libraries []string, learn func(string, []string)) (*warmParent, error) {
	conn, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	held, leash, err := os.Pipe()
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	defer held.Close()
	unread, log, err := os.Pipe() // as a task's log is a pipe: Python looks what it is when it starts
	if err != nil {
		_, _ = conn.Close(), leash.Close()
		return nil, err
	}
	defer log.Close()
	w := &warmParent{
		conn: conn, leash: leash, log: unread, ready: make(chan struct{}), gone: make(chan struct{}), asked: map[int]chan warmReply{}, used: time.Now(), learn: learn,
	}
	// The step's leash is not in the parent's environment: the parent outlives the attempt.
	w.cmd, err = command{
		argv: []string{interp, filepath.Join(dir, python.Boot), "serve"}, env: pythonEnviron(a.environ.sorted, dir),
		dir: parentFolder(a, dir), log: log, files: []*os.File{theirs, held},
	}.startLasting(&a.rt.starter)
	if err != nil {
		w.release()
		return nil, err
	}
	go w.listen()
	err = w.write(map[string]any{"load": append([]string{}, libraries...), "more": a.rt.opts.preload()})
	if err != nil {
		w.stop()
	}
	return w, err
}

// release closes what we hold of the parent, which ends it where it still waits for us.
func (w *warmParent) release() { _, _, _ = w.conn.Close(), w.leash.Close(), w.log.Close() }

// listen takes what the parent says until it is gone.
func (w *warmParent) listen() {
	defer close(w.gone)
	for r := bufio.NewReader(w.conn); ; {
		line, err := r.ReadBytes('\n')
		var m warmReply
		if err != nil || json.Unmarshal(line, &m) != nil {
			break
		}
		w.take(m)
	}
	w.mu.Lock()
	w.dead = true
	for _, answer := range w.asked {
		close(answer)
	}
	w.asked = nil
	w.becomes("it ended")
	w.mu.Unlock()
	_ = w.conn.Close()
	killGroup(w.cmd.pid, syscall.SIGKILL)
	w.cmd.reap()
}

func (w *warmParent) take(m warmReply) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch answer := w.asked[m.ID]; {
	case answer != nil:
		delete(w.asked, m.ID)
		answer <- m
	case m.Module != "":
		w.learn(m.Module, m.Wants)
	case m.ID == 0:
		w.becomes(m.Unfit)
	}
}

// becomes notes what the parent says of itself, the first time.
func (w *warmParent) becomes(unfit string) {
	select {
	case <-w.ready:
	default:
		w.unfit = unfit
		close(w.ready)
	}
}

// fork has the parent fork a task, which then waits for its request. Why is set where the parent says that the module's
// tasks are not for it.
func (w *warmParent) fork(patience time.Duration, module, dir string, l project.Layout, task, log *os.File) (c *child, why string, err error) {
	w.mu.Lock()
	w.nextID--
	id := w.nextID
	w.mu.Unlock()
	r, err := w.ask(id, patience, map[string]any{"id": id, "module": module, "dir": dir, "folders": l.Modules(), "own": ownFile(l)}, task, log)
	if err != nil || r.Unfit != "" {
		return nil, r.Unfit, err
	}
	handle, err := openProcess(r.PID)
	if err != nil {
		return nil, "", err
	}
	w.mu.Lock()
	w.tasks++
	w.mu.Unlock()
	return &child{pid: r.PID, handle: handle, reap: sync.OnceValue(func() status {
		closeDescriptor(handle)
		return w.reap(r.PID)
	})}, "", nil
}

// reap asks how a task ended, which gives its number back.
func (w *warmParent) reap(pid int) status {
	r, err := w.ask(pid, lastBytes, map[string]any{"reap": pid})
	w.mu.Lock()
	w.tasks--
	w.mu.Unlock()
	switch {
	case err != nil:
		return status{code: -1, lost: "the Python process that had started it ended"}
	case r.Signal != 0:
		return status{code: 128 + r.Signal, signal: syscall.Signal(r.Signal)}
	}
	return status{code: r.Code}
}

// ask sends a message and waits for the answer with its number.
func (w *warmParent) ask(id int, patience time.Duration, message map[string]any, files ...*os.File) (warmReply, error) {
	answer := make(chan warmReply, 1)
	w.mu.Lock()
	if w.dead {
		w.mu.Unlock()
		return warmReply{}, errParentLost
	}
	w.asked[id], w.used = answer, time.Now()
	w.mu.Unlock()
	if err := w.write(message, files...); err != nil {
		return warmReply{}, err
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case r, ok := <-answer:
		if !ok {
			return r, errParentLost
		}
		return r, nil
	case <-late.C:
		return warmReply{}, errParentLost
	}
}

// write sends a message. A parent that hangs does not read: that must not hold us up.
func (w *warmParent) write(message map[string]any, files ...*os.File) error {
	line, err := json.Marshal(message)
	if err != nil {
		return err
	}
	w.send.Lock()
	defer w.send.Unlock()
	_ = w.conn.SetWriteDeadline(time.Now().Add(lastBytes))
	return sendFiles(w.conn, append(line, '\n'), files...)
}

func (w *warmParent) alive() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.dead
}

func (w *warmParent) idleSince() (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.used, w.tasks == 0 && len(w.asked) == 0
}

// stop ends the parent now. What it forked goes on; only how that ends will not be known.
func (w *warmParent) stop() {
	_ = w.conn.Close()
	killGroup(w.cmd.pid, syscall.SIGKILL)
}

// close ends the parent and what it forked.
func (w *warmParent) close() {
	w.stop()
	wait(w.gone, lastBytes)
	w.release()
}
