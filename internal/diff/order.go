package diff

import (
	"path"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// mostOrdered is the number of steps up to which it is told for any two of a graph whether one comes before the other.
const mostOrdered = 4096

// ancestry tells which steps of a graph come before which.
type ancestry struct{ sets [][]uint64 }

// newAncestry returns nil for a graph of too many steps, of which nothing is told.
func newAncestry(g *ir.Graph) *ancestry {
	n := len(g.Nodes)
	if n > mostOrdered {
		return nil
	}
	a := &ancestry{make([][]uint64, n)}
	for i := range a.sets {
		a.sets[i] = make([]uint64, (n+63)/64)
	}
	next := ir.EdgesOf(g).Successors()
	for _, i := range ir.Topo(g) {
		for _, j := range next[i] {
			for word, bits := range a.sets[i] {
				a.sets[j][word] |= bits
			}
			a.sets[j][i/64] |= 1 << (i % 64)
		}
	}
	return a
}

// precedes reports whether step i comes before step j.
func (a *ancestry) precedes(i, j int) bool { return a.sets[j][i/64]&(1<<(i%64)) != 0 }

// orderCounts reports whether the order in which a graph of needs lists its steps can make a difference: to the last value of
// a name, the last version of a file, or the failure that a handler is told of (SEMANTICS 2.7, 2.8, 4).
func (g *graph) orderCounts() bool { return len(g.steps) > 1 && (g.handled || g.merges()) }

// merges reports whether steps of a graph of needs change one name or path and neither comes before the other.
func (g *graph) merges() bool {
	if g.Style != ir.Needs || g.clash != unknown {
		return g.clash == yes
	}
	g.clash = no
	leaves := make([]effects, len(g.steps))
	for i, s := range g.steps {
		leaves[i] = effectsOf(s.Node)
	}
	if clashing(leaves, func(i, j int) bool { return g.order == nil || !g.order.precedes(i, j) && !g.order.precedes(j, i) }) {
		g.clash = yes
	}
	return g.clash == yes
}

// orderCounts reports whether the order of the branches of a parallel can make a difference.
func (s *step) orderCounts() bool {
	n, ok := s.Node.(*ir.Parallel)
	if !ok || len(n.Branches) < 2 {
		return false
	}
	if s.graph.handled || handler(n) {
		return true
	}
	all := make([]effects, len(n.Branches))
	for i, b := range n.Branches {
		for _, inner := range b.Graph.Nodes {
			e := effectsOf(inner)
			all[i].names, all[i].puts = append(all[i].names, e.names...), append(all[i].puts, e.puts...)
		}
	}
	return clashing(all, func(int, int) bool { return true })
}

// tristate is what is known of something.
type tristate int

const (
	unknown tristate = iota
	no
	yes
)

// effects are what a step leaves to others.
type effects struct{ names, puts []string }

func effectsOf(n ir.Node) effects {
	var e effects
	for _, r := range ir.NodeReturns(n) {
		e.names = append(e.names, r.Name)
	}
	puts := func(n ir.Node) {
		if c := ir.CatalogOf(n); c != nil {
			for _, p := range c.Put {
				e.puts = append(e.puts, path.Clean(p.Name))
			}
		}
	}
	puts(n)
	for _, b := range ir.Subgraphs(n) {
		for v := range ir.WalkGraph(b.Graph, "") {
			puts(v.Node)
		}
	}
	return e
}

// clashing reports whether two of which neither comes first leave one name or path.
func clashing(all []effects, unordered func(i, j int) bool) bool {
	writers := map[string][]int{}
	for i, e := range all {
		for _, name := range e.names {
			writers[name] = append(writers[name], i)
		}
	}
	for _, w := range writers {
		for x, i := range w {
			if slices.ContainsFunc(w[:x], func(j int) bool { return i != j && unordered(i, j) }) {
				return true
			}
		}
	}
	var putters []int
	for i, e := range all {
		if len(e.puts) == 0 {
			continue
		}
		if slices.ContainsFunc(putters, func(j int) bool { return meet(e.puts, all[j].puts) && unordered(i, j) }) {
			return true
		}
		putters = append(putters, i)
	}
	return false
}

// meet reports whether patterns of two lists may find one path.
func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool {
			x, y := literal(x), literal(y)
			return strings.HasPrefix(x, y) || strings.HasPrefix(y, x)
		})
	})
}

// literal is the beginning of a pattern that is no pattern; of a whole path with a slash at its end, as of a folder.
func literal(pattern string) string {
	if i := strings.IndexAny(pattern, `*?[{`); i >= 0 {
		return pattern[:i]
	}
	if pattern == "." {
		return ""
	}
	return pattern + "/"
}

// orders compares the order of steps and branches that are in both definitions.
func (c *comparer) orders(o, n *graph) {
	if n.Style == ir.Needs && o.Style == ir.Needs && (o.orderCounts() || n.orderCounts()) {
		var before, after []string
		for _, s := range o.steps {
			if now := c.newOf[s]; now != nil && now.graph == n {
				before = append(before, now.name())
			}
		}
		for _, s := range n.steps {
			if old := c.oldOf[s]; old != nil && old.graph == o {
				after = append(after, s.name())
			}
		}
		c.order(n.path, o.path, "order of steps", before, after)
	}
}

// order adds a change where the same names come in another order.
func (c *comparer) order(path, before, what string, old, now []string) {
	if !slices.Equal(old, now) {
		c.add(Change{Class: Breaking, Kind: Order, Path: path, Was: was(before, path), What: what, Old: strings.Join(old, ", "), New: strings.Join(now, ", ")})
	}
}

func branchNames(s *step) []string {
	out := make([]string, len(s.inside))
	for i, g := range s.inside {
		out[i] = g.name
	}
	return out
}

func needNames(n ir.Node) []string {
	var out []string
	for _, r := range n.Base().Needs {
		out = append(out, r.Name)
	}
	return out
}
