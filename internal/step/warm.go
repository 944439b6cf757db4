package step

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/runnable-render/runnable-render/python"
)

// warmParent is one parent process.
type warmParent struct {
	cmd     *child
	conn    *net.UnixConn
	send    sync.Mutex // one request at a time: descriptors belong to the message they came with
	mu      sync.Mutex
	nextID  int
	asked   map[int]chan warmReply
	tasks   map[int]*warmTask // by process number
	proven  map[string]bool
	dead    bool // the process is gone
	retired bool // nothing new is asked; it ends with its last task
	used    time.Time
	forked  bool          // it has started a task
	gone    chan struct{} // closed when the process was reaped
}

type warmTask struct {
	exited chan struct{}
	status status
}

// warmReply is what a parent sends.
type warmReply struct {
	ID     int    `json:"id"`
	PID    int    `json:"pid"`
	Stale  bool   `json:"stale"`
	Cold   string `json:"cold"`
	Exited int    `json:"exited"`
	Code   int    `json:"code"`
	Signal int    `json:"signal"`
}

func startParent(a *attempt, interp, dir string) (*warmParent, error) {
	conn, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	// The leash is not in the parent's environment: the parent outlives the attempt.
	c, err := command{
		argv: []string{interp, filepath.Join(dir, python.Boot), "serve"}, env: pythonEnviron(flatten(a.environ.base), dir),
		dir: a.Dir, log: null, files: []*os.File{theirs},
	}.startLasting(&a.rt.starter)
	_, _ = theirs.Close(), null.Close()
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	w := &warmParent{cmd: c, conn: conn, asked: map[int]chan warmReply{}, tasks: map[int]*warmTask{}, proven: map[string]bool{}, used: time.Now(), gone: make(chan struct{})}
	go w.listen()
	return w, nil
}

// listen takes what the parent says until it is gone; then every task it had is lost.
func (w *warmParent) listen() {
	defer close(w.gone)
	r := bufio.NewReader(w.conn)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			break
		}
		var m warmReply
		if json.Unmarshal(line, &m) != nil {
			break
		}
		w.mu.Lock()
		if m.Exited != 0 {
			w.ended(m)
		} else if ch := w.asked[m.ID]; ch != nil {
			if m.PID != 0 {
				w.tasks[m.PID] = &warmTask{exited: make(chan struct{})}
				w.forked = true
			}
			delete(w.asked, m.ID)
			ch <- m
		}
		w.mu.Unlock()
	}
	w.mu.Lock()
	w.dead = true
	for _, ch := range w.asked {
		close(ch)
	}
	w.asked = nil
	for pid, t := range w.tasks {
		t.status = status{code: -1, lost: "the Python process that had started it ended"}
		close(t.exited)
		delete(w.tasks, pid)
	}
	w.mu.Unlock()
	_ = w.conn.Close()
	killGroup(w.cmd.pid, syscall.SIGKILL)
	w.cmd.reap()
}

func (w *warmParent) ended(m warmReply) {
	t := w.tasks[m.Exited]
	if t == nil {
		return
	}
	t.status = status{code: m.Code}
	if m.Signal != 0 {
		t.status = status{code: 128 + m.Signal, signal: syscall.Signal(m.Signal)}
	}
	close(t.exited)
}

// ask has the parent fork a task.
func (w *warmParent) ask(ctx context.Context, timeout time.Duration, module string, task, log *os.File) (warmReply, bool) {
	w.send.Lock()
	defer w.send.Unlock()
	ch := make(chan warmReply, 1)
	w.mu.Lock()
	if w.dead {
		w.mu.Unlock()
		return warmReply{}, false
	}
	w.nextID++
	id := w.nextID
	w.asked[id], w.used = ch, time.Now()
	warm := w.proven[module]
	w.mu.Unlock()
	line, err := json.Marshal(map[string]any{"id": id, "module": module, "warm": warm})
	if err != nil {
		return warmReply{}, false
	}
	if err := sendFiles(w.conn, append(line, '\n'), task, log); err != nil {
		return warmReply{}, false
	}
	limit := 10 * time.Minute // an import, at most
	if timeout > 0 {
		limit = timeout
	}
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case r, ok := <-ch:
		return r, ok
	case <-ctx.Done():
	case <-t.C:
	}
	return warmReply{}, false
}

func (w *warmParent) child(pid int) *child {
	w.mu.Lock()
	t := w.tasks[pid]
	w.mu.Unlock()
	if t == nil { // gone already, with its parent
		t = &warmTask{exited: make(chan struct{}), status: status{code: -1, lost: "the Python process that had started it ended"}}
		close(t.exited)
	}
	return &child{pid: pid, handle: -1, exited: t.exited, reap: sync.OnceValue(func() status {
		line, _ := json.Marshal(map[string]int{"reap": pid})
		w.send.Lock()
		_, _ = w.conn.Write(append(line, '\n'))
		w.send.Unlock()
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.tasks, pid)
		if w.retired && len(w.tasks) == 0 {
			_ = w.conn.Close()
		}
		return t.status
	})}
}

func (w *warmParent) alive() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.dead
}

func (w *warmParent) useful() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.forked
}

func (w *warmParent) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.tasks) == 0 && len(w.asked) == 0
}

func (w *warmParent) lastUse() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.used
}

// retire lets the parent end once its tasks have.
func (w *warmParent) retire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.retired = true
	if len(w.tasks) == 0 {
		_ = w.conn.Close()
	}
}

// stop ends the parent now.
func (w *warmParent) stop() {
	_ = w.conn.Close()
	killGroup(w.cmd.pid, syscall.SIGKILL)
}
