package local

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// PlanOptions says what a plan may know beside the definition.
type PlanOptions struct {
	Initial *engine.Scope
	// Decide tells for a leaf whether it would run and why ("cached: …"); nil: all would.
	Decide func(path string, n ir.Node) string
}

// Plan is what a run would do: every step in the order of the definition, with its command, where it goes on,
// and the number of items where an initial parameter tells it. It runs nothing and writes nothing.
func Plan(p *ir.Pipeline, o PlanOptions) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "plan of %s: %s\n", p.Name, countLeaves(p))
	for name, v := range o.Initial.Params() {
		fmt.Fprintf(&b, "  with %s = %s\n", name, oneLine(string(v.JSON), 80))
	}
	b.WriteByte('\n')
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	n := 0
	for v := range ir.Walk(p) {
		number := ""
		if ir.IsLeaf(v.Node) {
			n++
			number = fmt.Sprint(n)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", number, v.Path, kindOf(v.Node), what(v, o), flow(v))
	}
	_ = t.Flush()
	return trimLines(b.Bytes())
}

// trimLines takes the blanks from the ends of lines.
func trimLines(text []byte) []byte {
	lines := bytes.Split(text, []byte("\n"))
	for i, l := range lines {
		lines[i] = bytes.TrimRight(l, " ")
	}
	return bytes.Join(lines, []byte("\n"))
}

func countLeaves(p *ir.Pipeline) string {
	n := 0
	for v := range ir.Walk(p) {
		if ir.IsLeaf(v.Node) {
			n++
		}
	}
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

func kindOf(n ir.Node) string {
	if t, ok := n.(*ir.Task); ok {
		return ir.CommandType(t.Command)
	}
	return ir.Kind(n)
}

// what says what a node does.
func what(v ir.Visit, o PlanOptions) string {
	switch n := v.Node.(type) {
	case *ir.Task:
		text := oneLine(n.Command.Text(), 60)
		if o.Decide != nil {
			text += " (" + o.Decide(v.Path, n) + ")"
		}
		if len(n.Returns) > 0 {
			text += " → " + names(n.Returns)
		}
		return text
	case *ir.Stub:
		return "does nothing"
	case *ir.Parallel:
		return "all of " + branches(n.Branches)
	case *ir.Conditional:
		return "one of " + branches(n.Branches) + " by " + n.By()
	case *ir.Map:
		return fmt.Sprintf("each %s of %s%s%s", n.IterateAs.Name, n.Over(), itemCount(n, o.Initial), reducedBy(n))
	case *ir.Loop:
		return fmt.Sprintf("until %s, at most %d times, counted by %s", n.Until(), n.MaxIterations, n.IndexAs.Name)
	case *ir.Nested:
		text := "the pipeline of " + n.Definition.Name
		if len(n.Returns) > 0 {
			text += " → " + names(n.Returns)
		}
		return text
	}
	panic("local: unknown node")
}

// itemCount tells the number of items where the list is an initial parameter.
func itemCount(n *ir.Map, initial *engine.Scope) string {
	v, ok := initial.Param(n.IterateOn.Name)
	if !ok || v.JSON == nil {
		return ""
	}
	items, failure := engine.Items(n, n.Name, initial, nil)
	if failure != nil {
		return ""
	}
	return fmt.Sprintf(" (%d)", len(items))
}

func reducedBy(n *ir.Map) string {
	if n.Reducer == "" {
		return ""
	}
	return ", reduced by " + oneLine(n.Reducer, 40)
}

func names(returns []ir.Return) string {
	out := make([]string, len(returns))
	for i, r := range returns {
		out[i] = r.Name
	}
	return strings.Join(out, ", ")
}

func branches(bs []ir.Branch) string {
	out := make([]string, len(bs))
	for i, b := range bs {
		out[i] = b.Name
	}
	return strings.Join(out, ", ")
}

// flow says where the run goes on.
func flow(v ir.Visit) string {
	b := v.Node.Base()
	var parts []string
	switch v.Graph.Style {
	case ir.Chain:
		parts = append(parts, "then "+b.Next.Name)
	case ir.Needs:
		if len(b.Needs) > 0 {
			list := make([]string, len(b.Needs))
			for i, r := range b.Needs {
				list[i] = r.Name
			}
			parts = append(parts, "after "+strings.Join(list, ", "))
		}
	}
	if b.OnFailure.Name != "" {
		parts = append(parts, "on failure "+b.OnFailure.Name)
	}
	if t, ok := v.Node.(*ir.Task); ok {
		if t.Retry.Limit > 0 {
			parts = append(parts, fmt.Sprintf("up to %d attempts", t.Retry.Limit+1))
		}
		if t.Timeout > 0 {
			parts = append(parts, "at most "+t.Timeout.String())
		}
	}
	return strings.Join(parts, ", ")
}

// oneLine is a text on one line of at most n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
