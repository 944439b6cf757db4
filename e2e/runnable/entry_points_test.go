//go:build e2e

package runnable

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/testbuild"
)

// entryPointFiles are plugins of Runnable's, each of a group of entry points, and pipelines that need them.
var entryPointFiles = map[string]string{
	"plugins/more-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: more\nVersion: 1\n",
	"plugins/more-1.dist-info/entry_points.txt": `[run_log_store]
shelf = more:Logs
[catalog]
shelf = more:Files
[secrets]
vault = more:Vault
[job_executor]
printer = more:Printer
[nodes]
pause = more:Pause
[pickler]
plain = more:Plain
`,
	"plugins/more.py": `from extensions.catalog.file_system import FileSystemCatalog
from extensions.job_executor.local import LocalJobExecutor
from extensions.nodes.stub import StubNode
from extensions.run_log_store.file_system import FileSystemRunLogstore
from runnable.pickler import NativePickler
from runnable.secrets import BaseSecrets


class Logs(FileSystemRunLogstore):
    service_name: str = "shelf"
    log_folder: str = "shelf"


class Files(FileSystemCatalog):
    service_name: str = "shelf"
    catalog_location: str = "shelf"


class Vault(BaseSecrets):
    service_name: str = "vault"

    def get(self, name):
        return "0123456789"


class Printer(LocalJobExecutor):
    service_name: str = "printer"

    def submit_job(self, job, catalog_settings=None):
        super().submit_job(job, catalog_settings)
        print("printed from", job.command)


class Pause(StubNode):
    node_type: str = "pause"


class Plain(NativePickler):
    service_name: str = "plain"
`,
	"files.yaml":        "dag:\n  start_at: puts\n  steps:\n    puts: {type: task, command_type: shell, command: 'echo 5 > five.txt', catalog: {put: [five.txt]}, next: gets}\n    gets: {type: task, command_type: shell, command: 'export five=$(cat five.txt)', catalog: {get: [five.txt]}, returns: [{name: five}], next: success}\n",
	"secret.yaml":       "dag:\n  start_at: counts\n  steps:\n    counts: {type: task, command_type: shell, command: 'export digits=${#TOKEN}', secrets: [TOKEN], returns: [{name: digits}], next: success}\n",
	"pause.yaml":        "dag:\n  start_at: waits\n  steps:\n    waits: {type: pause, next: success}\n",
	"shelf-config.yaml": "run-log-store: {type: shelf}\ncatalog: {type: shelf}\n",
	"vault.yaml":        "secrets: {type: vault}\n",
	"job-printer.yaml":  "job-executor: {type: printer}\n",
	"plain.yaml":        "pickler: {type: plain}\n",
}

// TestEntryPoints does what the table of entry points says with both programs.
func TestEntryPoints(t *testing.T) {
	python, bin, own := interpreter(t), tool(t), testbuild.Program(t, "e2e/runnable/testdata/build")
	for _, row := range []struct {
		group, theirs, bin, ours string
		store                    string // of the run here
		logs                     string // the folder of the log there
		says                     string // here, where the group has no counterpart
	}{
		{group: "run_log_store and catalog", theirs: "runnable execute files.yaml first -c shelf-config.yaml", bin: own, ours: "run files.yaml --run-id first --store shelf://shelf", store: "shelf://shelf", logs: "shelf"},
		{group: "secrets", theirs: "runnable execute secret.yaml first -c vault.yaml", bin: own, ours: "run secret.yaml --run-id first"},
		{group: "nodes", theirs: "runnable execute pause.yaml first", bin: bin, ours: "run pause.yaml", says: `pause.yaml:4:19: error: unknown type "pause" of step "waits"`},
		{group: "pickler", theirs: "runnable execute files.yaml first -c plain.yaml", bin: bin, ours: "run files.yaml -c plain.yaml", says: `plain.yaml:1:17: error: pickler knows no type "plain"`},
	} {
		t.Run(row.group, func(t *testing.T) {
			t.Parallel()
			theirs, ours := newProject(t), newProject(t)
			for name, text := range entryPointFiles {
				for _, dir := range []string{theirs, ours} {
					file := filepath.Join(dir, name)
					if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
						t.Fatal(err)
					}
					write(t, file, text)
				}
			}
			m := moved{name: row.group, refuses: row.says != ""}
			m.do(t, theirs, filepath.Dir(python), []string{row.theirs})
			said := m.do(t, ours, row.bin, []string{row.ours})
			if row.logs == "" {
				row.logs = ".run_log_store"
			}
			want := loggedIn(t, filepath.Join(theirs, row.logs, "first.json"))
			if row.says != "" {
				if !strings.Contains(said, row.says) || want.Status != "SUCCESS" {
					t.Errorf("Runnable: %s; here:\n%s", want.Status, said)
				}
				return
			}
			show := []string{row.bin, "runs", "show", "first", "--format", "json"}
			if row.store != "" {
				show = append(show, "--store", row.store)
			}
			var sum summary
			call(t, ours, os.Environ(), &sum, show...)
			if diff := cmp.Diff(want, came{Status: sum.Status, Parameters: sum.Parameters}); diff != "" {
				t.Errorf("(-Runnable +this program):\n%s", diff)
			}
		})
	}
}

// A job's executor there is a target here.
func TestJobExecutorOfTheirOwn(t *testing.T) {
	t.Parallel()
	python, bin := interpreter(t), tool(t)
	theirs, ours := newProject(t), newProject(t)
	for name, text := range entryPointFiles {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(theirs, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(theirs, name), text)
	}
	there := moved{environ: []string{"RUNNABLE_CONFIGURATION_FILE=job-printer.yaml", "RUNNABLE_RUN_ID=first"}}
	for who, said := range map[string]string{
		"Runnable": there.do(t, theirs, filepath.Dir(python), []string{"python job.py"}), "this program": (&moved{}).do(t, ours, bin, []string{"job.py --target printer"}),
	} {
		if !strings.Contains(said, "printed from") {
			t.Errorf("%s:\n%s", who, said)
		}
	}
}
