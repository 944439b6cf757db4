package engine

import (
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/runnable-render/runnable-render/ir"
)

// ErrNotReached is the error of a step that the run has not reached: with its predecessors' outcomes it is not
// to run, or they have no record yet.
var ErrNotReached = errors.New("the run has not reached this step")

// Resolver derives what a single step sees from the facts of a run, without walking the whole run: a step of a
// chain opens its predecessor's record and no other. Every target's runner in a container uses it.
type Resolver struct {
	Pipeline *ir.Pipeline
	Initial  *Scope
	Facts    Facts
	Blobs    Blobs
	// Careful makes every look-up a walk from the start of the graph, since records of an earlier walk may lie
	// beside the path of this one: set it when the run has been retried.
	Careful bool

	plans   map[*ir.Graph]*plan
	once    sync.Once
	reduced lookUp
}

// Step derives what the node at path sees. The error is [ErrNotReached] if the run has not reached it.
func (r *Resolver) Step(path string) (*Job, error) {
	at, err := locate(r.Pipeline, path)
	if err != nil {
		return nil, err
	}
	if at.node == nil {
		return nil, fmt.Errorf("%q is not a step", path)
	}
	return r.step(at)
}

func (r *Resolver) step(at *position) (*Job, error) {
	entry, err := r.entry(at.above)
	if err != nil {
		return nil, err
	}
	f := newFrame(at.above.path, r.plan(at.graph), entry.Before)
	s, err := r.before(f, at)
	if err != nil {
		return nil, err
	}
	job := *entry
	job.Path, job.Node, job.Before = at.path, at.node, s.Before
	if s.Handling != nil {
		job.Handling = s.Handling
	}
	return &job, nil
}

// entry derives the scope in which a graph's run starts; the rest of the job is what holds inside it.
func (r *Resolver) entry(at *position) (*Job, error) {
	if at.above == nil {
		return &Job{Before: r.Initial}, nil
	}
	job, err := r.step(at.above)
	if err != nil {
		return nil, err
	}
	var v Var
	switch n := at.above.node.(type) {
	case *ir.Parallel:
		return job, nil
	case *ir.Conditional:
		arm, failure := Arm(n, at.above.path, job.Before, r.Blobs)
		if failure != nil || n.Branches[arm].Name != at.slot {
			return nil, ErrNotReached
		}
		return job, nil
	case *ir.Map:
		items, failure := Items(n, at.above.path, job.Before, r.Blobs)
		i, _ := strconv.Atoi(at.slot)
		if failure != nil || i >= len(items) {
			return nil, ErrNotReached
		}
		job.Before, v = ItemScope(n, at.above.path, i, items[i], job.Before)
	case *ir.Loop:
		k, _ := strconv.Atoi(at.slot)
		scope, err := r.afterIteration(n, at.above, job, k-1)
		if err != nil {
			return nil, err
		}
		job.Before, v = IndexScope(n, at.above.path, k, scope)
	case *ir.Nested:
		inside, failure := InnerScope(n, at.above.path, job.Before, r.Blobs)
		if failure != nil {
			return nil, &RefusedError{failure}
		}
		job.Before, job.Vars = inside, nil
		return job, nil
	case *ir.Task, *ir.Stub:
		panic("engine: a leaf holds no graph")
	}
	job.Vars = append(job.Vars[:len(job.Vars):len(job.Vars)], v)
	return job, nil
}

// afterIteration returns the scope after iteration k of a loop, from which the next one starts. It goes back to
// the last iteration that is known and forward again.
func (r *Resolver) afterIteration(n *ir.Loop, at *position, job *Job, k int) (*Scope, error) {
	scope, from := job.Before, 0
	if !r.Careful {
		for i := k; i >= 0; i-- {
			o, err := knownExit(r.Facts, r.Blobs, ir.Join(at.path, strconv.Itoa(i)), nil)
			if err != nil {
				return nil, err
			}
			if o != nil {
				scope, from = o.After, i+1
				if done, _ := LoopDone(n, at.path, i, o, r.Blobs); done {
					return nil, ErrNotReached
				}
				break
			}
		}
	}
	for i := from; i <= k; i++ {
		o, err := r.iteration(n, at.path, i, scope)
		if err != nil {
			return nil, err
		}
		if done, _ := LoopDone(n, at.path, i, o, r.Blobs); done {
			return nil, ErrNotReached
		}
		scope = o.After
	}
	return scope, nil
}

// iteration derives the outcome of iteration k of a loop, from the scope after the one before.
func (r *Resolver) iteration(n *ir.Loop, path string, k int, scope *Scope) (*Outcome, error) {
	entry, _ := IndexScope(n, path, k, scope)
	m := r.machine()
	m.root = m.newRun(n.Body, ir.Join(path, strconv.Itoa(k)), entry)
	return r.derive(m, m.root.Path, entry)
}

// Iteration derives whether a loop ends with its iteration at path, and why it fails then although the iteration succeeded.
func (r *Resolver) Iteration(path string) (done bool, failure *Failure, err error) {
	at, err := locate(r.Pipeline, path)
	if err != nil {
		return false, nil, err
	}
	n, ok := at.above.node.(*ir.Loop)
	if !ok || at.node != nil {
		return false, nil, fmt.Errorf("%q is not an iteration of a loop", path)
	}
	job, err := r.step(at.above)
	if err != nil {
		return false, nil, err
	}
	k, _ := strconv.Atoi(at.slot)
	scope, err := r.afterIteration(n, at.above, job, k-1)
	if err != nil {
		return false, nil, err
	}
	out, err := r.iteration(n, at.above.path, k, scope)
	if err != nil {
		return false, nil, err
	}
	done, failure = LoopDone(n, at.above.path, k, out, r.Blobs)
	return done, failure, nil
}

// Outcome derives the outcome of the node at path.
func (r *Resolver) Outcome(path string) (*Outcome, error) {
	at, err := locate(r.Pipeline, path)
	if err != nil {
		return nil, err
	}
	return r.outcome(at)
}

func (r *Resolver) outcome(at *position) (*Outcome, error) {
	if ir.IsLeaf(at.node) {
		return r.leaf(at)
	}
	if !r.Careful {
		if o, err := knownExit(r.Facts, r.Blobs, at.path, nil); o != nil || err != nil {
			return o, err
		}
	}
	job, err := r.step(at)
	if err != nil {
		return nil, err
	}
	return r.derive(r.compositeMachine(job), at.path, job.Before)
}

// leaf reads the outcome of a leaf. The scope before it is not needed: the record holds the scope after.
func (r *Resolver) leaf(at *position) (*Outcome, error) {
	rec, err := r.Facts.Latest(at.path)
	if err != nil {
		return nil, err
	}
	if rec == nil {
		return nil, ErrNotReached
	}
	after, err := LoadScope(rec.After, r.Blobs)
	if err != nil {
		return nil, fmt.Errorf("the record of %s: %w", at.path, err)
	}
	o := LeafOutcome(after, rec)
	o.After = after
	return &o, nil
}

// machine makes a machine that passes composites whose exits are kept. Where the run has been retried, exits of before may
// lie beside what was run again, so it passes the last acts of maps alone: those that a Python function reduced.
func (r *Resolver) machine() *Machine {
	m := newMachine(r.Blobs)
	if !r.Careful {
		m.known = func(path string, before *Scope) (*Outcome, error) { return knownExit(r.Facts, r.Blobs, path, before) }
		return m
	}
	r.once.Do(func() { r.reduced = pythonReduced(r.Pipeline, r.Facts, r.Blobs) })
	m.reduced = r.reduced
	return m
}

// derive walks the machine by records to its end and keeps the outcome as a fact.
func (r *Resolver) derive(m *Machine, path string, before *Scope) (*Outcome, error) {
	done, err := replay(m, r.Facts)
	if err != nil {
		return nil, err
	}
	if done.Outcome == nil {
		return nil, ErrNotReached
	}
	return done.Outcome, r.keep(path, before, done.Outcome)
}

// before derives the step's scope inside its graph.
func (r *Resolver) before(f *Frame, at *position) (Step, error) {
	i := f.Graph.Index(at.node.Base().Name)
	if r.Careful {
		return r.walkTo(f, i)
	}
	if f.Graph.Style == ir.Needs {
		return r.beforeNeeds(f, i)
	}
	if f.plan.Start == i {
		return Step{Index: i, Before: f.Entry}, nil
	}
	var found []Step
	for j := range f.Graph.Nodes {
		if f.plan.Next[j] != i && f.plan.OnFailure[j] != i {
			continue
		}
		o, err := r.nodeOutcome(f, j)
		if errors.Is(err, ErrNotReached) {
			continue
		}
		if err != nil {
			return Step{}, err
		}
		for _, s := range f.doneChain(j, *o) {
			if s.Index == i {
				found = append(found, s)
			}
		}
	}
	switch len(found) {
	case 0:
		return Step{}, ErrNotReached
	case 1:
		return found[0], nil
	}
	return r.walkTo(f, i) // records of an earlier walk are beside the path: only a walk tells
}

// walkTo walks a graph from its start until node i may start.
func (r *Resolver) walkTo(f *Frame, i int) (Step, error) {
	f = newFrame(f.Path, f.plan, f.Entry)
	for queue := f.Start(); len(queue) > 0; {
		s := queue[0]
		queue = queue[1:]
		if s.Index == i {
			return s, nil
		}
		o, err := r.settled(f, s)
		if errors.Is(err, ErrNotReached) {
			continue
		}
		if err != nil {
			return Step{}, err
		}
		queue = append(queue, f.Done(s.Index, *o)...)
	}
	return Step{}, ErrNotReached
}

// settled is the step's outcome on this walk: a record of another scope does not count.
func (r *Resolver) settled(f *Frame, s Step) (*Outcome, error) {
	node := f.Graph.Nodes[s.Index]
	path := ir.Join(f.Path, node.Base().Name)
	if !ir.IsLeaf(node) {
		return r.derive(r.compositeMachine(&Job{Path: path, Node: node, Before: s.Before, Handling: s.Handling}), path, s.Before)
	}
	rec, err := r.Facts.Latest(path)
	if err != nil {
		return nil, err
	}
	if rec == nil || rec.Before != s.Before.Digest() {
		return nil, ErrNotReached
	}
	o := LeafOutcome(s.Before, rec)
	return &o, nil
}

// beforeNeeds derives the scope of node i of a needs graph from what it needs, or handles.
func (r *Resolver) beforeNeeds(f *Frame, i int) (Step, error) {
	f.Start() // makes room for the outcomes
	if h := f.plan.Handles[i]; h != ir.Nowhere {
		o, err := r.nodeOutcome(f, h)
		if err != nil {
			return Step{}, err
		}
		if o.Status.OK() {
			return Step{}, ErrNotReached
		}
		return Step{Index: i, Before: o.After.With(o.Kept...), Handling: o.Failure}, nil
	}
	for _, j := range f.plan.Needs[i] {
		o, err := r.nodeOutcome(f, j)
		if err != nil {
			return Step{}, err
		}
		f.outcomes[j] = o
		if h := f.plan.OnFailure[j]; !o.Status.OK() && h >= 0 {
			if f.outcomes[h], err = r.nodeOutcome(f, h); err != nil {
				return Step{}, err
			}
		}
		if !f.done(j) {
			return Step{}, ErrNotReached
		}
	}
	return Step{Index: i, Before: f.merge(f.plan.Needs[i])}, nil
}

func (r *Resolver) nodeOutcome(f *Frame, j int) (*Outcome, error) {
	node := f.Graph.Nodes[j]
	above, err := locate(r.Pipeline, f.Path)
	if err != nil {
		return nil, err
	}
	return r.outcome(&position{path: ir.Join(f.Path, node.Base().Name), graph: f.Graph, node: node, above: above})
}

func (r *Resolver) plan(g *ir.Graph) *plan {
	if r.plans == nil {
		r.plans = map[*ir.Graph]*plan{}
	}
	p := r.plans[g]
	if p == nil {
		p = newPlan(g)
		r.plans[g] = p
	}
	return p
}
