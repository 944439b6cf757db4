package pycheck

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
)

// exact is the number of nodes of a graph up to which it is looked at who really comes before whom. In a larger one
// the order of the graph stands for it, which sees more than there is: never less.
const exact = 2000

// scope is a graph within the composites around it.
type scope struct {
	outer    *scope
	at       int      // the composite's place in the outer graph
	own      []string // names that the composite brings: its item or index, and what earlier iterations returned
	handled  bool     // a failure in it is handled further out
	sealed   bool     // it is the graph of a nested pipeline, which sees its own names alone
	graph    *ir.Graph
	rank     []int            // place in topological order
	before   [][]int          // direct predecessors
	writers  map[string][]int // nodes that can return a name
	names    []string         // the keys of writers, in source order
	ancestry map[int][]bool
}

func newScope(outer *scope, at int, g *ir.Graph) *scope {
	s := &scope{outer: outer, at: at, graph: g, rank: make([]int, len(g.Nodes)), before: make([][]int, len(g.Nodes)), writers: map[string][]int{}, ancestry: map[int][]bool{}}
	for place, i := range ir.Topo(g) {
		s.rank[i] = place
	}
	for i, next := range ir.EdgesOf(g).Successors() {
		for _, j := range next {
			s.before[j] = append(s.before[j], i)
		}
	}
	for i, n := range g.Nodes {
		for _, r := range ir.NodeReturns(n) {
			if s.writers[r.Name] == nil {
				s.names = append(s.names, r.Name)
			}
			s.writers[r.Name] = append(s.writers[r.Name], i)
		}
	}
	return s
}

// precedes reports whether node a may run before node b.
func (s *scope) precedes(a, b int) bool {
	if a == b || s.rank[a] >= s.rank[b] {
		return false
	}
	if len(s.graph.Nodes) > exact {
		return true
	}
	seen := s.ancestry[b]
	if seen == nil {
		seen = make([]bool, len(s.graph.Nodes))
		for stack := []int{b}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, j := range s.before[i] {
				if !seen[j] {
					seen[j] = true
					stack = append(stack, j)
				}
			}
		}
		s.ancestry = map[int][]bool{b: seen} // the next question is mostly about the same node
	}
	return seen[a]
}

// sees reports whether a name may be visible at a node, the initial parameters aside.
func (s *scope) sees(at int, name string) bool {
	for ; s != nil; s, at = s.outer, s.at {
		if slices.Contains(s.own, name) || slices.ContainsFunc(s.writers[name], func(w int) bool { return s.precedes(w, at) }) {
			return true
		}
		if s.sealed {
			break
		}
	}
	return false
}

// apart reports whether a graph is within a nested pipeline, where the parameters of the run are not visible.
func (s *scope) apart() bool {
	for ; s != nil; s = s.outer {
		if s.sealed {
			return true
		}
	}
	return false
}

// visible lists the names that may be visible at a node, the outermost first.
func (s *scope) visible(at int) []string {
	var levels [][]string
	for ; s != nil; s, at = s.outer, s.at {
		level := slices.Clone(s.own)
		for _, n := range s.names {
			if slices.ContainsFunc(s.writers[n], func(w int) bool { return s.precedes(w, at) }) {
				level = append(level, n)
			}
		}
		levels = append(levels, level)
		if s.sealed {
			break
		}
	}
	var out []string
	seen := map[string]bool{}
	for _, level := range slices.Backward(levels) {
		for _, n := range level {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	return out
}

// spot is a step's place in the nest of graphs.
type spot struct {
	scope *scope
	at    int
}

// comesBefore reports whether a step may run before another, where one graph around both says so.
func (a spot) comesBefore(b spot) bool {
	inner := map[*scope]int{}
	for s, at := a.scope, a.at; s != nil; s, at = s.outer, s.at {
		inner[s] = at
	}
	for s, at := b.scope, b.at; s != nil; s, at = s.outer, s.at {
		if mine, ok := inner[s]; ok {
			return s.precedes(mine, at)
		}
	}
	return false
}

// enter makes the scopes of the graphs inside a composite.
func (s *scope) enter(at int, n ir.Node) []*scope {
	var out []*scope
	for _, b := range ir.Subgraphs(n) {
		inner := newScope(s, at, b.Graph)
		inner.handled = s.handled || handles(n)
		if ir.Repeats(n) {
			inner.own = []string{ir.OwnName(n).Name}
		}
		if _, loop := n.(*ir.Loop); loop { // an iteration sees what the one before returned
			inner.own = append(inner.own, inner.names...)
		}
		if nested, ok := n.(*ir.Nested); ok {
			inner.sealed, inner.own = true, given(nested)
		}
		out = append(out, inner)
	}
	return out
}

// given are the names that a nested pipeline has from the start.
func given(n *ir.Nested) []string {
	var out []string
	for _, in := range n.Inputs {
		out = append(out, in.Arg)
	}
	for _, p := range n.Parameters {
		if !slices.Contains(out, p.Name) {
			out = append(out, p.Name)
		}
	}
	return out
}

// handles reports whether the failure of a node has a handler.
func handles(n ir.Node) bool {
	to := n.Base().OnFailure.Name
	return to != "" && to != ir.Fail
}
