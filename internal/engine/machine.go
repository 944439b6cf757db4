package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

	"github.com/runnable-render/runnable-render/ir"
)

// Machine walks a pipeline forward: it says which leaves may run, takes their outcomes, and ends with the
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
	items    int    // at a time, of maps that say no parallelism; 0: all
	known    lookUp // outcomes of composites that need not be walked; may be nil
	reduced  lookUp // outcomes of maps that a Python function reduced, whose items are walked all the same; may be nil
	err      error  // of known; the walk is then incomplete
	halted   bool   // nothing more is begun
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

// Observation reports a composite that has begun or ended, or a graph that has ended.
type Observation struct {
	Path    string
	Node    ir.Node  // the composite; nil: a graph, which is a branch, an item, an iteration or the pipeline
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

// Halt makes the machine begin nothing more. What observes it may call it, where a loop without leaves would go on for long.
func (m *Machine) Halt() { m.halted = true }

// LimitItems makes maps that say no parallelism run at most n items at a time.
func (m *Machine) LimitItems(n int) { m.items = n }

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

// With makes the value of each name by a function of the name, where something else stands in for the Python reducer. As that, it
// is not asked for a name that no item returned.
func (r *Reducing) With(value func(name string) (Value, error)) ([]Value, error) {
	out := make([]Value, len(r.result.names))
	for i, name := range r.result.names {
		one := mapResult{names: []string{name}, values: r.result.values[i : i+1]}
		made, err := one.reduce(PythonReducer{r.Function}, nil, func(string, []Value) (Value, error) { return value(name) })
		if err != nil {
			return nil, err
		}
		out[i] = made[0]
	}
	return out, nil
}

// Of returns what a map returned, by what it came to where another process called the reducer.
func (r *Reducing) Of(o *Outcome) ([]Value, error) {
	if !o.Status.OK() {
		return nil, errors.New(o.Failure.Message)
	}
	values := make([]Value, len(r.result.names))
	for i, name := range r.result.names {
		values[i], _ = o.After.Param(name)
	}
	return values, nil
}

// digest names the function and what it is called with.
func (r *Reducing) digest() string {
	text, err := json.Marshal([]any{r.Function, r.result.names, r.result.values, r.result.files})
	if err != nil {
		panic(err) // values hold JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
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

// drain handles the events and returns the jobs that result, in definition order.
func (m *Machine) drain() []Job {
	m.jobs = nil
	slices.Reverse(m.events)
	for len(m.events) > 0 && !m.halted {
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
