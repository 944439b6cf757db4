package stepfunctions

import (
	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// ways are where a graph leads.
type ways struct{ done, failed string }

// graph is one graph on its way into a machine.
type graph struct {
	*builder
	m       *machine
	g       *ir.Graph
	e       *ir.Edges
	at      place
	needs   [][]int        // of a graph of needs, without those that follow from others
	reached []bool         // of a chain: the nodes that its start leads to
	wants   map[int]string // the path whose control value a step gives
	asks    map[int]bool   // nodes whose control value takes a job of its own
	entry   map[int]string // the first state of each node
}

// graph adds the states of a graph and returns the first, and how many events it writes at most. With an end, the path of an
// iteration, the value that tells whether its loop is done is there when the graph is done.
func (b *builder) graph(m *machine, g *ir.Graph, at place, end string, to ways) (start string, events int) {
	gr := &graph{builder: b, m: m, g: g, e: ir.EdgesOf(g), at: at, wants: map[int]string{}, asks: map[int]bool{}, entry: map[int]string{}}
	if g.Style == ir.Needs {
		gr.needs = reduced(gr.e)
	} else {
		gr.reached = gr.reach()
	}
	gr.controls()
	if end != "" {
		if last := gr.last(); last >= 0 {
			gr.wants[last] = end
		} else {
			name := b.names.give(at.static + " control")
			m.job(b.job("control", end), name, "asks whether the loop is done", to)
			to.done, events = name, jobEvents
		}
	}
	if g.Style == ir.Needs {
		all := make([]int, 0, len(g.Nodes))
		for i := range g.Nodes {
			if gr.e.Handles[i] < 0 {
				all = append(all, i)
			}
		}
		start, n := gr.part(m, all, to)
		return start, events + n
	}
	start, n := gr.chain(to)
	return start, events + n
}

// chain adds the steps of a chain: each leads to the next.
func (gr *graph) chain(to ways) (start string, events int) {
	var order []int
	for _, i := range ir.Topo(gr.g) {
		if gr.reached[i] {
			order = append(order, i)
			gr.enter(i)
		}
	}
	for _, i := range order {
		events += gr.node(gr.m, i, ways{gr.state(gr.e.Next[i], to), gr.state(gr.e.OnFailure[i], to)})
	}
	return gr.state(gr.e.Start, to), events
}

// state is the state that an edge leads to.
func (gr *graph) state(i int, to ways) string {
	switch i {
	case ir.ToSuccess:
		return to.done
	case ir.ToFail:
		return to.failed
	}
	return gr.entry[i]
}

// reach marks the nodes of a chain that its start leads to.
func (gr *graph) reach() []bool {
	seen := make([]bool, len(gr.g.Nodes))
	for stack := []int{gr.e.Start}; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if i >= 0 && !seen[i] {
			seen[i] = true
			stack = append(stack, gr.e.Next[i], gr.e.OnFailure[i])
		}
	}
	return seen
}

// enter names the first state of a node.
func (gr *graph) enter(i int) {
	n := gr.g.Nodes[i]
	wish := ir.Join(gr.at.static, n.Base().Name)
	switch {
	case gr.asks[i]:
		wish += " control"
	case controlled(n):
		wish += " read"
	}
	gr.entry[i] = gr.names.give(wish)
}

// controlled reports whether a control value must be known before the node starts: how many items, which branch.
func controlled(n ir.Node) bool {
	switch n.(type) {
	case *ir.Map, *ir.Conditional:
		return !n.Base().OnePod()
	case *ir.Task, *ir.Stub, *ir.Parallel, *ir.Loop, *ir.Nested:
		return false
	}
	panic("stepfunctions: unknown node")
}

// controls decides for each map and conditional who tells its control value: the leaf whose success is the only way to it,
// which saves a job, else a job of its own.
func (gr *graph) controls() {
	for i, n := range gr.g.Nodes {
		if !controlled(n) {
			continue
		}
		if p := gr.before(i); p >= 0 && gr.wants[p] == "" && ir.IsLeaf(gr.g.Nodes[p]) {
			gr.wants[p] = gr.at.value(n.Base().Name)
		} else {
			gr.asks[i] = true
		}
	}
}

// before is the step whose success is the only way to node i (or terminal), or -1.
func (gr *graph) before(i int) int {
	if gr.g.Style == ir.Needs {
		if i < 0 || gr.e.Handles[i] >= 0 || len(gr.needs[i]) != 1 || gr.e.OnFailure[gr.needs[i][0]] != ir.ToFail {
			return -1
		}
		return gr.needs[i][0]
	}
	found := -1
	for p := range gr.g.Nodes {
		switch {
		case !gr.reached[p]:
		case gr.e.OnFailure[p] == i, gr.e.Next[p] == i && found >= 0:
			return -1
		case gr.e.Next[p] == i:
			found = p
		}
	}
	if gr.e.Start == i {
		return -1
	}
	return found
}

// last is the leaf with whose success alone the graph is done, or -1.
func (gr *graph) last() int {
	last := -1
	if gr.g.Style == ir.Needs {
		for i := range gr.g.Nodes {
			switch {
			case gr.e.Handles[i] >= 0 || len(gr.e.Dependents[i]) > 0:
			case last >= 0 || gr.e.OnFailure[i] != ir.ToFail:
				return -1
			default:
				last = i
			}
		}
	} else {
		last = gr.before(ir.ToSuccess)
	}
	if last < 0 || !ir.IsLeaf(gr.g.Nodes[last]) || gr.wants[last] != "" {
		return -1
	}
	return last
}

// node adds the states of a node, the first of which has been named, and returns the events that they write.
func (gr *graph) node(m *machine, i int, to ways) int {
	n := gr.g.Nodes[i]
	name := ir.Join(gr.at.static, n.Base().Name)
	entry, events := gr.entry[i], 0
	if gr.asks[i] {
		read := gr.names.give(name + " read")
		m.job(gr.job("control", gr.at.value(n.Base().Name)), entry, "asks the store how to go on with "+clip(n.Base().Name, 40), ways{read, to.failed})
		entry, events = read, jobEvents
	}
	s := step{graph: gr, m: m, n: n, name: name, entry: entry, to: to}
	if n.Base().OnePod() || gr.endless(n) {
		m.job(gr.shared(n, gr.at), entry, describe(n)+", in one job", to)
		return jobEvents
	}
	switch n := n.(type) {
	case *ir.Task, *ir.Stub:
		j := gr.leaf(n, gr.at)
		j.control = gr.wants[i]
		m.job(j, entry, describe(n), to)
		return jobEvents
	case *ir.Parallel:
		return s.parallel(n)
	case *ir.Map:
		return events + s.mapOver(n)
	case *ir.Conditional:
		return events + s.conditional(n)
	case *ir.Loop:
		return s.loop(n)
	case *ir.Nested:
		return s.nested(n)
	}
	panic("stepfunctions: unknown node")
}

// branch is a graph as a machine of its own, which ends with true or false and never with an error: that would end its siblings.
func (b *builder) branch(g *ir.Graph, at place) (*yamlout.Map, int) {
	m := &machine{}
	to := ways{b.names.give(at.static + " done"), b.names.give(at.static + " failed")}
	start, events := b.graph(m, g, at, "", to)
	return m.told(start, to), events + smallEvents
}
