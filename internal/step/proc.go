package step

import (
	"context"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
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
	handle int             // a descriptor that can be read when the process ended; -1: exited tells it
	exited <-chan struct{} // closed when it ended; where the system allows, its number is its own until reap
	reap   func() status   // gives the number back, when it ended
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

// command describes a process to start.
type command struct {
	argv  []string // the first is a path
	env   []string // each name once
	dir   string
	log   *os.File   // stdout and stderr
	files []*os.File // from descriptor 3 on
	stdin string     // a file; empty: there is nothing to read
}

// supervise waits for a task, ends it at its time limit or with the run, and leaves none of its processes running.
func (r *Runtime) supervise(ctx context.Context, c *child, out *output, timeout time.Duration, leash string) ending {
	kills := r.system.oomKills()
	g := &guard{pid: c.pid, grace: r.opts.Grace, sweep: func() { r.system.sweep(c.pid, leash) }, over: make(chan struct{})}
	stop := g.watch(ctx, timeout)
	out.until(c)
	stop()
	out.drain(lastWords)
	killGroup(c.pid, syscall.SIGKILL)
	g.sweep()
	e := ending{status: c.reap(), timeout: g.timeout, canceled: g.canceled}
	out.drain(lastBytes)
	if !e.timeout && !e.canceled && (e.signal == syscall.SIGKILL || e.code == 128+int(syscall.SIGKILL)) {
		after := r.system.oomKills()
		e.oom = kills < 0 || after > kills
	}
	return e
}

// guard ends a process for its time or for the run: it asks, and after a grace it insists.
type guard struct {
	pid   int
	grace time.Duration
	sweep func() // kills what left the process's group

	mu                sync.Mutex    // held while signals are sent: the number must still be the process's
	over              chan struct{} // closed when the process ended
	timeout, canceled bool
}

// watch begins; the returned function ends it, after which the fields say what happened.
func (g *guard) watch(ctx context.Context, timeout time.Duration) (stop func()) {
	called := context.AfterFunc(ctx, func() { g.end(&g.canceled) })
	var late *time.Timer
	if timeout > 0 {
		late = time.AfterFunc(timeout, func() { g.end(&g.timeout) })
	}
	return func() {
		called()
		if late != nil {
			late.Stop()
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		close(g.over)
	}
}

func (g *guard) end(why *bool) {
	asked := g.whileRunning(func() bool {
		if g.timeout || g.canceled {
			return false // another reason came first
		}
		*why = true
		killGroup(g.pid, syscall.SIGTERM)
		return true
	})
	if asked && !wait(g.over, g.grace) {
		g.whileRunning(func() bool {
			killGroup(g.pid, syscall.SIGKILL)
			g.sweep()
			return true
		})
	}
}

// whileRunning calls f unless the process ended; whoever says that it did waits for f.
func (g *guard) whileRunning(f func() bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.over:
		return false
	default:
		return f()
	}
}

// wait waits for a channel's end, at most so long.
func wait(c <-chan struct{}, d time.Duration) (ended bool) {
	select {
	case <-c:
		return true
	default:
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c:
		return true
	case <-t.C:
		return false
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

// starter is a thread that lasts and starts processes: Linux kills them when the thread ends that started them.
type starter struct {
	once sync.Once
	work chan func()
}

// do calls f on the thread.
func (s *starter) do(f func()) {
	s.once.Do(func() {
		s.work = make(chan func())
		go func() {
			runtime.LockOSThread()
			for f := range s.work {
				f()
			}
		}()
	})
	done := make(chan struct{})
	s.work <- func() {
		defer close(done)
		f()
	}
	<-done
}

// close ends the thread, and with it what it started.
func (s *starter) close() {
	s.once.Do(func() {})
	if s.work != nil {
		close(s.work)
		s.work = nil
	}
}

// spareThreads is the number of threads that a runtime has made before its first process.
const spareThreads = 8

// reserve makes threads that are then idle: Go ends the program where it needs one more and the system gives none, as
// when a step has used up the processes that its user may have.
func reserve() {
	var made sync.WaitGroup
	all := make(chan struct{})
	made.Add(spareThreads)
	for range spareThreads {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			made.Done()
			<-all
		}()
	}
	made.Wait()
	close(all)
}
