package ir_test

import (
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Pipelines of these tests are built by short words; every name that is written gets a line of its own as its span.
type builder struct{ line int }

func (b *builder) span() diag.Span {
	b.line++
	return diag.Span{File: "p", Line: b.line}
}

func (b *builder) ref(name string) ir.Ref { return ir.Ref{Name: name, Span: b.span()} }

// common reads words such as next=b, fail=h and needs=a,c.
func (b *builder) common(name string, words []string) ir.Common {
	c := ir.Common{Name: name, Span: b.span()}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "next":
			c.Next = b.ref(value)
		case "fail":
			c.OnFailure = b.ref(value)
		case "needs":
			c.Needs = []ir.Ref{}
			for _, n := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' }) {
				c.Needs = append(c.Needs, b.ref(n))
			}
		case "returns", "max", "default", "as": // of single kinds
		default:
			panic(w)
		}
	}
	return c
}

func word(words []string, key string) string {
	for _, w := range words {
		if k, v, _ := strings.Cut(w, "="); k == key {
			return v
		}
	}
	return ""
}

// task makes a task; returns=x,y names what it returns.
func (b *builder) task(name string, words ...string) *ir.Task {
	t := &ir.Task{Common: b.common(name, words), Command: &ir.Python{Function: "m.f"}}
	for _, r := range strings.FieldsFunc(word(words, "returns"), func(r rune) bool { return r == ',' }) {
		t.Returns = append(t.Returns, ir.Return{Name: r, Span: b.span()})
	}
	return t
}

func (b *builder) graph(nodes ...ir.Node) *ir.Graph { return &ir.Graph{Nodes: nodes, Span: b.span()} }

func (b *builder) branches(graphs ...*ir.Graph) []ir.Branch {
	var out []ir.Branch
	for i, g := range graphs {
		out = append(out, ir.Branch{Name: string(rune('a' + i)), Graph: g, Span: b.span()})
	}
	return out
}

func (b *builder) parallel(name string, words []string, graphs ...*ir.Graph) *ir.Parallel {
	return &ir.Parallel{Common: b.common(name, words), Branches: b.branches(graphs...)}
}

func (b *builder) conditional(name string, words []string, graphs ...*ir.Graph) *ir.Conditional {
	return &ir.Conditional{Common: b.common(name, words), Parameter: b.ref("which"), Branches: b.branches(graphs...), Default: word(words, "default")}
}

func (b *builder) mapped(name string, words []string, body *ir.Graph) *ir.Map {
	return &ir.Map{Common: b.common(name, words), IterateOn: b.ref("xs"), IterateAs: b.ref("x"), Body: body}
}

func (b *builder) loop(name string, words []string, body *ir.Graph) *ir.Loop {
	l := &ir.Loop{Common: b.common(name, words), BreakOn: b.ref("done"), IndexAs: b.ref("i"), MaxIterations: 3, Body: body}
	if m := word(words, "max"); m != "" {
		fmt.Sscan(m, &l.MaxIterations)
	}
	return l
}

// told prints diagnostics, one a line, notes behind a bar.
func told(list diag.List) string {
	var out strings.Builder
	for _, d := range list.Sorted() {
		fmt.Fprintf(&out, "%d: %s: %s [%s]", d.Span.Line, d.Severity, d.Message, d.Code)
		for _, n := range d.Notes {
			fmt.Fprintf(&out, " | %d: %s", n.Span.Line, n.Message)
		}
		out.WriteByte('\n')
	}
	return out.String()
}
