package local

import "github.com/runnable-render/runnable-render/ir"

// lanesOf says for each node of a graph in whose folder it runs: alone for one that runs when no other of the graph can,
// and so in the folder of the graph; else the node whose folder it shares, which is itself or the first of the steps
// that it follows one by one.
func lanesOf(g *ir.Graph) []int {
	lanes := make([]int, len(g.Nodes))
	for i := range lanes {
		lanes[i] = alone
	}
	if g.Style != ir.Needs {
		return lanes
	}
	edges := ir.EdgesOf(g)
	order := ir.Topo(g)
	between := narrows(order, edges)
	for _, i := range order {
		switch needs := edges.Needs[i]; {
		case edges.Handles[i] >= 0 || between[i]:
		case len(needs) == 1 && lanes[needs[0]] != alone && len(edges.Dependents[needs[0]]) == 1:
			lanes[i] = lanes[needs[0]]
		default:
			lanes[i] = i
		}
	}
	for i, failed := range edges.Handles {
		if failed >= 0 {
			lanes[i] = lanes[failed]
		}
	}
	return lanes
}

// alone is the lane of a node that nothing of its graph runs beside.
const alone = -1

// narrows finds the nodes that every other comes before or after: in topological order those before which all ends of
// what went before have been needed, and after which nothing begins anew.
func narrows(order []int, edges *ir.Edges) []bool {
	out := make([]bool, len(order))
	var steps []int
	for _, i := range order {
		if edges.Handles[i] < 0 {
			steps = append(steps, i)
		}
	}
	ends, left := 0, make([]int, len(order)) // left: how many ends a node still makes: 1 until somebody needs it
	for _, i := range steps {
		for _, need := range edges.Needs[i] {
			ends -= left[need]
			left[need] = 0
		}
		left[i] = 1
		ends++
		out[i] = ends == 1
	}
	starts, open := 0, make([]int, len(order))
	for k := len(steps) - 1; k >= 0; k-- {
		i := steps[k]
		for _, d := range edges.Dependents[i] {
			starts -= open[d]
			open[d] = 0
		}
		open[i] = 1
		starts++
		out[i] = out[i] && starts == 1
	}
	return out
}
