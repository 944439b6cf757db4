package yamldef

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// FuzzParse demands of every text that reading it ends without a panic, that every place told lies inside the text,
// that a text is refused with a reason or read, and that comments and blank lines change nothing.
func FuzzParse(f *testing.F) {
	for _, src := range corpus(f) {
		if len(src) < 4096 { // the fuzzer learns more from many small texts
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, list := Parse("pipeline.yaml", src)
		if p == nil && !list.HasErrors() {
			t.Fatal("neither a pipeline nor a reason")
		}
		for _, d := range list {
			inside(t, src, d.Span)
			for _, n := range d.Notes {
				inside(t, src, n.Span)
			}
		}
		if p == nil {
			return
		}
		for _, spans := range spansOf(p) {
			for _, s := range spans {
				inside(t, src, s)
			}
		}
		if !list.HasErrors() && !ir.Check(p).HasErrors() {
			commentsChangeNothing(t, src, ir.Dump(p))
		}
	})
}

// inside demands that a span lies in the text; the place just behind the end of a line is in it.
func inside(t *testing.T, src []byte, s diag.Span) {
	t.Helper()
	if s.Line == 0 {
		t.Fatalf("a place without a line: %+v", s)
	}
	cut(t, string(src), s)
}

// commentsChangeNothing puts comments and blank lines around a definition. Inside of it they could become part of a
// text of several lines.
func commentsChangeNothing(t *testing.T, src []byte, want string) {
	t.Helper()
	text := strings.TrimPrefix(string(src), "\ufeff")
	if strings.HasPrefix(text, "%") || strings.Contains(text, "\n...") {
		return // directives come first, and behind the end of the document another may begin
	}
	p, list := Parse("pipeline.yaml", []byte("# above\n\n"+text+"\n\n# below\n"))
	if list.HasErrors() || ir.Check(p).HasErrors() {
		t.Fatalf("with comments around it the definition is refused: %v", list)
	}
	if got := ir.Dump(p); got != want && !strings.Contains(text, "|") && !strings.Contains(text, ">") {
		t.Fatalf("comments changed the graph from\n%s\nto\n%s", want, got)
	}
}

// corpus is every definition that the project holds, good and bad.
func corpus(f *testing.F) [][]byte {
	f.Helper()
	var out [][]byte
	add := func(pattern string) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: no files: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			if filepath.Ext(file) != ".txtar" {
				out = append(out, data)
				continue
			}
			for _, part := range txtar.Parse(data).Files {
				if part.Name != "want" {
					out = append(out, part.Data)
				}
			}
		}
	}
	add("testdata/*.yaml")
	add("../../golden/*/pipeline.yaml")
	add("../../golden/errors/*.txtar")
	return out
}

// TestCommentsBetweenLinesChangeNothing puts a comment and a blank line between all lines of definitions that hold no
// text of several lines.
func TestCommentsBetweenLinesChangeNothing(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../golden/*/pipeline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(string(data), "|>") {
			continue
		}
		compared++
		if got, want := dump(t, strings.ReplaceAll(string(data), "\n", " # comment\n\n   # another\n")), dump(t, string(data)); got != want {
			t.Errorf("%s: comments changed the graph from\n%s\nto\n%s", file, want, got)
		}
	}
	if compared == 0 {
		t.Error("no definition was compared")
	}
}

// readNothing puts steps that return what is asked for into nested pipelines, whose definitions no parser reads.
func readNothing(p *ir.Pipeline) {
	for v := range ir.Walk(p) {
		n, ok := v.Node.(*ir.Nested)
		if !ok || n.Body != nil {
			continue
		}
		inside := &ir.Task{Common: ir.Common{Name: "inside"}, Command: &ir.Shell{}}
		for _, r := range n.Returns {
			inside.Returns = append(inside.Returns, ir.Return{Name: r.Inside(), Kind: ir.JSON})
		}
		n.Body = &ir.Graph{Nodes: []ir.Node{inside}}
	}
}

func dump(t *testing.T, src string) string {
	t.Helper()
	p, list := Parse("pipeline.yaml", []byte(src))
	if list.HasErrors() {
		t.Fatal(text(t, src, list))
	}
	readNothing(p)
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(text(t, src, list))
	}
	return ir.Dump(p)
}
