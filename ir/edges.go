package ir

import "container/heap"

// Where an edge leads when it does not lead to a node; see [Edges].
const (
	ToSuccess = -1 - iota // the terminal success
	ToFail                // the terminal fail
	Nowhere               // no edge, or one whose name is unknown
)

// Edges is a graph's edges by index into its Nodes. An entry below zero is [ToSuccess], [ToFail] or [Nowhere].
type Edges struct {
	Start      int     // Chain: where the graph begins. Needs: Nowhere
	Next       []int   // Chain: where success leads. Needs: Nowhere
	OnFailure  []int   // where failure leads; ToFail where nothing is written
	Needs      [][]int // Needs: predecessors in the order written
	Dependents [][]int // Needs: those that need this node, in source order
	Handles    []int   // Needs: the node whose failure this one handles, else Nowhere
}

// EdgesOf returns the edges of g. Of a graph that [Check] found free of errors, no entry is Nowhere that need not be.
func EdgesOf(g *Graph) *Edges {
	n := len(g.Nodes)
	e := &Edges{
		Start: Nowhere, Next: make([]int, n), OnFailure: make([]int, n),
		Needs: make([][]int, n), Dependents: make([][]int, n), Handles: make([]int, n),
	}
	if g.Style == Chain {
		e.Start = target(g, g.Start, ToSuccess)
	}
	for i := range n {
		e.Handles[i] = Nowhere
	}
	for i, node := range g.Nodes {
		b := node.Base()
		e.Next[i] = Nowhere
		e.OnFailure[i] = target(g, b.OnFailure, ToFail)
		if g.Style == Chain {
			e.Next[i] = target(g, b.Next, ToSuccess)
			continue
		}
		if h := e.OnFailure[i]; h >= 0 {
			e.Handles[h] = i
		}
		for _, need := range b.Needs {
			j := target(g, need, Nowhere)
			e.Needs[i] = append(e.Needs[i], j)
			if j >= 0 {
				e.Dependents[j] = append(e.Dependents[j], i)
			}
		}
	}
	return e
}

// target turns the name at the end of an edge into an index.
func target(g *Graph, to Ref, absent int) int {
	switch to.Name {
	case "":
		return absent
	case Success:
		return ToSuccess
	case Fail:
		return ToFail
	}
	if i := g.Index(to.Name); i >= 0 {
		return i
	}
	return Nowhere
}

// Handlers tells for each node of g whether it is a handler: a step that an on_failure names (SEMANTICS 1).
func Handlers(g *Graph) []bool {
	out := make([]bool, len(g.Nodes))
	for _, n := range g.Nodes {
		if to := n.Base().OnFailure.Name; to != "" && !IsTerminal(to) {
			if h := g.Index(to); h >= 0 {
				out[h] = true
			}
		}
	}
	return out
}

// Successors returns, for each node, the nodes that may run after it: where its success and its failure lead. In a
// needs graph those that need a node come after its handler, too.
func (e *Edges) Successors() [][]int {
	out := make([][]int, len(e.Next))
	for i := range out {
		if e.Next[i] >= 0 {
			out[i] = append(out[i], e.Next[i])
		}
		if to := e.OnFailure[i]; to >= 0 && to != e.Next[i] {
			out[i] = append(out[i], to)
		}
		out[i] = append(out[i], e.Dependents[i]...)
		if failed := e.Handles[i]; failed >= 0 {
			out[i] = append(out[i], e.Dependents[failed]...)
		}
	}
	return out
}

// Topo returns the nodes of g in an order in which every node comes after those that lead to it, ties in source
// order. Nodes on a cycle, and behind one, are left out; [Check] refuses cycles.
func Topo(g *Graph) []int {
	next := EdgesOf(g).Successors()
	before := make([]int, len(next))
	for _, succ := range next {
		for _, j := range succ {
			before[j]++
		}
	}
	var ready intHeap
	for i, n := range before {
		if n == 0 {
			ready = append(ready, i) // ascending: a heap already
		}
	}
	order := make([]int, 0, len(next))
	for len(ready) > 0 {
		i := heap.Pop(&ready).(int)
		order = append(order, i)
		for _, j := range next[i] {
			if before[j]--; before[j] == 0 {
				heap.Push(&ready, j)
			}
		}
	}
	return order
}

// intHeap is a min-heap of indexes.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
