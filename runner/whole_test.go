package runner_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/runner"
)

// The whole pipeline runs in one call, keeps what has succeeded when it is called again, and ends with the run's status.
func TestWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	call := func(definition string) (int, string) {
		var out bytes.Buffer
		code := runner.Main(runner.Options{}, []string{"whole"}, []string{
			"PATH=/usr/bin:/bin", "RUNNABLE_TARGET=kubernetes", "RUNNABLE_CAPABILITIES=exit=code attempts=all begin=target control=none parameters=plain",
			"RUNNABLE_STORE=file://" + dir, "RUNNABLE_RUN_ID=job-uid", "RUNNABLE_OWNER=uid", "RUNNABLE_PARAMETERS={\"n\": 2}", "RUNNABLE_DEFINITION=" + definition,
		}, &out, &out)
		return code, out.String()
	}
	const definition = `{"runnable_ir":1,"name":"p","start_at":"a","steps":[
{"type":"task","name":"a","next":"b","command_type":"shell","command":"export x=$((n + 1))","returns":[{"name":"x"}]},
{"type":"task","name":"b","next":"success","command_type":"shell","command":"[ $x = 3 ] && [ \"$RUNNABLE_STEP_ATTEMPT\" -gt 1 ]"}
]}`
	code, out := call(definition)
	if code != runner.ExitFailed || !strings.Contains(out, "FAIL") {
		t.Fatalf("%d\n%s", code, out)
	}
	code, out = call(definition)
	if code != runner.ExitOK || !strings.Contains(out, "SUCCESS") {
		t.Fatalf("%d\n%s", code, out)
	}
}

// No more steps run at a time than the target says, and a number that is none is an error before anything runs.
func TestWorkers(t *testing.T) {
	t.Parallel()
	const definition = `{"runnable_ir":1,"name":"p","steps":[
{"type":"task","name":"a","needs":[],"command_type":"shell","command":"mkdir $LOCK && sleep 0.1 && rmdir $LOCK"},
{"type":"task","name":"b","needs":[],"command_type":"shell","command":"mkdir $LOCK && sleep 0.1 && rmdir $LOCK"},
{"type":"task","name":"c","needs":[],"command_type":"shell","command":"mkdir $LOCK && sleep 0.1 && rmdir $LOCK"}
]}`
	call := func(workers string) (int, string) {
		var out bytes.Buffer
		dir := t.TempDir()
		code := runner.Main(runner.Options{}, []string{"subtree", "-"}, []string{
			"PATH=/usr/bin:/bin", "RUNNABLE_TARGET=argo", "RUNNABLE_STORE=file://" + dir, "RUNNABLE_RUN_ID=r", "RUNNABLE_OWNER=uid",
			"RUNNABLE_DEFINITION=" + definition, "RUNNABLE_WORKERS=" + workers, "LOCK=" + dir + "/lock",
		}, &out, &out)
		return code, out.String()
	}
	if code, out := call("1"); code != runner.ExitOK {
		t.Errorf("%d\n%s", code, out)
	}
	for _, bad := range []string{"0", "many", "-1"} {
		if code, out := call(bad); code != runner.ExitEnvironment || !strings.Contains(out, "RUNNABLE_WORKERS must be a number") || strings.Contains(out, "started") {
			t.Errorf("%s: %d\n%s", bad, code, out)
		}
	}
}

// A run that was cut off goes on where it was: a step whose failure was recorded, and that its handler answers for, does not run
// again because another pod takes over.
func TestWholeGoesOnAfterAHandledFailure(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "exit=code attempts=all begin=target control=none", `
name: p
dag:
  steps:
    a: {type: task, command_type: shell, command: 'echo a >>$TOLD; exit 1', on_failure: h}
    h: {type: task, command_type: shell, command: 'echo h >>$TOLD', next: b}
    b: {type: task, command_type: shell, command: 'echo b >>$TOLD'}
`)
	told := "TOLD=" + filepath.Join(e.dir, "told")
	e.call(runner.ExitFailed, []string{told}, "run", "a")
	e.call(runner.ExitOK, []string{told}, "whole")
	e.file(filepath.Join(e.dir, "told"), "a\nh\nb\n")
}

// A pipeline that limits its runs does not begin beside another one, and does when that has ended.
func TestWholeWaitsItsTurn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const definition = `{"runnable_ir":1,"name":"p","concurrency":{"limit":1,"on_conflict":"fail"},"start_at":"a","steps":[
{"type":"task","name":"a","next":"success","command_type":"shell","command":"echo ran"}
]}`
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	held, err := s.Lease(t.Context(), store.LeaseOptions{Run: "other", Pipeline: "p", Group: "p", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	call := func() (int, string) {
		var out bytes.Buffer
		code := runner.Main(runner.Options{}, []string{"whole"}, []string{
			"PATH=/usr/bin:/bin", "RUNNABLE_TARGET=kubernetes", "RUNNABLE_CAPABILITIES=exit=code attempts=all begin=target control=none parameters=plain",
			"RUNNABLE_STORE=file://" + dir, "RUNNABLE_RUN_ID=job-uid", "RUNNABLE_OWNER=uid", "RUNNABLE_DEFINITION=" + definition,
		}, &out, &out)
		return code, out.String()
	}
	if code, out := call(); code != runner.ExitFailed || !strings.Contains(out, `in the way: run other of "p"`) || strings.Contains(out, "ran") {
		t.Errorf("%d\n%s", code, out)
	}
	if err := held.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, out := call(); code != runner.ExitOK || !strings.Contains(out, "SUCCESS") {
		t.Errorf("%d\n%s", code, out)
	}
}
