package runner_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
	"github.com/runnable-render/runnable-render/runner"
)

// plan is a compose plan with its volumes, whose services the test starts by itself.
type plan struct {
	t          *testing.T
	dir        string
	definition string
	digest     string
	steps      []string
}

func newPlan(t *testing.T, text string, steps ...string) *plan {
	t.Helper()
	p := &plan{t: t, dir: t.TempDir(), digest: "one", steps: steps}
	p.define(text)
	for _, volume := range []string{"store", "runner"} {
		if err := os.Mkdir(filepath.Join(p.dir, volume), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *plan) define(text string) {
	p.t.Helper()
	pipeline, list := frontends.Parse(p.t.Context(), "pipeline.yaml", []byte(text))
	if list = append(list, ir.Check(pipeline)...); list.HasErrors() {
		p.t.Fatal(list)
	}
	doc, err := irjson.Encode(pipeline)
	if err != nil {
		p.t.Fatal(err)
	}
	p.definition = string(doc)
}

// start runs one service and returns its exit code and what it said.
func (p *plan) start(env []string, args ...string) (int, string) {
	all := append([]string{
		"PATH=" + os.Getenv("PATH"), "RUNNABLE_TARGET=compose", "RUNNABLE_STORE=file://" + filepath.Join(p.dir, "store"), "RUNNABLE_PLAN=" + p.digest,
		"RUNNABLE_RUN_ID_FILE=" + filepath.Join(p.dir, "runner", "run-id"), "RUNNABLE_DEFINITION_FILE=" + filepath.Join(p.dir, "runner", "definition.json"),
	}, env...)
	if args[0] == "begin" {
		all = append(all, "RUNNABLE_DEFINITION="+p.definition, `RUNNABLE_PARAM_NAMES=["x"]`, "RUNNABLE_PARAM_0=MQ==")
	}
	var out bytes.Buffer
	code := runner.Main(runner.Options{}, args, all, &out, &out)
	return code, out.String()
}

// up starts all services in turn and returns the run, what result ended with and the records of each step.
func (p *plan) up(env ...string) (run string, code int, records map[string]int) {
	p.t.Helper()
	if code, said := p.start(env, "begin"); code != 0 {
		p.t.Fatalf("begin: %d\n%s", code, said)
	}
	for _, s := range p.steps {
		args := []string{"run", s}
		if strings.HasPrefix(s, "subtree ") {
			args = strings.Fields(s)
		}
		if code, said := p.start(env, args...); code != 0 {
			p.t.Fatalf("%s: %d\n%s", s, code, said)
		}
	}
	code, _ = p.start(env, "result")
	id, err := os.ReadFile(filepath.Join(p.dir, "runner", "run-id"))
	if err != nil {
		p.t.Fatal(err)
	}
	run = strings.TrimSpace(string(id))
	st := p.store()
	defer st.Close()
	list, err := st.ListRecords(p.t.Context(), run)
	if err != nil {
		p.t.Fatal(err)
	}
	records = map[string]int{}
	for _, r := range list {
		records[r.Path]++
	}
	return run, code, records
}

func (p *plan) store() *store.Store {
	p.t.Helper()
	st, err := store.Open(p.t.Context(), filepath.Join(p.dir, "store"))
	if err != nil {
		p.t.Fatal(err)
	}
	return st
}

const failsOnce = `
name: p
dag:
  steps:
    a: {type: task, command_type: shell, command: "true", next: b}
    b: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ]', next: c}
    c: {type: task, command_type: shell, command: "export y=$x", returns: [{name: y}]}
`

func TestComposeRuns(t *testing.T) {
	t.Parallel()
	p := newPlan(t, failsOnce, "a", "b", "c")
	check := func(what, wantRun string, wantCode int, want map[string]int, env ...string) string {
		t.Helper()
		run, code, got := p.up(env...)
		if diff := cmp.Diff(want, got); diff != "" || code != wantCode || wantRun != "" && run != wantRun {
			t.Errorf("%s: run %s (want %s), exit %d (want %d), records (-want +got):\n%s", what, run, wantRun, code, wantCode, diff)
		}
		return run
	}
	failed, done := map[string]int{"a": 1, "b": 1}, map[string]int{"a": 1, "b": 2, "c": 1}
	run := check("up", "", 1, failed)
	check("a second up", run, 1, failed)
	check("a retry", run, 0, done, "RUNNABLE_RETRY=1")
	check("a second retry", run, 0, done, "RUNNABLE_RETRY=1")
	check("up after the retry", run, 0, done)
	check("a run with a name", "mine", 1, failed, "RUNNABLE_RUN_ID=mine")
	other := check("other parameters", "", 1, failed, "RUNNABLE_PRM_x=2")
	if other == "mine" || other == run {
		t.Errorf("other parameters, and yet run %s", other)
	}
	if code, said := p.start([]string{"RUNNABLE_RETRY=1", "RUNNABLE_RUN_ID=mine", "RUNNABLE_PRM_x=3"}, "begin"); code == 0 || !strings.Contains(said, "keeps a run's parameters") {
		t.Errorf("a retry with other parameters: %d, %s", code, said)
	}
	p.digest = "two"
	if code, said := p.start([]string{"RUNNABLE_RUN_ID=mine"}, "begin"); code == 0 || !strings.Contains(said, "another definition") {
		t.Errorf("the same name for another definition: %d, %s", code, said)
	}
	for edited, want := range map[string]string{
		strings.Replace(failsOnce, `"true"`, `": edited"`, 1): `step a succeeded in run "mine" and has been edited since`,
		strings.ReplaceAll(failsOnce, "    a: ", "    z: "):   `step a succeeded in run "mine" and is no longer in the definition`,
	} {
		p.define(edited)
		if code, said := p.start([]string{"RUNNABLE_RETRY=1", "RUNNABLE_RUN_ID=mine"}, "begin"); code == 0 || !strings.Contains(said, want) {
			t.Errorf("a retry of an edited step: %d, %s", code, said)
		}
	}
	p.define(strings.Replace(failsOnce, "-gt 1", "-gt 0", 1))
	check("a mended definition", "mine", 0, done, "RUNNABLE_RETRY=1", "RUNNABLE_RUN_ID=mine")
}

// A run that another process drives, as the command line does, ends as its records say.
func TestComposeOwned(t *testing.T) {
	t.Parallel()
	p := newPlan(t, failsOnce, "a", "b", "c")
	if _, code, _ := p.up("RUNNABLE_RUN_ID=mine"); code != 1 {
		t.Fatalf("up: %d", code)
	}
	st := p.store()
	defer st.Close()
	if err := st.Own(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	_, code, _ := p.up("RUNNABLE_RETRY=1")
	end, err := st.End(t.Context(), "mine")
	if err != nil || end == nil || end.Status != engine.Success || len(end.Parameters) != 2 || code != 0 {
		t.Errorf("result ended with %d, the run: %+v, %v", code, end, err)
	}
}

// What an `up` that was stopped has left goes on with the next one, also when another run was in between.
func TestComposeGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlan(t, failsOnce, "a", "b", "c")
	if code, said := p.start(nil, "begin"); code != 0 {
		t.Fatal(said)
	}
	if code, said := p.start(nil, "run", "a"); code != 0 {
		t.Fatal(said)
	}
	id, err := os.ReadFile(filepath.Join(p.dir, "runner", "run-id"))
	if err != nil {
		t.Fatal(err)
	}
	if run, code, _ := p.up("RUNNABLE_RUN_ID=between"); run != "between" || code != 1 {
		t.Errorf("between: %s, %d", run, code)
	}
	p.digest = "two"
	p.up()
	p.digest = "one"
	run, code, records := p.up()
	if diff := cmp.Diff(map[string]int{"a": 1, "b": 1}, records); diff != "" || code != 1 || run != strings.TrimSpace(string(id)) {
		t.Errorf("run %s, want %s; exit %d; %s", run, id, code, diff)
	}
}

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	p := newPlan(t, failsOnce, "a")
	for _, c := range []struct {
		env  string
		args []string
		want string
	}{
		{"RUNNABLE_RETRY=1", []string{"begin"}, "there is no run to retry"},
		{"RUNNABLE_RUN_ID=none", []string{"run", "a"}, "definition"},
	} {
		if code, said := p.start([]string{c.env}, c.args...); code == 0 || !strings.Contains(said, c.want) {
			t.Errorf("%s %v: %d, %s", c.env, c.args, code, said)
		}
	}
}

func TestComposeFailFast(t *testing.T) {
	t.Parallel()
	p := newPlan(t, `
name: p
dag:
  steps:
    m:
      type: parallel
      fail_fast: true
      branches:
        bad: {steps: {s: {type: task, command_type: shell, command: "false"}}}
        good:
          steps:
            first: {type: task, command_type: shell, command: "true", next: second}
            second: {type: task, command_type: shell, command: "true"}
`, "m.bad.s", "m.good.first", "m.good.second")
	_, code, records := p.up()
	if records["m.good.second"] > 0 || code != 1 {
		t.Errorf("exit %d, %v", code, records)
	}
}

// TestSubtreeRunsAgainInAnotherScope: the end of a composite counts for the scope that it had, not for the one that the retry of
// an earlier step gives it.
func TestSubtreeRunsAgainInAnotherScope(t *testing.T) {
	t.Parallel()
	p := newPlan(t, `
name: p
dag:
  steps:
    a: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ] && export v=2', returns: [v], on_failure: h, next: l}
    h: {type: task, command_type: shell, command: "export v=1", returns: [v], next: l}
    l:
      type: loop
      max_iterations: 1
      break_on: never
      index_as: i
      branch: {steps: {b: {type: task, command_type: shell, command: "export w=$v", returns: [w]}}}
      next: fails
    fails: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ]'}
`, "a", "h", "subtree l", "fails")
	if _, code, records := p.up(); code != 1 || records["l.0.b"] != 1 {
		t.Fatalf("up: exit %d, %v", code, records)
	}
	run, code, records := p.up("RUNNABLE_RETRY=1")
	if code != 0 {
		t.Errorf("retry: exit %d, %v", code, records)
	}
	st := p.store()
	defer st.Close()
	list, err := st.ListRecords(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	var w []string
	for _, rec := range list {
		for _, r := range rec.Returns {
			if r.Name == "w" {
				w = append(w, string(r.Value.JSON))
			}
		}
	}
	if diff := cmp.Diff([]string{"1", "2"}, w); diff != "" {
		t.Errorf("returned (-want +got):\n%s", diff)
	}
}

// Steps that share a container see of each other what the catalog brings, as in containers of their own.
func TestSubtreeFolders(t *testing.T) {
	t.Parallel()
	p := newPlan(t, `
name: p
dag:
  steps:
    l:
      type: loop
      max_iterations: 2
      break_on: never
      index_as: i
      branch:
        steps:
          a: {type: task, command_type: shell, command: "[ ! -e left ] && touch left kept", catalog: {put: [kept]}}
          b: {type: task, command_type: shell, command: "[ ! -e left ] && [ -e kept ]", catalog: {get: [kept]}}
`)
	if code, said := p.start(nil, "begin"); code != 0 {
		t.Fatalf("begin: %d\n%s", code, said)
	}
	if code, said := p.start(nil, "subtree", "l"); code != 0 {
		t.Fatalf("subtree: %d\n%s", code, said)
	}
	if code, said := p.start(nil, "result"); code != 0 {
		t.Fatalf("result: %d\n%s", code, said)
	}
	for _, name := range []string{"left", "kept"} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s lies in the image's folder", name)
		}
	}
}

// A step runs again whose edit an earlier retry accepted without coming to the step: its record tells what it was.
func TestComposeRunsAcceptedEdits(t *testing.T) {
	t.Parallel()
	p := newPlan(t, failsOnce, "a", "b", "c")
	run, _, _ := p.up()
	p.define(strings.Replace(failsOnce, `command: "true"`, `command: "true && true"`, 1))
	st := p.store()
	header, err := st.Header(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	header.Definition = []byte(p.definition)
	if err := errors.Join(st.PutHeader(t.Context(), header), st.Close()); err != nil {
		t.Fatal(err)
	}
	again, code, records := p.up("RUNNABLE_RETRY=1")
	if diff := cmp.Diff(map[string]int{"a": 2, "b": 2, "c": 1}, records); diff != "" || code != 0 || again != run {
		t.Errorf("run %s, want %s; exit %d; %s", again, run, code, diff)
	}
}

// One run of a group goes on at a time, from begin to the service that ends it, whichever containers live.
func TestComposeTakesTurns(t *testing.T) {
	t.Parallel()
	const text = `
name: %s
dag:
  concurrency: {group: g, on_conflict: %s}
  steps:
    a: {type: task, command_type: shell, command: "true"}
    b: {type: task, command_type: shell, command: "sleep 60"}
`
	shared := []string{"RUNNABLE_STORE=file://" + t.TempDir()}
	with := func(name, conflict string) *plan { return newPlan(t, fmt.Sprintf(text, name, conflict)) }
	start := func(p *plan, want int, text string, args ...string) {
		t.Helper()
		if code, said := p.start(shared, args...); code != want || !strings.Contains(said, text) {
			t.Fatalf("%v: %d, want %d and %q\n%s", args, code, want, text, said)
		}
	}
	first, fails, cancels := with("first", "wait"), with("second", "fail"), with("third", "cancel")
	start(first, 0, "begins", "begin")
	start(first, 0, "", "run", "a")
	start(fails, runner.ExitFailed, `does not begin (concurrency: on_conflict is fail); in the way: run `, "begin")
	start(first, 0, "continues", "begin") // a second up
	start(first, 0, "", "run", "a")
	twin := with("first", "fail") // the same plan in another project does not take over a run that goes on
	start(twin, runner.ExitFailed, `in the way: run `, "begin")

	begun := make(chan int)
	go func() {
		code, _ := cancels.start(shared, "begin")
		begun <- code
	}()
	start(first, runner.ExitEnvironment, "(concurrency: on_conflict is cancel)", "run", "b")
	start(first, runner.ExitEnvironment, "(concurrency: on_conflict is cancel)", "run", "a")
	start(first, runner.ExitFailed, "FAIL", "result") // asked for by hand: the run is over
	if code := <-begun; code != 0 {
		t.Fatalf("the run that ends the other: %d", code)
	}
	start(first, 0, "has ended", "begin")
	start(fails, runner.ExitFailed, `in the way: run `, "begin")
	start(cancels, 0, "", "run", "a")
	start(cancels, runner.ExitFailed, "FAIL", "result")
	start(fails, 0, "begins", "begin")
}
