package engine

import (
	"cmp"
	"strconv"

	"github.com/runnable-render/runnable-render/ir"
)

// nest is one run of one composite.
type nest struct {
	run      *graphRun // the graph that holds the composite; nil where the machine walks this composite alone
	index    int
	node     ir.Node
	path     string
	before   *Scope
	handling *Failure
	vars     []Var
	outs     []*Outcome // by branch or item; a loop keeps its last iteration alone
	items    []Value
	next     int // items that have been started
	open     int // graphs that are going on
	changed  keySet
	stopped  bool // fail_fast: nothing new starts
}

// open begins a composite.
func (m *Machine) open(c *nest) {
	if o := m.lookUp(c); o != nil {
		m.finish(c, *o)
		return
	}
	switch n := c.node.(type) {
	case *ir.Parallel:
		c.outs = make([]*Outcome, len(n.Branches))
		m.tell(c, len(n.Branches), nil)
		for i, b := range n.Branches {
			m.enter(c, i, b.Graph, b.Name, c.before, nil)
		}
	case *ir.Conditional:
		arm, failure := Arm(n, c.path, c.before, m.blobs)
		if failure != nil {
			m.close(c, Outcome{Status: Failed, After: c.before, Failure: failure})
			return
		}
		c.outs = make([]*Outcome, 1)
		m.tell(c, 1, nil)
		m.enter(c, 0, n.Branches[arm].Graph, n.Branches[arm].Name, c.before, nil)
	case *ir.Map:
		items, failure := Items(n, c.path, c.before, m.blobs)
		if failure != nil {
			m.close(c, Outcome{Status: Failed, After: c.before, Failure: failure})
			return
		}
		c.items, c.outs = items, make([]*Outcome, len(items))
		m.tell(c, len(items), nil)
		m.moreItems(c, n)
	case *ir.Loop:
		c.outs = make([]*Outcome, 1)
		m.tell(c, 0, nil)
		m.iterate(c, n, 0, c.before)
	case *ir.Nested:
		inside, failure := InnerScope(n, c.path, c.before, m.blobs)
		if failure != nil {
			m.close(c, Outcome{Status: Failed, After: c.before, Failure: failure})
			return
		}
		c.outs, c.vars = make([]*Outcome, 1), nil
		m.tell(c, 1, nil)
		m.enter(c, 0, n.Body, ir.InnerGraph, inside, nil)
	case *ir.Task, *ir.Stub:
		panic("engine: a leaf is not a composite")
	}
}

// enter begins one graph of a composite.
func (m *Machine) enter(c *nest, slot int, g *ir.Graph, name string, entry *Scope, v *Var) {
	r := m.newRun(g, ir.Join(c.path, name), entry)
	r.parent, r.slot, r.handling, r.vars = c, slot, c.handling, c.vars
	if v != nil {
		r.vars = append(r.vars[:len(r.vars):len(r.vars)], *v)
	}
	c.open++
	m.begin(r)
}

// moreItems begins items of a map, as many at a time as it allows; with none at all it ends the map.
func (m *Machine) moreItems(c *nest, n *ir.Map) {
	if len(c.items) == 0 {
		m.reduce(c, n)
		return
	}
	limit := cmp.Or(n.Parallelism, m.items, len(c.items))
	for c.next < len(c.items) && c.open < limit {
		i := c.next
		c.next++
		entry, v := ItemScope(n, c.path, i, c.items[i], c.before)
		m.enter(c, i, n.Body, strconv.Itoa(i), entry, &v)
	}
}

// iterate begins iteration k of a loop.
func (m *Machine) iterate(c *nest, n *ir.Loop, k int, scope *Scope) {
	c.next = k + 1
	entry, v := IndexScope(n, c.path, k, scope)
	m.enter(c, 0, n.Body, strconv.Itoa(k), entry, &v)
}

// ItemScope is the scope in which the body of a map starts for item i (SEMANTICS 2.4).
func ItemScope(n *ir.Map, path string, i int, item Value, before *Scope) (*Scope, Var) {
	by := Writer(ir.Join(path, strconv.Itoa(i)), 0)
	return before.With(&Entry{Key: ParamKey(n.IterateAs.Name), Value: item, By: by}), Var{n.IterateAs.Name, item}
}

// IndexScope is the scope in which iteration k of a loop starts, from the scope after the one before (SEMANTICS 2.6).
func IndexScope(n *ir.Loop, path string, k int, scope *Scope) (*Scope, Var) {
	by := Writer(ir.Join(path, strconv.Itoa(k)), 0)
	return scope.With(&Entry{Key: ParamKey(n.IndexAs.Name), Value: Int(k), By: by}), Var{n.IndexAs.Name, Int(k)}
}

// ended continues after a graph that has its outcome.
func (m *Machine) ended(r *graphRun) {
	c, out := r.parent, r.Result()
	if m.observe != nil {
		m.observe(Observation{Path: r.Path, Outcome: out})
	}
	if c == nil {
		m.result = out
		return
	}
	c.open--
	c.outs[r.slot] = out
	if !out.Status.OK() && ir.FailsFast(c.node) {
		c.stopped = true
	}
	switch n := c.node.(type) {
	case *ir.Loop:
		m.endIteration(c, n, out)
	case *ir.Map:
		m.moreItems(c, n)
		if c.open == 0 && c.next == len(c.items) {
			m.reduce(c, n)
		}
	case *ir.Nested:
		m.close(c, afterNested(n, c.path, c.before, out))
	default:
		if c.open == 0 {
			m.close(c, afterBranches(c.before, c.outs))
		}
	}
}

// endIteration begins the next iteration of a loop or ends it.
func (m *Machine) endIteration(c *nest, n *ir.Loop, out *Outcome) {
	c.changed.add(out.Changed...)
	done, failure := LoopDone(n, c.path, c.next-1, out, m.blobs)
	switch {
	case failure != nil:
		m.close(c, Outcome{Status: Failed, After: c.before, Failure: failure})
		return
	case !done:
		m.iterate(c, n, c.next, out.After)
		return
	}
	m.close(c, afterLoop(n, c.before, out, c.changed.order))
}

// LoopDone reports whether the loop at path ends with iteration k, whose outcome is out (SEMANTICS 2.6), and why it fails then
// although the iteration succeeded.
func LoopDone(n *ir.Loop, path string, k int, out *Outcome, blobs Blobs) (bool, *Failure) {
	if !out.Status.OK() || k+1 >= n.MaxIterations {
		return true, nil
	}
	return breaks(n, path, out.After, blobs)
}

// reduce ends a map whose items are all done: by its failure, or by its reducer's result.
func (m *Machine) reduce(c *nest, n *ir.Map) {
	if f := firstFailure(c.outs); f != nil {
		m.close(c, failComposite(c.before, f))
		return
	}
	result := collect(n, c.path, c.outs)
	by, err := m.reducer(n)
	if py, ok := by.(PythonReducer); ok && err == nil && len(c.items) > 0 {
		r := &Reducing{Function: py.Function, result: result}
		if o := m.ask(m.reduced, c); o != nil && (o.reduced == "" || o.reduced == r.digest()) {
			m.close(c, *o)
			return
		}
		m.running[c.path] = place{nest: c}
		m.jobs = append(m.jobs, Job{Path: c.path, Node: n, Before: c.before, Handling: c.handling, Vars: c.vars, Reduce: r})
		return
	}
	var values []Value
	if err == nil {
		values, err = result.reduce(by, m.blobs, nil)
	}
	m.endMap(c, result, values, err)
}

func (m *Machine) reducer(n *ir.Map) (Reducer, error) {
	if by, ok := m.reducers[n]; ok {
		return by, nil
	}
	by, err := ParseReducer(n.Reducer)
	if err == nil {
		m.reducers[n] = by
	}
	return by, err
}

// endMap ends a map with its reduced values. Reducing is the map's last act: its failure fails the map.
func (m *Machine) endMap(c *nest, r mapResult, values []Value, err error) {
	if err != nil {
		m.close(c, failed(c.before, c.path, KindData, err.Error()))
		return
	}
	m.close(c, afterMap(c.path, c.before, r, values))
}

// close ends a composite.
func (m *Machine) close(c *nest, o Outcome) {
	m.tell(c, 0, &o)
	m.finish(c, o)
}

// finish hands a composite's outcome to the graph that holds it.
func (m *Machine) finish(c *nest, o Outcome) {
	if c.run == nil {
		m.result = &o
		return
	}
	m.settle(c.run, c.index, o)
}

// lookUp returns the outcome of a composite that is known without a walk, or nil.
func (m *Machine) lookUp(c *nest) *Outcome { return m.ask(m.known, c) }

func (m *Machine) ask(known lookUp, c *nest) *Outcome {
	if known == nil || m.err != nil {
		return nil
	}
	o, err := known(c.path, c.before)
	m.err = err
	return o
}

func (m *Machine) tell(c *nest, size int, o *Outcome) {
	if m.observe != nil {
		m.observe(Observation{Path: c.path, Node: c.node, Size: size, Outcome: o})
	}
}
