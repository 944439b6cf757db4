package golden

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// TestGo holds the cases that are also written in Go against what their YAML means: one pipeline, one dump. The
// programs are built and asked as the command does it.
func TestGo(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/pipeline.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 15 {
		t.Errorf("%d cases in Go, want at least 15", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Dir(file), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(filepath.Join(filepath.Dir(file), "ir.txt"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), dumpOf(t, file, filepath.Base(filepath.Dir(file)))); diff != "" {
				t.Errorf("the graph differs (-ir.txt +Go):\n%s", diff)
			}
		})
	}
}

// TestQuickstartInGo: the quickstart means the same in Go, and is not longer than in YAML.
func TestQuickstartInGo(t *testing.T) {
	t.Parallel()
	inGo, inYAML := "../examples/quickstart-go/pipeline.go", "../examples/quickstart/pipeline.yaml"
	if diff := cmp.Diff(dumpOf(t, inYAML, ""), dumpOf(t, inGo, "")); diff != "" {
		t.Errorf("the graph differs (-YAML +Go):\n%s", diff)
	}
	if g, y := lines(t, inGo), lines(t, inYAML); g > y {
		t.Errorf("%d lines of Go, %d of YAML", g, y)
	}
}

// dumpOf is the graph of a definition, which must have no errors; name is that of a pipeline that gives itself none.
func dumpOf(t *testing.T, file, name string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, list := frontends.Parse(t.Context(), filepath.ToSlash(file), text)
	if p != nil {
		if p.Name == "" {
			p.Name = name
		}
		list = append(append(list, ir.Check(p)...), engine.Check(p)...)
	}
	if list.HasErrors() {
		t.Fatalf("refused:\n%s", printed(t, list, map[string][]byte{filepath.ToSlash(file): text}))
	}
	return ir.Dump(p)
}

func lines(t *testing.T, file string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(text, []byte("\n"))
}
