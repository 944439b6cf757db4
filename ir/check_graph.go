package ir

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// graph checks how steps lead to each other: one style a graph, the rules of handlers in a graph of needs, no
// cycles; a step that nothing reaches gets a warning (SEMANTICS 1).
func (c *checker) graph() {
	for _, at := range c.graphs {
		g := at.graph
		if g.Style == Needs {
			c.onlyNeeds(g)
		}
		if at.misnamed {
			continue
		}
		e := EdgesOf(g)
		c.itself(g)
		if g.Style == Needs {
			c.needsRules(g, e)
		}
		at.cyclic = c.cycles(g, e)
		if g.Style == Chain && !at.dangling {
			c.unreachable(g, e)
		}
	}
}

// itself reports steps that name themselves.
func (c *checker) itself(g *Graph) {
	for _, n := range g.Nodes {
		b := n.Base()
		for _, key := range refsOf(b) {
			if key.ref.Name == b.Name && b.Name != "" {
				c.errorf(codeItself, cmp.Or(key.ref.Span, b.Span), "step %q names itself in %s; name another step", b.Name, key.name)
			}
		}
	}
}

// keyedRef is a reference with the key that holds it.
type keyedRef struct {
	name string
	ref  Ref
}

func refsOf(b *Common) []keyedRef {
	refs := []keyedRef{{"next", b.Next}, {"on_failure", b.OnFailure}}
	for _, need := range b.Needs {
		refs = append(refs, keyedRef{"needs", need})
	}
	return refs
}

// onlyNeeds reports what belongs to the other style.
func (c *checker) onlyNeeds(g *Graph) {
	var first diag.Span
	for _, n := range g.Nodes {
		if needs := n.Base().Needs; first.IsZero() && needs != nil {
			first = n.Base().Span
			if len(needs) > 0 {
				first = cmp.Or(needs[0].Span, first)
			}
		}
	}
	mixed := func(span diag.Span, what string) {
		c.list.Add(diag.Errorf(codeMixedStyles, span, "%s in a graph whose steps have needs; one graph uses one style, so write needs everywhere or nowhere", what).
			With(first, "needs is used here"))
	}
	if g.Start.Name != "" {
		mixed(cmp.Or(g.Start.Span, g.Span), "start_at")
	}
	for _, n := range g.Nodes {
		if b := n.Base(); b.Next.Name != "" {
			mixed(cmp.Or(b.Next.Span, b.Span), fmt.Sprintf("next of step %q", b.Name))
		}
	}
}

// needsRules checks what SEMANTICS 1 says of handlers in a graph of needs: a handler has one referrer and runs when
// that one failed, so it has no needs, nobody needs it, and its own failure is the end of the matter.
func (c *checker) needsRules(g *Graph, e *Edges) {
	named := make([]Ref, len(g.Nodes)) // who names this node as its handler first
	for i, n := range g.Nodes {
		b := n.Base()
		if h := e.OnFailure[i]; h >= 0 && h != i {
			if first := named[h]; first.Name != "" {
				c.list.Add(diag.Errorf(codeHandlerShared, b.OnFailure.Span, "%q is the on_failure of %q and of %q; in a graph of needs a handler belongs to one step, so give each its own",
					b.OnFailure.Name, first.Name, b.Name).With(first.Span, "%q names it here", first.Name))
				continue
			}
			named[h] = Ref{b.Name, cmp.Or(b.OnFailure.Span, b.Span)}
		}
	}
	for i, n := range g.Nodes {
		c.needsOf(g, e, n.Base(), named)
		if named[i].Name != "" {
			c.handler(n.Base(), named[i])
		}
	}
}

// needsOf checks the list of one step.
func (c *checker) needsOf(g *Graph, e *Edges, b *Common, handled []Ref) {
	seen := make(map[string]bool, len(b.Needs))
	for _, need := range b.Needs {
		span := cmp.Or(need.Span, b.Span)
		switch i := g.Index(need.Name); {
		case IsTerminal(need.Name):
			c.errorf(codeNeedsTerminal, span, "%q needs %q, which ends the graph; name a step", b.Name, need.Name)
		case need.Name == "":
			c.errorf(codeUnknownStep, span, "%q has an empty name in needs; name a step", b.Name)
		case seen[need.Name]:
			c.errorf(codeNeedsTwice, span, "%q needs %q twice; name it once", b.Name, need.Name)
		case i >= 0 && handled[i].Name != "" && need.Name != b.Name:
			c.list.Add(diag.Errorf(codeHandlerNeeded, span, "%q needs %q, which runs only when %q fails; need %q instead: its handler's success counts as its own",
				b.Name, need.Name, handled[i].Name, handled[i].Name).With(handled[i].Span, "this makes %q a handler", need.Name))
		}
		seen[need.Name] = true
	}
}

// handler checks the step that by names as its on_failure.
func (c *checker) handler(b *Common, by Ref) {
	if len(b.Needs) > 0 {
		c.list.Add(diag.Errorf(codeHandlerNeeds, cmp.Or(b.Needs[0].Span, b.Span), "%q handles the failure of %q and cannot have needs of its own; delete them: it sees what %q saw",
			b.Name, by.Name, by.Name).With(by.Span, "this makes it a handler"))
	}
	if to := b.OnFailure; to.Name != "" && to.Name != Fail && to.Name != b.Name {
		c.list.Add(diag.Errorf(codeHandlerHandled, cmp.Or(to.Span, b.Span), "%q handles the failure of %q and cannot have an on_failure of its own in a graph of needs; put both into the branch of one step",
			b.Name, by.Name).With(by.Span, "this makes it a handler"))
	}
}

// unreachable warns of steps that no way from the start leads to.
func (c *checker) unreachable(g *Graph, e *Edges) {
	reached := make([]bool, len(g.Nodes))
	led := make([]bool, len(g.Nodes)) // some other step leads here
	for i := range g.Nodes {
		for _, j := range []int{e.Next[i], e.OnFailure[i]} {
			if j >= 0 && j != i {
				led[j] = true
			}
		}
	}
	for queue := []int{e.Start}; len(queue) > 0; {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if i < 0 || reached[i] {
			continue
		}
		reached[i] = true
		queue = append(queue, e.OnFailure[i], e.Next[i])
	}
	for i, n := range g.Nodes {
		if reached[i] {
			continue
		}
		reason := "no step leads to it"
		if led[i] {
			reason = "only steps that never run lead to it"
		}
		c.list.Add(diag.Warningf(codeUnreachable, n.Base().Span, "step %q never runs: %s; name it in next or on_failure, or remove it", n.Base().Name, reason))
	}
}

// maxCycleNames bounds the steps of a cycle that a message names.
const maxCycleNames = 40

// cycles reports one cycle, the shortest, for each knot of steps that lead to each other, from its first step in
// source order. It reports whether there was one.
func (c *checker) cycles(g *Graph, e *Edges) bool {
	next := make([][]int, len(g.Nodes))
	for i := range next {
		if g.Style == Needs {
			next[i] = e.Needs[i]
			continue
		}
		next[i] = []int{e.Next[i], e.OnFailure[i]}
	}
	found := knots(next)
	for _, knot := range found {
		c.cycle(g, shortestCycle(next, knot))
	}
	return len(found) > 0
}

// cycle reports the steps of one cycle in the order in which they lead to each other.
func (c *checker) cycle(g *Graph, steps []int) {
	key := "leads to"
	advice := "a graph only goes forward; to repeat steps, put them into a loop"
	if g.Style == Needs {
		key, advice = "needs", "none of them can start"
	}
	quoted := make([]string, 0, len(steps)+1)
	for _, i := range append(steps[:len(steps):len(steps)], steps[0]) {
		quoted = append(quoted, fmt.Sprintf("%q", g.Nodes[i].Base().Name))
	}
	if len(quoted) > maxCycleNames {
		left := len(quoted) - maxCycleNames
		quoted = append(quoted[:maxCycleNames/2:maxCycleNames/2], append([]string{fmt.Sprintf("(%d more)", left)}, quoted[len(quoted)-maxCycleNames/2:]...)...)
	}
	d := diag.Errorf(codeCycle, g.edgeSpan(steps[0], steps[1]), "cycle: %s; %s", strings.Join(quoted, " → "), advice)
	for k := 1; k < len(steps) && k < maxCycleNames; k++ {
		from, to := steps[k], steps[(k+1)%len(steps)]
		d = d.With(g.edgeSpan(from, to), "%q %s %q", g.Nodes[from].Base().Name, key, g.Nodes[to].Base().Name)
	}
	c.list.Add(d)
}

// edgeSpan is the place where node from names node to, or that of from where the edge was left out.
func (g *Graph) edgeSpan(from, to int) diag.Span {
	b, name := g.Nodes[from].Base(), g.Nodes[to].Base().Name
	for _, r := range refsOf(b) {
		if r.ref.Name == name {
			return cmp.Or(r.ref.Span, b.Span)
		}
	}
	return b.Span
}
