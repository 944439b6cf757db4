//go:build e2e

// Package runnable runs the equivalents of Runnable's own test cases (golden/runnable), the same files by this program
// and by the real Runnable from PyPI, and holds both against what the cases must come to.
package runnable

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/testbuild"
	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// expectation is what a case must come to: cases.yaml says what the fields are.
type expectation struct {
	Status string
	Ran    []string
	Failed []string
	Kept   []string
	Adds   map[string]any
	Files  []string
	Events []any // that an async pipeline streams
}

// came is what a run came to.
type came struct {
	Status     string
	Steps      map[string]string
	Parameters map[string]any
}

// greeting is the parameter that the environment brings.
const greeting = "RUNNABLE_PRM_greeting=from env"

// later is the environment of a retry; the parameter in it changes nothing.
var later = []string{"PASS=yes", "RUNNABLE_PRM_word=other"}

func TestEquivalents(t *testing.T) {
	cases, python, bin := expectations(t), interpreter(t), tool(t)
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		want := cases[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("ours", func(t *testing.T) { ours(t, bin, python, name, want) })
			t.Run("theirs", func(t *testing.T) { theirs(t, python, name, want) })
		})
	}
}

// expectations are what the cases must come to, by the names of their files.
func expectations(t *testing.T) map[string]expectation {
	t.Helper()
	text, err := os.ReadFile("../../golden/runnable/cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]expectation
	if err := yaml.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../golden/runnable/*.py")
	if err != nil || len(files) != len(cases)+1 { // and functions.py
		t.Fatalf("%d files, %d cases: %v", len(files), len(cases), err)
	}
	return cases
}

// interpreter is one that has Runnable, and what the cases and programs import.
func interpreter(t *testing.T) string {
	t.Helper()
	python, err := testvenv.Make("venv-runnable-2", "runnable[notebook]==0.50.0", "papermill", "ipykernel", "pandas", "pydantic", "cloudpickle", "docker", "fastapi", "kubernetes==31.0.0", "pytest", "uvicorn")
	if err != nil {
		t.Fatal(err)
	}
	return python
}

// tool is this program.
func tool(t *testing.T) string {
	t.Helper()
	return testbuild.Program(t, "cmd/runnable-render")
}

// parameters are those at the end of a run that succeeded.
func (e expectation) parameters() map[string]any {
	all := map[string]any{
		"count": 3.0, "ratio": 0.5, "word": "hi", "point": map[string]any{"x": 1.0, "y": 2.0}, "chunks": []any{1.0, 2.0, 3.0}, "greeting": "from env",
	}
	for name, v := range e.Adds {
		all[name] = plain(v)
	}
	return all
}

// steps are the steps that ran, with their status in the end.
func (e expectation) steps() map[string]string {
	all := map[string]string{}
	for _, s := range e.Failed {
		all[s] = "FAIL"
	}
	for _, s := range e.Ran {
		all[s] = "SUCCESS"
	}
	return all
}

func ours(t *testing.T, bin, python, name string, want expectation) {
	dir := copied(t)
	environ := append(os.Environ(), greeting, "VIRTUAL_ENV="+filepath.Dir(filepath.Dir(python)))
	var got summary
	if strings.HasPrefix(name, "retry_") {
		call(t, dir, environ, &got, bin, "run", name+".py", "--run-id", "first", "--format", "json")
		if got.Status != "FAIL" {
			t.Fatalf("the first run is %s", got.Status)
		}
		call(t, dir, append(environ, later...), &got, bin, "retry", "first", "-f", name+".py", "--format", "json")
		for _, s := range got.Steps {
			if wanted := 1 + count(slices.Contains(want.Failed, s.Path)); len(want.Kept) > 0 && slices.Contains(append(want.Kept, want.Failed...), s.Path) && s.Attempts != wanted && s.Attempts != 0 {
				t.Errorf("%s has %d attempts, want %d", s.Path, s.Attempts, wanted)
			}
		}
	} else {
		call(t, dir, environ, &got, bin, "run", name+".py", "--run-id", "first", "--format", "json")
	}
	steps := map[string]string{}
	for _, s := range got.Steps {
		steps[s.Path] = s.Status
	}
	delete(got.Parameters, "table") // an object
	compare(t, came{want.Status, want.steps(), want.parameters()}, came{got.Status, steps, got.Parameters})
	if len(want.Files) > 0 {
		var files []struct{ Path string }
		call(t, dir, environ, &files, bin, "catalog", "ls", "first", "--format", "json")
		var paths []string
		for _, f := range files {
			paths = append(paths, f.Path)
		}
		if diff := cmp.Diff(want.Files, paths); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	}
	if strings.HasPrefix(name, "async_") {
		side, err := filepath.Abs("../../python")
		if err != nil {
			t.Fatal(err)
		}
		call(t, dir, append(environ, "RUNNABLE_RENDER="+bin, "PYTHONPATH="+side), nil, python, name+".py")
		streamed(t, dir, want)
	}
}

// streamed holds the events that a program has written to a file against those of the case.
func streamed(t *testing.T, dir string, want expectation) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "events.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "events.json")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain(want.Events), got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// plain is a value with numbers as JSON has them.
func plain(v any) (out any) {
	data, _ := json.Marshal(v)
	_ = json.Unmarshal(data, &out)
	return out
}

// summary is what we read of --format json.
type summary struct {
	Status     string
	Parameters map[string]any
	Steps      []struct {
		Path, Status string
		Attempts     int
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// theirs compares the run's status, the steps of its outermost graph, and its parameters: below, Runnable's paths are
// others.
func theirs(t *testing.T, python, name string, want expectation) {
	dir := copied(t)
	environ := append(os.Environ(), greeting, "RUNNABLE_RUN_ID=first")
	call(t, dir, environ, nil, python, name+".py")
	if strings.HasPrefix(name, "retry_") {
		call(t, dir, append(environ, append(later, "RUNNABLE_RETRY_RUN_ID=first", "RUNNABLE_RETRY_INDICATOR=2")...), nil, python, name+".py")
	}
	text, err := os.ReadFile(filepath.Join(dir, ".run_log_store", "first.json"))
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Status     string
		Steps      map[string]struct{ Status string }
		Parameters map[string]struct {
			Kind  string
			Value any
		}
		Job *struct{ Status string }
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	got := came{log.Status, map[string]string{}, map[string]any{}}
	for name, p := range log.Parameters {
		if p.Kind != "object" {
			got.Parameters[name] = p.Value
		}
	}
	wanted := came{want.Status, map[string]string{}, want.parameters()}
	if log.Job != nil {
		got.Status = log.Job.Status
	} else {
		for name, s := range log.Steps {
			if name != "success" && name != "fail" {
				got.Steps[name] = s.Status
			}
		}
		for path, status := range want.steps() {
			if !strings.Contains(path, ".") {
				wanted.Steps[path] = status
			}
		}
	}
	compare(t, wanted, got)
	if strings.HasPrefix(name, "async_") {
		streamed(t, dir, want)
	}
}

func compare(t *testing.T, want, got came) {
	t.Helper()
	if want.Status == "FAIL" { // what a failed run leaves is its own business (SEMANTICS 2.7)
		want.Parameters, got.Parameters = nil, nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// copied is a copy of the cases, as both programs leave files where they run.
func copied(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "cases")
	if err := os.CopyFS(dir, os.DirFS("../../golden/runnable")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// call runs a program, which may say that the pipeline failed, and decodes what it prints.
func call(t *testing.T, dir string, environ []string, into any, argv ...string) {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, environ
	var messages strings.Builder
	cmd.Stderr = &messages
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v: %v\n%s", argv[1:], err, messages.String())
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(fmt.Errorf("%v: %w\n%s", argv[1:], err, messages.String()))
	}
}
