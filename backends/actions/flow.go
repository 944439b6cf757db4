package actions

import (
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/flow"
	"github.com/runnable-render/runnable-render/ir"
)

// condition says when a job may start: when the jobs that it needs have ended, and an expression holds.
type condition struct {
	needs []string
	when  string // empty: whatever they came to
}

// ending is what follows a node needs to know of its end. The expressions are there only where something follows.
type ending struct {
	jobs    []string // when these have ended, the node has
	ok, bad string   // expressions: it succeeded, it failed
}

// place is where a graph or a node stands.
type place struct {
	path    string // of the run, as commands name it
	static  string
	handled bool // a failure in it does not make the run fail for sure
}

// at is the place of a node in the graph.
func (p place) at(f *flow.Flow, i int) place {
	name := f.Graph.Nodes[i].Base().Name
	return place{ir.Join(p.path, flow.Escaped(name)), ir.Join(p.static, name), p.handled || f.OnFailure[i] != ir.ToFail}
}

// branch is the place of a graph of the node at p.
func (p place) branch(name string) place {
	in := flow.Escaped(name)
	if name == ir.AnyItem {
		in = name
	}
	return place{ir.Join(p.path, in), ir.Join(p.static, name), p.handled}
}

// graph makes the jobs of a graph that starts when a condition holds. It returns those that the graph ends with.
func (b *builder) graph(g *ir.Graph, at place, in condition) []string {
	f := flow.Of(g)
	ends := make([]ending, len(g.Nodes))
	var last []string
	for _, i := range f.Order {
		ends[i] = b.node(f, i, at, conditionOf(f, i, ends, in), ends)
		if len(f.After[i]) == 0 {
			last = append(last, ends[i].jobs...)
		}
	}
	if len(last) == 0 {
		return in.needs
	}
	return unique(last)
}

// edge is one way to a node: the success or the failure of another.
type edge struct {
	from int
	bad  bool
}

// ways are those to node i: one of each group must have been taken. There are none to the first nodes of a graph.
func ways(f *flow.Flow, i int) [][]edge {
	var groups [][]edge
	switch {
	case f.Graph.Style == ir.Chain:
		for _, j := range f.Before[i] {
			if groups == nil {
				groups = make([][]edge, 1)
			}
			for _, e := range []struct{ to, bad bool }{{f.Next[j] == i, false}, {f.OnFailure[j] == i, true}} {
				if e.to {
					groups[0] = append(groups[0], edge{j, e.bad})
				}
			}
		}
	case f.Handles[i] >= 0:
		groups = append(groups, []edge{{f.Handles[i], true}})
	default:
		for _, j := range f.Needs[i] {
			done := []edge{{j, false}}
			switch h := f.OnFailure[j]; {
			case h == ir.ToSuccess:
				done = append(done, edge{j, true})
			case h >= 0:
				done = append(done, edge{h, false})
			}
			groups = append(groups, done)
		}
	}
	return groups
}

// conditionOf says when node i may start, by the ends of the nodes before it.
func conditionOf(f *flow.Flow, i int, ends []ending, in condition) condition {
	groups := ways(f, i)
	if len(groups) == 0 {
		return in
	}
	var jobs, all []string
	for _, group := range groups {
		var either []string
		for _, e := range group {
			jobs = append(jobs, ends[e.from].jobs...)
			if e.bad {
				either = append(either, ends[e.from].bad)
			} else {
				either = append(either, ends[e.from].ok)
			}
		}
		all = append(all, strings.Join(unique(either), " || "))
	}
	return condition{unique(jobs), and(all...)}
}

// provides is the map or conditional that alone follows the success of leaf i, so that the job of the leaf can tell how it
// goes on; -1: there is none.
func provides(f *flow.Flow, i int) int {
	for _, next := range f.After[i] {
		w := ways(f, next)
		if ir.IsLeaf(f.Graph.Nodes[i]) && asksFirst(f.Graph.Nodes[next]) && len(w) == 1 && slices.Equal(w[0], []edge{{i, false}}) {
			return next
		}
	}
	return -1
}

// asksFirst reports whether something must be known before a node can start: how many items, which branch.
func asksFirst(n ir.Node) bool {
	switch n.(type) {
	case *ir.Map, *ir.Conditional:
		return !n.Base().OnePod()
	case *ir.Task, *ir.Stub, *ir.Parallel, *ir.Loop, *ir.Nested:
	}
	return false
}

// and is an expression that holds where all of several do.
func and(parts ...string) string {
	parts = unique(parts)
	for i, p := range parts {
		if strings.Contains(p, "||") && len(parts) > 1 {
			parts[i] = "(" + p + ")"
		}
	}
	return strings.Join(parts, " && ")
}

// unique returns the texts that are not empty without repetitions, in the order of their first.
func unique(in []string) []string {
	var out []string
	for _, text := range in {
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
