package ir

import "github.com/runnable-render/runnable-render/ir/diag"

// resolve decides each graph's style, builds its index, reports names that no step has, and fills Start and Next
// where they were left out (SEMANTICS 1).
func (c *checker) resolve() {
	for _, at := range c.graphs {
		g := at.graph
		g.Style = styleOf(g)
		g.buildIndex()
		for _, n := range g.Nodes {
			c.known(at, n.Base().OnFailure, "on_failure")
			for _, need := range n.Base().Needs {
				c.known(at, need, "needs")
			}
			if g.Style == Chain {
				c.known(at, n.Base().Next, "next")
			}
			if cond, ok := n.(*Conditional); ok {
				c.defaultBranch(cond)
			}
		}
		if g.Style == Chain {
			c.known(at, g.Start, "start_at")
			fillChain(g)
		}
	}
}

// styleOf is Needs where the frontend says so or a step has needs, be the list empty.
func styleOf(g *Graph) Style {
	for _, n := range g.Nodes {
		if n.Base().Needs != nil {
			return Needs
		}
	}
	return g.Style
}

// known reports a reference that leads nowhere.
func (c *checker) known(at *place, ref Ref, key string) {
	g := at.graph
	if ref.Name == "" || IsTerminal(ref.Name) || g.Index(ref.Name) >= 0 {
		return
	}
	at.dangling = true
	d := diag.Errorf(codeUnknownStep, ref.Span, "unknown step %q in %s", ref.Name, key)
	c.list.Add(c.didYouMean(d, ref.Name, func() []string { return append(g.Names(), Success, Fail) }, func(name string) diag.Span {
		if n := g.Node(name); n != nil {
			return n.Base().Span
		}
		return diag.Span{}
	}))
}

// fillChain sets Next to the next step in file order that no on_failure names, else success, and Start to the
// first such step.
func fillChain(g *Graph) {
	handlers := Handlers(g)
	next := Success
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		b := g.Nodes[i].Base()
		if b.Next.Name == "" {
			b.Next.Name = next
		}
		if !handlers[i] {
			next = b.Name
		}
	}
	if g.Start.Name == "" {
		g.Start.Name = next
	}
}

func (c *checker) defaultBranch(n *Conditional) {
	if n.Default == "" {
		return
	}
	names := make([]string, len(n.Branches))
	spans := make(map[string]diag.Span, len(n.Branches))
	for i, b := range n.Branches {
		if b.Name == n.Default {
			return
		}
		names[i], spans[b.Name] = b.Name, b.Span
	}
	d := diag.Errorf(codeUnknownDefault, n.Span, "%q has the default %q, which is not one of its branches", n.Name, n.Default)
	c.list.Add(c.didYouMean(d, n.Default, func() []string { return names }, func(name string) diag.Span { return spans[name] }))
}
