//go:build e2e

package compose_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Plans that share a volume take turns where they share a group: one waits, one does not begin, one ends the other, which goes on later.
func (e *engine) turns(t *testing.T) {
	volume := "e2e-turns-" + e.version
	docker(t, "volume", "create", volume)
	t.Cleanup(func() { _ = exec.CommandContext(context.Background(), "docker", "volume", "rm", volume).Run() })
	override := filepath.Join(t.TempDir(), "override.yaml")
	if err := os.WriteFile(override, fmt.Appendf(nil, "volumes:\n  store: {name: %s, external: true}\n", volume), 0o644); err != nil {
		t.Fatal(err)
	}
	with := func(name, conflict, command string) *project {
		p := e.project(t, e.render(t, definition(t, fmt.Sprintf(`
dag:
  name: %s
  concurrency: {group: turns, on_conflict: %s}
  steps:
    work: {type: task, image: %s, command_type: shell, command: '%s'}
    more: {type: task, command_type: shell, command: echo done}
`, name, conflict, e.user, command)), e.base, nil, "pipeline.yaml"), nil)
		p.name, p.override = p.name+name, override
		return p
	}
	first := with("first", "wait", "echo begun; sleep 4")
	ended := first.begun(t, "begun")

	fails := with("fails", "fail", "echo begun")
	if out, err := fails.command(t.Context(), nil, "up", "--no-color").CombinedOutput(); err == nil && e.version == "v2" {
		t.Errorf("up ends with success although the run did not begin\n%s", out)
	}
	if said := docker(t, "logs", fails.container(t, "begin")); !strings.Contains(said, `does not begin (concurrency: on_conflict is fail); in the way: run `) {
		t.Errorf("begin says\n%s", said)
	}
	waits := with("waits", "wait", "echo begun")
	if code := waits.up(t); code != 0 {
		t.Fatalf("the run that waited: exit %d\n%s", code, waits.log)
	}
	<-ended
	if until, from := first.times(t); until.IsZero() {
		t.Error("the first run did not end")
	} else if _, next := waits.times(t); next.Before(until) {
		t.Errorf("the second run began at %s, and the first went on from %s to %s", next, from, until)
	}

	long := with("long", "wait", `[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ] || { echo begun; sleep 600; }`)
	ended = long.begun(t, "begun")
	cancels := with("cancels", "cancel", "echo begun")
	if code := cancels.up(t); code != 0 {
		t.Fatalf("the run that ended the other: exit %d\n%s", code, cancels.log)
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("the run that was to end goes on")
	}
	if said := docker(t, "logs", long.container(t, "work")); !strings.Contains(said, "(concurrency: on_conflict is cancel)") {
		t.Errorf("its step says\n%s", said)
	}
	if code := long.up(t); code != 0 {
		t.Errorf("it does not go on: exit %d\n%s", code, long.log)
	}
}

// begun starts a plan and waits until its step says so. The channel is closed when up has ended.
func (p *project) begun(t *testing.T, text string) <-chan struct{} {
	t.Helper()
	up := p.command(t.Context(), nil, "up", "--no-color")
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = up.Wait(); close(ended) }()
	if !p.says(t, "work", text, ended) {
		t.Fatal("up ended before the step began")
	}
	return ended
}

// times are when the steps of the plan's run ended and began.
func (p *project) times(t *testing.T) (until, from time.Time) {
	t.Helper()
	st, run := p.facts(t)
	records, err := st.ListRecords(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range records {
		if !rec.Status.OK() {
			t.Errorf("%s is %s", rec.Path, rec.Status)
		}
		if from.IsZero() || rec.Started.Before(from) {
			from = rec.Started
		}
		if rec.Ended.After(until) {
			until = rec.Ended
		}
	}
	return until, from
}
