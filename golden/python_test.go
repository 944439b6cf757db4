package golden

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/ir"
)

// TestPythonTwins reads every pipeline.py that stands beside a pipeline.yaml: both say the same, so both have the one
// ir.txt.
func TestPythonTwins(t *testing.T) {
	t.Parallel()
	twins, err := filepath.Glob("*/pipeline.py")
	if err != nil {
		t.Fatal(err)
	}
	if len(twins) < 75 {
		t.Errorf("%d twins, want at least 75", len(twins))
	}
	for _, file := range twins {
		c := filepath.Dir(file)
		t.Run(c, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			read := frontends.Read(context.Background(), filepath.ToSlash(file), text, frontends.Options{})
			p, list := read.Pipeline, read.Diags
			if p != nil {
				if p.Name == "" {
					p.Name = c
				}
				list = append(list, ir.Check(p)...)
				list = append(list, engine.Check(p)...)
			}
			if list.HasErrors() {
				t.Fatalf("refused:\n%s", printed(t, list, map[string][]byte{filepath.ToSlash(file): text}))
			}
			want, err := os.ReadFile(filepath.Join(c, "ir.txt"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), ir.Dump(p)); diff != "" {
				t.Errorf("the Python form differs from ir.txt (-ir.txt +pipeline.py):\n%s", diff)
			}
		})
	}
}
