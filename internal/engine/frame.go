package engine

import (
	"fmt"

	"github.com/runnable-render/runnable-render/ir"
)

// Frame evaluates one run of one graph: which nodes may start, what each of them sees, and what the graph came
// to. It is told the outcomes of nodes and knows nothing of how they came about.
type Frame struct {
	Path  string // of the graph: "" for the pipeline's own, else "step.branch" or "step.3"
	Graph *ir.Graph
	Entry *Scope

	plan     *plan
	outcomes []*Outcome // Needs: by node
	pending  []int      // Needs: predecessors that are not done
	reach    map[int]map[int]bool
	active   int
	changed  keySet
	result   *Outcome
}

// Step is a node that may start now.
type Step struct {
	Index    int
	Before   *Scope
	Handling *Failure // the failure that this node handles, or nil
}

// newFrame makes a frame; the plan must be of its graph.
func newFrame(path string, p *plan, entry *Scope) *Frame {
	return &Frame{Path: path, Graph: p.graph, Entry: entry, plan: p}
}

// Result returns the graph's outcome, or nil while it is going on.
func (f *Frame) Result() *Outcome { return f.result }

// Start returns the nodes that may start at once.
func (f *Frame) Start() []Step {
	if f.Graph.Style == ir.Chain {
		return f.follow(f.plan.Start, f.Entry, nil, "")
	}
	f.outcomes = make([]*Outcome, len(f.Graph.Nodes))
	f.pending = make([]int, len(f.Graph.Nodes))
	var ready []Step
	for i := range f.Graph.Nodes {
		f.pending[i] = len(f.plan.Needs[i])
		if f.pending[i] == 0 && f.plan.Handles[i] == ir.Nowhere {
			ready = append(ready, Step{Index: i, Before: f.Entry})
		}
	}
	f.active = len(ready)
	f.finish()
	return ready
}

// Done takes the outcome of node i and returns the nodes that may start now.
func (f *Frame) Done(i int, o Outcome) []Step {
	if f.Graph.Style == ir.Chain {
		return f.doneChain(i, o)
	}
	ready := f.doneNeeds(i, o)
	f.active += len(ready) - 1
	f.finish()
	return ready
}

// doneChain goes on from node i of a chain.
func (f *Frame) doneChain(i int, o Outcome) []Step {
	name := f.Graph.Nodes[i].Base().Name
	if o.Status.OK() {
		f.changed.add(o.Changed...)
		return f.follow(f.plan.Next[i], o.After, nil, name)
	}
	f.changed.add(keysOf(o.Kept)...)
	return f.follow(f.plan.OnFailure[i], o.After.With(o.Kept...), &o, name)
}

// follow goes along a chain's edge. cause is the failed outcome that the edge belongs to, or nil.
func (f *Frame) follow(to int, scope *Scope, cause *Outcome, from string) []Step {
	var failure *Failure
	if cause != nil {
		failure = cause.Failure
	}
	switch to {
	case ir.ToSuccess:
		f.result = &Outcome{Status: Success, After: scope, Changed: f.changed.order}
		return nil
	case ir.ToFail:
		out := Outcome{Status: Failed, After: f.Entry, Failure: failure}
		if cause != nil {
			out.Kept = cause.Kept
		} else {
			out.Failure = reachedFail(f.Path, from)
		}
		f.result = &out
		return nil
	}
	return []Step{{Index: to, Before: scope, Handling: failure}}
}

// reachedFail is the failure of a graph that reached `fail` after a step that succeeded (SEMANTICS 2.7).
func reachedFail(path, from string) *Failure {
	if from == "" {
		return &Failure{Step: path, Kind: KindError, Message: "the graph starts at fail"}
	}
	return &Failure{Step: ir.Join(path, from), Kind: KindError, Message: fmt.Sprintf("reached fail after %q", from)}
}

// doneNeeds settles node i of a needs graph.
func (f *Frame) doneNeeds(i int, o Outcome) []Step {
	f.outcomes[i] = &o
	settled := i
	if h := f.plan.Handles[i]; h != ir.Nowhere {
		settled = h // a handler's outcome settles the node that it handles
	}
	if o.Status.OK() {
		f.changed.add(o.Changed...)
		return f.release(settled)
	}
	if settled != i {
		return nil
	}
	f.changed.add(keysOf(o.Kept)...)
	switch to := f.plan.OnFailure[i]; to {
	case ir.ToFail:
		return nil
	case ir.ToSuccess:
		return f.release(i)
	default:
		return []Step{{Index: to, Before: o.After.With(o.Kept...), Handling: o.Failure}}
	}
}

// release tells the dependents of node i that it is done.
func (f *Frame) release(i int) []Step {
	var ready []Step
	for _, d := range f.plan.Dependents[i] {
		if f.pending[d]--; f.pending[d] == 0 {
			ready = append(ready, Step{Index: d, Before: f.merge(f.plan.Needs[d])})
		}
	}
	return ready
}

// finish sets the result once nothing is going on.
func (f *Frame) finish() {
	if f.active > 0 || f.result != nil {
		return
	}
	for i := range f.Graph.Nodes {
		if f.plan.Handles[i] == ir.Nowhere && !f.done(i) {
			out := f.failure()
			f.result = &out
			return
		}
	}
	f.result = &Outcome{Status: Success, After: f.merge(f.sinks()), Changed: f.changed.order}
}

// done reports whether node i succeeded, or failed with its handler successful.
func (f *Frame) done(i int) bool {
	o := f.outcomes[i]
	switch {
	case o == nil:
		return false
	case o.Status.OK():
		return true
	}
	to := f.plan.OnFailure[i]
	return to == ir.ToSuccess || to >= 0 && f.outcomes[to] != nil && f.outcomes[to].Status.OK()
}

// failure is the outcome of a needs graph in which not every step is done: that of the first failed step in
// definition order, or of its handler where that failed too.
func (f *Frame) failure() Outcome {
	out := Outcome{Status: Failed, After: f.Entry}
	for i, o := range f.outcomes {
		if o == nil || f.plan.Handles[i] != ir.Nowhere || f.done(i) {
			continue
		}
		if h := f.plan.OnFailure[i]; h >= 0 && f.outcomes[h] != nil {
			o = f.outcomes[h]
		}
		if o.Failure != nil {
			out.Failure, out.Kept = o.Failure, o.Kept
			return out
		}
	}
	return out
}

// sinks are the nodes that nobody needs, in source order: what the graph leaves is what a step that
// needs them all would see.
func (f *Frame) sinks() []int {
	var out []int
	for i := range f.Graph.Nodes {
		if f.plan.Handles[i] == ir.Nowhere && len(f.plan.Dependents[i]) == 0 {
			out = append(out, i)
		}
	}
	return out
}

// after is the scope that the dependents of node i see: its own, or its handler's.
func (f *Frame) after(i int) *Scope {
	o := f.outcomes[i]
	if o.Status.OK() {
		return o.After
	}
	if h := f.plan.OnFailure[i]; h >= 0 {
		return f.outcomes[h].After
	}
	return o.After.With(o.Kept...)
}
