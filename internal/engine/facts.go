package engine

import (
	"cmp"
	"container/heap"
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// Facts are a run's records in the store.
type Facts interface {
	// Latest returns the record of the last attempt of the leaf at path, or nil where there is none.
	Latest(path string) (*Record, error)
	// Exit returns what was kept of the composite, or of the loop's iteration, at path, or nil.
	Exit(path string) (*Exit, error)
	// KeepExit keeps it in place of one that is there.
	KeepExit(path string, e *Exit) error
}

// Exit is the outcome of a composite, or of a graph, as a fact: derived from records, and kept so that a reader
// opens one object however wide the composite was.
type Exit struct {
	Version int      `json:"version"`
	Status  Status   `json:"status"`
	Before  string   `json:"before"` // digest of the scope before; with another one the exit is stale
	After   ScopeRef `json:"after"`
	Changed []Key    `json:"changed,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
	Kept    []Entry  `json:"kept,omitempty"`
	// Reduced is the digest of what a Python reducer was given; with another one the exit is stale. Empty for other
	// composites and in exits of earlier versions.
	Reduced string `json:"reduced,omitempty"`
}

func (o *Outcome) exit(before *Scope, blobs Blobs) (*Exit, error) {
	after, err := o.After.Save(blobs)
	if err != nil {
		return nil, err
	}
	e := &Exit{Version: RecordVersion, Status: o.Status, Before: before.Digest(), After: after, Changed: o.Changed, Failure: o.Failure, Reduced: o.reduced}
	for _, k := range o.Kept {
		e.Kept = append(e.Kept, *k)
	}
	return e, nil
}

func (e *Exit) outcome(blobs Blobs) (*Outcome, error) {
	after, err := LoadScope(e.After, blobs)
	if err != nil {
		return nil, err
	}
	return &Outcome{Status: e.Status, After: after, Changed: e.Changed, Failure: e.Failure, Kept: pointers(e.Kept), reduced: e.Reduced}, nil
}

// Replay walks a run by its records alone.
type Replay struct {
	Outcome *Outcome // of the run; nil where it is not finished
	Missing []Job    // the leaves that would run next: they have no record, or one of another scope
	Seen    []Seen   // the leaves that have a record, in the order in which they ended
	// After tells for each leaf that is reached the leaf whose end let it start; empty: the run's start.
	After map[string]string
}

// Seen is a leaf with its last record.
type Seen struct {
	Job    Job
	Record *Record
}

// known is a leaf that the walk of a replay has reached.
type known struct {
	Seen
	turn int // the order in which the walk reached it
}

// byEnd are leaves whose outcome the machine does not know yet, as a heap: the one that ended first is passed on first,
// as it was when the run went on. So the leaf whose end lets another one start is the one that it waited for.
type byEnd []known

func (h byEnd) Len() int      { return len(h) }
func (h byEnd) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h byEnd) Less(i, j int) bool {
	return cmp.Or(h[i].Record.Ended.Compare(h[j].Record.Ended), cmp.Compare(h[i].turn, h[j].turn)) < 0
}
func (h *byEnd) Push(x any) { *h = append(*h, x.(known)) }
func (h *byEnd) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// ReplayRun walks the whole run; observe, which may be nil, is called for its composites.
func ReplayRun(p *ir.Pipeline, initial *Scope, facts Facts, blobs Blobs, observe func(Observation)) (*Replay, error) {
	m := NewMachine(p, initial, blobs)
	m.Observe(observe)
	m.reduced = pythonReduced(p, facts, blobs)
	return replay(m, facts)
}

// pythonReduced tells the outcome of maps whose reducer only their own last act can evaluate.
func pythonReduced(p *ir.Pipeline, facts Facts, blobs Blobs) lookUp {
	any := false
	for v := range ir.Walk(p) {
		if n, ok := v.Node.(*ir.Map); ok && ir.PythonReducer(n.Reducer) {
			any = true
		}
	}
	if !any {
		return nil
	}
	return func(path string, before *Scope) (*Outcome, error) {
		node, err := NodeAt(p, path)
		if err != nil {
			return nil, err
		}
		if n, ok := node.(*ir.Map); !ok || !ir.PythonReducer(n.Reducer) {
			return nil, nil
		}
		return knownExit(facts, blobs, path, before)
	}
}

// lookUp tells the outcome of the composite at a path, or nil.
type lookUp func(path string, before *Scope) (*Outcome, error)

// knownExit reads the outcome that is kept of a path. With a scope before it, an exit of another scope does not
// count.
func knownExit(facts Facts, blobs Blobs, path string, before *Scope) (*Outcome, error) {
	e, err := facts.Exit(path)
	if err != nil || e == nil || before != nil && e.Before != before.Digest() {
		return nil, err
	}
	return e.outcome(blobs)
}

// replay feeds a machine with records, in the order in which they were written, until nothing more is known.
func replay(m *Machine, facts Facts) (*Replay, error) {
	out := &Replay{After: map[string]string{}}
	var open byEnd
	turn := 0
	reach := func(jobs []Job, after string) error {
		for _, job := range jobs {
			out.After[job.Path] = after
			var rec *Record
			if job.Reduce == nil {
				var err error
				if rec, err = facts.Latest(job.Path); err != nil {
					return err
				}
			}
			if rec == nil || rec.Before != job.Before.Digest() {
				out.Missing = append(out.Missing, job)
				continue
			}
			turn++
			heap.Push(&open, known{Seen{job, rec}, turn})
		}
		return nil
	}
	if err := reach(m.Start(), ""); err != nil {
		return nil, err
	}
	for len(open) > 0 {
		next := heap.Pop(&open).(known).Seen
		out.Seen = append(out.Seen, next)
		path := next.Job.Path
		if err := reach(m.Done(path, LeafOutcome(next.Job.Before, next.Record)), path); err != nil {
			return nil, err
		}
	}
	if m.err != nil {
		return nil, m.err
	}
	out.Outcome = m.Result()
	return out, nil
}

// NodeAt returns the node at the path of a run.
func NodeAt(p *ir.Pipeline, path string) (ir.Node, error) {
	at, err := locate(p, path)
	if err != nil {
		return nil, err
	}
	if at.node == nil {
		return nil, fmt.Errorf("%q is a branch, an item or an iteration, not a step", path)
	}
	return at.node, nil
}

// Within reports whether the step at a path is that at another one, or inside it. A * in outer stands for any index.
func Within(path, outer string) bool {
	for {
		a, restA, moreA := strings.Cut(path, ".")
		b, restB, moreB := strings.Cut(outer, ".")
		switch {
		case a != b && b != "*":
			return false
		case !moreB:
			return true
		case !moreA:
			return false
		}
		path, outer = restA, restB
	}
}
