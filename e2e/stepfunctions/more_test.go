//go:build e2e

package stepfunctions_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/engine"
)

// lint holds the templates of golden cases against CloudFormation's linter and the validator of state machines that AWS
// publishes: all with FULL=1, else some that have each construct between them.
func lint(t *testing.T) {
	pattern := "../../golden/{needs-diamond,nest-*,loop-of-loops,failure-handled,hooks-success,secret-used,names-of-all-sorts,pods-one,nested-pipelines}/stepfunctions.yaml"
	if os.Getenv("FULL") == "1" {
		pattern = "../../golden/*/stepfunctions.yaml"
	}
	out, err := exec.CommandContext(t.Context(), "bash", "-c", `
set -e
files=$(ls `+pattern+`)
cfn-lint -- $files
python - "$1" $files <<'P'
import json, sys, yaml
for file in sys.argv[2:]:
    with open(file) as f:
        definition = yaml.safe_load(f)["Resources"]["Machine"]["Properties"]["Definition"]
    with open(sys.argv[1] + "/" + file.split("/")[-2] + ".asl.json", "w") as f:
        json.dump(definition, f)
P
for f in "$1"/*.asl.json; do asl-validator --silent --json-path "$f" || { echo "$f"; exit 1; }; done`, "lint", t.TempDir()).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// defined renders a definition of its own.
func (r *rig) defined(t *testing.T, text string, args ...string) *pipeline {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "defined")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return r.render(t, dir, r.runner, compare.Environ(), nil, append(args, "pipeline.yaml")...)
}

// sameAsHere compares the trace of the run r1 with that of a run here.
func (p *pipeline) sameAsHere(t *testing.T) {
	t.Helper()
	compare.SameTrace(t, compare.Here(t, p.bin, p.dir, compare.Environ(), "pipeline.yaml"), p.facts(t), "r1")
}

// outcome is what a run came to.
func (p *pipeline) outcome(t *testing.T, run string) *golden.Result {
	t.Helper()
	got, err := golden.Observe(t.Context(), p.facts(t), run)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// parameters starts executions with parameters of their own, refuses what is none, and goes on with a run that failed.
func (r *rig) parameters(t *testing.T) {
	p := r.defined(t, `
dag:
  parameters: {n: {type: int, default: 1, maximum: 99}, text: {type: str, default: "1.10"}}
  steps:
    a: {type: task, command_type: shell, command: 'export sum=$((n + 1)) said="$text"', returns: [{name: sum}, {name: said, kind: text}]}
    b: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" = 2 ]'}
`)
	if e := p.run(t, "r1", `{"parameters": {"n": 41, "text": "zwölf 1.0"}}`); e.Status != "FAILED" || e.Error != "Runnable.Failed" {
		t.Errorf("%+v", e)
	}
	if got := p.outcome(t, "r1"); got.Status != engine.Failed {
		t.Errorf("%+v", got)
	}
	if e := drive(t, "start", p.stack, "again", `{"run": "r1"}`); !e.succeeded() {
		t.Errorf("the run that goes on: %+v", e)
	}
	if got := p.outcome(t, "r1"); got.Status != engine.Success || got.Parameters["sum"] != "42" || got.Parameters["said"] != `"zwölf 1.0"` || got.Parameters["n"] != "41" {
		t.Errorf("%+v", got)
	}
	for name, input := range map[string]string{"key": `{"n": 1}`, "much": `{"parameters": {"n": 100}}`, "kind": `{"parameters": {"n": "many"}}`, "both": `{"run": "r1", "parameters": {"n": 2}}`, "name": `{"run": "a/b"}`} {
		if e := drive(t, "start", p.stack, name, input); e.Status != "FAILED" || e.Error != "Runnable.Refused" {
			t.Errorf("%s: %+v", input, e)
		}
	}
	runs, err := p.facts(t).Runs(t.Context())
	if err != nil || len(runs) != 1 {
		t.Errorf("%v, %v: what was refused has begun", runs, err)
	}
}

const sleeper = `
dag:
  steps:
    sleeping: {type: task, command_type: shell, command: 'sleep 300', on_failure: never}
    never: {type: stub}
`

// stopped stops an execution, whose jobs end, and closes its run as the news of that does.
func (r *rig) stopped(t *testing.T) {
	p := r.defined(t, sleeper)
	if e := p.run(t, "refused", `{"x": 1}`); e.Error != "Runnable.Refused" { // deploys
		t.Fatalf("%+v", e)
	}
	e := drive(t, "stop", p.stack, "sleeping")
	if e.Status != "ABORTED" {
		t.Errorf("%+v", e)
	}
	news, _ := json.Marshal(map[string]any{"source": "aws.states", "detail-type": "Step Functions Execution Status Change",
		"detail": map[string]string{"name": "sleeping", "status": "ABORTED", "stateMachineArn": e.Machine, "input": e.Input}})
	if e := drive(t, "start", p.stack, "news", string(news)); !e.succeeded() {
		t.Errorf("the news: %+v", e)
	}
	end, err := p.facts(t).End(t.Context(), "sleeping")
	if err != nil || end == nil || end.Status != engine.Failed {
		t.Errorf("the run was not closed: %+v, %v", end, err)
	}
	if got := p.outcome(t, "sleeping"); got.Steps["sleeping"].Failure != engine.KindKilled {
		t.Errorf("%+v", got)
	}
}

// scheduled starts an execution as a schedule does, alone and beside another.
func (r *rig) scheduled(t *testing.T) {
	p := r.defined(t, `
dag:
  schedule: '0 3 * * *'
  steps:
    a: {type: task, command_type: shell, command: 'sleep 10'}
`)
	if e := p.run(t, "refused", `{"x": 1}`); e.Error != "Runnable.Refused" { // deploys
		t.Fatalf("%+v", e)
	}
	drive(t, "begin", p.stack, "long", `{"scheduled": true}`)
	if e := drive(t, "start", p.stack, "beside", `{"scheduled": true}`); !e.succeeded() {
		t.Errorf("%+v", e)
	}
	if e := drive(t, "end", p.stack, "long"); !e.succeeded() {
		t.Errorf("%+v", e)
	}
	runs, err := p.facts(t).Runs(t.Context())
	if err != nil || len(runs) != 1 || p.outcome(t, "long").Status != engine.Success {
		t.Errorf("%v, %v: want the run long alone", runs, err)
	}
}

// distributed runs a map whose items are executions of their own, one of which fails.
func (r *rig) distributed(t *testing.T) {
	p := r.defined(t, `
dag:
  steps:
    list: {type: task, command_type: shell, command: 'export xs="[1, 2, 3, 4]"', returns: [{name: xs}]}
    each:
      type: map
      iterate_on: xs
      iterate_as: x
      targets: {stepfunctions: {distributed: true}}
      on_failure: last
      branch:
        steps:
          one: {type: task, command_type: shell, command: '[ "$x" != 3 ] && export y=$((x * x))', returns: [{name: y}]}
    last: {type: task, command_type: shell, command: 'export failed="$RUNNABLE_FAILED_STEP"', returns: [{name: failed, kind: text}]}
`)
	if e := p.run(t, "r1", "{}"); !e.succeeded() {
		t.Errorf("%+v", e)
	}
	p.sameAsHere(t)
}

// levels runs a graph of needs that is not series-parallel, in which a step fails.
func (r *rig) levels(t *testing.T) {
	for _, failing := range []string{"a", "b", "none"} {
		t.Run(failing, func(t *testing.T) {
			step := func(name, needs string) string {
				return "    " + name + ": {type: task, command_type: shell, command: '[ " + name + " != " + failing + " ] && export v_" + name + "=1', returns: [{name: v_" + name + "}], needs: [" + needs + "]}\n"
			}
			p := r.defined(t, "dag:\n  steps:\n"+step("a", "")+step("b", "")+step("c", "a")+step("d", "a, b")+step("e", "c"))
			if e := p.run(t, "r1", "{}"); e.succeeded() != (failing == "none") {
				t.Errorf("%+v", e)
			}
			p.sameAsHere(t)
		})
	}
}

// mutants runs a case by runners with planted defects, each of which must be seen.
func (r *rig) mutants(t *testing.T) {
	c := load(t, "../mutants/"+mutants.Visible)
	for _, m := range append([]mutants.Mutant{{Name: "none"}}, mutants.All()...) {
		t.Run(m.Name, func(t *testing.T) {
			runner, err := r.runner, error(nil)
			if m.File != "" {
				runner, err = m.Build("../..", "runnable-step", t.TempDir())
			}
			if err != nil {
				t.Fatal(err)
			}
			p := r.render(t, c.Dir, runner, compare.EnvironOf(c), nil, c.Args()...)
			if why := p.differs(t, c, p.run(t, "r1", "{}")); (why != "") != (m.File != "") {
				t.Errorf("%s with the defect %s: %s", c.Name, m.Name, why)
			}
		})
	}
}

// brokenMachine runs cases by machines with planted defects, each of which must be seen.
func (r *rig) brokenMachine(t *testing.T) {
	for _, one := range []struct{ name, of, old, new string }{
		{"failure-unseen", "parallel-failure-unhandled", "$not(false in $states.result)", "true"},
		{"one-item-less", "map-plain-list", "$number($states.input.c)-1", "$number($states.input.c)-2"},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := load(t, "../../golden/"+one.of)
			p := r.render(t, c.Dir, r.runner, compare.EnvironOf(c), nil, c.Args()...)
			text, err := os.ReadFile(p.template)
			if err != nil {
				t.Fatal(err)
			}
			broken := strings.ReplaceAll(string(text), one.old, one.new)
			if broken == string(text) {
				t.Fatalf("the template does not hold %s", one.old)
			}
			if err := os.WriteFile(p.template, []byte(broken), 0o644); err != nil {
				t.Fatal(err)
			}
			if why := p.differs(t, c, p.run(t, "r1", "{}")); why == "" {
				t.Errorf("%s runs as expected although its machine is broken", c.Name)
			}
		})
	}
}

func load(t *testing.T, dir string) *golden.Case {
	t.Helper()
	c, err := golden.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
