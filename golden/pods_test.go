package golden

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/matrix"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/testbuild"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
	"github.com/runnable-render/runnable-render/runner"
)

// fewPods are cases of each construct, which run as pods where not all do.
var fewPods = []string{
	"cache-hit", "catalog-between-steps", "catalog-map-items", "chain-explicit", "conditional-values", "expressions", "failure-composite-handler", "failure-handled",
	"folders-parallel", "hooks-failure", "loop-accumulates", "map-empty-list", "map-item-fails", "map-of-maps", "map-reducers-numbers", "metaflow-foreach", "names-of-all-sorts",
	"needs-diamond", "needs-handler", "nested-pipelines", "nested-refused", "parallel-failure-unhandled", "parallel-merge", "params-objects", "pods-one", "python-inputs",
	"retry-third-attempt", "secret-used", "shell-returns", "timeout-kills-the-group",
}

// TestPods runs each case as a cluster would: every step is a fresh process of the runner, in a fresh copy of the
// case's folder, that knows its path and the store and nothing else. What the store then holds is what expect.yaml
// says, as after a local run.
func TestPods(t *testing.T) {
	t.Parallel()
	cases, err := All(".")
	if err != nil {
		t.Fatal(err)
	}
	program := testbuild.Program(t, "cmd/runnable-step") // which starts in a fraction of the time that this test's own program takes
	for _, c := range cases {
		if !c.Runs("argo") || !matrix.All() && !slices.Contains(fewPods, c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p := newPods(t, c, program)
			p.drive()
			result := observe(t, p.store)
			if diff := c.Diff(result); diff != "" {
				t.Errorf("the run differs from expect.yaml (-want +got):\n%s\n%s", diff, p.log.String())
			}
			kept := map[string][]byte{"the output": p.log.Bytes()}
			read(t, p.store, kept)
			hides(t, c, kept)
		})
	}
}

// pods stands in for a cluster: it starts a process where a controller would start a pod.
type pods struct {
	t        *testing.T
	program  string // the runner, as an image brings it
	c        *Case
	pipeline *ir.Pipeline
	initial  *engine.Scope
	store    string
	env      []string
	log      bytes.Buffer
	started  map[string]bool // the pods that several steps share
}

func newPods(t *testing.T, c *Case, program string) *pods {
	t.Helper()
	file := filepath.Join(c.Dir, c.Definition())
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, list := frontends.Parse(t.Context(), file, text)
	if list.HasErrors() {
		t.Fatal(list)
	}
	if p.Name == "" {
		p.Name = c.Name
	}
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	definition, err := irjson.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	initial := c.initial(t, p)
	dir := t.TempDir()
	x := &pods{t: t, program: program, c: c, pipeline: p, initial: engine.InitialScope(initial), store: filepath.Join(dir, "store"), started: map[string]bool{}}
	x.env = append(environment(c),
		"RUNNABLE_DEFINITION="+string(definition), "RUNNABLE_RUN_ID=golden", "RUNNABLE_STORE="+x.store,
		"RUNNABLE_TARGET=argo", "RUNNABLE_OWNER=uid", "HOME="+dir)
	names := make([]string, len(initial))
	for i, n := range initial {
		names[i] = n.Name
		x.env = append(x.env, fmt.Sprintf("RUNNABLE_PARAM_%d=%s", i, base64.StdEncoding.EncodeToString(n.Value.JSON)))
	}
	list64, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	x.env = append(x.env, "RUNNABLE_PARAM_NAMES="+string(list64))
	return x
}

// initial reads the initial parameters as the command line does.
func (c *Case) initial(t *testing.T, p *ir.Pipeline) []engine.Named {
	t.Helper()
	env := make([]string, 0, len(c.Expect.Env))
	for name, value := range c.Expect.Env {
		if name == params.FileVariable {
			value = filepath.Join(c.Dir, value)
		}
		env = append(env, name+"="+value)
	}
	file := c.ParamsFile()
	if file != "" {
		file = filepath.Join(c.Dir, filepath.Base(file))
	}
	named, list := params.Load(initialOf(c, p, file, env))
	if list.HasErrors() {
		t.Fatal(list)
	}
	return named
}

// drive starts what may run until nothing is left. As a controller, it learns of a step by its exit code alone; the
// machine, which says what runs next, is told what the store then holds.
func (x *pods) drive() {
	ctx := context.Background()
	if code := x.start("begin"); code != runner.ExitOK {
		x.t.Fatalf("begin ended with %d\n%s", code, x.log.String())
	}
	st, err := store.Open(ctx, x.store)
	if err != nil {
		x.t.Fatal(err)
	}
	defer st.Close()
	m := engine.NewMachine(x.pipeline, x.initial, st.Blobs(x.t.Context()))
	for queue := m.Start(); len(queue) > 0; {
		job := queue[0]
		queue = queue[1:]
		shared := x.shared(job.Path)
		if shared != "" && !x.started[shared] {
			x.started[shared] = true
			x.start("subtree", shared)
		}
		if job.Reduce != nil {
			if shared == "" {
				x.start("reduce", job.Path)
			}
			values, err := x.reduced(ctx, st, job)
			queue = append(queue, m.Reduced(job, values, err)...)
			continue
		}
		for shared == "" && x.start("run", job.Path) == runner.ExitRetry && x.again(ctx, st, job) {
		}
		rec, err := st.Latest(ctx, "golden", job.Path)
		if err != nil || rec == nil {
			x.t.Fatalf("%s left no record: %v\n%s", job.Path, err, x.log.String())
		}
		if rec.Before != job.Before.Digest() {
			x.t.Errorf("%s saw something else than the machine says", job.Path)
		}
		queue = append(queue, m.Done(job.Path, engine.LeafOutcome(job.Before, rec))...)
	}
	if !m.Result().Status.OK() {
		x.start("close", "--status", "Failed")
	}
	if len(x.pipeline.Hooks()) == 0 {
		return
	}
	if code := x.start("hooks"); code != runner.ExitOK {
		x.t.Errorf("hooks ended with %d", code)
	}
}

// shared is the path of the composite whose pod a step shares with others, "-" for that of the pipeline; empty: it has its own.
func (x *pods) shared(path string) string {
	if x.pipeline.OnePod() {
		return "-"
	}
	for v := range ir.Walk(x.pipeline) { // the outer before the inner
		if v.Node.Base().OnePod() && engine.Within(path, v.Path) {
			return strings.Join(strings.Split(path, ".")[:strings.Count(v.Path, ".")+1], ".")
		}
	}
	return ""
}

// again reports whether the retry strategy of the step allows one more pod.
func (x *pods) again(ctx context.Context, st *store.Store, job engine.Job) bool {
	records, err := st.Records(ctx, "golden", job.Path)
	if err != nil {
		x.t.Fatal(err)
	}
	return len(records) <= job.Node.(*ir.Task).Retry.Limit
}

// reduced reads what the reduce pod kept.
func (x *pods) reduced(ctx context.Context, st *store.Store, job engine.Job) ([]engine.Value, error) {
	e, err := st.GetExit(ctx, "golden", job.Path)
	if err != nil || e == nil {
		x.t.Fatalf("%s was not reduced: %v\n%s", job.Path, err, x.log.String())
	}
	if !e.Status.OK() {
		return nil, fmt.Errorf("%s", e.Failure.Message)
	}
	after, err := engine.LoadScope(e.After, st.Blobs(x.t.Context()))
	if err != nil {
		x.t.Fatal(err)
	}
	var values []engine.Value
	for _, r := range ir.NodeReturns(job.Node) {
		v, _ := after.Param(r.Name)
		values = append(values, v)
	}
	return values, nil
}

// start runs one command of the runner to its end, in a folder of its own.
func (x *pods) start(args ...string) int {
	dir := filepath.Join(x.t.TempDir(), "work")
	if err := os.CopyFS(dir, os.DirFS(x.c.Dir)); err != nil {
		x.t.Fatal(err)
	}
	cmd := exec.Command(x.program, append(args, "--out", filepath.Join(dir, ".control"))...)
	cmd.Dir, cmd.Env = dir, x.env
	fmt.Fprintf(&x.log, "--- %s\n", strings.Join(args, " "))
	cmd.Stdout, cmd.Stderr = &x.log, &x.log
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode()
}
