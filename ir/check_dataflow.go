package ir

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// dataflow warns of names that two places can change with nothing to say which is newer (SEMANTICS 2.3), and
// refuses to return the item of a map; to return the index of a loop is odd (SEMANTICS 2.4, 2.6).
func (c *checker) dataflow() {
	r := &returner{known: make(map[*Graph][]Return, len(c.graphs))}
	told := map[*Return]bool{}
	for _, at := range slices.Backward(c.graphs) { // the inner before the outer: each graph is looked at once
		r.graph(at.graph)
		for _, n := range at.graph.Nodes {
			if p, ok := n.(*Parallel); ok {
				c.branchesClash(r, p)
			}
			c.ownReturned(r, told, n)
		}
		if at.graph.Style == Needs && !at.misnamed && !at.cyclic {
			c.stepsClash(r, at.graph)
		}
	}
}

// ownReturned reports the steps in the body of a map or loop that return its item or index. What is inside a nested pipeline
// returns into a scope of its own.
func (c *checker) ownReturned(r *returner, told map[*Return]bool, n Node) {
	own := OwnName(n)
	if own.Name == "" {
		return
	}
	body := Subgraphs(n)[0].Graph
	if !slices.ContainsFunc(r.graph(body), func(ret Return) bool { return ret.Name == own.Name }) {
		return
	}
	nested := "" // the path of the last one
	for v := range WalkGraph(body, "") {
		if nested != "" && strings.HasPrefix(v.Path, nested+".") {
			continue
		}
		if _, ok := v.Node.(*Nested); ok {
			nested = v.Path
		}
		returns := ownReturns(v.Node)
		for i := range returns {
			ret := &returns[i]
			if ret.Name != own.Name || told[ret] {
				continue
			}
			told[ret] = true
			c.list.Add(ownReturn(n, v.Node.Base(), ret).With(own.Span, "%q gets its value here", own.Name))
		}
	}
}

// ownReturns are the names that the keys of a node itself return.
func ownReturns(n Node) []Return {
	switch n := n.(type) {
	case *Task:
		return n.Returns
	case *Nested:
		return n.Returns
	case *Stub, *Parallel, *Map, *Conditional, *Loop:
	}
	return nil
}

// ownReturn reports one such return.
func ownReturn(n Node, step *Common, ret *Return) diag.Diagnostic {
	at := cmp.Or(ret.Span, step.Span)
	if _, ok := n.(*Loop); ok {
		return diag.Warningf(codeIndexReturned, at, "%q returns %q, which is the index of loop %q: the next iteration begins with the index again; return it under another name", step.Name, ret.Name, n.Base().Name)
	}
	return diag.Errorf(codeItemReturned, at, "%q returns %q, which is the item of map %q; return it under another name", step.Name, ret.Name, n.Base().Name)
}

// writer is one place that can change a name.
type writer struct {
	index int // of the branch, or of the step in its graph
	ret   Return
}

// writersOf groups by name, in order of the first mention, the places that can change it.
func writersOf(n int, returns func(i int) []Return) (order []string, writers map[string][]writer) {
	writers = map[string][]writer{}
	for i := range n {
		for _, ret := range returns(i) {
			if writers[ret.Name] == nil {
				order = append(order, ret.Name)
			}
			writers[ret.Name] = append(writers[ret.Name], writer{i, ret})
		}
	}
	return order, writers
}

func (c *checker) branchesClash(r *returner, n *Parallel) {
	order, writers := writersOf(len(n.Branches), func(i int) []Return { return r.graph(n.Branches[i].Graph) })
	for _, name := range order {
		ws := writers[name]
		if len(ws) < 2 {
			continue
		}
		names := make([]string, len(ws))
		for i, w := range ws {
			names[i] = fmt.Sprintf("%q", n.Branches[w.index].Name)
		}
		last, all := ws[len(ws)-1], "both"
		if len(ws) > 2 {
			all = "all"
		}
		c.list.Add(diag.Warningf(codeBranchesClash, cmp.Or(last.ret.Span, n.Span), "branches %s of %q can %s change %q; the last one, %q, wins, so give each result a name of its own",
			enumerate(names), n.Name, all, name, n.Branches[last.index].Name).
			With(cmp.Or(ws[0].ret.Span, n.Branches[ws[0].index].Span), "branch %q changes it here", n.Branches[ws[0].index].Name))
	}
}

// enumerate joins names as in a sentence, and counts those beyond the sixth.
func enumerate(names []string) string {
	if len(names) > 6 {
		names = append(names[:5:5], fmt.Sprintf("%d more", len(names)-5))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// stepsClash warns of names that two steps of a graph of needs can change, neither of which comes after the other.
// A handler stands at the place of the step that it handles: never do both change a name.
func (c *checker) stepsClash(r *returner, g *Graph) {
	order, writers := writersOf(len(g.Nodes), func(i int) []Return { return r.node(g.Nodes[i]) })
	var a *ancestry
	for _, name := range order {
		ws := writers[name]
		if len(ws) < 2 {
			continue
		}
		if a == nil {
			a = newAncestry(g)
		}
		first, second, clash := a.unordered(ws)
		if !clash {
			continue
		}
		one, two := g.Nodes[first.index].Base().Name, g.Nodes[second.index].Base().Name
		c.list.Add(diag.Warningf(codeStepsClash, cmp.Or(second.ret.Span, g.Nodes[second.index].Base().Span),
			"steps %q and %q can both change %q and neither comes after the other; a step that needs both sees the one that it names last, so give each result a name of its own",
			one, two, name).With(cmp.Or(first.ret.Span, g.Nodes[first.index].Base().Span), "%q changes it here", one))
	}
}

// ancestry answers which of two steps of a graph of needs comes after the other.
type ancestry struct {
	edges *Edges
	rank  []int // place in topological order; a handler has that of the step that it handles
	mark  []int // the last search that saw the node
	found int   // searches made
	left  int   // steps that may still be looked at
}

// maxLooks bounds the search for steps without an order, which could grow with the square of the graph. It is far
// above what graphs of ten thousand steps need; beyond it steps are taken to be ordered, and a warning is not given.
const maxLooks = 30_000_000

func newAncestry(g *Graph) *ancestry {
	a := &ancestry{edges: EdgesOf(g), rank: make([]int, len(g.Nodes)), mark: make([]int, len(g.Nodes)), left: maxLooks}
	for place, i := range Topo(g) {
		a.rank[i] = place
	}
	return a
}

// place is the step at whose place in the graph i stands.
func (a *ancestry) place(i int) int {
	if failed := a.edges.Handles[i]; failed >= 0 {
		return failed
	}
	return i
}

// unordered returns two of the writers, neither of which comes after the other. In topological order all are
// ordered when each comes after the one before it.
func (a *ancestry) unordered(ws []writer) (first, second writer, found bool) {
	sorted := slices.Clone(ws)
	slices.SortStableFunc(sorted, func(x, y writer) int { return a.rank[a.place(x.index)] - a.rank[a.place(y.index)] })
	for k := 1; k < len(sorted); k++ {
		x, y := a.place(sorted[k-1].index), a.place(sorted[k].index)
		if x == y || a.comesAfter(y, x) {
			continue
		}
		if sorted[k-1].index > sorted[k].index {
			return sorted[k], sorted[k-1], true
		}
		return sorted[k-1], sorted[k], true
	}
	return writer{}, writer{}, false
}

// comesAfter reports whether step later needs step earlier, directly or through others. It looks only at steps
// that stand between the two.
func (a *ancestry) comesAfter(later, earlier int) bool {
	a.found++
	for stack := []int{later}; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		a.left -= len(a.edges.Needs[i])
		for _, j := range a.edges.Needs[i] {
			if j == earlier || a.left < 0 {
				return true
			}
			if j >= 0 && a.mark[j] != a.found && a.rank[j] > a.rank[earlier] {
				a.mark[j] = a.found
				stack = append(stack, j)
			}
		}
	}
	return false
}
