//go:build e2e

// Package slurm_test runs cases on a real Slurm, by the real command: each is rendered, submitted and followed by
// `runnable-render run --target slurm`, and its facts are read from the folder that the nodes share. It takes a Slurm as it is:
//
//	E2E_BIN      a folder with runnable-render and runnable-step
//	E2E_SLURM    the rig's program, which can kill a node
//	TMPDIR       a folder that the nodes share
package slurm_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// patience is how long a run may take.
const patience = 4 * time.Minute

func TestSlurm(t *testing.T) {
	for _, name := range []string{"E2E_BIN", "E2E_SLURM", "TMPDIR"} {
		if os.Getenv(name) == "" {
			t.Fatalf("%s is not set; e2e/slurm/run sets it", name)
		}
	}
	t.Setenv("PATH", os.Getenv("E2E_BIN")+":"+os.Getenv("PATH"))
	var cases []*golden.Case
	for _, root := range []string{"../../golden", "../mutants"} {
		found, err := golden.All(root)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, slices.DeleteFunc(found, func(c *golden.Case) bool { return !c.Runs("slurm") })...)
	}
	results := &compare.Table{Suite: "slurm", Counts: []string{"jobs"}}
	t.Cleanup(func() { fmt.Print("\n", results) })
	if os.Getenv("FULL") == "1" {
		t.Run("node", nodeDies) // alone: it ends whatever runs there
	}
	for name, test := range map[string]func(*testing.T){
		"submit": submit, "arrays": arrays, "settings": settings, "cancel-one": cancelOne, "cancel-run": cancelRun,
		"interrupt": interrupt, "retry": retry, "lost": lost,
		"mutants": func(t *testing.T) { checkMutants(t, cases) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
	t.Run("cases", func(t *testing.T) {
		t.Parallel()
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				check(t, c, results)
			})
		}
	})
}

// bench is a folder with a definition and a store, both shared by the nodes.
type bench struct {
	t          *testing.T
	dir, facts string
	id         string // of its run
	env        []string
}

// newBench makes one of a case's folder, or of a definition's text.
func newBench(t *testing.T, from fs.FS) *bench {
	t.Helper()
	b := &bench{t: t, id: fmt.Sprintf("t%d", time.Now().UnixNano()), dir: filepath.Join(t.TempDir(), "project"), facts: filepath.Join(t.TempDir(), "facts"), env: compare.Environ()}
	if err := os.CopyFS(b.dir, from); err != nil {
		t.Fatal(err)
	}
	return b
}

// written is a bench with one definition.
func written(t *testing.T, definition string) *bench {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte(definition), 0o600); err != nil {
		t.Fatal(err)
	}
	return newBench(t, os.DirFS(dir))
}

func (b *bench) command(args ...string) *exec.Cmd {
	ctx, stop := context.WithTimeout(b.t.Context(), patience)
	b.t.Cleanup(stop)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = b.dir, b.env
	return cmd
}

// call runs a command to its end and returns its exit code and what it said.
func (b *bench) call(args ...string) (code int, stdout, said string) {
	b.t.Helper()
	var out, errors bytes.Buffer
	cmd := b.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &errors
	if err := cmd.Run(); cmd.ProcessState == nil {
		b.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errors.String()
}

// want demands an exit code and a text, and returns what was printed.
func (b *bench) want(code int, text string, args ...string) string {
	b.t.Helper()
	got, out, said := b.call(args...)
	if got != code || !strings.Contains(out+said, text) {
		b.t.Fatalf("%s: exit %d, want %d with %q\n%s\n%s%s", strings.Join(args, " "), got, code, text, out, said, b.logs())
	}
	return out
}

// run starts a run on Slurm, or here.
func (b *bench) run(id string, args ...string) []string {
	return slices.Concat([]string{"runnable-render", "run", "--run-id", id, "--store", b.facts}, args)
}

func (b *bench) store() *store.Store {
	st, err := store.Open(b.t.Context(), b.facts)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = st.Close() })
	return st
}

func (b *bench) trace(id string) string {
	b.t.Helper()
	trace, err := runs.Trace(b.t.Context(), b.store(), id)
	if err != nil {
		b.t.Fatalf("%v\n%s", err, b.logs())
	}
	return trace
}

// logs are those of the jobs.
func (b *bench) logs() string {
	var all strings.Builder
	files, _ := filepath.Glob(filepath.Join(b.facts, "slurm", "*", "logs", "*"))
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && len(text) > 0 {
			fmt.Fprintf(&all, "-- %s\n%s", filepath.Base(f), text)
		}
	}
	return all.String()
}

// eventually waits until something is so.
func (b *bench) eventually(what string, is func() bool) {
	b.t.Helper()
	for began := time.Now(); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > patience {
			b.t.Fatalf("%s: not so after %s\n%s", what, patience, b.logs())
		}
	}
}

// jobs are the ids of a run's jobs by their names below the run.
func (b *bench) jobs(run string) map[string]string {
	_, out, _ := b.call("squeue", "--noheader", "--format=%A %j")
	jobs := map[string]string{}
	for line := range strings.Lines(out) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name, ours := strings.CutPrefix(name, run+"."); ours {
			jobs[name] = id
		}
	}
	return jobs
}

// statuses are those of the steps of a run.
func (b *bench) statuses(run string) map[string]string {
	b.t.Helper()
	r, err := golden.Observe(b.t.Context(), b.store(), run)
	if err != nil {
		b.t.Fatalf("%v\n%s", err, b.logs())
	}
	out := map[string]string{"run": string(r.Status)}
	for path, s := range r.Steps {
		out[path] = strings.TrimSpace(string(s.Status) + " " + string(s.Failure))
	}
	return out
}

// check runs one case on Slurm and here, and compares both with what is expected.
func check(t *testing.T, c *golden.Case, results *compare.Table) {
	b := newBench(t, os.DirFS(c.Dir))
	if most, asked := b.memory(), memoryOf(t, c); asked > most {
		t.Skipf("it asks for %d MB, and a node here has %d", asked, most)
	}
	b.env = slices.Concat(b.env, compare.Pairs(c.Expect.Env), compare.Pairs(c.Expect.Secrets))
	id := b.id
	r := compare.Row{Name: c.Name}
	defer func() { results.Add(r) }()
	began := time.Now()
	code, out, said := b.call(b.run(id, append([]string{"--target", "slurm"}, c.Args()...)...)...)
	r.Seconds = time.Since(began).Seconds()
	if text, err := os.ReadFile(filepath.Join(b.facts, "slurm", id, "jobs")); err == nil {
		r.Counts = []int{strings.Count(string(text), "\n")}
	}
	got, err := golden.Observe(t.Context(), b.store(), id)
	if err != nil {
		t.Fatalf("%v\n%s%s%s", err, out, said, b.logs())
	}
	if diff := c.Diff(got); diff != "" || code != c.Expect.Exit {
		t.Errorf("exit %d, want %d; the run differs from expect.yaml (-want +got):\n%s\n%s%s%s", code, c.Expect.Exit, diff, out, said, b.logs())
	}
	b.hides(c, out+said)
	r.Equal = compare.SameTrace(t, compare.CaseHere(t, os.Getenv("E2E_BIN"), c), b.store(), id) && !t.Failed()
}

// memory is what a node has, in MB.
func (b *bench) memory() int {
	b.t.Helper()
	_, out, _ := b.call("sinfo", "--noheader", "--format=%m")
	n, err := strconv.Atoi(strings.TrimRight(strings.Fields(out)[0], "+"))
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

var memory = regexp.MustCompile(`--mem=(\d+)M`)

// memoryOf is the most that a job of a case asks for, in MB. Slurm would keep a job for ever that no node has the memory for.
func memoryOf(t *testing.T, c *golden.Case) int {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(c.Dir, "slurm.sbatch"))
	if err != nil && !os.IsNotExist(err) { // mutants have no rendering
		t.Fatal(err)
	}
	most := 0
	for _, m := range memory.FindAllStringSubmatch(string(script), -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			most = max(most, n)
		}
	}
	return most
}

// hides checks that what is nowhere to be found is not in the store, the jobs and what the command printed.
func (b *bench) hides(c *golden.Case, printed string) {
	b.t.Helper()
	_, jobs, _ := b.call("scontrol", "show", "job")
	compare.Hides(b.t, c, map[string][]byte{"the output": []byte(printed), "the jobs": []byte(jobs)}, b.facts)
}

// success is the status of a run, for comparisons.
const success = string(engine.Success)
