package engine

import "github.com/runnable-render/runnable-render/ir"

// Where an edge leads when it does not lead to a node.
const (
	toSuccess = -1 - iota
	toFail
	nowhere
)

// plan is a graph's edges by index: the static part of a [Frame], shared by all runs of the graph.
type plan struct {
	graph      *ir.Graph
	start      int     // Chain: the first node or a terminal
	next       []int   // Chain: where a success leads
	onFailure  []int   // where a failure leads; toFail when nothing is written
	needs      [][]int // Needs: predecessors in the order written
	dependents [][]int // Needs: who needs this node
	handles    []int   // Needs: the node whose failure this one handles, else nowhere
}

func newPlan(g *ir.Graph) *plan {
	n := len(g.Nodes)
	p := &plan{graph: g, next: make([]int, n), onFailure: make([]int, n)}
	for i, node := range g.Nodes {
		b := node.Base()
		p.next[i] = p.target(b.Next.Name, toSuccess)
		p.onFailure[i] = p.target(b.OnFailure.Name, toFail)
	}
	if g.Style == ir.Chain {
		p.start = p.target(g.Start.Name, toSuccess)
		return p
	}
	p.needs, p.dependents, p.handles = make([][]int, n), make([][]int, n), make([]int, n)
	for i := range g.Nodes {
		p.handles[i] = nowhere
	}
	for i, node := range g.Nodes {
		if h := p.onFailure[i]; h >= 0 {
			p.handles[h] = i
		}
		for _, ref := range node.Base().Needs {
			j := g.Index(ref.Name)
			p.needs[i] = append(p.needs[i], j)
			p.dependents[j] = append(p.dependents[j], i)
		}
	}
	return p
}

// target turns the name at the end of an edge into an index.
func (p *plan) target(name string, absent int) int {
	switch name {
	case "":
		return absent
	case ir.Success:
		return toSuccess
	case ir.Fail:
		return toFail
	}
	return p.graph.Index(name)
}
