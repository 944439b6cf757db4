//go:build e2e

package argo_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// checkMutants runs a case by runners with planted defects, each of which must be seen.
func (c *cluster) checkMutants(t *testing.T, cases []*golden.Case) {
	one := caseOf(t, cases, mutants.Visible)
	runners := map[string]imagetar.Image{}
	for _, m := range mutants.All() {
		program, err := m.Build("../..", "runnable-step", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if runners[m.Name], err = images.Runner(program); err != nil {
			t.Fatal(err)
		}
	}
	c.load(t, slices.Collect(maps.Values(runners))...)
	running := map[string]string{}
	for name, runner := range runners {
		mutated := c.with(func(n *imageNames) { n.runner = runner.Name })
		running[name] = mutated.submit(t, mutated.renderWith(t, one, "pvc_for_runnable: "+c.claim))
	}
	for name, run := range running {
		t.Run(name, func(t *testing.T) {
			w := c.wait(t, run)
			got, err := golden.Observe(t.Context(), c.facts(t, c.claim, run), run)
			if err == nil && one.Diff(got) == "" && (w.Status.Phase == "Succeeded") == (one.Expect.Status == engine.Success) {
				t.Errorf("%s runs as expected although the engine has a defect", one.Name)
			}
		})
	}
}
