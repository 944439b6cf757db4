package diff

import (
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// What stands among the steps before one where there is none.
const begins = "the start"

// failureOf marks a step after whose failure another one runs.
const failureOf = "a failure of "

// befores tells for each step what it comes after, in either style of edges: steps by name, and the start.
func befores(g *ir.Graph) [][]string {
	e := ir.EdgesOf(g)
	out := make([][]string, len(g.Nodes))
	for i, n := range g.Nodes {
		name := n.Base().Name
		if to := e.Next[i]; to >= 0 {
			out[to] = append(out[to], name)
		}
		if to := e.OnFailure[i]; to >= 0 {
			out[to] = append(out[to], failureOf+name)
		}
		for _, need := range n.Base().Needs {
			out[i] = append(out[i], need.Name)
		}
	}
	for i := range out {
		if g.Style == ir.Needs && len(out[i]) == 0 || g.Style == ir.Chain && e.Start == i {
			out[i] = append(out[i], begins)
		}
		slices.Sort(out[i])
		out[i] = slices.Compact(out[i])
	}
	return out
}

// ending says where a step leads that does not lead to a step: empty where that goes without saying.
func ending(n ir.Node) string {
	var out []string
	if n.Base().Next.Name == ir.Fail {
		out = append(out, "then fail")
	}
	if n.Base().OnFailure.Name == ir.Success {
		out = append(out, "success after a failure")
	}
	return strings.Join(out, ", ")
}

// styled reports whether the style of the edges makes a difference: what handlers lead to depends on it.
func (g *graph) styled() bool {
	return slices.ContainsFunc(g.Nodes, func(n ir.Node) bool { return n.Base().OnFailure.Name != "" && n.Base().OnFailure.Name != ir.Fail })
}

func styleName(s ir.Style) string {
	if s == ir.Needs {
		return "needs"
	}
	return "next"
}

// edges compares what comes before the steps that are in both graphs.
func (c *comparer) edges(o, n *graph) {
	if o.Style != n.Style && (o.styled() || n.styled()) {
		c.add(Change{Class: Breaking, Kind: Edges, Path: n.path, Was: was(o.path, n.path), What: "style of edges", Old: styleName(o.Style), New: styleName(n.Style)})
	}
	class := Breaking
	if c.sameOrder(o, n) {
		class = Neutral
	}
	for _, s := range n.steps {
		old := c.oldOf[s]
		if old == nil || old.graph != o {
			continue
		}
		at := Change{Class: Breaking, Kind: Edges, Path: s.Path, Was: was(old.Path, s.Path)}
		if a, b := ending(old.Node), ending(s.Node); a != b {
			at.What, at.Old, at.New = "end", a, b
			c.add(at)
		}
		before := slices.Sorted(slices.Values(c.renamed(o, o.before[old.index], n)))
		if !slices.Equal(before, n.before[s.index]) && !slices.Equal(c.without(o, n, old), c.without(n, o, s)) {
			at.Class, at.What, at.Old, at.New = class, "runs after", listed(o.before[old.index]), listed(n.before[s.index])
			c.add(at)
		}
		a, b := c.renamed(o, needNames(old.Node), n), needNames(s.Node)
		if (o.merges() || n.merges()) && !slices.Equal(among(a, b), among(b, a)) {
			at.Class, at.Kind, at.What, at.Old, at.New = Breaking, Order, "order of needs", listed(needNames(old.Node)), listed(b)
			c.add(at)
		}
	}
}

// renamed are names of the old graph as they are in the new one.
func (c *comparer) renamed(o *graph, names []string, n *graph) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = c.newName(o, name, n)
	}
	return out
}

// newName is what a step of the old graph, or its failure, is called in the new one.
func (c *comparer) newName(o *graph, name string, n *graph) string {
	bare, failed := strings.CutPrefix(name, failureOf)
	if i := o.Index(bare); i >= 0 {
		if now := c.newOf[o.steps[i]]; now != nil && now.graph == n {
			bare = now.name()
		}
	}
	if failed {
		return failureOf + bare
	}
	return bare
}

// without is what a step of a graph comes after once the steps are taken out that the other graph does not have: a step that
// is put between two others changes nothing else about them. The names are those of the new graph.
func (c *comparer) without(g, other *graph, s *step) []string {
	var out []string
	seen := map[string]bool{}
	for pending := slices.Clone(g.before[s.index]); len(pending) > 0; {
		name := pending[0]
		pending = pending[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		i := g.Index(name)
		if i < 0 {
			if bare, failed := strings.CutPrefix(name, failureOf); failed && g.Index(bare) >= 0 {
				name = failureOf + c.nameIn(g, g.steps[g.Index(bare)], other)
			}
			out = append(out, name)
			continue
		}
		if there := c.partner(g.steps[i]); there == nil || there.graph != other {
			pending = append(pending, g.before[i]...)
			continue
		}
		out = append(out, c.nameIn(g, g.steps[i], other))
	}
	if len(out) > 1 { // what comes after a step comes after the start
		out = slices.DeleteFunc(out, func(name string) bool { return name == begins })
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nameIn is the name of a step in the new one of the two graphs.
func (c *comparer) nameIn(g *graph, s *step, other *graph) string {
	if there := c.newOf[s]; there != nil && there.graph == other {
		return there.name()
	}
	return s.name()
}

// partner is the step of the other definition that a step is.
func (c *comparer) partner(s *step) *step {
	if there := c.newOf[s]; there != nil {
		return there
	}
	return c.oldOf[s]
}

// sameOrder reports whether two graphs without handlers hold the same steps, each after the same ones: then only edges
// differ that others make redundant, which changes nothing (SEMANTICS 2.8).
func (c *comparer) sameOrder(o, n *graph) bool {
	if o.styled() || n.styled() || len(o.steps) != len(n.steps) || o.order == nil || n.order == nil {
		return false
	}
	index := make([]int, len(o.steps)) // of the old steps in the new graph
	for i, s := range o.steps {
		there := c.newOf[s]
		if there == nil || there.graph != n {
			return false
		}
		index[i] = there.index
	}
	for i := range o.steps {
		if ending(o.Nodes[i]) != ending(n.Nodes[index[i]]) || (len(o.before[i]) == 0) != (len(n.before[index[i]]) == 0) {
			return false
		}
		for j := range o.steps {
			if o.order.precedes(j, i) != n.order.precedes(index[j], index[i]) {
				return false
			}
		}
	}
	return true
}

func listed(names []string) string {
	if len(names) == 0 {
		return "no step leads to it"
	}
	return strings.Join(names, ", ")
}

// among are the names of a list that another list has too, in the order of the first.
func among(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(name string) bool { return !slices.Contains(b, name) })
}
