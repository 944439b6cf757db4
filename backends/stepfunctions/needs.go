package stepfunctions

import (
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// reduced are the needs of each node without those that follow from others.
func reduced(e *ir.Edges) [][]int {
	n := len(e.Needs)
	above := make([]map[int]bool, n) // all that come before
	var all func(i int) map[int]bool
	all = func(i int) map[int]bool {
		if above[i] == nil {
			above[i] = map[int]bool{}
			for _, p := range e.Needs[i] {
				above[i][p] = true
				for q := range all(p) {
					above[i][q] = true
				}
			}
		}
		return above[i]
	}
	out := make([][]int, n)
	for i, needs := range e.Needs {
		for _, p := range needs {
			if !slices.ContainsFunc(needs, func(q int) bool { return q != p && all(q)[p] }) && !slices.Contains(out[i], p) {
				out[i] = append(out[i], p)
			}
		}
	}
	return out
}

// part adds a part of a graph of needs, the nodes of which stand in source order. What is series-parallel becomes states that
// follow one another and Parallels, exactly; the rest goes level by level.
func (gr *graph) part(m *machine, set []int, to ways) (start string, events int) {
	if len(set) == 0 {
		return to.done, 0
	}
	if len(set) == 1 {
		return gr.unit(m, set[0], to)
	}
	if parts := gr.components(set); len(parts) > 1 {
		return gr.beside(m, parts, to)
	}
	set = gr.inOrder(set)
	for k := 1; k < len(set); k++ {
		if !gr.inSeries(set[:k], set[k:]) {
			continue
		}
		rest := &machine{}
		second, after := gr.part(rest, set[k:], to)
		start, events = gr.part(m, set[:k], ways{second, to.failed})
		m.states = append(m.states, rest.states...)
		return start, events + after
	}
	return gr.levels(m, set, to)
}

// unit adds a step with its handler.
func (gr *graph) unit(m *machine, i int, to ways) (start string, events int) {
	gr.enter(i)
	h := gr.e.OnFailure[i]
	if h >= 0 {
		gr.enter(h)
	}
	events = gr.node(m, i, ways{to.done, gr.state(h, to)})
	if h >= 0 {
		events += gr.node(m, h, to)
	}
	return gr.entry[i], events
}

// beside adds parts that nothing connects.
func (gr *graph) beside(m *machine, parts [][]int, to ways) (start string, events int) {
	branches := yamlout.NewList()
	for _, part := range parts {
		inner := &machine{}
		label := ir.Join(gr.at.static, gr.g.Nodes[part[0]].Base().Name)
		ends := ways{gr.names.give(label + " done"), gr.names.give(label + " failed")}
		first, n := gr.part(inner, part, ends)
		branches.Add(inner.told(first, ends))
		events += n + smallEvents
	}
	start = gr.names.give(strings.TrimSpace(gr.at.static + " side by side"))
	ok := gr.names.give(start + " ok?")
	m.add(start, "steps that do not need one another", caught(yamlout.NewMap("Type", "Parallel", "Branches", branches), allOK, ok, to.failed), ok, to.failed)
	m.choice(ok, "", to.failed, way{"$states.input.ok", to.done})
	return start, events + aroundEvents + smallEvents
}

// inside are the needs of a node within a set: those outside are done before.
func (gr *graph) inside(i int, set []int) []int {
	var out []int
	for _, p := range gr.needs[i] {
		if slices.Contains(set, p) {
			out = append(out, p)
		}
	}
	return out
}

// ends are the nodes of a set that no other of it needs.
func (gr *graph) ends(set []int) []int {
	var out []int
	for _, i := range set {
		if !slices.ContainsFunc(set, func(j int) bool { return slices.Contains(gr.needs[j], i) }) {
			out = append(out, i)
		}
	}
	return out
}

// components are the parts of a set between which there is no need, each in source order.
func (gr *graph) components(set []int) [][]int {
	of := map[int]int{}
	var parts [][]int
	for _, i := range set {
		if _, seen := of[i]; seen {
			continue
		}
		k := len(parts)
		parts = append(parts, nil)
		for stack := []int{i}; len(stack) > 0; {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if _, seen := of[at]; seen || !slices.Contains(set, at) {
				continue
			}
			of[at] = k
			stack = append(append(stack, gr.needs[at]...), gr.e.Dependents[at]...)
		}
	}
	for _, i := range set {
		parts[of[i]] = append(parts[of[i]], i)
	}
	return parts
}

// inOrder are the nodes of a set, each behind what it needs.
func (gr *graph) inOrder(set []int) []int {
	var out []int
	for _, i := range ir.Topo(gr.g) {
		if slices.Contains(set, i) {
			out = append(out, i)
		}
	}
	return out
}

// inSeries reports whether every root of a second part needs all that ends a first, and nothing else of the second needs the
// first.
func (gr *graph) inSeries(first, second []int) bool {
	ends := gr.ends(first)
	for _, i := range second {
		within, before := gr.inside(i, second), gr.inside(i, first)
		switch {
		case len(within) > 0 && len(before) > 0, len(within) == 0 && len(before) != len(ends):
			return false
		case len(within) == 0 && slices.ContainsFunc(ends, func(e int) bool { return !slices.Contains(before, e) }):
			return false
		}
	}
	return true
}

// levels adds a part that is not series-parallel: a Parallel of the steps at each depth. The state data holds which steps are
// done, and a step starts where all that it needs are.
func (gr *graph) levels(m *machine, set []int, to ways) (start string, events int) {
	depth := map[int]int{}
	var levels [][]int
	for _, i := range set {
		for _, p := range gr.inside(i, set) {
			depth[i] = max(depth[i], depth[p]+1)
		}
		for len(levels) <= depth[i] {
			levels = append(levels, nil)
		}
		levels[depth[i]] = append(levels[depth[i]], i)
	}
	what := "the pipeline"
	if gr.at.static != "" {
		what = strconv.Quote(gr.at.static)
	}
	gr.note("steps of %s need one another in a way that Step Functions cannot say: they run in %d levels, and each waits for the whole level before it", what, len(levels))
	label := strings.TrimSpace(gr.at.static + " level ")
	states := make([]string, len(levels)+1)
	for k := range levels {
		states[k] = gr.names.give(label + " " + strconv.Itoa(k+1))
	}
	states[len(levels)] = gr.names.give(label + "s ok?")
	start = gr.names.give(label + "s")
	m.pass(start, "d will hold which steps are done", "{% $merge([$states.input, {'d': {}}]) %}", states[0])
	for k, level := range levels {
		branches := yamlout.NewList()
		for _, i := range level {
			branch, n := gr.flagged(i, gr.inside(i, set))
			branches.Add(branch)
			events += n
		}
		body := caught(yamlout.NewMap("Type", "Parallel", "Branches", branches),
			"{% $merge([$states.input, {'d': $merge($append([$states.input.d], $states.result))}]) %}", states[k+1], to.failed)
		m.add(states[k], "", body, states[k+1], to.failed)
		events += aroundEvents
	}
	m.choice(states[len(levels)], "", to.failed, way{gr.flags(gr.ends(set)), to.done})
	return start, events + 2*smallEvents
}

// flagged is the machine of a step in a level, whose output tells whether it is done.
func (gr *graph) flagged(i int, needs []int) (*yamlout.Map, int) {
	m := &machine{}
	label := ir.Join(gr.at.static, gr.g.Nodes[i].Base().Name)
	ends := ways{gr.names.give(label + " done"), gr.names.give(label + " failed")}
	start, events := gr.unit(m, i, ends)
	if len(needs) > 0 {
		first := gr.names.give(label + "?")
		m.choice(first, "", ends.failed, way{gr.flags(needs), start})
		start, events = first, events+smallEvents
	}
	flag := segment(gr.g.Nodes[i].Base().Name)
	m.end(ends.done, "{% {'"+flag+"': true} %}")
	m.end(ends.failed, "{% {'"+flag+"': false} %}")
	return m.done(start), events + smallEvents
}

// flags is the condition that all of some steps are done.
func (gr *graph) flags(nodes []int) string {
	var all []string
	for _, i := range nodes {
		all = append(all, "$lookup($states.input.d, '"+segment(gr.g.Nodes[i].Base().Name)+"')")
	}
	return strings.Join(all, " and ")
}
