package runner_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
	"github.com/runnable-render/runnable-render/runner"
	"github.com/runnable-render/runnable-render/runs"
	"github.com/runnable-render/runnable-render/runs/index"
	"github.com/runnable-render/runnable-render/store"
)

// workflow is a run on Argo whose pods the test starts by itself, as the controller would.
type workflow struct {
	t     *testing.T
	store *store.Store
	env   []string
}

func newWorkflow(t *testing.T, text string) *workflow {
	t.Helper()
	p, list := frontends.Parse("pipeline.yaml", []byte(text))
	if list = append(list, ir.Check(p)...); list.HasErrors() {
		t.Fatal(list)
	}
	doc, err := irjson.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "store")
	st, err := store.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &workflow{t, st, []string{
		"PATH=" + os.Getenv("PATH"), "RUNNABLE_TARGET=argo", "RUNNABLE_STORE=" + dir, "RUNNABLE_RUN_ID=w", "RUNNABLE_OWNER=uid",
		"RUNNABLE_DEFINITION=" + string(doc), "RUNNABLE_PARAM_NAMES=[]",
	}}
}

// pod runs one command of the runner, which must end with the code.
func (w *workflow) pod(want int, args ...string) {
	w.t.Helper()
	var out bytes.Buffer
	args = append(args, "--out", filepath.Join(w.t.TempDir(), "control"))
	if code := runner.Main(runner.Options{}, args, w.env, &out, &out); code != want {
		w.t.Fatalf("%v: %d, want %d\n%s", args, code, want, &out)
	}
}

// stands demands that the list and the run itself say the same.
func (w *workflow) stands(want engine.Status) {
	w.t.Helper()
	entries, err := index.Runs(context.Background(), w.store)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := runs.Of(context.Background(), w.store, "w")
	if err != nil {
		w.t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Status != want || r.Summary.Status != want {
		w.t.Errorf("the list says %+v, the run %s, want %s", entries, r.Summary.Status, want)
	}
}

// A workflow that failed and that Argo itself retries is listed as what its second walk comes to, while it goes on and
// afterwards, although a list has read its first end.
func TestArgoRetryIsListed(t *testing.T) {
	t.Parallel()
	w := newWorkflow(t, `dag:
  steps:
    first: {type: task, command_type: shell, command: "export a=1", returns: [a]}
    second: {type: task, command_type: shell, command: "test $RUNNABLE_STEP_ATTEMPT -ge 3"}
    third: {type: stub}
`)
	w.pod(runner.ExitOK, "begin")
	w.pod(runner.ExitOK, "run", "first")
	w.pod(runner.ExitFailed, "run", "second")
	w.pod(runner.ExitOK, "close", "--status", "Failed")
	w.stands(engine.Failed)

	w.pod(runner.ExitFailed, "run", "second") // argo retry, which fails once more
	w.pod(runner.ExitOK, "close", "--status", "Failed")
	w.stands(engine.Failed)

	w.pod(runner.ExitOK, "run", "second") // and again
	w.stands(engine.Running)
	w.pod(runner.ExitOK, "run", "third")
	w.stands(engine.Success)
}
