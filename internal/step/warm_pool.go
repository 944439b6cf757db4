package step

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// warmPool holds the warm Python parents: one for each interpreter and environment, secrets included, and for each set
// of libraries that modules begin by importing. A parent forks a process for each task, and that imports the user's module.
//
// The first task of a module is a fork of the parent without libraries, which tells us what the module imports. From the
// second on there is a parent that has these, if it can be one.
type warmPool struct {
	mu      sync.Mutex
	parents map[string]*warmParent
	left    []*warmParent       // no longer asked, but their tasks may go on
	wants   map[string][]string // by parent without libraries, and module
	unfit   map[string]string   // why there is no parent of that key, or no task of that module in it
	losses  map[string]int      // how often a parent of that key did not answer
	closed  bool
}

const (
	maxParents = 8                // each holds libraries in memory
	maxLosses  = 2                // then there are no more of a key
	patience   = 20 * time.Second // for a parent to be ready, or to fork
	leastWait  = 200 * time.Millisecond
)

// preload are the libraries that parents may import beside those on the list; nil: none at all.
func (o Options) preload() []string {
	if o.Preload != nil && len(*o.Preload) == 0 {
		return nil
	}
	more := []string{}
	if o.Preload != nil {
		more = append(more, *o.Preload...)
	}
	return more
}

// warmKey names a parent without libraries.
func warmKey(a *attempt, interp, dir string) string {
	h := sha256.New()
	for _, s := range append([]string{interp, parentFolder(a, dir)}, a.environ.sorted...) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return string(h.Sum(nil))
}

// parentFolder is the working folder of a parent: no user's, unless folders of PYTHONPATH are told from it.
func parentFolder(a *attempt, dir string) string {
	if path := a.environ.base["PYTHONPATH"]; path != "" && slices.ContainsFunc(filepath.SplitList(path), func(p string) bool { return !filepath.IsAbs(p) }) {
		return a.Dir
	}
	return dir
}

// forkable reports whether a fork can be all that a fresh interpreter would be: what steers Python and native libraries
// must be known when they start, and some variables are the attempt's own.
func forkable(a *attempt) bool {
	for name := range a.environ.own {
		if name == strings.ToUpper(name) && !strings.HasPrefix(name, "RUNNABLE_") {
			return false
		}
	}
	return true
}

// fork starts a task as a fork of a warm parent; nil when a fresh interpreter has to do. The task must then have
// another socket and log, since a parent may have these.
func (p *warmPool) fork(a *attempt, interp, dir, function string, task, log *os.File) *child {
	if !forkable(a) {
		return nil
	}
	limit := patience
	if t := a.task.Timeout; t > 0 { // it holds, whatever becomes of the parent
		limit = min(limit, max(leastWait, t/4))
	}
	key, module := warmKey(a, interp, dir), moduleOf(function, a.task.Command)
	start := func(libraries []string) (*warmParent, error) {
		return startParent(a, interp, dir, libraries, func(module string, wants []string) { go p.learn(key, module, wants) })
	}
	for _, libraries := range p.choices(key, module) {
		own := key + strings.Join(libraries, " ")
		w := p.parent(own, libraries, start)
		if w == nil || !p.isReady(w, own, libraries, a, limit) {
			continue
		}
		c, why, err := w.fork(limit, module, a.Dir, a.layout(), task, log)
		switch {
		case err != nil:
			p.lost(own, w)
			return nil
		case why != "":
			p.refuse(own+"\x00"+module, why)
		default:
			return c
		}
	}
	return nil
}

// choices are the sets of libraries of the parents that may serve a module, the best first.
func (p *warmPool) choices(key, module string) [][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all [][]string
	if wants := p.wants[key+module]; len(wants) > 0 && p.unfit[key+strings.Join(wants, " ")+"\x00"+module] == "" {
		all = append(all, wants)
	}
	return append(all, nil)
}

// learn notes what a module imports.
func (p *warmPool) learn(key, module string, wants []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wants == nil {
		p.wants = map[string][]string{}
	}
	p.wants[key+module] = wants
}

func (p *warmPool) refuse(key, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(key, why)
}

func (p *warmPool) note(key, why string) {
	if p.unfit == nil {
		p.unfit = map[string]string{}
	}
	p.unfit[key] = why
}

// parent returns the parent of a key, started if need be; nil where there can be none.
func (p *warmPool) parent(key string, libraries []string, start func([]string) (*warmParent, error)) *warmParent {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.unfit[key] != "" {
		return nil
	}
	if w := p.parents[key]; w != nil && w.alive() {
		return w
	}
	w, err := start(libraries)
	if err != nil {
		return nil
	}
	if p.parents == nil {
		p.parents = map[string]*warmParent{}
	}
	p.evict()
	p.parents[key] = w
	return w
}

// isReady waits until a parent has imported what it is to have. One that can be none is not tried again.
func (p *warmPool) isReady(w *warmParent, key string, libraries []string, a *attempt, limit time.Duration) bool {
	if !wait(w.ready, limit) {
		if limit == patience {
			p.lost(key, w)
		}
		return false
	}
	if w.unfit == "" {
		return true
	}
	p.refuse(key, w.unfit)
	if a.rt.opts.Preload != nil && len(libraries) > 0 {
		a.out.note("preload: %s: imported again in each step, because %s", strings.Join(libraries, ", "), w.unfit)
	}
	return false
}

// lost gives up a parent that has not answered. Its tasks go on; the next task may start another.
func (p *warmPool) lost(key string, w *warmParent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.parents[key] != w {
		return // another task has found out
	}
	delete(p.parents, key)
	p.leave(w)
	if p.losses == nil {
		p.losses = map[string]int{}
	}
	if p.losses[key]++; p.losses[key] >= maxLosses {
		p.note(key, errParentLost.Error())
	}
}

// leave ends a parent that is asked no more, and keeps the leash of its tasks.
func (p *warmPool) leave(w *warmParent) {
	w.stop()
	p.left = append(p.left, w)
}

// evict makes room for one more parent: the idle one that was used least recently goes.
func (p *warmPool) evict() {
	for len(p.parents) >= maxParents {
		oldest, since := "", time.Time{}
		for k, w := range p.parents {
			if used, idle := w.idleSince(); idle && (oldest == "" || used.Before(since)) {
				oldest, since = k, used
			}
		}
		if oldest == "" {
			return
		}
		p.leave(p.parents[oldest])
		delete(p.parents, oldest)
	}
}

func (p *warmPool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, w := range p.parents {
		p.left = append(p.left, w)
		w.stop()
	}
	for _, w := range p.left {
		w.close()
	}
	p.parents, p.left = nil, nil
}
