//go:build e2e

package runnable

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/runnable-render/runnable-render/internal/testbuild"
)

const podsPipeline = `dag:
  start_at: lists
  steps:
    lists: {type: task, command_type: shell, command: "export xs='[1, 2]'", returns: [{name: xs}], next: each}
    each:
      type: map
      iterate_on: xs
      iterate_as: x
      next: last
      branch:
        start_at: twice
        steps:
          twice: {type: task, command_type: shell, command: 'export y=$((x * 2))', returns: [{name: y}], next: success}
    last: {type: task, command_type: shell, command: 'export z="$y"', returns: [{name: z}], next: success}
`

// TestCommandsOfPods runs a pipeline as the pods of a workflow do, each command in a process of its own: Runnable's by
// execute-single-node and fan, ours by runnable-step.
func TestCommandsOfPods(t *testing.T) {
	t.Parallel()
	python := interpreter(t)
	theirs, ours := newProject(t), newProject(t)
	for _, dir := range []string{theirs, ours} {
		write(t, filepath.Join(dir, "pods.yaml"), podsPipeline)
	}

	run := fmt.Sprintf("pods-%d", os.Getpid()) // Runnable keeps the logs of pods in /tmp, whatever the configuration says
	log := filepath.Join("/tmp/run_logs", run+".json")
	t.Cleanup(func() { os.Remove(log); os.RemoveAll(filepath.Join("/tmp/catalog", run)) })
	runnable := func(words ...string) {
		cmd := exec.Command(filepath.Join(filepath.Dir(python), "runnable"), append(words, "-c", "argo.yaml")...)
		cmd.Dir = theirs
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", words, err, out)
		}
	}
	item := func(x int, step string) {
		runnable("execute-single-node", run, "pods.yaml", "each.map_variable_placeholder."+step, "--iter-variable", fmt.Sprintf(`{"map_variable": {"x": {"value": %d}}}`, x))
	}
	runnable("execute-single-node", run, "pods.yaml", "lists")
	runnable("fan", run, "each", "pods.yaml", "out")
	for x := 1; x <= 2; x++ {
		item(x, "twice")
		item(x, "success")
	}
	runnable("fan", run, "each", "pods.yaml", "in")
	runnable("execute-single-node", run, "pods.yaml", "last")
	runnable("execute-single-node", run, "pods.yaml", "success")

	bin, step := tool(t), testbuild.Program(t, "cmd/runnable-step")
	environ := append(os.Environ(), "RUNNABLE_DEFINITION="+definitionOf(t, bin, ours), "RUNNABLE_RUN_ID=first", "RUNNABLE_STORE=file://"+filepath.Join(ours, ".runnable"),
		"RUNNABLE_TARGET=argo", "RUNNABLE_CAPABILITIES=exit=code attempts=one begin=target control=none")
	here := func(words ...string) string {
		cmd := exec.Command(step, words...)
		cmd.Dir, cmd.Env = ours, environ
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", words, err, out)
		}
		return string(out)
	}
	here("run", "lists")
	here("control", "each", "--out", filepath.Join(ours, "control"))
	if n, err := os.ReadFile(filepath.Join(ours, "control")); err != nil || string(n) != "2" {
		t.Errorf("control each says %q: %v", n, err)
	}
	for _, path := range []string{"each.0.twice", "each.1.twice"} {
		here("run", path)
	}
	here("reduce", "each")
	here("run", "last")
	here("close", "--status", "Succeeded")

	var sum summary
	call(t, ours, os.Environ(), &sum, bin, "runs", "show", "first", "--format", "json")
	if diff := cmp.Diff(loggedIn(t, log), came{Status: sum.Status, Parameters: sum.Parameters}); diff != "" {
		t.Errorf("(-Runnable +this program):\n%s", diff)
	}
}

// definitionOf is the definition as a pod gets it.
func definitionOf(t *testing.T, bin, dir string) string {
	t.Helper()
	cmd := exec.Command(bin, "pods.yaml", "--target", "kubernetes", "--image", "app:1")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var job struct {
		Spec struct {
			Template struct {
				Spec struct {
					Containers []struct {
						Env []struct{ Name, Value string }
					}
				}
			}
		}
	}
	documents := strings.Split(string(out), "\n---\n")
	text, err := yaml.YAMLToJSON([]byte(documents[len(documents)-1]))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &job); err != nil {
		t.Fatal(err)
	}
	for _, v := range job.Spec.Template.Spec.Containers[0].Env {
		if v.Name == "RUNNABLE_DEFINITION" {
			return strings.ReplaceAll(v.Value, "$$", "$") // Kubernetes' escape
		}
	}
	t.Fatal("there is no definition in the manifest")
	return ""
}
