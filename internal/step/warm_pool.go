package step

import (
	"context"
	"crypto/sha256"
	"os"
	"strings"
	"sync"
)

// warmPool holds the warm Python parents: one for each interpreter, working folder and environment, secrets
// included, since modules read the environment when they are imported. A parent forks a process for each task.
//
// A module is imported in the parent only after a fork has imported it and returned: so a module that hangs, crashes
// or leaves at import never takes the parent, and with it other tasks, along.
type warmPool struct {
	mu     sync.Mutex
	warm   map[string]*warmParent
	cold   map[string]bool // parent key and module: what cannot be forked
	closed bool
}

// maxParents bounds the parents that are kept; each holds the user's modules in memory.
const maxParents = 8

func warmKey(a *attempt, interp string) string {
	h := sha256.New()
	for _, s := range append([]string{interp, a.Dir}, flatten(a.environ.base)...) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return string(h.Sum(nil))
}

// fork starts a task as a fork of a warm parent; nil when a fresh interpreter has to do.
func (p *warmPool) fork(ctx context.Context, a *attempt, interp, dir, function string, task, log *os.File) *child {
	module := function[:max(0, strings.LastIndexByte(function, '.'))]
	for range 2 { // a parent whose modules have changed is replaced once
		w := p.parent(a, interp, dir, module)
		if w == nil {
			return nil
		}
		reply, ok := w.ask(ctx, a.task.Timeout, module, task, log)
		switch {
		case !ok:
			if !w.useful() && ctx.Err() == nil {
				p.mark(warmKey(a, interp)) // this interpreter cannot be a parent
			}
			p.drop(w)
			w.stop()
			return nil
		case reply.Stale:
			p.drop(w)
		case reply.Cold != "":
			p.mark(warmKey(a, interp) + module)
			p.drop(w) // it holds that module now
			return nil
		default:
			return w.child(reply.PID)
		}
	}
	return nil
}

// proven notes that a task imported the module without harm.
func (p *warmPool) proven(a *attempt, interp, module string) {
	p.mu.Lock()
	w := p.warm[warmKey(a, interp)]
	p.mu.Unlock()
	if w == nil || module == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.proven[module] = true
}

// parent returns the parent for an attempt, started if need be.
func (p *warmPool) parent(a *attempt, interp, dir, module string) *warmParent {
	key := warmKey(a, interp)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.cold[key] || p.cold[key+module] {
		return nil
	}
	if w := p.warm[key]; w != nil && w.alive() {
		return w
	}
	w, err := startParent(a, interp, dir)
	if err != nil {
		return nil
	}
	if p.warm == nil {
		p.warm = map[string]*warmParent{}
	}
	p.evict()
	p.warm[key] = w
	return w
}

// evict makes room for one more parent: the idle one that was used least recently goes.
func (p *warmPool) evict() {
	for len(p.warm) >= maxParents {
		oldest := ""
		for k, w := range p.warm {
			if w.idle() && (oldest == "" || w.lastUse().Before(p.warm[oldest].lastUse())) {
				oldest = k
			}
		}
		if oldest == "" {
			return
		}
		p.warm[oldest].stop()
		delete(p.warm, oldest)
	}
}

// mark notes that tasks of a module need interpreters of their own.
func (p *warmPool) mark(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cold == nil {
		p.cold = map[string]bool{}
	}
	p.cold[key] = true
}

// drop forgets a parent; it ends when its last task has.
func (p *warmPool) drop(w *warmParent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, v := range p.warm {
		if v == w {
			delete(p.warm, k)
		}
	}
	w.retire()
}

func (p *warmPool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, w := range p.warm {
		w.stop()
	}
	for _, w := range p.warm {
		wait(w.gone, lastBytes)
	}
	p.warm = nil
}
