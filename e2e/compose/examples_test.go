//go:build e2e

package compose_test

import (
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// example runs an example on the engine, where it must succeed, and returns its line of the table.
func (e *engine) example(t *testing.T, dir, image string, args ...string) (*project, compare.Row) {
	t.Helper()
	p := e.project(t, e.render(t, dir, image, nil, args...), nil)
	started := time.Now()
	code := p.up(t)
	r := e.row("examples/"+filepath.Base(dir), started, p.services(t))
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	return p, r
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func run(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// The ETL in Go, in an image of its static program and the data alone.
func (e *engine) goETL(t *testing.T, results *compare.Table) {
	dir, here := absolute(t, "../../examples/go-etl"), t.TempDir()
	p, r := e.example(t, dir, e.etl, ".")
	defer func() { results.Add(r) }()
	run(t, "cp", "-a", filepath.Join(dir, "data"), here)
	r.Equal = e.sameTrace(t, p, here, nil, []string{dir, "--workdir", here})
}

// pythonImages are the images with a real Python and packages from PyPI, each made and loaded when a test first asks.
type pythonImages struct {
	notebooks func() (notebooks, error)
	training  func() (training, error)
}

type notebooks struct {
	image string
	venv  string // of the image, which is this machine's too
	one   *golden.Case
}

type training struct{ yaml, python imagetar.Image }

// newPythonImages keeps what the images are made of in a folder of the test.
func newPythonImages(t *testing.T) *pythonImages {
	work := t.TempDir()
	return &pythonImages{
		notebooks: sync.OnceValues(func() (n notebooks, err error) {
			if n.one, err = golden.Load("../notebooks/notebook"); err != nil {
				return n, err
			}
			image, venv, err := images.Notebooks("../..", n.one.Dir, 0)
			if err != nil {
				return n, err
			}
			n.image, n.venv = image.Name, venv
			return n, loaded(t.Context(), image)
		}),
		training: sync.OnceValues(func() (m training, err error) {
			if m.yaml, m.python, err = images.Training("../..", work); err != nil {
				return m, err
			}
			return m, loaded(t.Context(), m.yaml, m.python)
		}),
	}
}

// The ML example, in an image with a real Python and the example's packages, finds the same best model as here; so does
// the same as a user of Runnable wrote it.
func (e *engine) mlTraining(t *testing.T, results *compare.Table) {
	made, err := e.python.training()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		image imagetar.Image
		args  []string
	}{
		{made.yaml, []string{"pipeline.yaml", "-p", "parameters.yaml"}},
		{made.python, []string{"complete.py"}},
	} {
		dir := one.image.WorkingDir
		t.Run(filepath.Base(dir), func(t *testing.T) {
			p, r := e.example(t, dir, one.image.Name, one.args...)
			defer func() { results.Add(r) }()
			here := filepath.Join(t.TempDir(), "here")
			run(t, "cp", "-a", dir, here)
			r.Equal = e.sameTrace(t, p, here, nil, one.args)
		})
	}
}

// The case with notebooks, in an image that has papermill.
func (e *engine) notebooks(t *testing.T, results *compare.Table) {
	made, err := e.python.notebooks()
	if err != nil {
		t.Fatal(err)
	}
	one := *made.one
	one.Expect.Env = map[string]string{"VIRTUAL_ENV": made.venv} // of the local run; in the image it is .venv of the folder
	with := *e
	with.cases = map[string]string{one.Name: made.image}
	with.check(t, &one, results)
}

// Runners with planted defects, each of which must be seen.
func (e *engine) mutants(t *testing.T) {
	all, err := golden.All("../mutants")
	if err != nil || len(all) != 1 {
		t.Fatalf("%d cases, %v", len(all), err)
	}
	for _, m := range append([]mutants.Mutant{{Name: "none"}}, mutants.All()...) {
		t.Run(m.Name, func(t *testing.T) {
			mutated := *e
			if m.File != "" {
				program, err := m.Build("../..", "runnable-step", t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				runner, err := images.Runner(program)
				if err != nil {
					t.Fatal(err)
				}
				load(t, runner)
				mutated.runner = runner.Name
			}
			c := all[0]
			plan := mutated.render(t, c.Dir, e.base, nil, c.Args()...)
			if _, _, diff := mutated.observe(t, c, plan); (diff != "") != (m.File != "") {
				t.Errorf("%s with the defect %s:\n%s", c.Name, m.Name, diff)
			}
		})
	}
}
