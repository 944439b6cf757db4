package step

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// notebookRuntime has a real papermill and kernel; only hides papermill from it, so that nbclient has to do.
func notebookRuntime(t *testing.T, onlyNbclient bool) *Runtime {
	t.Helper()
	if skips("notebook") {
		t.Skip("SKIP=notebook")
	}
	py, err := notebookPython()
	if err != nil {
		t.Fatalf("cannot make a virtual environment (SKIP=notebook goes without): %v", err)
	}
	o := Options{Python: py, Grace: 200 * time.Millisecond}
	if onlyNbclient {
		o.Environ = append(os.Environ(), "PYTHONPATH="+hiding(t, "papermill"))
	}
	return runtimeFor(t, o)
}

// hiding makes a folder for PYTHONPATH from which a module cannot be imported.
func hiding(t *testing.T, module string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, module+".py", fmt.Sprintf("raise ModuleNotFoundError('hidden', name=%q)\n", module))
	return dir
}

// notebook writes a notebook whose cells are code; one that begins with "#params" is tagged `parameters`.
func notebook(t *testing.T, dir, name string, cells ...string) {
	t.Helper()
	type cell struct {
		Type     string         `json:"cell_type"`
		ID       string         `json:"id"`
		Metadata map[string]any `json:"metadata"`
		Source   string         `json:"source"`
		Outputs  []any          `json:"outputs"`
		Count    *int           `json:"execution_count"`
	}
	var all []cell
	for i, source := range cells {
		c := cell{Type: "code", ID: fmt.Sprintf("cell-%d", i), Metadata: map[string]any{}, Source: source, Outputs: []any{}}
		if strings.HasPrefix(source, "#params") {
			c.Metadata["tags"] = []string{"parameters"}
		}
		all = append(all, c)
	}
	text, err := json.Marshal(map[string]any{
		"cells": all, "nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{"kernelspec": map[string]string{"name": "of-another-machine", "language": "python", "display_name": "x"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, string(text))
}

func notebookJob(t *testing.T, dir, name string, ps []engine.Named, returns ...string) Job {
	t.Helper()
	if ps == nil {
		ps = []engine.Named{}
	}
	return Job{
		Run: "r", Path: "report", Attempt: 1, Dir: dir, Params: ps, Blobs: &memory{},
		Node: &ir.Task{Command: &ir.Notebook{Path: name}, Returns: returning(returns...)},
	}
}

// executed returns the executed notebook that an attempt kept.
func executed(t *testing.T, job Job, res Result) string {
	t.Helper()
	if len(res.Files) != 1 {
		t.Fatalf("files %+v, want the executed notebook", res.Files)
	}
	if want := "nb/a-report_out.ipynb"; res.Files[0].Path != want || res.Files[0].Stage != engine.StagePut {
		t.Errorf("kept as %+v, want %s", res.Files[0], want)
	}
	data, err := job.Blobs.Get(engine.Blob{Hash: res.Files[0].Hash, Size: res.Files[0].Size})
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(data) {
		t.Errorf("the executed notebook is not JSON: %s", data)
	}
	return string(data)
}

func TestNotebook(t *testing.T) {
	t.Parallel()
	for name, onlyNbclient := range map[string]bool{"papermill": false, "nbclient": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "mine.py", "def double(x):\n    return 2 * x\n")
			notebook(t, dir, "nb/a.ipynb",
				"#params\nx = 1\ntext = 'default'\nkept = 'default'",
				"import mine\nprint('x is', x)\ny = mine.double(x)",
				"import sys\nprint('to stderr', file=sys.stderr)\nobj = {1, 2}\nbig = 2**70\nlabel = '7'\ny",
			)
			ps := append(params("x", "21", "text", `"it's \"so\""`, "unused", "[1]"), engine.Named{Name: "flag", Value: engine.Bool(true)})
			job := notebookJob(t, dir, "nb/a.ipynb", ps, "y", "text", "kept", "obj:object", "big", "label:text", "renamed:json:y")
			res, log := execute(t, notebookRuntime(t, onlyNbclient), job)
			wantSuccess(t, res, log, `y=42 text="it's \"so\"" kept="default" obj=object big=1180591620717411303424 label="7" renamed=42`)
			for _, want := range []string{"cell 2 of 4: ", "cell 3 of 4: import mine", "x is 21", "to stderr", "\n42\n"} {
				if !strings.Contains(log, want) {
					t.Errorf("the log lacks %q:\n%s", want, log)
				}
			}
			if got := show(res.Inputs); got != `text="it's \"so\"" x=21` {
				t.Errorf("inputs %s", got)
			}
			if res.Code[name] == "" || res.Code["python"] == "" {
				t.Errorf("code identity %v lacks the versions", res.Code)
			}
			made := executed(t, job, res)
			if !strings.Contains(made, "x is 21") || strings.Contains(made, "harvest") || strings.Contains(made, "runnable-render-") {
				t.Errorf("executed notebook:\n%s", made)
			}
		})
	}
}

func TestNotebookFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cells   []string
		returns []string
		nb      bool
		kind    engine.FailureKind
		message []string
		log     []string
	}{
		"error": {
			cells: []string{"def deep():\n    return 1 / 0", "deep()", "print('not reached')"}, kind: engine.KindError,
			message: []string{"nb/a.ipynb: ZeroDivisionError: division by zero"}, log: []string{"return 1 / 0", "cell 2 of 3: deep()"},
		},
		"error by nbclient": {
			nb: true, cells: []string{"1 / 0"}, kind: engine.KindError,
			message: []string{"nb/a.ipynb: ZeroDivisionError: division by zero"}, log: []string{"ZeroDivisionError"},
		},
		"missing return": {
			cells: []string{"scores = 1"}, returns: []string{"score"}, kind: engine.KindData,
			message: []string{`nb/a.ipynb did not set "score", which it returns; did you mean "scores"?`},
		},
		"no JSON form": {
			cells: []string{"s = object()"}, returns: []string{"s"}, kind: engine.KindData, message: []string{`return "s" of nb/a.ipynb has no JSON form`},
		},
		"exit": {cells: []string{"import sys; sys.exit(3)"}, kind: engine.KindError, message: []string{"SystemExit: 3"}},
		"dead kernel": {
			cells: []string{"import os; os._exit(1)"}, kind: engine.KindKilled, message: []string{"its kernel died"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			notebook(t, dir, "nb/a.ipynb", c.cells...)
			job := notebookJob(t, dir, "nb/a.ipynb", nil, c.returns...)
			res, log := execute(t, notebookRuntime(t, c.nb), job)
			wantFailure(t, res, log, c.kind, c.message...)
			if res.Code["python"] == "" {
				t.Errorf("code identity %v lacks the interpreter's version", res.Code)
			}
			for _, want := range c.log {
				if !strings.Contains(log, want) {
					t.Errorf("the log lacks %q:\n%s", want, log)
				}
			}
			if strings.Contains(log, "\x1b") || strings.Contains(log, "not reached") {
				t.Errorf("log:\n%s", log)
			}
			executed(t, job, res)
		})
	}
}

func TestNotebookBindsInputs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	notebook(t, dir, "nb/a.ipynb", "both, one", "s = sum(both) + one")
	job := notebookJob(t, dir, "nb/a.ipynb", params("p", "1", "q", "2", "one", "100"), "s")
	task := job.Node.(*ir.Task)
	task.Inputs = []ir.Input{{Arg: "both", From: []string{"p", "q"}}, {Arg: "one", Value: "10"}}
	res, log := execute(t, notebookRuntime(t, false), job)
	wantSuccess(t, res, log, "s=13")
	if got := show(res.Inputs); got != "p=1 q=2" {
		t.Errorf("inputs %s", got)
	}
}

func TestNotebookOptions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	notebook(t, dir, "nb/a.ipynb", "1")
	job := notebookJob(t, dir, "nb/a.ipynb", nil)
	nb := job.Node.(*ir.Task).Command.(*ir.Notebook)
	nb.Options = `{"report_mode": true, "debug_later": true}`
	res, log := execute(t, notebookRuntime(t, false), job)
	wantSuccess(t, res, log, "")
	if !strings.Contains(log, "papermill has no option debug_later") {
		t.Errorf("log:\n%s", log)
	}
	if made := executed(t, job, res); !strings.Contains(made, "source_hidden") {
		t.Errorf("report_mode hid nothing:\n%s", made)
	}
	nb.Options = `{"output_path": "elsewhere"}`
	res, log = execute(t, notebookRuntime(t, false), job)
	wantFailure(t, res, log, engine.KindData, "output_path is not yours to set")
}

// A notebook that runs too long is stopped, its kernel too, and what it did so far is kept.
func TestNotebookTimeout(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	notebook(t, dir, "nb/a.ipynb", "import os\nopen('pid', 'w').write(str(os.getpid()))\nprint('begun')", "import time\ntime.sleep(600)")
	job := notebookJob(t, dir, "nb/a.ipynb", nil)
	job.Node.(*ir.Task).Timeout = 10 * time.Second
	res, log := execute(t, notebookRuntime(t, false), job)
	wantFailure(t, res, log, engine.KindTimeout, "nb/a.ipynb ran longer than 10s")
	if _, err := os.Stat(filepath.Join(dir, "pid")); err != nil {
		t.Skipf("the kernel did not come up in 10s on this machine; log:\n%s", log)
	}
	var pid int
	if _, err := fmt.Sscan(read(t, filepath.Join(dir, "pid")), &pid); err != nil {
		t.Fatal(err)
	}
	if alive(pid) {
		t.Errorf("the kernel %d still runs", pid)
	}
	if made := executed(t, job, res); !strings.Contains(made, "begun") {
		t.Errorf("executed notebook:\n%s", made)
	}
}

// Without the tools the failure says what to install, and where.
func TestNotebookWithoutTools(t *testing.T) {
	t.Parallel()
	py, err := testPython()
	if err != nil || skips("pydantic") {
		t.Skip("no virtual environment")
	}
	dir := t.TempDir()
	notebook(t, dir, "a.ipynb", "1")
	res, log := execute(t, runtimeFor(t, Options{Python: py}), notebookJob(t, dir, "a.ipynb", nil))
	wantFailure(t, res, log, engine.KindError, "has no papermill", "-m pip install papermill ipykernel")
}

func TestNotebookThatIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "bad.ipynb", "{")
	r := notebookRuntime(t, false)
	res, log := executeIn(t, context.Background(), r, notebookJob(t, dir, "bad.ipynb", nil))
	wantFailure(t, res, log, engine.KindData, "bad.ipynb is not a notebook")
	res, log = executeIn(t, context.Background(), r, notebookJob(t, dir, "none.ipynb", nil))
	wantFailure(t, res, log, engine.KindData, "there is no notebook none.ipynb")
}
