package yamldef

import (
	"os"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// TestSpansShowTheirNames demands that what stands at a span is the name it belongs to, quoted or not, or an alias.
func TestSpansShowTheirNames(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := Parse("pipeline.yaml", src)
	seen := 0
	for name, spans := range spansOf(p) {
		for _, span := range spans {
			seen++
			shown := cut(t, string(src), span)
			if shown != name && shown != `"`+name+`"` && !strings.HasPrefix(shown, "*") {
				t.Errorf("%s: shows %q, want %q", span, shown, name)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d spans seen", seen)
	}
}

// TestSpanOfNothingAtTheEnd: the library puts the value that a key with a question mark does without behind the last line.
func TestSpanOfNothingAtTheEnd(t *testing.T) {
	t.Parallel()
	src := "dag:\n  steps:\n    a: {type: stub}\n    ? b"
	_, list := Parse("pipeline.yaml", []byte(src))
	if len(list) != 1 || list[0].Code != "RR0103" || cut(t, src, list[0].Span) != "? b" {
		t.Errorf("said:\n%s", text(t, src, list))
	}
}

func TestSpanOfDifferentScalars(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, shows string }{
		{"plain text", "plain text"},
		{"plain # comment", "plain"},
		{`"a \" b" # c`, `"a \" b"`},
		{"'it''s'", "'it''s'"},
		{"&anchor ünïcode", "ünïcode"},
		{"!!str 5", "5"},
		{"!!str &x \"5\"", `"5"`},
		{"|\n        block", "|"},
		{">-\n        folded", ">"},
		{"one\n        two", "one"},
		{"\"one\n        two\"", "\"one\n        two\""},
		{"&a # a comment\n        text", "&a # a comment"},
	} {
		src := "dag:\n  steps:\n    é: {type: stub}\n    x:\n      type: stub\n      image: " + c.value + "\n"
		p := parse(t, src)
		if p.Graph.Nodes[1].Base().Image == "" {
			t.Errorf("%q was not read", c.value)
		}
		r := newReader("pipeline.yaml")
		root := r.Reader.Parse([]byte(src))
		node := root.Content[1].Content[1].Content[3].Content[3]
		if shown := cut(t, src, r.Span(node)); shown != c.shows {
			t.Errorf("the span of %q shows %q, want %q", c.value, shown, c.shows)
		}
	}
}

// spansOf lists the places of names in a pipeline.
func spansOf(p *ir.Pipeline) map[string][]diag.Span {
	out := map[string][]diag.Span{}
	add := func(name string, span diag.Span) {
		if name != "" {
			out[name] = append(out[name], span)
		}
	}
	refs := func(refs ...ir.Ref) {
		for _, r := range refs {
			add(r.Name, r.Span)
		}
	}
	add("dag", p.Span)
	refs(p.Graph.Start)
	for v := range ir.Walk(p) {
		c := v.Node.Base()
		add(c.Name, c.Span)
		refs(c.Next, c.OnFailure)
		refs(c.Needs...)
		for _, o := range c.Overrides {
			add(o.Key, o.Span)
		}
		if cat := ir.CatalogOf(v.Node); cat != nil {
			add("catalog", cat.Span)
			refs(cat.Get...)
			refs(cat.Put...)
		}
		switch n := v.Node.(type) {
		case *ir.Task:
			refs(n.Secrets...)
			for _, r := range n.Returns {
				add(r.Name, r.Span)
			}
			for _, in := range n.Inputs {
				add(in.Arg, in.Span)
			}
		case *ir.Stub, *ir.Parallel:
		case *ir.Map:
			refs(n.IterateOn, n.IterateAs)
			add(n.Reducer, n.ReducerSpan)
		case *ir.Conditional:
			refs(n.Parameter)
		case *ir.Loop:
			refs(n.BreakOn, n.IndexAs)
		}
		for _, b := range ir.Subgraphs(v.Node) {
			if b.Name != ir.AnyItem {
				add(b.Name, b.Span)
			}
		}
	}
	return out
}

// cut returns what stands at a span, and fails the test if it lies outside of the text.
func cut(t *testing.T, src string, s diag.Span) string {
	t.Helper()
	lines := diag.SplitLines([]byte(src))
	if s.Line < 1 || s.EndLine < s.Line || s.EndLine > len(lines) || s.Col < 1 {
		t.Fatalf("the span %+v lies outside of %d lines", s, len(lines))
	}
	if s.EndLine == s.Line && s.EndCol <= s.Col {
		t.Fatalf("the span %+v is empty", s)
	}
	first, last := []rune(lines[s.Line-1]), []rune(lines[s.EndLine-1])
	if s.Col > len(first)+1 || s.EndCol > len(last)+2 {
		t.Fatalf("the span %+v lies outside of its lines of %d and %d characters", s, len(first), len(last))
	}
	if s.EndLine == s.Line {
		return string(first[min(s.Col-1, len(first)):min(s.EndCol-1, len(first))])
	}
	out := string(first[s.Col-1:])
	for l := s.Line; l < s.EndLine-1; l++ {
		out += "\n" + lines[l]
	}
	return out + "\n" + string(last[:min(s.EndCol-1, len(last))])
}
