//go:build e2e

package actions_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/golden"
)

// TestMutants runs a case by runners with planted defects, each of which must be seen.
func TestMutants(t *testing.T) {
	c := load(t, "../mutants/"+mutants.Visible)
	for _, m := range mutants.All() {
		t.Run(m.Name, func(t *testing.T) {
			runner, err := m.Build("../..", "runnable-step", t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			r := render(t, c, runner)
			if diff := r.differs(t, c, r.run(t, c, "workflow_dispatch")); diff == "" {
				t.Errorf("%s runs as expected although the engine has a defect", c.Name)
			}
		})
	}
}

// TestConditions: a workflow whose handler does not wait for the failure runs otherwise, which must be seen.
func TestConditions(t *testing.T) {
	t.Parallel()
	c := load(t, "../../golden/failure-handled")
	r := render(t, c, program("runnable-step"))
	if !r.edit(t, func(text string) string {
		return strings.ReplaceAll(text, "outcome == 'failure'", "outcome == 'never'")
	}) {
		t.Fatal("the workflow has no condition to break")
	}
	if diff := r.differs(t, c, r.run(t, c, "workflow_dispatch")); diff == "" {
		t.Error("the workflow runs as expected although its handler never starts")
	}
}

// TestShares: a map with more items than jobs, of which one fails, comes to the same.
func TestShares(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"map-item-fails", "map-items-hostile"} {
		t.Run(name, func(t *testing.T) {
			c := load(t, "../../golden/"+name)
			r := render(t, c, program("runnable-step"), "--config", configured(t, "map_jobs: 2"))
			if diff := r.differs(t, c, r.run(t, c, "workflow_dispatch")); diff != "" {
				t.Errorf("the run differs from expect.yaml (-want +got):\n%s\n%s", diff, r.log)
			}
			r.sameTrace(t, c)
		})
	}
}

// TestStarts: a run takes the parameters that it is given when somebody starts it, the defaults where a schedule does, and
// shows its result on the page of the workflow's run.
func TestStarts(t *testing.T) {
	t.Parallel()
	c := load(t, "testdata/starts")
	for _, s := range []struct {
		event string
		more  []string
		want  string
	}{
		{"workflow_dispatch", nil, `"1.10 en 5 false [1, 2] deep"`},
		{"workflow_dispatch", []string{"--input", "rate=2.50", "--input", "language=de", "--input", "digits=7", "--input", "fast=true", "--input", "Upper=x", "--input", `parameters={"Odd name": [3]}`}, `"2.50 de 7 true [3] x"`},
		{"schedule", nil, `"1.10 en 5 false [1, 2] deep"`},
	} {
		r := render(t, c, program("runnable-step"), "--config", configured(t, `schedule: "0 3 * * *"`))
		if code := r.run(t, c, s.event, s.more...); code != 0 {
			t.Fatalf("%d\n%s", code, r.log)
		}
		st, run := r.facts(t)
		got, err := golden.Observe(t.Context(), st, run)
		if err != nil {
			t.Fatal(err)
		}
		if saw := fmt.Sprintf("%v", got.Parameters["saw"]); saw != s.want {
			t.Errorf("%s %q: %s, want %s", s.event, s.more, saw, s.want)
		}
		if !strings.Contains(r.log, "SUCCESS") {
			t.Errorf("the result is not shown\n%s", r.log)
		}
	}
}

// TestFetch: jobs fetch the runner and run no other program than the one whose checksum was given.
func TestFetch(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(program("runnable-step"))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(text) }))
	defer s.Close()
	c := load(t, "../../golden/task-shell")
	for sum, want := range map[string]int{fmt.Sprintf("%x", sha256.Sum256(text)): 0, strings.Repeat("a", 64): 1} {
		r := render(t, c, "", "--config", configured(t, "runner_url: "+s.URL+"\n  runner_sha256: "+sum))
		if code := r.run(t, c, "workflow_dispatch"); code != want {
			t.Errorf("with the checksum %s the workflow ends with %d\n%s", sum, code, r.log)
		}
	}
}

// configured is a configuration with a section for the target.
func configured(t *testing.T, section string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("actions:\n  "+section+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func load(t *testing.T, dir string) *golden.Case {
	t.Helper()
	c, err := golden.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
