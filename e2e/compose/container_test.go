//go:build e2e

package compose_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// containers are golden cases of every construct: the executor local-container drives the engine of a local run, which all
// cases hold, and starts the containers that compose starts.
var containers = []string{
	"catalog-between-steps", "catalog-folder-merge", "catalog-map-items", "chain-join-after-handler", "conditional-values", "failure-kinds",
	"loop-accumulates", "map-of-maps", "map-reducers-numbers", "needs-diamond", "parallel-merge", "python-returns", "retry-third-attempt", "secret-used",
}

// TestLocalContainer runs cases with each step in a container, and holds the traces against those of local runs.
func TestLocalContainer(t *testing.T) {
	all, err := golden.All("../../golden")
	if err != nil {
		t.Fatal(err)
	}
	cases := slices.DeleteFunc(all, func(c *golden.Case) bool { return !slices.Contains(containers, c.Name) })
	if len(cases) != len(containers) {
		t.Fatalf("%d cases of %d", len(cases), len(containers))
	}
	e := newEngine(t, cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			e.inContainers(t, c)
		})
	}
	t.Run("overrides", e.containerOverrides)
}

// configured writes a configuration that runs steps in containers.
func (e *engine) configured(t *testing.T, dir, image, more string) {
	t.Helper()
	text := "runner_image: " + e.runner + "\npipeline-executor: {type: local-container, config: {docker_image: '" + image + "'" + more + "}}\n"
	if err := os.WriteFile(filepath.Join(dir, "runnable-config.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (e *engine) inContainers(t *testing.T, c *golden.Case) {
	dir, plain := filepath.Join(t.TempDir(), c.Name), filepath.Join(t.TempDir(), c.Name)
	for _, d := range []string{dir, plain} {
		if err := os.CopyFS(d, os.DirFS(c.Dir)); err != nil {
			t.Fatal(err)
		}
	}
	e.configured(t, dir, e.cases[c.Name], "")
	traces := map[string]string{}
	for _, d := range []string{dir, plain} {
		cmd := e.command(t, d, append([]string{"run", "--run-id", "one"}, c.Args()...)...)
		cmd.Env = append(append(cmd.Env, compare.Pairs(c.Expect.Env)...), compare.Pairs(c.Expect.Secrets)...)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.Expect.Exit {
			t.Fatalf("exit %d, want %d\n%s", code, c.Expect.Exit, out)
		}
		st, err := store.Open(t.Context(), filepath.Join(d, ".runnable"))
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		if traces[d], err = runs.Trace(t.Context(), st, "one"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := gocmp.Diff(traces[plain], traces[dir]); diff != "" {
		t.Errorf("the trace differs from the local run's (-local +containers):\n%s", diff)
	}
}

// An override has its image and environment, or keeps its step here; a container that is killed fails its step; nothing is left
// of the containers but those that are kept.
func (e *engine) containerOverrides(t *testing.T) {
	dir := definition(t, `
dag:
  steps:
    plain: {type: task, command_type: shell, command: 'export a=$SITE h1=$(cat /etc/hostname)', returns: [{name: a}, {name: h1}]}
    big: {type: task, command_type: shell, command: 'export b=$SITE h2=$(cat /etc/hostname)', returns: [{name: b}, {name: h2}], overrides: {local-container: big}}
    here: {type: task, command_type: shell, command: 'export h3=$(cat /etc/hostname)', returns: [{name: h3}], overrides: {local-container: here}}
    gone: {type: task, command_type: shell, command: sleep 600, on_failure: rescue}
    rescue: {type: task, command_type: shell, command: 'export kind=$RUNNABLE_FAILURE_KIND', returns: [{name: kind}]}
`)
	e.configured(t, dir, e.base, ", environment: {SITE: one}, overrides: {big: {docker_image: '"+e.user+"', environment: {SITE: two}, auto_remove_container: false}, here: {run_in_local: true}}")
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		for t.Context().Err() == nil {
			id, _ := exec.Command("docker", "ps", "-q", "--filter", "label=runnable-render.run=overrides", "--filter", "label=runnable-render.step=gone").Output()
			if len(id) > 0 && exec.Command("docker", "kill", strings.TrimSpace(string(id))).Run() == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
	s := tell(t, e.command(t, dir, "run", "--run-id", "overrides", "--format", "json"))
	<-killed
	if s.code != 0 {
		t.Fatalf("exit %d\n%s", s.code, s.stderr)
	}
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	p := s.Parameters
	if p["a"] != "one" || p["b"] != "two" || p["h1"] == p["h2"] || p["h3"] != name || p["kind"] != "lost" {
		t.Errorf("%v, on %s", p, name)
	}
	left := strings.Fields(docker(t, "ps", "-aq", "--filter", "label=runnable-render.run=overrides"))
	if len(left) != 1 {
		t.Errorf("%d containers are left, want that of big", len(left))
	}
	docker(t, append([]string{"rm", "-f"}, left...)...)
}
