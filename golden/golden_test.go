package golden

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

var update = flag.Bool("update", false, "rewrite the files that the tests compare, and remove those that nothing makes")

// TestCases reads every expectation; Load refuses what could pass by silence.
func TestCases(t *testing.T) {
	t.Parallel()
	cases, err := All(".")
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 45 {
		t.Errorf("%d cases, want at least 45", len(cases))
	}
}

// TestRender compares what each case renders to, byte for byte, and its warnings.
func TestRender(t *testing.T) {
	t.Parallel()
	cases, err := All(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			compare(t, c, render(t, c))
		})
	}
}

// render returns the files that stand beside a case, by name.
func render(t *testing.T, c *Case) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.Dir, "pipeline.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, list := frontends.Parse("pipeline.yaml", text)
	if p != nil && p.Name == "" {
		p.Name = c.Name
	}
	if !list.HasErrors() {
		list = append(list, ir.Check(p)...)
	}
	if !list.HasErrors() {
		list = append(list, engine.Check(p)...)
	}
	sources := map[string][]byte{"pipeline.yaml": text}
	if list.HasErrors() {
		t.Fatalf("the definition is refused:\n%s", printed(t, list, sources))
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(c.Expect.Warnings)), codes(list)); diff != "" {
		t.Errorf("warnings differ (-want +got):\n%s\n%s", diff, printed(t, list, sources))
	}
	return map[string][]byte{"ir.txt": []byte(ir.Dump(p))}
}

func codes(list diag.List) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Code)
	}
	return slices.Sorted(slices.Values(out))
}

func printed(t *testing.T, list diag.List, sources map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, d := range list.Sorted() {
		fmt.Fprintf(&b, "%s %s [%s]\n", d.Span, d.Message, d.Code)
	}
	return b.Bytes()
}

// rendered are the names that a case's rendered files may have.
var rendered = []string{"ir.txt", "argo.yaml", "argo.err", "compose.yaml", "compose.err", "plan.txt"}

// compare compares files with those on disk, or writes them. A rendered file that nothing makes is an orphan.
func compare(t *testing.T, c *Case, files map[string][]byte) {
	t.Helper()
	for _, name := range rendered {
		path := filepath.Join(c.Dir, name)
		want, err := os.ReadFile(path)
		got, made := files[name]
		switch {
		case err != nil && !os.IsNotExist(err):
			t.Fatal(err)
		case *update && made:
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		case *update:
			if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		case made && err != nil:
			t.Errorf("%s is not there; go test ./golden -update writes it", name)
		case !made && err == nil:
			t.Errorf("%s is an orphan: nothing renders it any more; go test ./golden -update removes it", name)
		case made:
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s differs (-on disk +rendered); go test ./golden -update rewrites it:\n%s", name, diff)
			}
		}
	}
}
