package runner_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/runner"
)

// hooked is a pipeline whose step succeeds the second time, and whose hooks write to a file what they saw.
func hooked(file string) string {
	return `
dag:
  name: p
  on_success: [echo "$RUNNABLE_STATUS of $RUNNABLE_PIPELINE" >> ` + file + `]
  on_failure: [echo "$RUNNABLE_STATUS at $RUNNABLE_FAILED_STEP" >> ` + file + `, exit 3]
  steps:
    work: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ]'}
`
}

// lines are those of a file, none where it is not there.
func lines(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// In compose the service hooks ends the run, once for each time that it comes to its end; result, before that, ends
// nothing.
func TestComposeHooks(t *testing.T) {
	t.Parallel()
	seen := filepath.Join(t.TempDir(), "seen")
	p := newPlan(t, hooked(seen))
	up := func(what string, want int, env ...string) {
		t.Helper()
		for _, args := range [][]string{{"begin"}, {"run", "work"}, {"hooks"}} {
			if code, said := p.start(env, args...); code != 0 {
				t.Fatalf("%s: %v: %d\n%s", what, args, code, said)
			}
		}
		if code, said := p.start(env, "result"); code != want {
			t.Errorf("%s: result ended with %d, want %d\n%s", what, code, want, said)
		}
	}
	if code, said := p.start(nil, "begin"); code != 0 {
		t.Fatal(said)
	}
	if code, said := p.start(nil, "result"); code != runner.ExitFailed || !strings.Contains(said, "RUNNING") {
		t.Errorf("result before the end: %d\n%s", code, said)
	}
	up("up", runner.ExitFailed)
	failed := []string{"FAIL at work"}
	if diff := cmp.Diff(failed, lines(t, seen)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	up("up again", runner.ExitFailed)
	if diff := cmp.Diff(failed, lines(t, seen)); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	if _, said := p.start(nil, "result"); !strings.Contains(said, "on_failure 2 (command)") {
		t.Errorf("result does not tell of the hook that failed:\n%s", said)
	}
	up("retry", runner.ExitOK, "RUNNABLE_RETRY=1")
	if diff := cmp.Diff(append(failed, "SUCCESS of p"), lines(t, seen)); diff != "" {
		t.Errorf("after the retry (-want +got):\n%s", diff)
	}
}

// On Argo a run that has ended is reopened when its workflow is retried, and ends anew.
func TestArgoHooks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seen, facts := filepath.Join(dir, "seen"), filepath.Join(dir, "facts")
	p := newPlan(t, hooked(seen))
	pod := func(want int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		env := []string{
			"PATH=" + os.Getenv("PATH"), "RUNNABLE_TARGET=argo", "RUNNABLE_STORE=" + facts, "RUNNABLE_RUN_ID=r", "RUNNABLE_OWNER=uid", "RUNNABLE_DEFINITION=" + p.definition,
		}
		args = append(args, "--out", filepath.Join(dir, "control"))
		if code := runner.Main(runner.Options{}, args, env, &out, &out); code != want {
			t.Fatalf("%v: %d, want %d\n%s", args, code, want, out.String())
		}
	}
	check := func(status string, want ...bool) {
		t.Helper()
		st, err := store.Open(t.Context(), facts)
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		end, err := st.End(t.Context(), "r")
		if err != nil {
			t.Fatal(err)
		}
		if status == "" {
			if end != nil {
				t.Errorf("the run has ended: %+v", end)
			}
			return
		}
		var got []bool
		for _, h := range end.Hooks {
			got = append(got, h.OK)
		}
		if diff := cmp.Diff(want, got); diff != "" || string(end.Status) != status {
			t.Errorf("%+v, want %s (-want +got):\n%s", end, status, diff)
		}
	}
	pod(runner.ExitFailed, "run", "work")
	check("")
	pod(runner.ExitOK, "close", "--status", "Failed")
	check("FAIL")
	pod(runner.ExitOK, "hooks", "--status", "Failed")
	check("FAIL", true, false)
	pod(runner.ExitOK, "run", "work")
	check("")
	pod(runner.ExitOK, "hooks", "--status", "Succeeded")
	check("SUCCESS", true)
	if diff := cmp.Diff([]string{"FAIL at work", "SUCCESS of p"}, lines(t, seen)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
