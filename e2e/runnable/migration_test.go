//go:build e2e

package runnable

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// moved is a row of the tables in docs/migrating-from-runnable.md: the same done by Runnable and by this program.
type moved struct {
	name         string
	theirs, ours []string // the commands, one after the other, each a line of words
	environ      []string // of the last command
	prints       string   // what the last command of both prints; empty: the runs are compared
	writes       string   // a file that Runnable writes, as this program prints it
	refuses      bool     // the last command may end as it likes
}

// movedRows are the rows, in the tables' order.
var movedRows = []moved{
	{name: "execute", theirs: []string{"runnable execute pipeline.yaml first -p parameters.yaml --tag nightly"}, ours: []string{"run pipeline.yaml --run-id first -p parameters.yaml --tag nightly"}},
	{name: "execute with a configuration", theirs: []string{"runnable execute pipeline.yaml first -p parameters.yaml -c local.yaml"}, ours: []string{"run pipeline.yaml --run-id first -p parameters.yaml -c local.yaml"}},
	{name: "python FILE", theirs: []string{"python pipeline.py"}, ours: []string{"run pipeline.py"}, environ: []string{"RUNNABLE_RUN_ID=first"}},
	{name: "execute-job", theirs: []string{"python job.py"}, ours: []string{"run job.py"}, environ: []string{"RUNNABLE_RUN_ID=first"}},
	{
		name:    "retry",
		theirs:  []string{"runnable execute fails.yaml first", "runnable execute fails.yaml"},
		ours:    []string{"run fails.yaml --run-id first", "retry first -f fails.yaml"},
		environ: []string{"RUNNABLE_RETRY_RUN_ID=first"},
	},
	{
		name:    "retry by the variable",
		theirs:  []string{"runnable execute fails.yaml first", "runnable execute fails.yaml"},
		ours:    []string{"run fails.yaml --run-id first", "run fails.yaml"},
		environ: []string{"RUNNABLE_RETRY_RUN_ID=first"},
	},
	{
		name:   "timeline",
		theirs: []string{"runnable execute pipeline.yaml first -p parameters.yaml", "runnable timeline first --no-open"},
		ours:   []string{"run pipeline.yaml --run-id first -p parameters.yaml", "runs timeline first"},
		prints: "adds",
	},
	{name: "a definition in a subfolder", theirs: []string{"python flows/pipeline.py"}, ours: []string{"run flows/pipeline.py"}, environ: []string{"RUNNABLE_RUN_ID=first"}},
	{name: "functions of a package, in YAML", theirs: []string{"runnable execute flows/functions.yaml first -p parameters.yaml"}, ours: []string{"run flows/functions.yaml --run-id first -p parameters.yaml"}},
	{name: "relative imports", theirs: []string{"python -m package.flow"}, ours: []string{"run package/flow.py"}, environ: []string{"RUNNABLE_RUN_ID=first"}},
	{name: "executor emulator", theirs: []string{"runnable execute pipeline.yaml first -p parameters.yaml -c emulator.yaml"}, ours: []string{"run pipeline.yaml --run-id first -p parameters.yaml -c emulator.yaml"}},
	{name: "executor mocked", theirs: []string{"runnable execute pipeline.yaml first -p parameters.yaml -c mocked.yaml"}, ours: []string{"run pipeline.yaml --run-id first -p parameters.yaml -c mocked.yaml"}},
	{name: "executor argo", theirs: []string{"runnable execute pipeline.yaml first -p parameters.yaml -c argo.yaml"}, ours: []string{"pipeline.yaml -p parameters.yaml -c argo.yaml --target argo"}, writes: "argo-pipeline.yaml", prints: "kind: Workflow"},
	{name: "an executor of their own", theirs: []string{"runnable execute pipeline.yaml first -p parameters.yaml -c printer.yaml"}, ours: []string{"pipeline.yaml -p parameters.yaml --target printer"}, prints: "printed from adds"},
	{name: "a kind of task", theirs: []string{"runnable execute plugin.yaml first"}, ours: []string{"run plugin.yaml --run-id first"}},
}

// movedFiles are the project that they run in.
var movedFiles = map[string]string{
	"pipeline.yaml":        "dag:\n  start_at: adds\n  steps:\n    adds: {type: task, command_type: shell, command: 'export x=$((n + 1))', returns: [{name: x}], next: success}\n",
	"fails.yaml":           "dag:\n  start_at: first\n  steps:\n    first: {type: task, command_type: shell, command: 'export y=1', returns: [{name: y}], next: second}\n    second: {type: task, command_type: shell, command: 'test -e there', next: success}\n",
	"plugin.yaml":          "dag:\n  start_at: shouts\n  steps:\n    shouts: {type: task, command_type: shout, command: hello, returns: [{name: said}], next: success}\n",
	"parameters.yaml":      "n: 4\n",
	"local.yaml":           "pipeline-executor: {type: local, config: {enable_parallel: false}}\n",
	"emulator.yaml":        "pipeline-executor: {type: emulator}\n",
	"mocked.yaml":          "pipeline-executor: {type: mocked, config: {patches: {adds: {command: 'export x=7', returns: [{name: x}]}}}}\n",
	"argo.yaml":            "pipeline-executor: {type: argo, config: {defaults: {image: 'app:1'}, argo_workflow: {metadata: {generate_name: p-}, spec: {}}}}\n",
	"printer.yaml":         "pipeline-executor: {type: printer}\n",
	"pipeline.py":          definitionInPython,
	"flows/pipeline.py":    definitionInPython,
	"flows/functions.yaml": "dag:\n  start_at: adds\n  steps:\n    adds: {type: task, command: tools.numbers.add, returns: [{name: x}], next: success}\n",
	"tools/numbers.py":     "def add(n: int):\n    return n + 1\n",
	"package/__init__.py":  "",
	"package/numbers.py":   "def four():\n    return 4\n",
	"package/flow.py":      "from runnable import Pipeline, PythonTask\n\nfrom . import numbers\n\n\ndef more():\n    return numbers.four() + 1\n\n\ndef main():\n    pipeline = Pipeline(steps=[PythonTask(name=\"four\", function=numbers.four, returns=[\"four\"]), PythonTask(name=\"more\", function=more, returns=[\"more\"])])\n    pipeline.execute()\n    return pipeline\n\n\nif __name__ == \"__main__\":\n    main()\n",
	"job.py":               "from runnable import ShellJob\n\n\ndef main():\n    job = ShellJob(command=\"export z=3\", returns=[\"z\"])\n    job.execute()\n    return job\n\n\nif __name__ == \"__main__\":\n    main()\n",
	// Runnable finds a kind of task by an entry point, this program by a name on PATH.
	"plugins/shout-1.dist-info/METADATA":         "Metadata-Version: 2.1\nName: shout\nVersion: 1\n",
	"plugins/shout-1.dist-info/entry_points.txt": "[tasks]\nshout = shout:Shout\n[pipeline_executor]\nprinter = printer:Printer\n",
	"plugins/shout.py": `from runnable.tasks import ShellTaskType


class Shout(ShellTaskType):
    task_type: str = "shout"

    def execute_command(self, iter_variable=None):
        self.command = "export said=" + self.command.upper()
        return super().execute_command(iter_variable)
`,
	"plugins/printer.py": `from extensions.pipeline_executor.local import LocalExecutor


class Printer(LocalExecutor):
    service_name: str = "printer"

    def execute_graph(self, dag, iter_variable=None):
        print("printed from", dag.start_at)
`,
	"plugins/runnable-render-backend-printer": `#!/usr/bin/env python3
import json, sys
verb, answer = sys.argv[1], sys.argv[-1]
if verb == "runnable-describe":
    out = {"version": 1, "description": "prints"}
else:
    with open(sys.argv[2]) as request:
        out = {"version": 1, "files": {"printed": "printed from " + json.load(request)["pipeline"]["start_at"] + "\n"}}
with open(answer, "w") as f:
    json.dump(out, f)
`,
	"plugins/runnable-render-task-shout": `#!/usr/bin/env python3
import json, sys
verb, answer = sys.argv[1], sys.argv[-1]
if verb == "runnable-describe":
    out = {"version": 1, "description": "shouts"}
else:
    with open(sys.argv[2]) as request:
        out = {"version": 1, "returns": {"said": json.load(request)["command"].upper()}}
with open(answer, "w") as f:
    json.dump(out, f)
`,
}

const definitionInPython = `from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(steps=[ShellTask(name="adds", command="export x=$((n + 1))", returns=["x"])])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()
`

// TestMoved does what each row of the tables says with both programs.
func TestMoved(t *testing.T) {
	python, bin := interpreter(t), tool(t)
	for _, row := range movedRows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			theirs, ours := newProject(t), newProject(t)
			said := map[string]string{theirs: row.do(t, theirs, filepath.Dir(python), row.theirs), ours: row.do(t, ours, bin, row.ours)}
			if row.writes != "" {
				text, err := os.ReadFile(filepath.Join(theirs, row.writes))
				if err != nil {
					t.Fatal(err)
				}
				said[theirs] = string(text)
			}
			for who, text := range said {
				if row.prints != "" && !strings.Contains(text, row.prints) {
					t.Errorf("%s does not print %s:\n%s", who, row.prints, text)
				}
			}
			if row.prints != "" {
				return
			}
			var sum summary
			call(t, ours, os.Environ(), &sum, bin, "runs", "show", "first", "--format", "json")
			if diff := cmp.Diff(logged(t, theirs), came{Status: sum.Status, Parameters: sum.Parameters}); diff != "" {
				t.Errorf("(-Runnable +this program):\n%s", diff)
			}
		})
	}
}

// newProject is a folder with the files.
func newProject(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range movedFiles {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// do runs commands in a folder, and returns what the last one prints. Programs are in a folder, or all are one.
func (m moved) do(t *testing.T, dir, programs string, lines []string) string {
	t.Helper()
	var out []byte
	for i, line := range lines {
		words := strings.Fields(line)
		if st, err := os.Stat(programs); err == nil && st.IsDir() {
			words[0] = filepath.Join(programs, words[0])
		} else {
			words = append([]string{programs}, words...)
		}
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join(dir, "plugins"), "PATH="+filepath.Join(dir, "plugins")+string(filepath.ListSeparator)+os.Getenv("PATH"))
		if i == len(lines)-1 {
			cmd.Env = append(cmd.Env, m.environ...)
			if err := os.WriteFile(filepath.Join(dir, "there"), nil, 0o644); err != nil { // what fails.yaml waits for
				t.Fatal(err)
			}
		}
		var err error
		if out, err = cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != 1 && !m.refuses {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
	return string(out)
}

// logged is what Runnable's log says of the run first: how it ended, and with which parameters.
func logged(t *testing.T, dir string) came {
	t.Helper()
	return loggedIn(t, filepath.Join(dir, ".run_log_store", "first.json"))
}

// loggedIn is [logged] of a log in a file.
func loggedIn(t *testing.T, file string) came {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Status     string
		Parameters map[string]struct{ Value any }
		Job        *struct{ Status string }
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	got := came{Status: log.Status, Parameters: map[string]any{}}
	if log.Job != nil {
		got.Status = log.Job.Status
	}
	for name, p := range log.Parameters {
		got.Parameters[name] = p.Value
	}
	return got
}
