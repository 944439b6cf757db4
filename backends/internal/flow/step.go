package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// Summary says in a line what a step does.
func Summary(n ir.Node) string {
	text := ir.Kind(n)
	switch n := n.(type) {
	case *ir.Task:
		text = ir.CommandType(n.Command) + ": " + Clip(n.Command.Text(), 70)
		if n.Retry.Limit > 0 {
			text += "; retried by the runner"
		}
	case *ir.Map:
		text += ": over " + Clip(n.Over(), 40) + " as " + Clip(n.IterateAs.Name, 30)
		if n.Reducer != "" {
			text += ", reduced by " + Clip(n.Reducer, 40)
		}
	case *ir.Conditional:
		text += ": by " + Clip(n.By(), 60)
	case *ir.Loop:
		text += ": until " + Clip(n.Until(), 60)
	case *ir.Stub, *ir.Parallel, *ir.Nested:
	}
	if h := n.Base().OnFailure.Name; h != "" && !ir.IsTerminal(h) {
		text += "; on failure " + Clip(h, 40)
	}
	return text
}

// Clip is the first line of a text, shortened.
func Clip(text string, n int) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if r := []rune(line); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	if rest != "" {
		return line + " …"
	}
	return line
}

// Secrets are the secrets of a step, or of all steps in it.
func Secrets(n ir.Node) []ir.Ref {
	var out []ir.Ref
	add := func(n ir.Node) {
		if t, ok := n.(*ir.Task); ok {
			out = append(out, t.Secrets...)
		}
	}
	add(n)
	for _, br := range ir.Subgraphs(n) {
		for v := range ir.WalkGraph(br.Graph, "") {
			add(v.Node)
		}
	}
	slices.SortStableFunc(out, func(a, b ir.Ref) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(out, func(a, b ir.Ref) bool { return a.Name == b.Name })
}

// Escaped is a name as a part of a path in a command: whatever a shell or a template could take for something else is written
// as %XX, which the runner reads back. A first dash would be an option.
func Escaped(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-' && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
