//go:build e2e

package compose_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/runnable-render/runnable-render/e2e/compare"
)

// told is what a command of runnable-render came to.
type told struct {
	code   int
	stdout string
	stderr string
	RunID  string `json:"run_id"`
	Status string
	Steps  []struct {
		Path, Status string
		Attempts     int
		Kept         bool
	}
	Parameters map[string]any
	FailedLog  []string `json:"failed_log"`
	Commands   struct{ Retry string }
}

// command is a command of runnable-render in a folder, with this engine and this compose.
func (e *engine) command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(e.bin, "runnable-render"), args...)
	cmd.Dir, cmd.Env = dir, append(compare.Environ(), "COMPOSE="+e.compose)
	return cmd
}

// inCompose are the flags of a run on this engine.
func (e *engine) inCompose(image string) []string {
	return []string{"--target", "compose", "--image", image, "--runner-image", e.runner}
}

// tell runs a command to its end and reads the summary that it prints.
func tell(t *testing.T, cmd *exec.Cmd) told {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // its code is told
	s := told{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	if err := json.Unmarshal(stdout.Bytes(), &s); err != nil {
		t.Fatalf("%s: exit %d, %v\n%s\n%s", strings.Join(cmd.Args, " "), s.code, err, s.stdout, s.stderr)
	}
	return s
}

// attempts counts the attempts of each step.
func (s told) attempts() map[string]int {
	counts := map[string]int{}
	for _, step := range s.Steps {
		if step.Attempts > 0 {
			counts[step.Path] = step.Attempts
		}
	}
	return counts
}

const failsAtFirst = `
dag:
  steps:
    first: {type: task, command_type: shell, command: "echo hello; export x=1", returns: [{name: x}]}
    second: {type: task, command_type: shell, command: 'echo the reason; [ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ]'}
    third: {type: stub}
`

// Where no engine answers, that is said in one line, and not by what compose makes of it.
func (e *engine) noEngine(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "p.yaml"), []byte(failsAtFirst), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := e.command(t, dir, append([]string{"run", "p.yaml"}, e.inCompose("app")...)...)
	cmd.Env = append(cmd.Env, "DOCKER_HOST=unix://"+dir+"/no.sock")
	out, _ := cmd.CombinedOutput()
	want := " did not: the Docker engine cannot be reached at unix://" + dir + "/no.sock; start it, or name another one in DOCKER_HOST\n"
	if code := cmd.ProcessState.ExitCode(); code != 3 || !strings.Contains(string(out), want) || strings.Contains(string(out), "Traceback") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// One command renders, starts, follows and reports; the one that it prints goes on.
func (e *engine) runCommand(t *testing.T) {
	dir := definition(t, failsAtFirst)
	s := tell(t, e.command(t, dir, append([]string{"run", "pipeline.yaml", "--format", "json", "--run-id", "fails"}, e.inCompose(e.base)...)...))
	if want := map[string]int{"first": 1, "second": 1}; s.code != 1 || s.Status != "FAIL" || !cmp.Equal(want, s.attempts()) || !slices.Contains(s.FailedLog, "the reason") {
		t.Fatalf("exit %d, %+v", s.code, s)
	}
	for _, want := range []string{"first | hello", "first | done", "second | FAILED"} {
		if !strings.Contains(s.stderr, want) {
			t.Errorf("the display lacks %q:\n%s", want, s.stderr)
		}
	}
	again := e.command(t, dir, append([]string{"run", "pipeline.yaml", "--run-id", "fails"}, e.inCompose(e.base)...)...)
	if out, _ := again.CombinedOutput(); again.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "exists already") {
		t.Errorf("the same run again: exit %d\n%s", again.ProcessState.ExitCode(), out)
	}
	e.cannotBegin(t, dir, "fails")
	e.goOn(t, s.Commands.Retry, map[string]int{"first": 1, "second": 2, "third": 1})
	e.nothingLeft(t, "rr-fails")
}

// cannotBegin retries a run in an image that there is not: what compose says is shown, and the run can still go on.
func (e *engine) cannotBegin(t *testing.T, dir, run string) {
	t.Helper()
	cmd := e.command(t, dir, append([]string{"retry", run}, e.inCompose("e2e.local/no-such-image:1")...)...)
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 3 || !strings.Contains(string(out), "no-such-image") || !strings.Contains(string(out), "To continue:") {
		t.Errorf("in an image that there is not: exit %d\n%s", code, out)
	}
}

// goOn runs a command that another one printed, in another folder, and checks that it keeps the step first.
func (e *engine) goOn(t *testing.T, line string, want map[string]int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", line+" --format json")
	cmd.Dir, cmd.Env = t.TempDir(), append(compare.Environ(), "COMPOSE="+e.compose, "PATH="+e.bin+":"+os.Getenv("PATH"))
	s := tell(t, cmd)
	if s.code != 0 || s.Status != "SUCCESS" || !cmp.Equal(want, s.attempts()) {
		t.Errorf("%s: exit %d, %+v", line, s.code, s)
	}
	for _, step := range s.Steps {
		if step.Kept != (step.Path == "first") {
			t.Errorf("%s is kept: %v", step.Path, step.Kept)
		}
	}
}

// nothingLeft checks that a project has left nothing on the engine.
func (e *engine) nothingLeft(t *testing.T, project string) {
	t.Helper()
	for _, list := range []string{"ps -aq", "volume ls -q", "network ls -q"} {
		if out := docker(t, append(strings.Fields(list), "--filter", "label=com.docker.compose.project="+project)...); out != "" {
			t.Errorf("%s: %s", list, out)
		}
	}
}

// watched is a writer that says when a text has gone by.
type watched struct {
	sync.Mutex
	text   bytes.Buffer
	wanted string
	seen   chan struct{}
}

func (w *watched) Write(p []byte) (int, error) {
	w.Lock()
	defer w.Unlock()
	w.text.Write(p)
	if w.wanted != "" && bytes.Contains(w.text.Bytes(), []byte(w.wanted)) {
		w.wanted = ""
		close(w.seen)
	}
	return len(p), nil
}

// Ctrl-C stops the containers and removes them. The run is interrupted, and goes on by the command that is printed.
func (e *engine) interrupt(t *testing.T) {
	dir := definition(t, `
dag:
  steps:
    first: {type: stub}
    second: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ] || { echo begun; sleep 600; }'}
    third: {type: stub}
`)
	cmd := e.command(t, dir, append([]string{"run", "pipeline.yaml", "--run-id", "broken"}, e.inCompose(e.base)...)...)
	stderr := &watched{wanted: "second | begun", seen: make(chan struct{})}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	select {
	case <-stderr.seen:
	case <-ended:
		t.Fatalf("it ended before the step began\n%s", stderr.text.String())
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-ended
	said := stderr.text.String()
	_, line, _ := strings.Cut(said, "To continue:\n")
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(line, " retry broken ") {
		t.Fatalf("exit %d\n%s", code, said)
	}
	e.nothingLeft(t, "rr-broken")
	show := e.command(t, dir, "runs", "show", "broken", "--format", "json")
	if s := tell(t, show); s.Status != "INTERRUPTED" {
		t.Errorf("the run is %s", s.Status)
	}
	e.goOn(t, strings.TrimSpace(line), map[string]int{"first": 1, "second": 2, "third": 1})
}

// A run that failed here goes on in compose, also where steps are another user than the one whose store it is; and one
// that failed in compose goes on here.
func (e *engine) otherTarget(t *testing.T) {
	dir := definition(t, failsAtFirst)
	want := map[string]int{"first": 1, "second": 2, "third": 1}
	for _, c := range []struct {
		run         string
		begin, goOn []string
	}{
		{"from-here", nil, e.inCompose(e.user)},
		{"from-compose", e.inCompose(e.user), nil},
	} {
		begun := tell(t, e.command(t, dir, append([]string{"run", "pipeline.yaml", "--format", "json", "--run-id", c.run}, c.begin...)...))
		if begun.code != 1 {
			t.Fatalf("%s: exit %d, %s", c.run, begun.code, begun.stderr)
		}
		on := tell(t, e.command(t, dir, append([]string{"retry", c.run, "--format", "json"}, c.goOn...)...))
		if on.code != 0 || on.Status != "SUCCESS" || !cmp.Equal(want, on.attempts()) {
			t.Errorf("%s: exit %d, %+v", c.run, on.code, on)
		}
	}
}
