package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

func (c *comparer) add(change Change) { c.changes = append(c.changes, &change) }

// was is the old path of what has another one now.
func was(old, now string) string {
	if old == now {
		return ""
	}
	return old
}

// pipelines compares what the definitions say of no step.
func (c *comparer) pipelines() {
	for _, change := range differences(pipelineFacts(c.old.pipeline), pipelineFacts(c.new.pipeline)) {
		c.add(change)
	}
}

// differences are the facts that are not the same, those of the new definition first.
func differences(old, now facts) []Change {
	var out []Change
	had := map[string]fact{}
	for _, f := range old {
		had[f.what] = f
	}
	for _, f := range now {
		o := had[f.what]
		delete(had, f.what)
		if o.text != f.text {
			out = append(out, Change{Class: f.class, Kind: f.kind, What: f.what, Old: o.text, New: f.text})
		}
	}
	for _, f := range old {
		if _, gone := had[f.what]; gone {
			delete(had, f.what)
			out = append(out, Change{Class: f.class, Kind: f.kind, What: f.what, Old: f.text})
		}
	}
	return out
}

// graphs compares two graphs that are one, and all that is in them.
func (c *comparer) graphs(o, n *graph) {
	if n.owner != nil && o.Description != n.Description {
		c.add(Change{Class: Cosmetic, Kind: Text, Path: n.path, Was: was(o.path, n.path), What: "description", Old: o.Description, New: n.Description})
	}
	c.edges(o, n)
	c.orders(o, n)
	for _, s := range n.steps {
		if old := c.oldOf[s]; old != nil {
			c.step(old, s)
		}
	}
}

// step compares two steps that are one.
func (c *comparer) step(o, n *step) {
	at := Change{Path: n.Path, Was: was(o.Path, n.Path)}
	if o.name() != n.name() {
		named := at
		named.Class, named.Kind, named.What, named.Old, named.New = Neutral, Names, "name", o.name(), n.name()
		c.add(named)
	}
	if c.graphOf[o.graph] != n.graph {
		moved := at
		moved.Class, moved.Kind, moved.What, moved.Old, moved.New = Breaking, Moves, "graph", o.graph.called(), n.graph.called()
		c.add(moved)
	}
	if ir.Kind(o.Node) != ir.Kind(n.Node) {
		typed := at
		typed.Class, typed.Kind, typed.What, typed.Old, typed.New = Breaking, Type, "type", o.described(), n.described()
		c.add(typed)
	} else {
		c.keys(o, n, at)
	}
	c.branches(o, n, at)
}

// keys compares what two steps of a kind say. What a step gets from the composite around it is a change of that one.
func (c *comparer) keys(o, n *step, at Change) {
	var outer map[string]*Change
	if owner := n.graph.owner; owner != nil {
		outer = c.settings[owner]
	}
	leaf := ir.IsLeaf(n.Node)
	mine := map[string]*Change{}
	for _, change := range differences(o.facts, n.facts) {
		key := change.What + "\x00" + change.Old + "\x00" + change.New
		change.Path, change.Was = at.Path, at.Was
		told := outer[key]
		if told == nil {
			told = &change
			c.changes = append(c.changes, told)
		} else if leaf {
			told.Steps = append(told.Steps, n.Path)
		}
		if !leaf && inherited(change.Kind) && (change.Kind != Targets || strings.HasPrefix(change.What, override)) {
			mine[key] = told
		}
	}
	if len(mine) > 0 {
		c.settings[n] = mine
	}
}

// inherited reports whether what a composite says of a kind holds for its leaves.
func inherited(k Kind) bool {
	return slices.Contains([]Kind{Env, Image, Python, Resources, Targets}, k)
}

// branches compares the graphs of two steps.
func (c *comparer) branches(o, n *step, at Change) {
	counterpart := map[*graph]bool{}
	for _, g := range o.inside {
		now := c.graphOf[g]
		counterpart[now] = true
		change := at
		switch {
		case now == nil:
			change.Class, change.Kind, change.What, change.Old = Breaking, Branches, "branch "+g.name, count(g)
			c.add(change)
		case now.name != g.name:
			change.Class, change.Kind, change.What, change.Old, change.New = Neutral, Names, "branch", g.name, now.name
			if _, byName := n.Node.(*ir.Conditional); byName {
				change.Class, change.Kind = Breaking, Branches
			}
			c.add(change)
		}
	}
	for _, g := range n.inside {
		if !counterpart[g] {
			change := at
			change.Class, change.Kind, change.What, change.New = Breaking, Branches, "branch "+g.name, count(g)
			c.add(change)
		}
	}
	if o.orderCounts() || n.orderCounts() {
		c.branchOrder(o, n)
	}
	for _, g := range o.inside {
		if now := c.graphOf[g]; now != nil {
			c.graphs(g, now)
		}
	}
}

func (c *comparer) branchOrder(o, n *step) {
	var before, after []string
	for _, g := range o.inside {
		if now := c.graphOf[g]; now != nil && now.owner == n {
			before = append(before, now.name)
		}
	}
	for _, g := range n.inside {
		if slices.Contains(before, g.name) {
			after = append(after, g.name)
		}
	}
	c.order(n.Path, o.Path, "order of branches", before, after)
}

// movedApart compares the steps that are in a graph that is new.
func (c *comparer) movedApart() {
	known := map[*graph]bool{}
	for _, g := range c.graphOf {
		known[g] = true
	}
	for _, s := range c.new.steps {
		if o := c.oldOf[s]; o != nil && !known[s.graph] {
			c.step(o, s)
		}
	}
}

// addedAndRemoved adds the steps that only one of the definitions has, but for those in a composite or branch of which that
// is told already.
func (c *comparer) addedAndRemoved() {
	known := map[*graph]bool{}
	for o, n := range c.graphOf {
		known[o], known[n] = true, true
	}
	for _, s := range c.new.steps {
		if c.oldOf[s] == nil && known[s.graph] {
			c.add(Change{Class: s.class(), Kind: Steps, Path: s.Path, What: "step", New: s.described() + ", after " + listed(s.graph.before[s.index])})
		}
	}
	for _, s := range c.old.steps {
		if c.newOf[s] == nil && known[s.graph] {
			c.add(Change{Class: s.class(), Kind: Steps, Path: s.Path, What: "step", Old: s.described()})
		}
	}
}

// class is that of a step that is new or gone. A stub does nothing, unless it handles a failure or has a handler, ends in fail, or
// stands where values of several steps meet.
func (s *step) class() Class {
	stub, ok := s.Node.(*ir.Stub)
	if !ok || stub.Catalog != nil || handler(stub) || stub.Next.Name == ir.Fail || s.graph.merges() || s.handles() {
		return Breaking
	}
	return Neutral
}

// handles reports whether the step runs after a failure of another.
func (s *step) handles() bool {
	return slices.ContainsFunc(s.graph.before[s.index], func(name string) bool { return strings.HasPrefix(name, failureOf) })
}

// described says what a step is, in a few words.
func (s *step) described() string {
	if t, ok := s.Node.(*ir.Task); ok {
		first, rest, _ := strings.Cut(strings.TrimSpace(t.Command.Text()), "\n")
		if rest != "" {
			first += " …"
		}
		return ir.CommandType(t.Command) + " " + first
	}
	if ir.IsLeaf(s.Node) {
		return ir.Kind(s.Node)
	}
	steps := 0
	for _, g := range s.inside {
		steps += len(g.steps)
	}
	return fmt.Sprintf("%s of %s", ir.Kind(s.Node), plural(steps, "step"))
}

// called is what messages call a graph.
func (g *graph) called() string { return cmp.Or(g.path, "the pipeline") }

func count(g *graph) string { return plural(len(g.steps), "step") }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// finished are the changes. A default of a composite that reaches no leaf changes no result, unless a reducer of the
// composite's runs with it.
func (c *comparer) finished() []Change {
	inert := map[string]bool{} // composites that themselves run nothing
	for _, s := range c.new.steps {
		m, ok := s.Node.(*ir.Map)
		inert[s.Path] = !ir.IsLeaf(s.Node) && !(ok && ir.PythonReducer(m.Reducer))
	}
	out := make([]Change, 0, len(c.changes))
	for _, change := range c.changes {
		if inert[change.Path] && inherited(change.Kind) && len(change.Steps) == 0 {
			change.Class = Neutral
		}
		out = append(out, *change)
	}
	return out
}

// arrange puts changes in the order of the new definition's steps, those of the pipeline first and steps that are gone last.
func (c *comparer) arrange(all []Change) {
	position := map[string]int{"": -1}
	for i, s := range c.new.steps {
		position[s.Path] = i
	}
	at := func(change Change) int {
		if change.Kind == Steps && change.New == "" {
			return len(position)
		}
		for path := change.Path; ; path = path[:max(0, strings.LastIndexByte(path, '.'))] {
			if i, ok := position[path]; ok {
				return i
			}
		}
	}
	kinds := Kinds()
	slices.SortStableFunc(all, func(a, b Change) int {
		return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.What, b.What))
	})
}
