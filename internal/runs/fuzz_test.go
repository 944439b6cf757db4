package runs_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// everyControl is a pipeline in which each kind of composite depends on what the first step returned.
func everyControl(f *testing.F) []byte {
	f.Helper()
	leaf := func() *ir.Graph { return &ir.Graph{Nodes: []ir.Node{&ir.Stub{Common: ir.Common{Name: "s"}}}} }
	first := &ir.Task{Common: ir.Common{Name: "a"}, Command: &ir.Shell{Script: "true"}, Returns: []ir.Return{{Name: "x", Kind: ir.JSON}}}
	p := &ir.Pipeline{Name: "p", Graph: &ir.Graph{Nodes: []ir.Node{
		first,
		&ir.Map{Common: ir.Common{Name: "m"}, IterateOn: ir.Ref{Name: "x"}, IterateAs: ir.Ref{Name: "i"}, Body: leaf()},
		&ir.Conditional{Common: ir.Common{Name: "c"}, Parameter: ir.Ref{Name: "x"}, Branches: []ir.Branch{{Name: "1", Graph: leaf()}}},
		&ir.Loop{Common: ir.Common{Name: "l"}, BreakOn: ir.Ref{Name: "x"}, IndexAs: ir.Ref{Name: "k"}, MaxIterations: 2, Body: leaf()},
	}}}
	if list := ir.Check(p); list.HasErrors() {
		f.Fatal(list)
	}
	definition, err := irjson.Encode(p)
	if err != nil {
		f.Fatal(err)
	}
	return definition
}

// FuzzFacts reads a run whose facts are any bytes: it is read, or refused with a reason that names the store.
func FuzzFacts(f *testing.F) {
	empty := (&engine.Scope{}).Digest()
	record := `{"version":1,"path":"a","attempt":1,"status":"SUCCESS","started":"2026-01-02T03:04:05Z","before":"` + empty + `","returns":[{"name":"x","value":{"json":[1]}}],"after":{"digest":"` + empty + `","entries":[{"key":"p:x","value":{"json":[1,2]}}]}}`
	f.Add([]byte(record), []byte("{}"), []byte("{}"))
	f.Add([]byte(strings.Replace(record, `"json":[1,2]`, `"blob":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0}`, 1)), []byte("{}"), []byte("{}"))
	f.Add([]byte(strings.Replace(record, `"after"`, `"files":[{"path":"../x","sha256":"ab","stage":"put"}],"after"`, 1)), []byte(`{"version":1,"status":"SUCCESS","changed":["q"],"after":{"segments":[{"sha256":"","size":1}]}}`), []byte(`{"status":"FAIL"}`))
	f.Add([]byte(`{"status":"FAIL","failure":{"step":"\u001b[2J","kind":"x","message":"\u001b]0;x\u0007"}}`), []byte("[]"), []byte(`{"status":"SUCCESS","parameters":[{"name":"\u001b[1m","value":{}}]}`))
	dir := f.TempDir()
	st, err := store.Open(f.Context(), dir)
	if err != nil {
		f.Fatal(err)
	}
	if err := st.CreateRun(f.Context(), engine.Header{Version: store.HeaderVersion, Run: "r", Pipeline: "p", Target: "argo", Definition: everyControl(f)}); err != nil {
		f.Fatal(err)
	}
	if _, err := st.PutBlob(f.Context(), nil); err != nil {
		f.Fatal(err)
	}
	put := func(t *testing.T, name string, data []byte) {
		t.Helper()
		name = filepath.Join(dir, "runs", "r", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, record, exit, end []byte) {
		put(t, "steps/a/1.json", record)
		put(t, "steps/m/exit.json", exit)
		put(t, "end.json", end)
		run, err := runs.Of(t.Context(), st, "r")
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without a text")
			}
			return
		}
		var out strings.Builder
		run.Summary.Print(&out, runs.PrintOptions{Width: 80})
		if strings.ContainsAny(out.String(), "\x1b\x07\x00\u009b") {
			t.Fatalf("control characters reach the terminal: %q", out.String())
		}
		if err := run.Summary.WriteJSON(io.Discard); err != nil {
			t.Fatal(err)
		}
		_, _ = runs.Trace(t.Context(), st, "r")
	})
}
