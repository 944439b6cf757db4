package ir

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// puts warns of paths that steps which can run at the same time put: each keeps its own file, and afterwards one
// of them counts (SEMANTICS 4). Items of a map are kept apart by their index and are no matter here.
func (c *checker) puts() {
	p := &putter{known: make(map[*Graph][]Return, len(c.graphs))}
	for _, at := range slices.Backward(c.graphs) { // the inner before the outer: each graph is looked at once
		p.graph(at.graph)
		for _, n := range at.graph.Nodes {
			if n, ok := n.(*Parallel); ok {
				c.branchesPut(p, n)
			}
		}
		if at.graph.Style == Needs && !at.misnamed && !at.cyclic {
			c.stepsPut(p, at.graph)
		}
	}
}

func (c *checker) branchesPut(p *putter, n *Parallel) {
	order, writers := pathsOf(len(n.Branches), func(i int) []Return { return p.graph(n.Branches[i].Graph) })
	for _, name := range order {
		ws := writers[name]
		var names []string
		for i, w := range ws {
			if i == 0 || w.index != ws[i-1].index {
				names = append(names, fmt.Sprintf("%q", n.Branches[w.index].Name))
			}
		}
		if len(names) < 2 {
			continue
		}
		first, last := ws[0], ws[len(ws)-1]
		c.list.Add(diag.Warningf(codePutsClash, cmp.Or(last.ret.Span, n.Span),
			"branches %s of %q can put %q at the same time; each keeps its own file, and after %q the file of the last one, %q, counts; put each result under a path of its own",
			enumerate(names), n.Name, name, n.Name, n.Branches[last.index].Name).
			With(cmp.Or(first.ret.Span, n.Branches[first.index].Span), "branch %q puts it here", n.Branches[first.index].Name))
	}
}

func (c *checker) stepsPut(p *putter, g *Graph) {
	order, writers := pathsOf(len(g.Nodes), func(i int) []Return { return p.node(g.Nodes[i]) })
	var a *ancestry
	for _, name := range order {
		if len(writers[name]) < 2 {
			continue
		}
		if a == nil {
			a = newAncestry(g)
		}
		first, second, clash := a.unordered(writers[name])
		if !clash {
			continue
		}
		one, two := g.Nodes[first.index].Base().Name, g.Nodes[second.index].Base().Name
		c.list.Add(diag.Warningf(codePutsClash, cmp.Or(second.ret.Span, g.Nodes[second.index].Base().Span),
			"steps %q and %q can put %q at the same time; each keeps its own file, and a step that needs both gets the file of the one that it names last; put each result under a path of its own",
			one, two, name).With(cmp.Or(first.ret.Span, g.Nodes[first.index].Base().Span), "%q puts it here", one))
	}
}

// pathsOf groups by path or pattern the places that can put it, in order: those that put it, a folder that holds it, or
// what a glob finds it by.
func pathsOf(n int, puts func(i int) []Return) (order []string, writers map[string][]writer) {
	order, exact := writersOf(n, puts)
	writers = make(map[string][]writer, len(exact))
	var globs []string
	for _, name := range order {
		if isGlob(name) {
			globs = append(globs, name)
		}
	}
	if len(globs)*len(order) > maxLooks {
		globs = nil
	}
	for _, name := range order {
		ws := slices.Clone(exact[name])
		for dir := path.Dir(name); dir != "." && !isGlob(name); dir = path.Dir(dir) {
			ws = append(ws, exact[dir]...)
		}
		for _, glob := range globs {
			if !isGlob(name) && finds(glob, name) {
				ws = append(ws, exact[glob]...)
			}
		}
		slices.SortStableFunc(ws, func(a, b writer) int { return a.index - b.index })
		writers[name] = ws
	}
	return order, writers
}

func isGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[{`) }

// finds reports whether a glob finds a path, as far as that is plain: `**` is known at its beginning and its end alone.
func finds(glob, name string) bool {
	if glob == "**" {
		return true
	}
	if dir, ok := strings.CutSuffix(glob, "/**"); ok {
		return name == dir || strings.HasPrefix(name, dir+"/")
	}
	if rest, ok := strings.CutPrefix(glob, "**/"); ok {
		glob, name = rest, path.Base(name)
	}
	ok, err := path.Match(glob, name)
	return ok && err == nil
}

// putter finds what graphs can put: patterns in their plain form, each with the first place that names it.
type putter struct{ known map[*Graph][]Return }

func (p *putter) graph(g *Graph) []Return {
	if known, ok := p.known[g]; ok {
		return known
	}
	var out []Return
	seen := map[string]bool{}
	for _, n := range g.Nodes {
		for _, put := range p.node(n) {
			if !seen[put.Name] {
				seen[put.Name] = true
				out = append(out, put)
			}
		}
	}
	p.known[g] = out
	return out
}

func (p *putter) node(n Node) []Return {
	var out []Return
	if spec := CatalogOf(n); spec != nil {
		for _, put := range spec.Put {
			name := path.Clean(put.Name)
			if name == "." {
				name = "**"
			}
			out = append(out, Return{Name: name, Span: put.Span})
		}
	}
	for _, b := range Subgraphs(n) {
		out = append(out, p.graph(b.Graph)...)
	}
	return out
}
