package lineage

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Text writes the lineage as a tree: what was asked for, below it what made it, below that what it was made from.
// What stands in it twice is told once.
func (l *Lineage) Text(w io.Writer) error {
	var b bytes.Buffer
	type item struct {
		id, lead, branch string
	}
	nodes, from := l.index()
	told := map[string]bool{}
	stack := []item{{id: l.Of}}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := nodes[at.id]
		fmt.Fprintf(&b, "%s%s%s", at.lead, at.branch, n.line())
		if told[at.id] && len(from[at.id]) > 0 {
			fmt.Fprintln(&b, " (see above)")
			continue
		}
		told[at.id] = true
		if (n.Kind == Parameter || n.Kind == File) && len(from[at.id]) == 0 {
			fmt.Fprint(&b, ", an initial parameter")
		}
		fmt.Fprintln(&b)
		lead := at.lead
		switch at.branch {
		case "├─ ":
			lead += "│  "
		case "└─ ":
			lead += "   "
		}
		if code := n.code(); code != "" {
			bar := "   "
			if len(from[at.id]) > 0 {
				bar = "│  "
			}
			fmt.Fprintf(&b, "%s%s%s\n", lead, bar, code)
		}
		for i, id := range slices.Backward(from[at.id]) {
			branch := "├─ "
			if i == len(from[at.id])-1 {
				branch = "└─ "
			}
			stack = append(stack, item{id, lead, branch})
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// index returns the nodes by id and for each what it was made from.
func (l *Lineage) index() (nodes map[string]Node, from map[string][]string) {
	nodes, from = map[string]Node{}, map[string][]string{}
	for _, n := range l.Nodes {
		nodes[n.ID] = n
	}
	for _, e := range l.Edges {
		from[e.To] = append(from[e.To], e.From)
	}
	return nodes, from
}

// line is a node in a line.
func (n Node) line() string {
	switch n.Kind {
	case Step:
		return fmt.Sprintf("%s#%d: %s, %s", n.Name, n.Attempt, n.Command, n.Status)
	case Map:
		return fmt.Sprintf("%s: %s", n.Name, n.Command)
	}
	text := n.Name
	if n.Kind == File {
		text = "file " + n.Name
		if n.Value != "" {
			text += " " + n.Value
		}
	} else if n.Value != "" {
		text += " = " + n.Value
	}
	if n.Hash != "" {
		text += fmt.Sprintf(" (%.12s)", n.Hash)
	}
	return text
}

// code says with which code a step made what it made.
func (n Node) code() string {
	var parts []string
	for _, key := range []string{"git", "image", "python", "cached_from"} {
		v := n.Code[key]
		switch {
		case v == "":
		case key == "git":
			text := fmt.Sprintf("commit %.12s", v)
			if n.Code["git_dirty"] == "true" {
				text += " with changes"
			}
			parts = append(parts, text)
		case key == "cached_from":
			parts = append(parts, "taken from "+v)
		default:
			parts = append(parts, key+" "+v)
		}
	}
	return strings.Join(parts, ", ")
}

// Mermaid writes the lineage as a flowchart.
func (l *Lineage) Mermaid(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("flowchart LR\n")
	ids := map[string]string{}
	for i, n := range l.Nodes {
		id := fmt.Sprintf("n%d", i)
		ids[n.ID] = id
		label := strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;", "\n", " ").Replace(n.line())
		switch n.Kind {
		case Step, Map:
			fmt.Fprintf(&b, "  %s[\"%s\"]\n", id, label)
		case File:
			fmt.Fprintf(&b, "  %s[(\"%s\")]\n", id, label)
		default:
			fmt.Fprintf(&b, "  %s([\"%s\"])\n", id, label)
		}
	}
	for _, e := range l.Edges {
		fmt.Fprintf(&b, "  %s --> %s\n", ids[e.From], ids[e.To])
	}
	_, err := w.Write(b.Bytes())
	return err
}
