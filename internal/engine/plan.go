package engine

import "github.com/runnable-render/runnable-render/ir"

// plan is a graph with its edges by index: the static part of a [Frame], shared by all runs of the graph.
type plan struct {
	graph *ir.Graph
	*ir.Edges
}

func newPlan(g *ir.Graph) *plan { return &plan{graph: g, Edges: ir.EdgesOf(g)} }
