// Package drawing draws pipelines: as Mermaid, as DOT, as SVG, and as the model of the page in folder web.
package drawing

import (
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// Diagram is a graph to be drawn. A node may hold graphs of its own.
type Diagram struct {
	Nodes []Node
	Edges []Edge
}

// Node is a box: a step of a definition, or what a target makes of one.
type Node struct {
	Path   string // unique in the whole drawing; of a step its static path
	Name   string
	Kind   string // of a leaf the type of its command; of others the word that the definition or the target uses
	Detail string // a few words
	Facts  []Fact // all there is to say
	Groups []Group
}

// Composite reports whether the node holds graphs.
func (n *Node) Composite() bool { return len(n.Groups) > 0 }

// Group is a graph inside a node.
type Group struct {
	Name    string // joined to the node's path it is the graph's
	Title   string // empty where there is nothing to tell it from
	Diagram *Diagram
}

// Edge leads from one node to another of the same diagram, by index.
type Edge struct {
	From, To int
	Failure  bool // taken when From fails
}

// Fact is something to know of a node. Code says that the text is to be shown as it is, line by line.
type Fact struct {
	Label string `json:"label"`
	Text  string `json:"text"`
	Code  bool   `json:"code,omitempty"`
}

// Of is the diagram of a definition that [ir.Check] has finished.
func Of(p *ir.Pipeline) *Diagram {
	m := maker{settings: ir.Settings(p)}
	return m.graph(p.Graph, "")
}

// maker makes the diagram of a definition.
type maker struct{ settings map[string]ir.Effective }

func (m *maker) graph(g *ir.Graph, path string) *Diagram {
	d := &Diagram{Nodes: make([]Node, 0, len(g.Nodes))}
	for _, n := range g.Nodes {
		d.Nodes = append(d.Nodes, m.node(n, ir.Join(path, n.Base().Name)))
	}
	e := ir.EdgesOf(g)
	for i := range g.Nodes {
		if e.Next[i] >= 0 {
			d.Edges = append(d.Edges, Edge{From: i, To: e.Next[i]})
		}
		for _, need := range e.Needs[i] {
			if need >= 0 {
				d.Edges = append(d.Edges, Edge{From: need, To: i})
			}
		}
		if to := e.OnFailure[i]; to >= 0 {
			d.Edges = append(d.Edges, Edge{From: i, To: to, Failure: true})
		}
	}
	return d
}

func (m *maker) node(n ir.Node, path string) Node {
	out := Node{Path: path, Name: n.Base().Name, Kind: ir.Kind(n), Facts: m.facts(n, path)}
	if t, ok := n.(*ir.Task); ok {
		out.Kind = ir.CommandType(t.Command)
	}
	out.Detail = detail(n)
	for _, b := range ir.Subgraphs(n) {
		title := b.Name
		if title == ir.AnyItem {
			title = ""
		}
		if nested, ok := n.(*ir.Nested); ok {
			title = nested.Definition.Name
		}
		out.Groups = append(out.Groups, Group{Name: b.Name, Title: title, Diagram: m.graph(b.Graph, ir.Join(path, b.Name))})
	}
	return out
}

// detail is what stands below a node's name.
func detail(n ir.Node) string {
	switch n := n.(type) {
	case *ir.Task:
		return firstLine(n.Command.Text())
	case *ir.Stub:
		return "does nothing"
	case *ir.Parallel:
		return count(len(n.Branches), "branch", "branches")
	case *ir.Map:
		return fmt.Sprintf("each %s of %s", n.IterateAs.Name, n.Over())
	case *ir.Conditional:
		return "by " + n.By()
	case *ir.Loop:
		return fmt.Sprintf("until %s, at most %d", n.Until(), n.MaxIterations)
	case *ir.Nested:
		return "of " + n.Definition.Name
	}
	panic("drawing: unknown node")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func firstLine(s string) string {
	line, more, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if more != "" {
		return line + " …"
	}
	return line
}

// Count returns the number of nodes of a diagram, what is inside them counted too.
func (d *Diagram) Count() int {
	n := 0
	for i := range d.Nodes {
		n++
		for _, g := range d.Nodes[i].Groups {
			n += g.Diagram.Count()
		}
	}
	return n
}
