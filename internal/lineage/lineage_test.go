package lineage_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/lineage"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

const definition = `
dag:
  steps:
    list:
      type: task
      command_type: shell
      command: export items="[1,$n]"
      returns: [items]
    each:
      type: map
      iterate_on: items
      iterate_as: it
      parallelism: 1
      branch:
        steps:
          one:
            type: task
            command_type: shell
            command: |
              export out="x$it"
              echo $it > f.txt
            returns: [out]
            catalog: {put: [f.txt]}
    join:
      type: task
      command_type: shell
      command: export all="$out"
      returns: [all]
      catalog: {get: ["{item}/f.txt"]}
`

// ran runs the definition and returns the store that tells of it.
func ran(t *testing.T) *store.Store {
	t.Helper()
	ctx := context.Background()
	p, diags := yamldef.Parse("pipeline.yaml", []byte(definition))
	diags = append(diags, ir.Check(p)...)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	dir := t.TempDir()
	st, err := store.Open(ctx, filepath.Join(dir, ".runnable"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	text, err := irjson.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	params := []engine.Named{{Name: "n", Value: engine.Int(2)}}
	if err := st.CreateRun(ctx, engine.Header{Run: "r", Pipeline: "p", Definition: text, Parameters: params}); err != nil {
		t.Fatal(err)
	}
	rt := step.New(step.Options{Definition: dir})
	defer rt.Close()
	out, _, err := local.Run(ctx, p, local.Options{
		Run: "r", Initial: engine.InitialScope(params), Facts: st,
		Runner: &local.Steps{Runtime: rt, Store: st, Pipeline: p, Dir: dir, Target: "local"},
	})
	if err != nil || out.Status != engine.Success {
		t.Fatalf("got %+v, %v", out, err)
	}
	return st
}

func TestLineage(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	st := ran(t)
	l, err := lineage.Of(ctx, st, "r", "out")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := l.Text(&b); err != nil {
		t.Fatal(err)
	}
	var shape []string // without hashes
	for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		line, _, _ = strings.Cut(line, " (")
		line, _, _ = strings.Cut(line, ": shell")
		if !strings.Contains(line, "commit") {
			shape = append(shape, line)
		}
	}
	want := []string{
		`out = ["x1","x2"]`,
		`└─ each: map`,
		`   ├─ out = "x1"`,
		`   │  └─ each.0.one#1`,
		`   │     ├─ it = 1`,
		`   │     │  └─ each.0: map`,
		`   │     │     └─ items = [1,2]`,
		`   │     │        └─ list#1`,
		`   │     │           └─ n = 2`,
		`   │     ├─ items = [1,2]`,
		`   │     └─ n = 2`,
		`   └─ out = "x2"`,
		`      └─ each.1.one#1`,
		`         ├─ it = 2`,
		`         │  └─ each.1: map`,
		`         │     └─ items = [1,2]`,
		`         ├─ items = [1,2]`,
		`         └─ n = 2`,
	}
	if diff := cmp.Diff(want, shape); diff != "" {
		t.Error(diff)
	}
	if _, err := lineage.Of(ctx, st, "r", "nothing"); err == nil || !strings.Contains(err.Error(), "all, f.txt") {
		t.Errorf("got %v", err)
	}
}

func TestSearchFindsMakersAndUsers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	st := ran(t)
	// sha256 of "1\n"
	uses, _, err := lineage.Search(ctx, st, "4355a46b19d3")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range uses {
		got = append(got, u.Step+" "+u.What+" "+u.Kind+" "+u.Name)
	}
	if diff := cmp.Diff([]string{"each.0.one made file f.txt", "join used file 0/f.txt"}, got); diff != "" {
		t.Error(diff)
	}
}
