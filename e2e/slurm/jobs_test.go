//go:build e2e

package slurm_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/golden"
)

// slow has a step that goes on until it is stopped, a handler for it, and a last step.
const slow = `
dag:
  steps:
    wait: {type: task, command_type: shell, command: 'echo waiting; [ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ] || sleep 600', on_failure: mend, next: after}
    mend: {type: task, command_type: shell, command: 'export kind=$RUNNABLE_FAILURE_KIND', returns: [{name: kind}], next: after}
    after: {type: stub}
`

// A script that was rendered is submitted by hand, with parameters; the last job's status is the run's.
func submit(t *testing.T) {
	b := written(t, `
dag:
  parameters: {word: {type: str, default: none}}
  steps:
    say: {type: task, command_type: shell, command: 'export said="$word"; [ "$word" != bad ]', returns: [{name: said, kind: text}]}
`)
	b.want(0, "bash pipeline.sbatch submit", "runnable-render", "render", "pipeline.yaml", "--target", "slurm", "-o", "pipeline.sbatch")
	b.want(0, "up to date", "runnable-render", "render", "--check", "pipeline.sbatch")
	b.facts = filepath.Join(b.dir, ".runnable")
	b.want(2, "wort is not an initial parameter; there are:  word", "bash", "pipeline.sbatch", "submit", "wort=x")
	for _, one := range []struct{ value, status, state string }{{"it's 1.10", success, "COMPLETED"}, {"bad", "FAIL", "FAILED"}} {
		run := b.id + one.status
		last := strings.TrimSpace(b.want(0, "run "+run+": 2 jobs", "env", "RUN_ID="+run, "bash", "pipeline.sbatch", "submit", "word="+one.value))
		b.eventually("the last job", func() bool { return len(b.jobs(run)) == 0 })
		b.want(0, "JobState="+one.state, "scontrol", "show", "job", last)
		if got := b.statuses(run)["run"]; got != one.status {
			t.Errorf("%s: %s", one.value, got)
		}
		if one.status == success && !strings.Contains(b.trace(run), one.value) {
			t.Errorf("the value is not there:\n%s", b.trace(run))
		}
	}
	b.want(3, "belongs to another owner", "env", "RUN_ID="+b.id+success, "bash", "pipeline.sbatch", "submit")
	b.want(2, "is local to each node", "env", "RUNNABLE_STORE=/tmp/facts", "bash", "pipeline.sbatch", "submit")
	b.want(2, "is relative", "env", "RUNNABLE_STORE=facts", "bash", "pipeline.sbatch", "submit")
}

// A list that is longer than an array of Slurm may be is several of them, and of a map with a limit one after another.
func arrays(t *testing.T) {
	const items = 25 // MaxArraySize is 20 here
	for _, limit := range []string{"", "parallelism: 15, "} {
		b := written(t, `
dag:
  steps:
    list: {type: task, command_type: shell, command: 'export n="[$(seq -s , 0 24)]"', returns: [{name: n}]}
    each: {type: map, `+limit+`iterate_on: n, iterate_as: i, branch: {steps: {double: {type: task, command_type: shell, command: 'export d=$((2 * i))', returns: [{name: d}]}}}}
    last: {type: task, command_type: shell, command: 'export all="$d"', returns: [{name: all}]}
`)
		b.want(0, "SUCCESS", b.run(b.id, "pipeline.yaml", "--target", "slurm")...)
		b.want(0, "SUCCESS", b.run("here", "pipeline.yaml")...)
		if diff := cmp.Diff(b.trace("here"), b.trace(b.id)); diff != "" {
			t.Errorf("%s(-here +slurm):\n%s", limit, diff)
		}
		if got := strings.Count(b.trace(b.id), "each."); got < items {
			t.Errorf("%d of %d items", got, items)
		}
	}
}

// What a step asks for is what its job asks for, and settings of the step go before those of the configuration.
func settings(t *testing.T) {
	b := written(t, `
dag:
  steps:
    fit:
      type: task
      command_type: shell
      command: export cpus=$SLURM_CPUS_PER_TASK where=$SLURM_JOB_PARTITION made=$PREPARED
      returns: [{name: cpus}, {name: where, kind: text}, {name: made, kind: text}]
      resources: {cpu: 1500m, memory: 200Mi}
      targets: {slurm: {time: "00:30:00", options: [--nice=5]}}
    show:
      type: task
      command_type: shell
      command: export job="$(scontrol show job "$SLURM_JOB_ID" | grep -oE 'TimeLimit=[^ ]+|Requeue=.|MinMemoryNode=[^ ]+' | sort -u | paste -sd ' ')"
      returns: [{name: job, kind: text}]
      timeout: 90s
      retry: {limit: 2}
      resources: {memory: 1Gi}
`)
	config := "slurm:\n  partition: all\n  setup: export PREPARED=yes\n"
	if err := os.WriteFile(filepath.Join(b.dir, "runnable-config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	b.want(0, "SUCCESS", b.run(b.id, "pipeline.yaml", "--target", "slurm")...)
	trace := b.trace(b.id)
	for _, text := range []string{"cpus", `2`, "all", "yes", "TimeLimit=00:10:00", "MinMemoryNode=1G", "Requeue=0"} {
		if !strings.Contains(trace, text) {
			t.Errorf("%s is not in the trace:\n%s", text, trace)
		}
	}
}

// begun waits until a step has started, and returns the ids of the jobs.
func (b *bench) begun(run, path string) map[string]string {
	b.t.Helper()
	b.eventually(path+" runs", func() bool {
		starts, err := b.store().ListStarts(b.t.Context(), run)
		if err != nil {
			return false
		}
		for _, s := range starts {
			if s.Path == path {
				return true
			}
		}
		return false
	})
	return b.jobs(run)
}

// started starts a run on Slurm in the background.
func (b *bench) started(run string) *exec.Cmd {
	b.t.Helper()
	cmd := b.command(b.run(run, "pipeline.yaml", "--target", "slurm")...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	return cmd
}

func (b *bench) compare(run string, want map[string]string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.statuses(run)); diff != "" {
		b.t.Errorf("(-want +got):\n%s\n%s", diff, b.logs())
	}
}

// A job that is cancelled is a step that was killed; its handler runs, and so does the rest.
func cancelOne(t *testing.T) {
	b := written(t, slow)
	cmd := b.started(b.id)
	b.want(0, "", "scancel", b.begun(b.id, "wait")["wait"])
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, b.logs())
	}
	b.compare(b.id, map[string]string{"run": success, "wait": "FAIL killed", "mend": success, "after": success})
}

// A run that is cancelled is closed by its last job: nothing of it is left, and nothing starts any more.
func cancelRun(t *testing.T) {
	b := written(t, slow)
	b.want(0, "", "runnable-render", "render", "pipeline.yaml", "--target", "slurm", "-o", "pipeline.sbatch")
	b.facts = filepath.Join(b.dir, ".runnable")
	b.want(0, "", "env", "RUN_ID="+b.id, "bash", "pipeline.sbatch", "submit")
	b.begun(b.id, "wait")
	b.want(2, "going on", "runnable-render", "retry", b.id)
	b.want(0, "", "bash", "pipeline.sbatch", "cancel", b.id)
	b.eventually("the end of all jobs", func() bool { return len(b.jobs(b.id)) == 0 })
	b.compare(b.id, map[string]string{"run": "FAIL", "wait": "FAIL killed", "mend": "FAIL lost"})
}

// Ctrl-C cancels the jobs of the run and no others; the run is interrupted, and a retry continues it.
func interrupt(t *testing.T) {
	b := written(t, slow)
	other := strings.TrimSpace(b.want(0, "", "sbatch", "--parsable", "--output=/dev/null", "--job-name=other", "--wrap=sleep 300"))
	defer b.call("scancel", other)
	cmd := b.started(b.id)
	b.begun(b.id, "wait")
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 130 {
		t.Errorf("exit %d", cmd.ProcessState.ExitCode())
	}
	if left := b.jobs(b.id); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	b.want(0, "RUNNING", "squeue", "--noheader", "--format=%T", "--jobs="+other)
	b.want(0, "INTERRUPTED", "runnable-render", "runs", "list", "--store", b.facts)
	b.want(0, "SUCCESS", "runnable-render", "retry", b.id, "--store", b.facts, "--target", "slurm")
	b.compare(b.id, map[string]string{"run": success, "wait": success, "after": success})
}

// A run that failed here goes on there: what succeeded is kept.
func retry(t *testing.T) {
	b := written(t, `
dag:
  steps:
    once: {type: task, command_type: shell, command: 'export x=1', returns: [{name: x}]}
    flaky: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ]'}
`)
	b.want(1, "flaky", b.run(b.id, "pipeline.yaml")...)
	b.want(0, "SUCCESS", "runnable-render", "retry", b.id, "--store", b.facts, "--target", "slurm")
	b.want(1, "flaky", b.run(b.id+"s", "pipeline.yaml", "--target", "slurm")...)
	b.want(0, "SUCCESS", "runnable-render", "retry", b.id+"s", "--store", b.facts, "--target", "slurm")
	b.want(1, "flaky", b.run(b.id+"u", "pipeline.yaml", "--target", "slurm")...)
	b.want(0, "SUCCESS", "runnable-render", "retry", b.id+"u", "--store", b.facts)
	if a, c := b.trace(b.id), b.trace(b.id+"s"); a != c || a != b.trace(b.id+"u") {
		t.Errorf("the traces differ:\n%s", cmp.Diff(a, c))
	}
}

// Jobs that never run are steps that are lost, also where a job was to submit them; handlers run, whatever they are.
func lost(t *testing.T) {
	b := written(t, `
dag:
  steps:
    wait: {type: task, command_type: shell, command: 'until [ -e "$GO" ]; do sleep 0.2; done'}
    list: {type: task, command_type: shell, command: 'exit 3', on_failure: mend, next: each}
    mend:
      type: parallel
      next: each
      branches: {only: {steps: {every: {type: map, iterate_on: two, iterate_as: j, branch: {steps: {tell: {type: stub}}}}}}}
    each:
      type: map
      iterate_on: two
      iterate_as: i
      on_failure: end
      branch: {steps: {a: {type: stub}, b: {type: stub}}}
    end: {type: stub}
`)
	b.env = append(b.env, "GO="+filepath.Join(b.dir, "go"))
	cmd := b.command(b.run(b.id, "pipeline.yaml", "--target", "slurm", "--param", "two=[1, 2]")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	jobs := b.begun(b.id, "wait")
	b.want(0, "", "scontrol", "hold", jobs["list"]+","+jobs["each+"])
	if err := os.WriteFile(filepath.Join(b.dir, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.eventually("the first step is done", func() bool { return b.jobs(b.id)["wait"] == "" })
	b.want(0, "", "scancel", jobs["list"])
	b.eventually("the handler is done", func() bool { return b.jobs(b.id)["mend.only.every"] == "" })
	b.want(0, "", "scancel", jobs["each+"])
	_ = cmd.Wait()
	b.compare(b.id, map[string]string{
		"run": success, "wait": success, "list": "FAIL lost", "mend": success, "mend.only.every": success,
		"mend.only.every.0.tell": success, "mend.only.every.1.tell": success,
		"each": "FAIL", "each.0.a": "FAIL lost", "each.1.a": "FAIL lost", "end": success,
	})
}

// A node that dies takes its steps with it: they are lost, and handlers run elsewhere.
func nodeDies(t *testing.T) {
	b := written(t, strings.Replace(slow, "on_failure: mend", "targets: {slurm: {options: [--nodelist=n2]}}, on_failure: mend", 1))
	cmd := b.started(b.id)
	b.begun(b.id, "wait")
	b.want(0, "", os.Getenv("E2E_SLURM"), "kill-node", "n2")
	defer b.call(os.Getenv("E2E_SLURM"), "start-node", "n2")
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, b.logs())
	}
	b.compare(b.id, map[string]string{"run": success, "wait": "FAIL lost", "mend": success, "after": success})
}

// checkMutants runs a case by runners with planted defects, each of which must be seen.
func checkMutants(t *testing.T, cases []*golden.Case) {
	var one *golden.Case
	for _, c := range cases {
		if c.Name == mutants.Visible {
			one = c
		}
	}
	for _, m := range mutants.All() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			program, err := m.Build("../..", "runnable-step", t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			b := newBench(t, os.DirFS(one.Dir))
			b.env = append(b.env, "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"))
			code, _, _ := b.call(b.run(b.id, append([]string{"--target", "slurm"}, one.Args()...)...)...)
			got, err := golden.Observe(t.Context(), b.store(), b.id)
			if err == nil && one.Diff(got) == "" && code == one.Expect.Exit {
				t.Errorf("%s runs as expected although the engine has a defect", one.Name)
			}
		})
	}
}
