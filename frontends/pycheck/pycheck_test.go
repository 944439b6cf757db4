package pycheck_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/frontends/pycheck"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/cases"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

var update = flag.Bool("update", false, "rewrite what the cases want")

// TestCases reads each archive of testdata: pipeline.yaml, the modules of its functions, and what is said of them.
// The archive's comment may name initial parameters (params: a b) and say that they are all (complete).
func TestCases(t *testing.T) {
	t.Parallel()
	cases.Run(t, "testdata/*.txtar", *update, func(t *testing.T, _ string, a *txtar.Archive) string { return told(t, a) })
}

func told(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir, texts := cases.Write(t, a)
	o := pycheck.Options{File: dir + "/pipeline.yaml"}
	for _, line := range strings.Split(string(a.Comment), "\n") {
		if names, ok := strings.CutPrefix(line, "params: "); ok {
			o.Initial = strings.Fields(names)
		}
		o.Complete = o.Complete || line == "complete"
	}
	p, list := yamldef.Parse(o.File, texts[o.File])
	if p == nil || list.HasErrors() {
		t.Fatal(list)
	}
	p.Name = "case"
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	found := pycheck.Check(p, o)
	for name, text := range found.Texts {
		texts[name] = text
	}
	var out bytes.Buffer
	if err := diag.Print(&out, diag.Text, found.Diags.Sorted(), texts); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), dir+"/", "")
}

// TestScale: the work grows with the definition, not with its square; the test's own time limit tells.
func TestScale(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "steps.py"), []byte("def f(a, b=1):\n    return {'a': 1}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	g := &ir.Graph{}
	for i := range 20_000 {
		g.Nodes = append(g.Nodes, &ir.Task{
			Common: ir.Common{Name: fmt.Sprint("s", i)}, Command: &ir.Python{Function: "steps.f"},
			Returns: []ir.Return{{Name: fmt.Sprint("r", i)}},
		})
	}
	p := &ir.Pipeline{Name: "long", Graph: g}
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	found := pycheck.Check(p, pycheck.Options{File: filepath.Join(dir, "pipeline.yaml"), Initial: []string{"a"}, Complete: true})
	if len(found.Diags) > 0 {
		t.Error(found.Diags[0])
	}
}

// TestNoPython opens no file where no step calls Python.
func TestNoPython(t *testing.T) {
	t.Parallel()
	p := &ir.Pipeline{Name: "x", Graph: &ir.Graph{Nodes: []ir.Node{&ir.Stub{Common: ir.Common{Name: "a"}}}}}
	ir.Check(p)
	if r := pycheck.Check(p, pycheck.Options{File: "no/such/folder/pipeline.yaml"}); len(r.Diags) > 0 || len(r.Texts) > 0 {
		t.Error(r)
	}
}
