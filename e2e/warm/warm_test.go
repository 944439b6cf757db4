//go:build e2e

// Package warm holds forks of warm parents against interpreters of their own, with real libraries: those that parents
// may import, in the versions that pip finds for each Python of the machine, and those that they may not. Where FULL is
// not 1 it takes the first Python on PATH alone, and fewer modules.
package warm

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/testvenv"
	"github.com/runnable-render/runnable-render/ir"
)

// listed are the libraries that parents may import: what to import of each, and a file by which a process is seen to have done so.
var listed = map[string]string{
	"numpy": "_multiarray_umath", "pandas": "pandas/_libs", "scipy.stats": "scipy/stats", "sklearn.ensemble": "sklearn/ensemble", "pyarrow": "libarrow.so", "matplotlib.pyplot": "ft2font",
	"pydantic.main": "_pydantic_core",
}

var packages = []string{
	"numpy", "pandas", "scipy", "scikit-learn", "pyarrow", "matplotlib", "pydantic", "joblib", "faker", "polars", "lightgbm", "xgboost-cpu", "duckdb", "threadpoolctl", "six",
}

// atOnce is the number of steps that run at the same time when a parent has been made.
const atOnce = 6

func TestWarmIsCold(t *testing.T) {
	for _, python := range interpreters(t) {
		t.Run(python.Version, func(t *testing.T) {
			cases := readCases(t, "testdata/libraries.txtar")
			wanted := packages
			if full() {
				wanted = append(wanted, "torch")
			}
			py, err := testvenv.MakeBy(python.Path, fmt.Sprintf("warm-%s-%d", python.Version, len(wanted)), wanted...)
			if err != nil {
				t.Fatal(err)
			}
			both := runtimes{newRuntime(t, py, false), newRuntime(t, py, true)}
			for _, library := range slices.Sorted(maps.Keys(listed)) {
				t.Run(library, func(t *testing.T) { both.keeps(t, library, listed[library]) })
			}
			for _, name := range slices.Sorted(maps.Keys(cases)) {
				if !strings.HasPrefix(name, "full-") || full() {
					t.Run(name, func(t *testing.T) { both.agree(t, name, cases[name]) })
				}
			}
		})
	}
}

func full() bool { return os.Getenv("FULL") == "1" }

// interpreters are the Pythons to test: the first on PATH, with FULL all that can run steps.
func interpreters(t *testing.T) []testvenv.Interpreter {
	t.Helper()
	all, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(i testvenv.Interpreter) bool { return !i.Supported() })
	if full() {
		return all
	}
	first, err := testvenv.First()
	if err != nil {
		t.Fatal(err)
	}
	return []testvenv.Interpreter{first}
}

func readCases(t *testing.T, file string) map[string][]txtar.File {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]txtar.File{}
	for _, f := range archive.Files {
		name, path, _ := strings.Cut(f.Name, "/")
		cases[name] = append(cases[name], txtar.File{Name: path, Data: f.Data})
	}
	return cases
}

type runtimes struct{ warm, cold *step.Runtime }

func newRuntime(t *testing.T, py string, cold bool) *step.Runtime {
	t.Helper()
	r := step.New(step.Options{Python: py, Cold: cold})
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// keeps holds a library of the list: what an interpreter is that has imported it, and that a parent does have it.
func (b runtimes) keeps(t *testing.T, library, native string) {
	source, err := os.ReadFile("testdata/state.py")
	if err != nil {
		t.Fatal(err)
	}
	source = bytes.ReplaceAll(bytes.ReplaceAll(source, []byte("LIBRARY"), []byte(library)), []byte("NATIVE"), []byte(native))
	files := []txtar.File{{Name: "m.py", Data: source}}
	want := strings.Replace(comesTo(t, b.cold, files), " kept=false", " kept=true", 1)
	b.learn(t, files)
	for _, got := range b.many(t, files) {
		if got != want {
			t.Errorf("in a fork\n%s\nin an interpreter of its own, and with the library in its parent\n%s", got, want)
		}
	}
}

// agree holds steps of a module, many at once, against one in an interpreter of its own.
func (b runtimes) agree(t *testing.T, name string, files []txtar.File) {
	want := comesTo(t, b.cold, files)
	seen := map[string]bool{want: true}
	b.learn(t, files)
	for _, got := range b.many(t, files) {
		if !strings.Contains(name, "random-") {
			if got != want {
				t.Errorf("in a fork\n%s\nin an interpreter of its own\n%s", got, want)
			}
			continue
		}
		if seen[got] {
			t.Errorf("twice the same: %s", got)
		}
		seen[got] = true
	}
}

// learn runs a module once, after which its libraries are known.
func (b runtimes) learn(t *testing.T, files []txtar.File) {
	comesTo(t, b.warm, files)
	time.Sleep(100 * time.Millisecond) // the parent tells when the step is running already
}

func (b runtimes) many(t *testing.T, files []txtar.File) []string {
	got := make([]string, atOnce)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { got[i] = comesTo(t, b.warm, files) })
	}
	all.Wait()
	return got
}

// comesTo runs m.f of a case in a new folder and returns its outcome.
func comesTo(t *testing.T, r *step.Runtime, files []txtar.File) string {
	dir := t.TempDir()
	for _, f := range files {
		file := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Error(err)
		}
	}
	returns := []ir.Return{{Name: "r"}}
	if len(files) == 1 && bytes.Contains(files[0].Data, []byte("kept = open")) {
		returns = []ir.Return{{Name: "state"}, {Name: "kept"}}
	}
	var log bytes.Buffer
	res := r.Execute(t.Context(), step.Job{
		Run: "r", Path: "s", Attempt: 1, Dir: dir, Params: []engine.Named{}, Log: &log,
		Node: &ir.Task{Command: &ir.Python{Function: "m.f"}, Returns: returns, Timeout: 5 * time.Minute},
	})
	said := string(res.Status)
	for _, n := range res.Returns {
		said += fmt.Sprintf(" %s=%s", n.Name, n.Value.JSON)
	}
	if res.Status != engine.Success {
		said += fmt.Sprintf(" %s %s", res.Failure.Kind, res.Failure.Message)
	}
	return strings.ReplaceAll(said+"\n"+log.String(), dir, "DIR")
}
