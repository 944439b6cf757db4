// Package layout arranges a directed graph in layers: later nodes are further down.
//
// The work has two parts. [Arrange] puts nodes into rows and rows into an order that crosses few edges; it does not
// look at sizes. [Place] gives coordinates to rows of nodes of any size, fast enough to be done again whenever a node
// grows. The page in folder web implements the second part again (web/src/layout.ts); a test compares the two.
//
// All numbers are whole, so that a graph has the same layout on every machine.
package layout

import (
	"cmp"
	"slices"
)

// Edge leads from one node to another, by index. Weight says how much it wants to be straight; 0 counts as 1.
type Edge struct {
	From, To int
	Weight   int
}

func (e Edge) weight() int { return max(1, e.Weight) }

// Layers is a graph in rows. A cell below Nodes is a node; one above is a bend of an edge that passes a row.
type Layers struct {
	Nodes  int     // number of nodes
	Cells  int     // number of nodes and bends
	Rows   [][]int // cells from left to right, rows from top to bottom
	Chains [][]int // for each edge the cells that it leads through, both ends among them
	Edges  []Edge
}

// maxBends bounds the bends of a graph. Beyond it edges that pass many rows are drawn straight through.
const maxBends = 20_000

// Arrange puts n nodes into rows. The edges form no cycle; those of a cycle would be left in the first row.
func Arrange(n int, edges []Edge) *Layers {
	rank := ranks(n, edges)
	l := &Layers{Nodes: n, Cells: n, Edges: edges, Chains: make([][]int, len(edges))}
	height := 0
	for _, r := range rank {
		height = max(height, r+1)
	}
	l.Rows = make([][]int, height)
	for _, i := range depthFirst(n, edges) {
		l.Rows[rank[i]] = append(l.Rows[rank[i]], i)
	}
	l.bend(rank)
	l.order()
	return l
}

// ranks gives each node a row: below all that lead to it; a node that nothing leads to stands above the first that it
// leads to.
func ranks(n int, edges []Edge) []int {
	next, before := make([][]int, n), make([]int, n)
	for _, e := range edges {
		next[e.From] = append(next[e.From], e.To)
		before[e.To]++
	}
	rank, root := make([]int, n), make([]bool, n)
	var queue []int
	for i := range n {
		if root[i] = before[i] == 0; root[i] {
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, j := range next[i] {
			rank[j] = max(rank[j], rank[i]+1)
			if before[j]--; before[j] == 0 {
				queue = append(queue, j)
			}
		}
	}
	for i := range n {
		if !root[i] || len(next[i]) == 0 {
			continue
		}
		rank[i] = rank[next[i][0]] - 1
		for _, j := range next[i] {
			rank[i] = min(rank[i], rank[j]-1)
		}
		rank[i] = max(0, rank[i])
	}
	return rank
}

// depthFirst is the order in which a walk along the edges meets the nodes first: neighbours come close together.
func depthFirst(n int, edges []Edge) []int {
	next, root := make([][]int, n), make([]bool, n)
	for i := range root {
		root[i] = true
	}
	for _, e := range edges {
		next[e.From] = append(next[e.From], e.To)
		root[e.To] = false
	}
	seen, order := make([]bool, n), make([]int, 0, n)
	walk := func(from int) {
		for stack := []int{from}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[i] {
				continue
			}
			seen[i] = true
			order = append(order, i)
			for _, j := range slices.Backward(next[i]) {
				stack = append(stack, j)
			}
		}
	}
	for i := range n {
		if root[i] {
			walk(i)
		}
	}
	for i := range n {
		walk(i)
	}
	return order
}

// bend puts a cell into each row that an edge passes, the shortest edges first as long as there is room.
func (l *Layers) bend(rank []int) {
	byLength := make([]int, len(l.Edges))
	for i := range byLength {
		byLength[i] = i
	}
	length := func(i int) int { return rank[l.Edges[i].To] - rank[l.Edges[i].From] }
	slices.SortStableFunc(byLength, func(a, b int) int { return cmp.Compare(length(a), length(b)) })
	for _, i := range byLength {
		e := l.Edges[i]
		chain := []int{e.From}
		if l.Cells-l.Nodes+length(i) <= maxBends {
			for r := rank[e.From] + 1; r < rank[e.To]; r++ {
				l.Rows[r] = append(l.Rows[r], l.Cells)
				chain = append(chain, l.Cells)
				l.Cells++
			}
		}
		l.Chains[i] = append(chain, e.To)
	}
}

// neighbour is a cell in the row above or below, with the weight of the edge between.
type neighbour struct{ cell, weight int }

// neighbours returns for each cell those in the rows above and below that an edge joins it to.
func (l *Layers) neighbours() (up, down [][]neighbour) {
	up, down = make([][]neighbour, l.Cells), make([][]neighbour, l.Cells)
	for i, chain := range l.Chains {
		w := l.Edges[i].weight()
		for k := 1; k < len(chain); k++ {
			from, to := chain[k-1], chain[k]
			along := w
			if from >= l.Nodes && to >= l.Nodes {
				along = 8 * w // a long edge is straight in its middle
			}
			down[from] = append(down[from], neighbour{to, along})
			up[to] = append(up[to], neighbour{from, along})
		}
	}
	return up, down
}
