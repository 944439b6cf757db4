package step

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// weighing is a store that knows how many bytes its records take.
type weighing struct {
	*store.Store
	bytes int
}

func (c *weighing) PutRecord(ctx context.Context, run string, rec engine.Record) error {
	data, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	c.bytes = len(data)
	return c.Store.PutRecord(ctx, run, rec)
}

func realStore(t *testing.T) *weighing {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &weighing{Store: st}
}

// TestInputsByReference: what a step writes does not grow with a value that it sees, used or not, shell or Python.
func TestInputsByReference(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1234,", 10_000) + "0]"
	value := engine.Value{JSON: json.RawMessage(list)}
	scope := engine.InitialScope([]engine.Named{{Name: "items", Value: value}, param("small", "1")})
	for name, c := range map[string]struct {
		node ir.Node
		want string // the inputs' names
	}{
		"named by the script": {&ir.Task{Command: &ir.Shell{Script: `test -n "$items" && echo $x`}}, "items x"},
		"not named":           {&ir.Task{Command: &ir.Shell{Script: `echo $x`}}, "x"},
		"python":              {&ir.Task{Command: &ir.Python{Function: "mine.count"}}, "items x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, dir := realStore(t), t.TempDir()
			write(t, dir, "mine.py", "def count(items, x):\n    assert len(items) == 10001\n")
			r := runtimeFor(t, Options{})
			for i := range 3 {
				job := Job{Run: "r", Path: fmt.Sprintf("m.%d.w", i), Node: c.node, Before: scope, Dir: dir, Vars: []engine.Var{{Name: "x", Value: engine.Int(i)}}}
				rec, _, err := r.Run(t.Context(), job, st)
				if err != nil {
					t.Fatal(err)
				}
				if rec.Status != engine.Success {
					t.Fatal(rec.Failure)
				}
				var names []string
				for _, in := range rec.Inputs {
					names = append(names, in.Name)
					if in.Name == "items" {
						if text, err := in.Value.Text(st.Blobs(t.Context())); err != nil || string(text) != list {
							t.Errorf("items read back: %.20s, %v", text, err)
						}
					}
				}
				if got := strings.Join(names, " "); got != c.want {
					t.Errorf("inputs %s, want %s", got, c.want)
				}
				if st.bytes > 3000 {
					t.Errorf("the record has %d bytes", st.bytes)
				}
			}
		})
	}
}

// TestScopesOneAfterAnother: variables and parameter files are made from what is kept of the steps before, and are at
// every step what the scope says, whatever is added, changed, hidden or gone.
func TestScopesOneAfterAnother(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{Environ: []string{"PATH=" + os.Getenv("PATH"), "n_base=user"}})
	script := `env | grep '^n_' | sort | tr '\n' ' '; echo; cd "$RUNNABLE_PARAMS"; for f in n_*; do printf '%s=%s ' "$f" "$(cat "$f")"; done`
	job := shellJob(t, script)
	job.Params = nil
	check := func(scope *engine.Scope, vars ...engine.Var) {
		t.Helper()
		for _, v := range vars { // which the engine has in the scope too
			scope = scope.With(&engine.Entry{Key: engine.ParamKey(v.Name), Value: v.Value})
		}
		job.Before, job.Vars = scope, vars
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, "")
		want := map[string]string{}
		for name, v := range scope.Params() {
			want[name] = string(v.JSON)
		}
		for _, v := range vars {
			want[v.Name] = string(v.Value.JSON)
		}
		env, files, _ := strings.Cut(log, "\n")
		gotEnv, gotFiles := pairs(env), pairs(files)
		for name, text := range want {
			if gotFiles[name] != text {
				t.Fatalf("file %s holds %q, want %q", name, gotFiles[name], text)
			}
			if gotEnv[name] != text && name != "n_large" {
				t.Fatalf("variable %s is %q, want %q", name, gotEnv[name], text)
			}
		}
		if _, seen := gotEnv["n_large"]; seen {
			t.Errorf("n_large is in the environment")
		}
		if len(gotFiles) != len(want) {
			t.Errorf("%d files, want %d", len(gotFiles), len(want))
		}
		if _, hidden := want["n_base"]; !hidden && gotEnv["n_base"] != "user" {
			t.Errorf("n_base is %q", gotEnv["n_base"])
		}
	}
	scope := &engine.Scope{}
	set := func(name string, v engine.Value) {
		scope = scope.With(&engine.Entry{Key: engine.ParamKey(name), Value: v})
	}
	for i := range 150 {
		set(fmt.Sprintf("n_%d", i), engine.Int(i))
		if i%10 == 0 {
			set("n_0", engine.Int(1000+i))
		}
		if i%25 == 0 {
			check(scope)
		}
	}
	before := scope
	check(scope, engine.Var{Name: "n_7", Value: engine.Int(-7)}, engine.Var{Name: "n_item", Value: engine.Int(1)})
	set("n_base", engine.Int(5))
	set("n_large", engine.Value{JSON: json.RawMessage(strings.Repeat("1", exportLimit+1))})
	check(scope)
	set("n_large", engine.Value{JSON: json.RawMessage(strings.Repeat("2", exportLimit+1))})
	check(scope)
	check(before) // a sibling that sees less
}

func pairs(text string) map[string]string {
	out := map[string]string{}
	for _, f := range strings.Fields(text) {
		name, value, _ := strings.Cut(f, "=")
		out[name] = value
	}
	return out
}

// TestStubLeavesItsRecordAlone: a stub has a record and nothing else, and takes the next attempt that is free.
func TestStubLeavesItsRecordAlone(t *testing.T) {
	t.Parallel()
	st, r := realStore(t), runtimeFor(t, Options{})
	job := Job{Run: "r", Path: "s", Node: &ir.Stub{}, Before: &engine.Scope{}}
	for want := range 2 {
		rec, after, err := r.Run(t.Context(), job, st)
		if err != nil || rec.Attempt != want+1 || rec.Status != engine.Success || after == nil {
			t.Fatalf("%+v, %v, %v", rec, after, err)
		}
	}
	if n, err := st.Claim(t.Context(), "r", "s"); err != nil || n != 3 {
		t.Fatalf("claimed %d, %v", n, err)
	}
	if rec, _, err := r.Run(t.Context(), job, st); err != nil || rec.Attempt != 4 {
		t.Errorf("beside a claim: %+v, %v", rec, err)
	}
	recs, err := st.Records(t.Context(), "r", "s")
	if err != nil || len(recs) != 3 {
		t.Errorf("%d records, %v", len(recs), err)
	}
	if _, err := st.OpenLog(t.Context(), "r", "s", 1); err == nil {
		t.Error("a stub has a log")
	}
}

// TestShellNamesTheStep: what the shell says names the step and the script's line, and nothing of this machine.
func TestShellNamesTheStep(t *testing.T) {
	t.Parallel()
	for _, returns := range [][]string{nil, {"x"}} {
		job := shellJob(t, "echo $0 $OLDPWD\npwd\necho x >/nowhere/at/all", returns...)
		job.Path = "m.3.train"
		res, log := execute(t, runtimeFor(t, Options{}), job)
		wantFailure(t, res, log, engine.KindError, "m.3.train", "/nowhere/at/all", "3: ")
		if strings.Contains(res.Failure.Message, os.TempDir()) || strings.Contains(log, "runnable-render-") {
			t.Errorf("message %q, log:\n%s", res.Failure.Message, log)
		}
		if !strings.HasPrefix(log, "m.3.train\n"+job.Dir+"\n") {
			t.Errorf("log:\n%s", log)
		}
	}
}
