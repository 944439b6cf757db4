//go:build e2e

package compose_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/runs"
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

// The commands that the plan and its documentation name do what they say.
func (e *engine) status(t *testing.T) {
	for command, want := range map[string]int{"true": 0, "false": 1} {
		p := e.project(t, e.render(t, definition(t, `
dag:
  steps:
    only: {type: task, command_type: shell, command: "`+command+`"}
`), e.base, nil, "pipeline.yaml"), nil)
		check := func(want int, text string, args ...string) {
			t.Helper()
			cmd := p.command(t.Context(), nil, args...)
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != want || !strings.Contains(string(out), text) {
				t.Errorf("%s: %s ends with %d, want %d and %q\n%s", command, strings.Join(args, " "), code, want, text, out)
			}
		}
		summary := map[int]string{0: "SUCCESS", 1: "FAIL"}[want]
		check(want, summary, "run", "--rm", "result")
		check(0, "", "up", "--no-color")
		check(want, summary, "run", "--rm", "--no-deps", "result")
		check(0, "", "down", "--volumes")
		for _, left := range []string{"ps -aq", "volume ls -q", "network ls -q"} {
			if out := docker(t, append(strings.Fields(left), "--filter", "label=com.docker.compose.project="+p.name)...); out != "" {
				t.Errorf("%s after down --volumes: %s", left, out)
			}
		}
	}
}

// A container that is killed together with its runner makes nothing hang: up ends, and the next goes on.
func (e *engine) killed(t *testing.T) {
	p := e.project(t, e.render(t, definition(t, `
dag:
  steps:
    both:
      type: parallel
      branches:
        slow:
          steps:
            victim: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ] || { echo begun; sleep 600; }'}
            behind: {type: stub}
            further: {type: stub}
        free: {steps: {a: {type: stub}, b: {type: stub}}}
    last: {type: task, command_type: shell, command: "true"}
`), e.base, nil, "pipeline.yaml"), nil)
	up := p.command(t.Context(), nil, "up", "--no-color")
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = up.Wait(); close(ended) }()
	const victim = "both.slow.victim"
	if !p.says(t, victim, "begun", ended) {
		t.Fatal("up ended before the step began")
	}
	docker(t, "kill", p.container(t, victim))
	select {
	case <-ended:
	case <-time.After(5 * time.Minute):
		t.Fatal("up hangs although nothing more can run")
	}
	if e.version == "v1" { // version 2 starts nothing more
		p.recorded(t, "both.free.a", "both.free.b")
	}
	if code := p.up(t); code != 0 {
		t.Fatalf("the next up: exit %d\n%s", code, p.log)
	}
	want := map[string]int{"both.slow.victim": 1, "both.slow.behind": 1, "both.slow.further": 1, "both.free.a": 1, "both.free.b": 1, "last": 1}
	if _, got, _ := p.attempts(t); !cmp.Equal(want, got) {
		t.Errorf("records (-want +got):\n%s", cmp.Diff(want, got))
	}
}

// recorded checks that steps have records.
func (p *project) recorded(t *testing.T, paths ...string) {
	t.Helper()
	st, run := p.factsOf(t, "begin")
	for _, path := range paths {
		if rec, err := st.Latest(t.Context(), run, path); err != nil || rec == nil {
			t.Errorf("%s left no record: %v", path, err)
		}
	}
}

// says waits until a service's log holds a text; false: the channel was closed before.
func (p *project) says(t *testing.T, service, text string, ended <-chan struct{}) bool {
	t.Helper()
	for {
		out, _ := exec.CommandContext(context.WithoutCancel(t.Context()), "docker", "ps", "-q", "--filter", "label=com.docker.compose.project="+p.name, "--filter", "label=com.docker.compose.service="+service).Output()
		if id := strings.TrimSpace(string(out)); id != "" && strings.Contains(docker(t, "logs", id), text) {
			return true
		}
		select {
		case <-ended:
			return false
		case <-time.After(200 * time.Millisecond):
		}
	}
}
