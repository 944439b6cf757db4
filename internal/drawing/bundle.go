package drawing

import (
	"fmt"
	"slices"
	"strings"
)

// leastBundle is the number of like steps that are worth a bundle.
const leastBundle = 12

// Bundled is the diagram with steps of a graph that follow the same steps and are followed by the same, and are no
// composites, put together in one node that unfolds: a graph a thousand steps wide becomes one that can be read.
func (d *Diagram) Bundled() *Diagram {
	out := &Diagram{Nodes: slices.Clone(d.Nodes), Edges: d.Edges}
	for i := range out.Nodes {
		out.Nodes[i].Groups = slices.Clone(out.Nodes[i].Groups)
		for k := range out.Nodes[i].Groups {
			g := &out.Nodes[i].Groups[k]
			g.Diagram = g.Diagram.Bundled()
		}
	}
	return out.bundle()
}

// bundle does it for one graph.
func (d *Diagram) bundle() *Diagram {
	if len(d.Nodes) < leastBundle {
		return d
	}
	alike := d.alike()
	at := make([]int, len(d.Nodes)) // where a node stands in the new diagram
	out := &Diagram{}
	for i := range d.Nodes {
		twins := alike[i]
		switch {
		case len(twins) < leastBundle || len(twins) == len(d.Nodes):
			at[i] = len(out.Nodes)
			out.Nodes = append(out.Nodes, d.Nodes[i])
		case twins[0] == i:
			at[i] = len(out.Nodes)
			out.Nodes = append(out.Nodes, d.bundleOf(twins))
		default:
			at[i] = at[twins[0]]
		}
	}
	seen := map[Edge]bool{}
	for _, e := range d.Edges {
		e.From, e.To = at[e.From], at[e.To]
		if !seen[e] {
			seen[e] = true
			out.Edges = append(out.Edges, e)
		}
	}
	return out
}

// alike returns for each node those that have the same neighbours, itself among them.
func (d *Diagram) alike() [][]int {
	beside := make([][]string, len(d.Nodes))
	for _, e := range d.Edges {
		beside[e.From] = append(beside[e.From], fmt.Sprintf(">%d %v", e.To, e.Failure))
		beside[e.To] = append(beside[e.To], fmt.Sprintf("<%d %v", e.From, e.Failure))
	}
	sets := map[string][]int{}
	keys := make([]string, len(d.Nodes))
	for i := range d.Nodes {
		if d.Nodes[i].Composite() || len(beside[i]) == 0 {
			continue
		}
		slices.Sort(beside[i])
		keys[i] = strings.Join(beside[i], "\n")
		sets[keys[i]] = append(sets[keys[i]], i)
	}
	out := make([][]int, len(d.Nodes))
	for i, k := range keys {
		out[i] = sets[k]
	}
	return out
}

// bundleOf puts nodes into one. The group's name is empty: the nodes keep their paths.
func (d *Diagram) bundleOf(nodes []int) Node {
	inner := &Diagram{}
	for _, i := range nodes {
		inner.Nodes = append(inner.Nodes, d.Nodes[i])
	}
	first, last := inner.Nodes[0], inner.Nodes[len(inner.Nodes)-1]
	return Node{
		Path: first.Path + "…" + last.Path, Name: first.Name + " … " + last.Name, Kind: "bundle",
		Detail: fmt.Sprintf("%d steps between the same", len(nodes)), Groups: []Group{{Diagram: inner}},
	}
}
