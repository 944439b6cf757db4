package engine

import (
	"slices"
	"strconv"

	"github.com/runnable-render/runnable-render/ir"
)

// Machine walks a pipeline forward: it says which leaves may run, is told what they came to, and ends with the
// run's outcome. It does no I/O but to read and write values through the [Blobs] it is given, and keeps its own
// stack of events, so neither length nor width grows the goroutine's. It is not safe for concurrent use.
type Machine struct {
	blobs    Blobs
	plans    map[*ir.Graph]*plan
	reducers map[*ir.Map]Reducer
	running  map[string]place
	events   []event
	jobs     []Job
	root     *graphRun // nil where the machine walks one composite
	result   *Outcome
	observe  func(Observation)
	known    lookUp // outcomes of composites that need not be walked; may be nil
	err      error                               // of known; the walk is then incomplete
}

// Job is one leaf that may run now, or the last act of a map whose reducer is a Python function.
type Job struct {
	Path     string
	Node     ir.Node   // a leaf, or the *ir.Map to reduce
	Reduce   *Reducing // nil for a leaf
	Before   *Scope
	Handling *Failure // the failure that the leaf, or a composite around it, handles
	Vars     []Var    // the items and indexes that it runs in, the outermost first
}

// Var is the item of a map or the index of a loop that a step runs in.
type Var struct {
	Name  string
	Value Value
}

// Reducing is what a Python reducer is to be called with, name by name.
type Reducing struct {
	Function string
	result   mapResult
}

// Observation tells of a composite that has begun or ended.
type Observation struct {
	Path    string
	Node    ir.Node
	Size    int      // begun: the number of branches or items; 0 for a loop
	Outcome *Outcome // nil: begun
}

// place is where a running job's outcome goes.
type place struct {
	run   *graphRun
	index int
	nest  *nest // reducing: the map
}

// graphRun is one run of one graph, with the way back to the composite that holds it.
type graphRun struct {
	*Frame
	parent   *nest // nil for the pipeline's own graph
	slot     int   // which branch, item or iteration of the parent
	handling *Failure
	vars     []Var
}

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

// event is something that the machine has still to do: go on from a step, or from a finished graph.
type event struct {
	run  *graphRun
	step *Step // nil: the graph has finished
}

// NewMachine makes a machine at the start of the pipeline, which ir.Check and [Check] found free of errors.
func NewMachine(p *ir.Pipeline, initial *Scope, blobs Blobs) *Machine {
	m := newMachine(blobs)
	m.root = m.newRun(p.Graph, "", initial)
	return m
}

func newMachine(blobs Blobs) *Machine {
	return &Machine{
		blobs: blobs, plans: map[*ir.Graph]*plan{}, reducers: map[*ir.Map]Reducer{}, running: map[string]place{},
	}
}

// Observe makes the machine tell f of every composite that begins or ends.
func (m *Machine) Observe(f func(Observation)) { m.observe = f }

// Start returns the leaves that may run at once.
func (m *Machine) Start() []Job {
	if m.root != nil {
		m.begin(m.root)
	}
	return m.drain()
}

// Done takes the outcome of the job at path and returns the leaves that may run now.
func (m *Machine) Done(path string, o Outcome) []Job {
	at, ok := m.running[path]
	if !ok {
		panic("engine: no job at " + path)
	}
	delete(m.running, path)
	m.settle(at.run, at.index, o)
	return m.drain()
}

// Reduced takes what a Python reducer made of the values, through the function that calls it.
func (m *Machine) Reduced(job Job, values []Value, err error) []Job {
	at := m.running[job.Path]
	delete(m.running, job.Path)
	m.endMap(at.nest, job.Reduce.result, values, err)
	return m.drain()
}

// Call calls a Python reducer for each name that the map returns.
func (r *Reducing) Call(python CallPython) ([]Value, error) {
	return r.result.reduce(PythonReducer{r.Function}, nil, python)
}

// Result returns the outcome of the whole run, or nil while jobs are going on.
func (m *Machine) Result() *Outcome { return m.result }

func (m *Machine) plan(g *ir.Graph) *plan {
	p := m.plans[g]
	if p == nil {
		p = newPlan(g)
		m.plans[g] = p
	}
	return p
}

func (m *Machine) newRun(g *ir.Graph, path string, entry *Scope) *graphRun {
	return &graphRun{Frame: newFrame(path, m.plan(g), entry)}
}

// begin starts a graph.
func (m *Machine) begin(r *graphRun) { m.push(r, r.Start()) }

// settle tells a graph the outcome of one of its nodes.
func (m *Machine) settle(r *graphRun, index int, o Outcome) { m.push(r, r.Done(index, o)) }

// push queues what a graph wants next.
func (m *Machine) push(r *graphRun, steps []Step) {
	if r.Result() != nil {
		m.events = append(m.events, event{run: r})
		return
	}
	for i := range steps {
		m.events = append(m.events, event{run: r, step: &steps[i]})
	}
}

// drain works off the events and returns the jobs that came of them, in definition order.
func (m *Machine) drain() []Job {
	m.jobs = nil
	slices.Reverse(m.events)
	for len(m.events) > 0 {
		rest := len(m.events) - 1
		e := m.events[rest]
		m.events = m.events[:rest]
		if e.step == nil {
			m.ended(e.run)
		} else {
			m.start(e.run, *e.step)
		}
		slices.Reverse(m.events[rest:]) // events are taken from the end: what came first goes last
	}
	return m.jobs
}

// start begins a node: a leaf becomes a job, a composite its graphs.
func (m *Machine) start(r *graphRun, s Step) {
	node := r.Graph.Nodes[s.Index]
	path := ir.Join(r.Path, node.Base().Name)
	if r.refused() {
		m.settle(r, s.Index, Outcome{Status: Failed, After: s.Before})
		return
	}
	handling := s.Handling
	if handling == nil {
		handling = r.handling
	}
	if ir.IsLeaf(node) {
		m.running[path] = place{run: r, index: s.Index}
		m.jobs = append(m.jobs, Job{Path: path, Node: node, Before: s.Before, Handling: handling, Vars: r.vars})
		return
	}
	m.open(&nest{run: r, index: s.Index, node: node, path: path, before: s.Before, handling: handling, vars: r.vars})
}

// refused reports whether a composite around the graph has failed and said fail_fast (SEMANTICS 2.10).
func (r *graphRun) refused() bool {
	for r != nil && r.parent != nil {
		if r.parent.stopped {
			return true
		}
		r = r.parent.run
	}
	return false
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
	case *ir.Task, *ir.Stub:
		panic("engine: a leaf is no composite")
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
	for c.next < len(c.items) && (n.Parallelism == 0 || c.open < n.Parallelism) {
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

// ended goes on from a graph that has come to its outcome.
func (m *Machine) ended(r *graphRun) {
	c := r.parent
	if c == nil {
		m.result = r.Result()
		return
	}
	out := r.Result()
	c.open--
	c.outs[r.slot] = out
	if !out.Status.OK() && failFast(c.node) {
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
	default:
		if c.open == 0 {
			m.close(c, afterBranches(c.before, c.outs))
		}
	}
}

func failFast(n ir.Node) bool {
	switch n := n.(type) {
	case *ir.Parallel:
		return n.FailFast
	case *ir.Map:
		return n.FailFast
	case *ir.Conditional:
		return n.FailFast
	case *ir.Loop:
		return n.FailFast
	}
	return false
}

// endIteration begins the next iteration of a loop or ends it.
func (m *Machine) endIteration(c *nest, n *ir.Loop, out *Outcome) {
	c.changed.add(out.Changed...)
	if !LoopDone(n, c.next-1, out, m.blobs) {
		m.iterate(c, n, c.next, out.After)
		return
	}
	m.close(c, afterLoop(n, c.before, out, c.changed.order))
}

// LoopDone reports whether a loop ends with iteration k, which came to out (SEMANTICS 2.6).
func LoopDone(n *ir.Loop, k int, out *Outcome, blobs Blobs) bool {
	return !out.Status.OK() || k+1 >= n.MaxIterations || Breaks(n, out.After, blobs)
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
		m.running[c.path] = place{nest: c}
		m.jobs = append(m.jobs, Job{
			Path: c.path, Node: n, Before: c.before, Handling: c.handling, Vars: c.vars,
			Reduce: &Reducing{Function: py.Function, result: result},
		})
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
func (m *Machine) lookUp(c *nest) *Outcome {
	if m.known == nil || m.err != nil {
		return nil
	}
	o, err := m.known(c.path, c.before)
	m.err = err
	return o
}

func (m *Machine) tell(c *nest, size int, o *Outcome) {
	if m.observe != nil {
		m.observe(Observation{Path: c.path, Node: c.node, Size: size, Outcome: o})
	}
}
