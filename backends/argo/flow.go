package argo

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
)

// Where an edge leads when it does not lead to a vertex.
const (
	toSuccess = ir.ToSuccess
	toFail    = ir.ToFail
)

// flow is a graph by index, or a piece of one that became a DAG template of its own. Vertices that nothing reaches
// are not in it: as tasks without a `depends` they would run.
type flow struct {
	style    ir.Style
	start    int // Chain: the first vertex or a terminal
	vertices []vertex
}

// vertex is a node of the graph, or a piece.
type vertex struct {
	node ir.Node
	part *flow // set: the vertex is this piece, and node is nil

	next    int   // Chain: where a success leads
	failure int   // where a failure leads
	needs   []int // Needs: in the order written
	handles int   // Needs: the vertex whose failure this one handles, else below zero
}

// newFlow reads the edges of a graph.
func newFlow(g *ir.Graph) *flow {
	e := ir.EdgesOf(g)
	f := &flow{style: g.Style, start: e.Start}
	for i, n := range g.Nodes {
		f.vertices = append(f.vertices, vertex{node: n, next: e.Next[i], failure: e.OnFailure[i], needs: e.Needs[i], handles: e.Handles[i]})
	}
	if g.Style == ir.Needs {
		return f.inOrder(nil)
	}
	return f.inOrder(f.reached())
}

// reached marks the vertices of a chain that its start leads to.
func (f *flow) reached() []bool {
	seen := make([]bool, len(f.vertices))
	stack := []int{f.start}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if i < 0 || seen[i] {
			continue
		}
		seen[i] = true
		stack = append(stack, f.vertices[i].next, f.vertices[i].failure)
	}
	return seen
}

// before lists the vertices that vertex i comes after.
func (f *flow) before(i int) []int {
	v := f.vertices[i]
	if f.style == ir.Needs {
		if v.handles >= 0 {
			return []int{v.handles}
		}
		return v.needs
	}
	return nil
}

// after lists the vertices that follow vertex i.
func (f *flow) after() [][]int {
	out := make([][]int, len(f.vertices))
	add := func(from, to int) {
		if to >= 0 && !slices.Contains(out[from], to) {
			out[from] = append(out[from], to)
		}
	}
	for i, v := range f.vertices {
		if f.style == ir.Chain {
			add(i, v.failure) // a handler stands behind its step, where that can be
			add(i, v.next)
			continue
		}
		for _, p := range f.before(i) {
			out[p] = append(out[p], i)
		}
	}
	return out
}

// inOrder returns the flow with the marked vertices alone (nil: all), each after those that it follows, in source
// order otherwise.
func (f *flow) inOrder(keep []bool) *flow {
	after := f.after()
	waiting := make([]int, len(f.vertices))
	for i := range f.vertices {
		if keep == nil || keep[i] {
			for _, to := range after[i] {
				waiting[to]++
			}
		}
	}
	place := make([]int, len(f.vertices))
	var order []int
	// A chain is followed step by step; what is free besides waits in a stack, the first written on top.
	var ready []int
	for i := len(f.vertices) - 1; i >= 0; i-- {
		if (keep == nil || keep[i]) && waiting[i] == 0 {
			ready = append(ready, i)
		}
	}
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		place[i] = len(order)
		order = append(order, i)
		for k := len(after[i]) - 1; k >= 0; k-- {
			to := after[i][k]
			if waiting[to]--; waiting[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	moved := func(i int) int {
		if i < 0 {
			return i
		}
		return place[i]
	}
	out := &flow{style: f.style, start: moved(f.start)}
	for _, i := range order {
		v := f.vertices[i]
		v.next, v.failure, v.handles = moved(v.next), moved(v.failure), moved(v.handles)
		needs := make([]int, len(v.needs))
		for k, p := range v.needs {
			needs[k] = moved(p)
		}
		v.needs = needs
		out.vertices = append(out.vertices, v)
	}
	return out
}

// single returns the only vertex of a flow that is one node and nothing else, or nil: such a graph succeeds and fails
// with its node.
func (f *flow) single() *vertex {
	if len(f.vertices) != 1 {
		return nil
	}
	v := &f.vertices[0]
	if f.style == ir.Chain && (f.start != 0 || v.next != toSuccess) || v.failure != toFail {
		return nil
	}
	return v
}

// done are the results of a needs graph's vertex that its dependents may go on from.
func (f *flow) done(tasks []*vertexTasks, i int) []string {
	out := []string{succeeded(tasks[i].main)}
	switch to := f.vertices[i].failure; {
	case to == toSuccess:
		out = append(out, tasks[i].failures()...)
	case to >= 0:
		out = append(out, succeeded(tasks[to].main))
	}
	return out
}

// sinks are the vertices of a needs graph that nobody needs, but for handlers.
func (f *flow) sinks() []int {
	needed := make([]bool, len(f.vertices))
	for _, v := range f.vertices {
		for _, p := range v.needs {
			needed[p] = true
		}
	}
	var out []int
	for i, v := range f.vertices {
		if !needed[i] && v.handles < 0 {
			out = append(out, i)
		}
	}
	return out
}

// handled reports whether a failure leads anywhere but to `fail`.
func (f *flow) handled() bool {
	return slices.ContainsFunc(f.vertices, func(v vertex) bool { return v.failure != toFail })
}
