package drawing

import (
	"fmt"
	"strings"
)

// numbers gives the nodes of a text form their short ids, in the order in which they are written.
type numbers map[string]string

func (n numbers) id(path string) string {
	id, ok := n[path]
	if !ok {
		id = fmt.Sprintf("n%d", len(n))
		n[path] = id
	}
	return id
}

// Mermaid is the diagram as a Mermaid flowchart: composites are boxes around their graphs.
func (d *Diagram) Mermaid() string {
	m := &mermaid{ids: numbers{}}
	m.WriteString("flowchart TD\n")
	m.graph(d, "  ")
	return m.String()
}

type mermaid struct {
	strings.Builder
	ids numbers
}

// quoted quotes a text for Mermaid; what could be markup becomes an entity.
func (*mermaid) quoted(s string) string {
	r := strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;", "&", "#amp;", "\n", " ", "`", "#96;")
	return `"` + r.Replace(s) + `"`
}

func (m *mermaid) graph(d *Diagram, in string) {
	for i := range d.Nodes {
		m.node(&d.Nodes[i], in)
	}
	for _, e := range d.Edges {
		arrow := "-->"
		if e.Failure {
			arrow = "-. on failure .->"
		}
		fmt.Fprintf(m, "%s%s %s %s\n", in, m.ids.id(d.Nodes[e.From].Path), arrow, m.ids.id(d.Nodes[e.To].Path))
	}
}

func (m *mermaid) node(n *Node, in string) {
	if !n.Composite() {
		open, end := "[", "]"
		if n.Kind == "stub" {
			open, end = "([", "])"
		}
		fmt.Fprintf(m, "%s%s%s%s%s\n", in, m.ids.id(n.Path), open, m.quoted(n.Name), end)
		return
	}
	fmt.Fprintf(m, "%ssubgraph %s[%s]\n", in, m.ids.id(n.Path), m.quoted(n.Name+" ("+n.Kind+")"))
	for _, g := range n.Groups {
		title := g.Title
		if title == "" {
			title = "each"
		}
		fmt.Fprintf(m, "%s  subgraph %s[%s]\n", in, m.ids.id(n.Path+"."+g.Name), m.quoted(title))
		m.graph(g.Diagram, in+"    ")
		fmt.Fprintf(m, "%s  end\n", in)
	}
	fmt.Fprintf(m, "%send\n", in)
}

// DOT is the diagram in the language of Graphviz: composites are clusters.
func (d *Diagram) DOT() string {
	g := &dot{ids: numbers{}}
	g.WriteString("digraph pipeline {\n  compound=true; rankdir=TB; fontname=\"sans-serif\"; fontsize=11;\n")
	g.WriteString("  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];\n")
	g.WriteString("  edge [fontname=\"sans-serif\", fontsize=9];\n")
	g.graph(d, "  ")
	g.WriteString("}\n")
	return g.String()
}

type dot struct {
	strings.Builder
	ids numbers
}

// quoted quotes a text for DOT, in which a backslash begins an escape.
func (*dot) quoted(s string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ")
	return `"` + r.Replace(s) + `"`
}

func (g *dot) graph(d *Diagram, in string) {
	for i := range d.Nodes {
		g.node(&d.Nodes[i], in)
	}
	for _, e := range d.Edges {
		from, to := &d.Nodes[e.From], &d.Nodes[e.To]
		var with []string
		if from.Composite() {
			with = append(with, "ltail=cluster_"+g.ids.id(from.Path))
		}
		if to.Composite() {
			with = append(with, "lhead=cluster_"+g.ids.id(to.Path))
		}
		if e.Failure {
			with = append(with, `style=dashed, label="on failure"`)
		}
		attributes := ""
		if len(with) > 0 {
			attributes = " [" + strings.Join(with, ", ") + "]"
		}
		fmt.Fprintf(g, "%s%s -> %s%s;\n", in, g.ids.id(from.Path), g.ids.id(to.Path), attributes)
	}
}

// node writes a box, or a cluster with a point in it that edges to and from the cluster end at.
func (g *dot) node(n *Node, in string) {
	id := g.ids.id(n.Path)
	if !n.Composite() {
		shape := ""
		if n.Kind == "stub" {
			shape = ", shape=ellipse"
		}
		fmt.Fprintf(g, "%s%s [label=%s%s];\n", in, id, g.quoted(n.Name), shape)
		return
	}
	fmt.Fprintf(g, "%ssubgraph cluster_%s {\n%s  label=%s; style=rounded;\n", in, id, in, g.quoted(n.Name+" ("+n.Kind+")"))
	fmt.Fprintf(g, "%s  %s [shape=point, style=invis];\n", in, id)
	for _, sub := range n.Groups {
		if sub.Title == "" {
			g.graph(sub.Diagram, in+"  ")
			continue
		}
		fmt.Fprintf(g, "%s  subgraph cluster_%s {\n%s    label=%s; style=dotted;\n", in, g.ids.id(n.Path+"."+sub.Name), in, g.quoted(sub.Title))
		g.graph(sub.Diagram, in+"    ")
		fmt.Fprintf(g, "%s  }\n", in)
	}
	fmt.Fprintf(g, "%s}\n", in)
}
