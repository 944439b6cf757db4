//go:build e2e

package argo_test

import (
	"testing"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/golden"
)

// checkMutants runs a case by runners with planted defects, each of which must be seen.
func (c *cluster) checkMutants(t *testing.T, cases []*golden.Case) {
	one := caseOf(t, cases, mutants.Visible)
	for _, m := range mutants.All() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			program, err := m.Build("../..", "runnable-step", t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			runner, err := images.Runner(program)
			if err != nil {
				t.Fatal(err)
			}
			load(t, runner)
			with := *c.images
			with.runner = runner.Name
			mutated := *c
			mutated.images = &with
			name := mutated.submit(t, mutated.render(t, one))
			w := mutated.wait(t, name)
			st := c.facts(t, c.claim, name)
			got, err := golden.Observe(t.Context(), st, name)
			if err == nil && one.Diff(got) == "" && (w.Status.Phase == "Succeeded") == (one.Expect.Status == engine.Success) {
				t.Errorf("%s runs as expected although the engine has a defect", one.Name)
			}
		})
	}
}
