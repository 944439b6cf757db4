package engine_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/oracle"
	"github.com/runnable-render/runnable-render/ir"
)

// A run is retried, and leaves come to something else than before: failed ones may succeed, and ones that have been edited
// return something else for the same scope. A resolver that knows of the retry derives what the machine of the retry gives,
// whatever exits the first walk left.
func TestResolverAgreesWithMachineOfARetry(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds / 3) {
		first, second := oracle.Random(seed), oracle.Random(seed)
		second.Seed += seeds // other outcomes of the same leaves
		f, b := newFacts(), blobs{}
		play(first, rand.New(rand.NewPCG(seed, 5)), f, b, func(engine.Job) {})
		keepExits(t, first.Pipeline, &engine.Resolver{Pipeline: first.Pipeline, Initial: initialScope(first.Initial), Facts: f, Blobs: b})

		r := &engine.Resolver{Pipeline: second.Pipeline, Initial: initialScope(second.Initial), Facts: f, Blobs: b, Careful: true}
		_, out := play(second, rand.New(rand.NewPCG(seed, 6)), f, b, func(job engine.Job) {
			got, err := r.Step(job.Path)
			if err != nil {
				t.Fatalf("seed %d, %s: %v\n%s", seed, job.Path, err, ir.Dump(second.Pipeline))
			}
			if diff := cmp.Diff(textOf(job.Before, b), textOf(got.Before, b)); diff != "" {
				t.Fatalf("seed %d, %s:\n%s%s", seed, job.Path, diff, ir.Dump(second.Pipeline))
			}
		})
		_ = out
	}
}

// keepExits asks for the outcome of each composite, as the runner does where a target's own end of it runs.
func keepExits(t *testing.T, p *ir.Pipeline, r *engine.Resolver) {
	t.Helper()
	for v := range ir.Walk(p) {
		if !ir.IsLeaf(v.Node) {
			_, _ = r.Outcome(v.Path) // one that is not reached has none
		}
	}
}
