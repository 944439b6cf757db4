package actions

import (
	"fmt"
	"slices"

	"github.com/runnable-render/runnable-render/backends/internal/flow"
	"github.com/runnable-render/runnable-render/ir"
)

// job is one job of the workflow.
type job struct {
	id      string
	title   string // its name; empty: the id
	note    string
	in      condition
	always  bool // also where the workflow was cancelled
	machine machine
	code    bool // it needs the repository
	steps   []step
	handled bool // the run need not fail where it does

	asks   ir.Node // the composite that the job tells about; nil: none
	matrix string  // the job that tells which items there are; empty: it runs once
	width  int     // items at a time; 0: no matter
}

// step is a call of the runner.
type step struct {
	name    string
	command string
	secrets []string
	handled bool
}

func (b *builder) add(j *job) *job {
	b.jobs = append(b.jobs, j)
	return j
}

// ending of a job: a failure that the run may go on after does not make the job fail, but stands in its outputs. The job fails
// all the same where its machine goes away.
func (j *job) ending() ending {
	e := ending{jobs: []string{j.id}, ok: "needs." + j.id + ".result == 'success'", bad: "needs." + j.id + ".result == 'failure'"}
	if j.handled {
		outcome := "needs." + j.id + ".outputs.outcome"
		e.ok, e.bad = outcome+" == 'success'", outcome+" == 'failure' || "+e.bad
	}
	return e
}

// node makes the jobs of node i of a graph.
func (b *builder) node(f *flow.Flow, i int, around place, in condition, ends []ending) ending {
	n, at := f.Graph.Nodes[i], around.at(f, i)
	if _, loop := n.(*ir.Loop); loop || ir.IsLeaf(n) || n.Base().OnePod() {
		return b.single(f, i, around, in)
	}
	from := ending{jobs: in.needs, ok: in.when}
	if asksFirst(n) {
		from = b.asked(f, i, at, in, ends)
	}
	followed := len(f.After[i]) > 0
	if m, ok := n.(*ir.Map); ok {
		return b.mapJobs(m, at, from, followed)
	}
	return b.composite(n, at, from, followed)
}

// single makes the job of a leaf, or of a composite that runs inside it.
func (b *builder) single(f *flow.Flow, i int, around place, in condition) ending {
	n, at := f.Graph.Nodes[i], around.at(f, i)
	_, stub := n.(*ir.Stub)
	j := b.add(&job{
		id: b.ids[at.static], title: at.static, note: summary(n), in: in, machine: b.machine(leaves(alone(n), around.static)),
		code: !stub || ir.CatalogOf(n) != nil, handled: at.handled, steps: []step{b.call(f, i, around)},
	})
	if next := provides(f, i); next >= 0 {
		j.asks = f.Graph.Nodes[next]
		j.steps[0].command += " --control " + word(around.at(f, next).path)
	}
	return j.ending()
}

// call is the call of the runner for a leaf, or for a composite that it runs in place.
func (b *builder) call(f *flow.Flow, i int, around place) step {
	n, at := f.Graph.Nodes[i], around.at(f, i)
	s := step{name: n.Base().Name, command: "run " + word(at.path), secrets: secretsOf(leaves(alone(n), around.static)), handled: at.handled}
	if !ir.IsLeaf(n) {
		s.command = "subtree " + word(at.path)
		b.notes = append(b.notes, fmt.Sprintf("the %s %s runs in place, on one machine", ir.Kind(n), at.static))
	}
	return s
}

// asked is the end of the job that tells how composite i goes on: that of the step before it, or one of its own.
func (b *builder) asked(f *flow.Flow, i int, at place, in condition, ends []ending) ending {
	if len(f.Before[i]) == 1 && provides(f, f.Before[i][0]) == i {
		return ends[f.Before[i][0]]
	}
	what, role := "how many items there are", itemsOf
	if _, ok := f.Graph.Nodes[i].(*ir.Conditional); ok {
		what, role = "which branch runs", branchOf
	}
	return b.add(&job{
		id: b.ids[at.static+role], title: at.static + ": " + what, note: "asks the store " + what, in: in, asks: f.Graph.Nodes[i], machine: b.service(),
		steps: []step{{command: "control " + word(at.path)}},
	}).ending()
}

// composite makes the jobs of the branches, and behind them one that tells what the composite came to, where something
// follows.
func (b *builder) composite(n ir.Node, at place, from ending, followed bool) ending {
	var ends []string
	for k, branch := range ir.Subgraphs(n) {
		in := condition{from.jobs, from.ok}
		if _, ok := n.(*ir.Conditional); ok {
			in.when = and(from.ok, fmt.Sprintf("needs.%s.outputs.control == '%d'", from.jobs[0], k))
		}
		ends = append(ends, b.graph(branch.Graph, at.branch(branch.Name), in)...)
	}
	if !followed {
		return ending{jobs: unique(ends)}
	}
	return b.add(&job{
		id: b.ids[at.static], title: at.static, note: summary(n) + ": its outcome", handled: at.handled, machine: b.service(),
		in:    condition{unique(slices.Concat(from.jobs, ends)), from.ok},
		steps: []step{{command: "join " + word(at.path), handled: at.handled}},
	}).ending()
}

// mapJobs makes the job of the items, which GitHub multiplies, and behind it the one that reduces, where something follows or
// the reducer is a function.
func (b *builder) mapJobs(m *ir.Map, at place, from ending, followed bool) ending {
	function := ir.PythonReducer(m.Reducer)
	items := b.add(&job{
		id: b.ids[at.static], title: at.static, note: summary(m), handled: at.handled, code: true, machine: b.machine(leaves(m.Body, ir.Join(at.static, ir.AnyItem))),
		in:     condition{from.jobs, and(from.ok, "needs."+from.jobs[0]+".outputs.items != '[]'")},
		matrix: from.jobs[0], width: m.Parallelism,
	})
	body := flow.Of(m.Body)
	for _, i := range body.Order { // one after another; the runner leaves out those that the run does not come to
		items.steps = append(items.steps, b.call(body, i, at.branch(ir.AnyItem)))
	}
	if !followed && !function {
		return ending{jobs: []string{items.id}}
	}
	reduce := b.add(&job{
		id: b.ids[at.static+reduceOf], title: at.static + ": reduce", note: "the end of the map", handled: at.handled, code: function, machine: b.service(),
		in:    condition{append(slices.Clone(from.jobs), items.id), from.ok},
		steps: []step{{command: "reduce " + word(at.path), handled: at.handled}},
	})
	if function {
		reduce.machine = b.machine([]ir.Visit{{Path: at.static, Node: m}})
	}
	return reduce.ending()
}
