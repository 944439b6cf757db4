//go:build e2e

package compose_test

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/golden"
)

// example runs an example on the engine, where it must succeed, and returns its line of the table.
func (e *engine) example(t *testing.T, dir, image string, args ...string) (*project, row) {
	t.Helper()
	p := e.project(t, e.render(t, dir, image, nil, args...), nil)
	started := time.Now()
	code := p.up(t)
	r := row{version: e.version, name: "examples/" + filepath.Base(dir), seconds: time.Since(started).Seconds(), services: p.services(t)}
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
func (e *engine) goETL(t *testing.T, results *table) {
	dir, here := absolute(t, "../../examples/go-etl"), t.TempDir()
	p, r := e.example(t, dir, e.etl, ".")
	defer func() { results.add(r) }()
	run(t, "cp", "-a", filepath.Join(dir, "data"), here)
	r.equal = e.sameTrace(t, p, here, nil, []string{dir, "--workdir", here})
}

// The ML example, in an image with a real Python and the example's packages, finds the same best model as here.
func (e *engine) mlTraining(t *testing.T, results *table) {
	dir := absolute(t, "../../examples/ml-training")
	image := "e2e.local/ml-" + e.version + ":1"
	run(t, filepath.Join(dir, "setup.sh"))
	run(t, "./mlimage", dir, image)
	args := []string{"pipeline.yaml", "-p", "parameters.yaml"}
	p, r := e.example(t, dir, image, args...)
	defer func() { results.add(r) }()
	here := filepath.Join(t.TempDir(), "ml-training")
	run(t, "cp", "-a", dir, here)
	r.equal = e.sameTrace(t, p, here, nil, args)
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
