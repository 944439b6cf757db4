//go:build e2e

// Package airflow_test runs cases on a real Airflow: each is rendered by the real command, run as `airflow dags test` runs a DAG, and
// its facts are read from the store. It takes an Airflow as it is:
//
//	AIRFLOW_HOME    an Airflow whose database is made; its python and ruff are on PATH
//	E2E_BIN         a folder with runnable-render and runnable-step
package airflow_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// renderings are the golden DAGs.
func renderings(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../golden/*/airflow.py")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d renderings, %v", len(files), err)
	}
	return files
}

// TestLint holds every golden rendering against ruff's rules for Airflow, and for names that nothing defines.
func TestLint(t *testing.T) {
	t.Parallel()
	args := append([]string{"check", "--isolated", "--preview", "--no-cache", "--select", "AIR,E9,F401,F811,F821,I001"}, renderings(t)...)
	if out, err := exec.CommandContext(t.Context(), "ruff", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, tail(out))
	}
}

// TestImport: Airflow takes every golden rendering, `result` is its only leaf, and nothing but Airflow is imported at its top.
func TestImport(t *testing.T) {
	t.Parallel()
	w := newWorker(t)
	for _, file := range renderings(t) {
		if got := w.do(t, order{File: file, Import: true}); got.Error != "" || !slices.Equal(got.Leaves, []string{"result"}) {
			t.Errorf("%s: %s; the leaves are %v", file, got.Error, got.Leaves)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(text), "\nENV = ")
		for line := range strings.Lines(head) {
			if strings.Contains(line, "import ") && !strings.HasPrefix(line, "from airflow.") {
				t.Errorf("%s: %s", file, line)
			}
		}
	}
}

// TestAirflow runs cases on Airflow and here: the traces are equal, they are what is expected, and Airflow says of the run what
// its facts say. Runners with planted defects must be seen.
func TestAirflow(t *testing.T) {
	t.Parallel()
	workers := make(chan *worker, 2)
	for range cap(workers) {
		workers <- newWorker(t)
	}
	results := &compare.Table{Suite: "airflow", Counts: []string{"tasks"}, On: "by Airflow " + os.Getenv("E2E_AIRFLOW")}
	t.Run("mutants", func(t *testing.T) {
		for _, m := range mutants.All() {
			t.Run(m.Name, func(t *testing.T) {
				t.Parallel()
				checkMutant(t, m, workers)
			})
		}
	})
	t.Run("cases", func(t *testing.T) {
		t.Run("notebook", func(t *testing.T) {
			t.Parallel()
			check(t, notebook(t), workers, results)
		})
		for _, c := range cases(t, "../../golden") {
			if _, err := os.Stat(filepath.Join(c.Dir, "airflow.py")); err != nil {
				continue // airflow.err says why Airflow cannot run it
			}
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				check(t, c, workers, results)
			})
		}
	})
	fmt.Print("\n", results)
}

// notebook is the case with notebooks, with a Python that has papermill.
func notebook(t *testing.T) *golden.Case {
	t.Helper()
	python, err := testvenv.MakeBy("/usr/bin/python3", "venv-image-1", "papermill", "ipykernel")
	if err != nil {
		t.Fatal(err)
	}
	c, err := golden.Load("../notebooks/notebook")
	if err != nil {
		t.Fatal(err)
	}
	c.Expect.Env = map[string]string{"VIRTUAL_ENV": filepath.Dir(filepath.Dir(python))}
	return c
}

func cases(t *testing.T, root string) []*golden.Case {
	t.Helper()
	all, err := golden.All(root)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(c *golden.Case) bool { return !c.Runs("airflow") })
}

// run is a case that has run on Airflow.
type run struct {
	answer
	dir, facts string
	said       []byte
}

// start runs a case on Airflow, with the runner of a folder. Secrets are passwords of connections.
func start(t *testing.T, c *golden.Case, runner string, workers chan *worker) *run {
	t.Helper()
	r := &run{dir: filepath.Join(t.TempDir(), c.Name), facts: filepath.Join(t.TempDir(), "facts")}
	if err := os.CopyFS(r.dir, os.DirFS(c.Dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(r.dir, "airflow.py")); err != nil && !os.IsNotExist(err) { // another DAG of this id; and whoever imports airflow would get it
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(os.Getenv("E2E_BIN"), "runnable-render"), append(c.Args(), "--target", "airflow", "-o", "dag.py")...)
	cmd.Dir, cmd.Env = r.dir, compare.EnvironOf(c)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env := map[string]string{"AIRFLOW_VAR_RUNNABLE_STORE": "file://" + r.facts, "PATH": runner + ":" + os.Getenv("PATH")}
	if venv := c.Expect.Env["VIRTUAL_ENV"]; venv != "" {
		env["VIRTUAL_ENV"] = venv
	}
	for name, value := range c.Expect.Secrets {
		text, err := json.Marshal(map[string]string{"conn_type": "generic", "password": value})
		if err != nil {
			t.Fatal(err)
		}
		env["AIRFLOW_CONN_"+strings.ToUpper(name)] = string(text)
	}
	w := <-workers
	defer func() { workers <- w }()
	r.answer = w.do(t, order{File: filepath.Join(r.dir, "dag.py"), Env: env})
	r.said = w.said(t)
	if r.Error != "" {
		t.Fatalf("%s\n%s", r.Error, tail(r.said))
	}
	return r
}

// differs opens the store and names its run, and says in what the run is not what is expected of the case.
func (r *run) differs(t *testing.T, c *golden.Case) (st *store.Store, id, diff string) {
	t.Helper()
	st, err := store.Open(t.Context(), r.facts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	ids, err := st.Runs(t.Context())
	if err != nil || len(ids) != 1 {
		t.Fatalf("the store holds the runs %q, %v\n%s", ids, err, tail(r.said))
	}
	got, err := golden.Observe(t.Context(), st, ids[0])
	if err != nil {
		return st, ids[0], err.Error()
	}
	diff = c.Diff(got)
	if (r.State == "success") != (c.Expect.Exit == 0) {
		diff += fmt.Sprintf("the DAG run is %s, want the end of a command that exits with %d\n", r.State, c.Expect.Exit)
	}
	return st, ids[0], diff
}

// check runs one case on Airflow and here, and compares both with what is expected.
func check(t *testing.T, c *golden.Case, workers chan *worker, results *compare.Table) {
	line := compare.Row{Name: c.Name}
	defer func() { results.Add(line) }()
	began := time.Now()
	r := start(t, c, os.Getenv("E2E_BIN"), workers)
	line.Counts, line.Seconds = []int{len(r.Tasks)}, time.Since(began).Seconds()
	st, id, diff := r.differs(t, c)
	if diff != "" {
		t.Errorf("the run differs from expect.yaml (-want +got):\n%s\n%v\n%s", diff, r.Tasks, tail(r.said))
	}
	compare.Hides(t, c, map[string][]byte{"what Airflow printed": r.said}, r.facts)
	line.Equal = compare.SameTrace(t, compare.CaseHere(t, os.Getenv("E2E_BIN"), c), st, id) && !t.Failed()
}

// checkMutant runs a case by a runner with a planted defect, which must be seen.
func checkMutant(t *testing.T, m mutants.Mutant, workers chan *worker) {
	program, err := m.Build("../..", "runnable-step", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases(t, "../mutants") {
		if _, _, diff := start(t, c, filepath.Dir(program), workers).differs(t, c); diff == "" {
			t.Errorf("%s runs as expected although the engine has a defect", c.Name)
		}
	}
}

func tail(text []byte) string { return string(text[max(0, len(text)-6000):]) }
