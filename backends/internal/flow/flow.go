// Package flow tells what leads to each step of a graph, and what a step is in a line, for the targets that say only when a step
// may start (pure).
package flow

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
)

// Flow is a graph with what leads to each of its nodes.
type Flow struct {
	*ir.Edges

	Graph  *ir.Graph
	Order  []int   // the nodes that the graph can come to, each after those that lead to it
	Before [][]int // those that lead to a node
	After  [][]int
}

// Of returns the flow of a graph.
func Of(g *ir.Graph) *Flow {
	f := &Flow{Edges: ir.EdgesOf(g), Graph: g, Before: make([][]int, len(g.Nodes))}
	f.After = f.Successors()
	for _, i := range ir.Topo(g) {
		if g.Style == ir.Chain && i != f.Start && len(f.Before[i]) == 0 {
			continue // nothing leads to it
		}
		f.Order = append(f.Order, i)
		for _, next := range f.After[i] {
			if !slices.Contains(f.Before[next], i) {
				f.Before[next] = append(f.Before[next], i)
			}
		}
	}
	return f
}

// Alone reports whether the one node that leads to another does so when it succeeds, and when it fails: that is all that decides
// whether the other runs. Both are false where none leads there, or several.
func (f *Flow) Alone(i int) (success, failure bool) {
	if len(f.Before[i]) != 1 {
		return false, false
	}
	j := f.Before[i][0]
	success = f.Next[j] == i || slices.Contains(f.Dependents[j], i)
	failure = f.OnFailure[j] == i || f.Graph.Style == ir.Needs && f.OnFailure[j] == ir.ToSuccess
	return success, failure
}
