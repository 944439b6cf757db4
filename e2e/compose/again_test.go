//go:build e2e

package compose_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/runs"
)

// definition writes a definition to a folder of its own.
func definition(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// attempts tells how many records each step of the run has that the plan is at, and its parameters.
func (p *project) attempts(t *testing.T) (run string, counts map[string]int, parameters runs.Values) {
	t.Helper()
	st, run := p.facts(t)
	records, err := st.ListRecords(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	counts = map[string]int{}
	for _, r := range records {
		counts[r.Path]++
	}
	r, err := runs.Of(t.Context(), st, run)
	if err != nil {
		t.Fatal(err)
	}
	return run, counts, r.Summary.Parameters
}

// A second up runs nothing again, a retry what failed, another run everything.
func (e *engine) again(t *testing.T) {
	t.Parallel()
	dir := definition(t, `
dag:
  steps:
    first: {type: task, command_type: shell, command: "export x=1", returns: [{name: x}], next: second}
    second: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ]', next: each}
    each:
      type: loop
      max_iterations: 2
      break_on: never
      index_as: i
      branch: {steps: {turn: {type: task, command_type: shell, command: "export never=false", returns: [{name: never}]}}}
`)
	p := e.project(t, e.render(t, dir, e.base, nil, "pipeline.yaml"), nil)
	check := func(what string, code, wantCode int, want map[string]int) string {
		t.Helper()
		run, got, _ := p.attempts(t)
		if diff := cmp.Diff(want, got); diff != "" || code != wantCode {
			t.Fatalf("%s: exit %d, want %d; records (-want +got):\n%s\n%s", what, code, wantCode, diff, p.log)
		}
		return run
	}
	failed := map[string]int{"first": 1, "second": 1}
	run := check("up", p.up(t), 1, failed)
	if again := check("the second up", p.up(t), 1, failed); again != run {
		t.Errorf("the second up was another run, %s after %s", again, run)
	}
	done := map[string]int{"first": 1, "second": 2, "each.0.turn": 1, "each.1.turn": 1}
	if again := check("the retry", p.up(t, "RUNNABLE_RETRY=1"), 0, done); again != run {
		t.Errorf("the retry was another run, %s after %s", again, run)
	}
	check("an up after the retry", p.up(t), 0, done)
	if other := check("another run", p.up(t, "RUN_ID=other"), 1, failed); other != "other" {
		t.Errorf("the run is %s", other)
	}
}

// Initial parameters come from the environment of up too; other ones make another run.
func (e *engine) parameters(t *testing.T) {
	t.Parallel()
	dir := definition(t, `
dag:
  steps:
    say: {type: task, command_type: shell, command: 'export y="$x and $word"', returns: [{name: y}]}
`)
	p := e.project(t, e.render(t, dir, e.base, nil, "pipeline.yaml", "--param", "x=1", "--param", "word=plain"), nil)
	text := func(v runs.Values) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	var ids []string
	for _, c := range []struct{ env, want string }{
		{"RUNNABLE_PRM_none=", `"y":"1 and plain"`},
		{"RUNNABLE_PRM_x=2", `"y":"2 and plain"`},
		{"RUNNABLE_PRM_word=it is", `"y":"1 and it is"`},
	} {
		code := p.up(t, c.env)
		run, _, got := p.attempts(t)
		if code != 0 || !strings.Contains(strings.ReplaceAll(text(got), `": `, `":`), c.want) {
			t.Errorf("%s: exit %d, %s\n%s", c.env, code, text(got), p.log)
		}
		ids = append(ids, run)
	}
	if ids[0] == ids[1] || ids[1] == ids[2] {
		t.Errorf("other parameters, and yet the same run: %v", ids)
	}
}

// Steps of one run are different users, none of whom owns what the others wrote, and hand files on.
func (e *engine) users(t *testing.T) {
	t.Parallel()
	dir := definition(t, `
dag:
  steps:
    root: {type: task, image: `+e.base+`, command_type: shell, command: "id -u > a.txt; umask", catalog: {put: [a.txt]}, next: user}
    user:
      type: task
      image: `+e.user+`
      command_type: shell
      command: 'cat a.txt; id -u > b.txt; [ "$(umask)" = 0022 ]; export who=$(id -u)'
      returns: [{name: who}]
      catalog: {get: [a.txt], put: [b.txt]}
      next: both
    both:
      type: parallel
      branches:
        one: {steps: {s: {type: task, image: `+e.user+`, command_type: shell, command: "cat a.txt b.txt", catalog: {get: ["*.txt"]}}}}
        two: {steps: {s: {type: task, image: `+e.base+`, command_type: python, command: os.getcwd, catalog: {get: ["*.txt"]}, returns: [{name: folder}]}}}
`)
	plan := e.render(t, dir, e.base, nil, "pipeline.yaml")
	p := e.project(t, plan, nil)
	if code := p.up(t); code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	st, run := p.facts(t)
	r, err := golden.Observe(t.Context(), st, run)
	if err != nil {
		t.Fatal(err)
	}
	if who := fmt.Sprint(r.Parameters["who"]); who != "1000" {
		t.Errorf("user was %s: %+v", who, r)
	}
}

// Secrets of compose 2 are files: neither the plan nor what the engine tells of a container holds them.
func (e *engine) secretFiles(t *testing.T) {
	t.Parallel()
	two := os.Getenv("COMPOSE2")
	if two == "" {
		t.Skip("COMPOSE2 names no docker-compose 2")
	}
	dir := definition(t, `
dag:
  steps:
    use: {type: task, command_type: shell, command: '[ "$PASSWORD" = "open  sesame" ]', secrets: [PASSWORD]}
`)
	p := e.project(t, e.render(t, dir, e.base, nil, "pipeline.yaml", "--compose-version", "2"), []string{"PASSWORD=open  sesame"})
	p.engine = &engine{compose: two, bin: e.bin}
	if code := p.up(t); code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	for _, service := range []string{"use", "result"} {
		if told := docker(t, "inspect", p.container(t, service)); strings.Contains(told, "sesame") {
			t.Errorf("docker inspect tells the secret to everyone: %s", service)
		}
	}
}

// One command renders, starts, follows and reports.
func (e *engine) runCommand(t *testing.T) {
	t.Parallel()
	dir := definition(t, `
dag:
  steps:
    first: {type: task, command_type: shell, command: "echo hello; export x=1", returns: [{name: x}], next: second}
    second: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ]'}
`)
	cmd := exec.CommandContext(t.Context(), filepath.Join(e.bin, "runnable-render"), "run", "--target", "compose", "--format", "json",
		"--image", e.base, "--runner-image", e.runner, "pipeline.yaml")
	cmd.Dir, cmd.Env = dir, append(clean(), "COMPOSE="+e.compose)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	var sum struct {
		Status string
		Steps  []struct{ Path, Status string }
	}
	if err := json.Unmarshal(stdout.Bytes(), &sum); err != nil || cmd.ProcessState.ExitCode() != 1 || sum.Status != "FAIL" || len(sum.Steps) != 2 {
		t.Fatalf("exit %d, %v\n%s\n%s", cmd.ProcessState.ExitCode(), err, stdout.Bytes(), stderr.Bytes())
	}
	for _, want := range []string{"first | hello", "first | done", "second | FAILED"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("the display lacks %q:\n%s", want, stderr.Bytes())
		}
	}
}

// The ML example, in an image with a real Python and the example's packages, finds the same best model as here.
func (e *engine) mlTraining(t *testing.T, results *table) {
	t.Parallel()
	example, err := filepath.Abs("../../examples/ml-training")
	if err != nil {
		t.Fatal(err)
	}
	image := "e2e.local/ml:1"
	if out, err := exec.CommandContext(t.Context(), "./mlimage", example, image).CombinedOutput(); err != nil {
		t.Fatalf("mlimage: %v\n%s", err, out)
	}
	args := []string{"pipeline.yaml", "-p", "parameters.yaml"}
	p := e.project(t, e.render(t, example, image, nil, args...), nil)
	started := time.Now()
	code := p.up(t)
	r := row{name: "examples/ml-training", seconds: time.Since(started).Seconds(), services: p.services(t)}
	defer func() { results.add(r) }()
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	st, run := p.facts(t)
	dir := filepath.Join(t.TempDir(), "ml-training")
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", example, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r.equal = e.sameTrace(t, dir, nil, args, st, run)
}
