//go:build e2e

// Package actions_test runs cases as workflows of GitHub Actions: each is rendered by the real command, linted by actionlint
// with shellcheck, and run by nektos/act, whose jobs are processes of this machine.
//
//	ACTIONS_RIG     the program that runs a folder's workflow (run) and lints one (lint)
//	E2E_BIN         a folder with runnable-render and runnable-step
package actions_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/store"
)

func TestActions(t *testing.T) {
	all, err := golden.All("../../golden")
	if err != nil {
		t.Fatal(err)
	}
	cases := slices.DeleteFunc(all, func(c *golden.Case) bool { return !c.Runs("actions") || refused(c) })
	results := &compare.Table{Suite: "actions", On: "by act"}
	t.Run("cases", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				check(t, c, results)
			})
		}
	})
	fmt.Print("\n", results)
}

// refused reports whether a case has no workflow, as for a GPU on a machine that has none; its rendering says why.
func refused(c *golden.Case) bool {
	_, err := os.Stat(filepath.Join(c.Dir, "actions.yaml"))
	return os.IsNotExist(err)
}

// repository is a folder with a case and its workflow.
type repository struct {
	dir   string
	store string
	log   string // of the workflow
}

// render makes a repository of a case. More are further arguments of the command.
func render(t *testing.T, c *golden.Case, runner string, more ...string) *repository {
	t.Helper()
	r := &repository{dir: filepath.Join(t.TempDir(), c.Name), store: filepath.Join(t.TempDir(), "store")}
	if err := os.CopyFS(r.dir, os.DirFS(c.Dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(r.dir, ".github", "workflows"), 0o755); err != nil {
		t.Fatal(err)
	}
	args := slices.Concat([]string{"render"}, c.Args(), []string{"--target", "actions", "--runner-path", runner, "-o", ".github/workflows/case.yml"}, more)
	cmd := exec.CommandContext(t.Context(), program("runnable-render"), args...)
	cmd.Dir, cmd.Env = r.dir, compare.EnvironOf(c)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r.edit(t, func(text string) string { return container.ReplaceAllString(text, "") })
	return r
}

// container is what needs Docker, which act has not here: such jobs run on the machine itself.
var container = regexp.MustCompile(`(?m)^    container: .*\n`)

// edit changes the workflow, and returns whether that makes a difference.
func (r *repository) edit(t *testing.T, change func(string) string) bool {
	t.Helper()
	file := filepath.Join(r.dir, ".github/workflows/case.yml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(string(text))
	if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	return changed != string(text)
}

func program(name string) string { return filepath.Join(os.Getenv("E2E_BIN"), name) }

// TestLint holds every golden rendering against actionlint, which has shellcheck look at its scripts.
func TestLint(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../golden/*/actions.yaml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d renderings, %v", len(files), err)
	}
	if out, err := exec.CommandContext(t.Context(), os.Getenv("ACTIONS_RIG"), append([]string{"lint"}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// run runs the workflow as somebody who dispatches it, or as its schedule, and returns act's exit code.
func (r *repository) run(t *testing.T, c *golden.Case, event string, more ...string) int {
	t.Helper()
	args := append([]string{"run", r.dir, event, "--var", "RUNNABLE_STORE=file://" + r.store}, more...)
	for name, value := range c.Expect.Secrets {
		args = append(args, "-s", name+"="+value)
	}
	cmd := exec.CommandContext(t.Context(), os.Getenv("ACTIONS_RIG"), args...)
	cmd.Env = compare.Environ()
	out, err := cmd.CombinedOutput()
	r.log = string(out)
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	return cmd.ProcessState.ExitCode()
}

// facts opens the store and names its run.
func (r *repository) facts(t *testing.T) (*store.Store, string) {
	t.Helper()
	st, err := store.Open(t.Context(), r.store)
	if err != nil {
		t.Fatalf("%v\n%s", err, r.log)
	}
	t.Cleanup(func() { st.Close() })
	ids, err := st.Runs(t.Context())
	if err != nil || len(ids) != 1 {
		t.Fatalf("the store holds the runs %q, %v\n%s", ids, err, r.log)
	}
	return st, ids[0]
}

// differs compares a run with what is expected of the case, and the workflow's end with the run's.
func (r *repository) differs(t *testing.T, c *golden.Case, code int) string {
	t.Helper()
	st, run := r.facts(t)
	got, err := golden.Observe(t.Context(), st, run)
	if err != nil {
		return err.Error()
	}
	diff := c.Diff(got)
	if code != c.Expect.Exit {
		diff += fmt.Sprintf("the workflow ended with %d, want %d\n", code, c.Expect.Exit)
	}
	return diff
}

// check runs a case as a workflow and here, and compares both with what is expected.
func check(t *testing.T, c *golden.Case, results *compare.Table) {
	r := render(t, c, program("runnable-step"))
	started := time.Now()
	code := r.run(t, c, "workflow_dispatch")
	line := compare.Row{Name: c.Name, Seconds: time.Since(started).Seconds()}
	defer func() { results.Add(line) }()
	if diff := r.differs(t, c, code); diff != "" {
		t.Errorf("the run differs from expect.yaml (-want +got):\n%s\n%s", diff, r.log)
	}
	compare.Hides(t, c, map[string][]byte{"the output": []byte(r.log)}, r.store, filepath.Join(r.dir, ".github"))
	line.Equal = !t.Failed() && r.sameTrace(t, c)
}

// sameTrace runs the case here and compares the canonical traces.
func (r *repository) sameTrace(t *testing.T, c *golden.Case) bool {
	t.Helper()
	st, run := r.facts(t)
	return compare.SameTrace(t, compare.CaseHere(t, os.Getenv("E2E_BIN"), c), st, run)
}
