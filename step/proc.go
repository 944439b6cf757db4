package step

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/runnable-render/runnable-render/engine"
)

// Waits around the end of a process.
const (
	lastWords = 250 * time.Millisecond // for what it left running to end by itself, as a `tee` does
	lastBytes = 2 * time.Second        // for the log's end when something still holds it
)

// child is a process that runs a task: the leader of a session of its own, so that what it starts can be ended with
// it and no terminal is in reach.
type child struct {
	pid    int
	exited <-chan struct{} // closed when the process ended; where the system allows, its number is its own until reap
	reap   func() status   // gives the number back
}

// status is how a process ended.
type status struct {
	code   int
	signal syscall.Signal
	lost   string // why nothing is known
}

// ending is how a supervised task ended.
type ending struct {
	status
	timeout  bool // we ended it, for its time
	canceled bool // we ended it, for the run
	oom      bool // it was killed for its memory, as far as can be told
}

// starter starts processes on one thread that never ends: Linux ties the parent-death signal to the thread.
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

func onStarter(f func()) {
	done := make(chan struct{})
	starter() <- func() {
		defer close(done)
		f()
	}
	<-done
}

// command describes a process to start.
type command struct {
	argv  []string // the first is a path
	env   []string // each name once
	dir   string
	log   *os.File   // stdout and stderr
	files []*os.File // from descriptor 3 on
	stdin string     // a file; empty: there is nothing to read
}

// start starts the process. It is not package os that does: os/exec goes through the whole environment once more, and
// os.Process keeps what is not needed here.
func (c command) start() (*child, error) {
	if err := Platform(); err != nil {
		return nil, err
	}
	in, err := os.Open(cmp.Or(c.stdin, os.DevNull))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	files := []uintptr{in.Fd(), c.log.Fd(), c.log.Fd()}
	for _, f := range c.files {
		files = append(files, f.Fd())
	}
	handle := -1
	attr := &syscall.ProcAttr{Dir: c.dir, Env: c.env, Files: files, Sys: processAttributes(&handle)}
	var pid int
	onStarter(func() { pid, err = spawn(c.argv, attr) })
	if errors.Is(err, syscall.EBADF) { // the new process found no number free to move a file to: dup(2) says it so
		err = syscall.EMFILE
	}
	if err != nil {
		return nil, &os.PathError{Op: "fork/exec", Path: c.argv[0], Err: err}
	}
	exited := make(chan struct{})
	var reaped *status
	go func() {
		defer close(exited)
		if !waitWithoutReaping(pid, handle) {
			s := waited(pid)
			reaped = &s
		}
	}()
	return &child{pid: pid, exited: exited, reap: sync.OnceValue(func() status {
		<-exited
		if reaped != nil {
			return *reaped
		}
		return waited(pid)
	})}, nil
}

// logBuffers are what logs are read into.
type logBuffers struct{ pool sync.Pool }

func (b *logBuffers) get() []byte {
	if p, ok := b.pool.Get().(*[32 << 10]byte); ok {
		return p[:]
	}
	return new([32 << 10]byte)[:]
}

func (b *logBuffers) put(p []byte) { b.pool.Put((*[32 << 10]byte)(p)) }

// logPipe copies what a task writes to the sink. The task gets the returned end; drained closes at the end of the log.
func (r *Runtime) logPipe(out io.Writer) (task *os.File, drained <-chan struct{}, stop func(), err error) {
	ours, task, err := pipe()
	if err != nil {
		return nil, nil, nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := r.logs.get()
		_, _ = io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{ours}, buffer)
		r.logs.put(buffer)
	}()
	return task, done, func() { _ = ours.Close(); <-done }, nil
}

// supervise waits for a task, ends it for its time or for the run, and leaves nothing of it running.
func supervise(ctx context.Context, c *child, drained <-chan struct{}, timeout, grace time.Duration, leash string) ending {
	var late <-chan time.Time
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		late = t.C
	}
	kills := oomKills()
	var e ending
	select {
	case <-c.exited:
	case <-late:
		e.timeout = true
	case <-ctx.Done():
		e.canceled = true
	}
	if e.timeout || e.canceled {
		killGroup(c.pid, syscall.SIGTERM)
		select {
		case <-c.exited:
		case <-time.After(grace):
			killGroup(c.pid, syscall.SIGKILL)
			sweep(c.pid, leash)
			<-c.exited
		}
	}
	wait(drained, lastWords)
	killGroup(c.pid, syscall.SIGKILL)
	sweep(c.pid, leash)
	e.status = c.reap()
	wait(drained, lastBytes)
	if !e.timeout && !e.canceled && (e.signal == syscall.SIGKILL || e.code == 128+int(syscall.SIGKILL)) {
		after := oomKills()
		e.oom = kills < 0 || after > kills
	}
	return e
}

func wait(c <-chan struct{}, d time.Duration) {
	select {
	case <-c:
		return
	default:
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c:
	case <-t.C:
	}
}

// failure says why a task that ended like this failed; nil when it succeeded. what names it in messages.
func (e ending) failure(what string, timeout time.Duration, last string) *failure {
	detail := ""
	if last != "" {
		detail = ": " + last
	}
	switch {
	case e.lost != "":
		return fail(engine.KindKilled, "%s is lost: %s", what, e.lost)
	case e.timeout:
		return fail(engine.KindTimeout, "%s ran longer than %s and was stopped", what, timeout)
	case e.canceled:
		return fail(engine.KindKilled, "%s was stopped with the run", what)
	case e.oom:
		return fail(engine.KindOOM, "%s was killed, most likely for the memory it used", what).code(e.code)
	case e.signal != 0:
		return fail(engine.KindKilled, "%s was killed by %s", what, signalName(e.signal)).code(e.code)
	case e.code == 128+int(syscall.SIGKILL):
		return fail(engine.KindKilled, "a process of %s was killed by SIGKILL%s", what, detail).code(e.code)
	case e.code != 0:
		return fail(engine.KindError, "%s ended with exit code %d%s", what, e.code, detail).code(e.code)
	}
	return nil
}
