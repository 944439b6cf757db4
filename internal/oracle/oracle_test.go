package oracle_test

import (
	"testing"

	"github.com/runnable-render/runnable-render/internal/oracle"
	"github.com/runnable-render/runnable-render/ir"
)

// Random cases are valid, and among them everything happens that they are there for.
func TestRandom(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for seed := range uint64(3000) {
		c := oracle.Random(seed)
		run := oracle.Evaluate(c.Pipeline, c.Initial, c.Leaf)
		if run.Failed {
			seen["failed"]++
			seen["failed: "+run.Failure.Kind]++
		} else {
			seen["succeeded"]++
		}
		for _, l := range run.Leaves {
			if l.Handling != nil {
				seen["handler"]++
			}
		}
		seen["leaves"] += len(run.Leaves)
		for _, g := range ir.Graphs(c.Pipeline) {
			if g.Style == ir.Needs && len(g.Nodes) > 2 {
				seen["needs"]++
			}
		}
		for v := range ir.Walk(c.Pipeline) {
			seen[ir.Kind(v.Node)]++
			if v.Depth >= 3 && !ir.IsLeaf(v.Node) {
				t.Fatalf("seed %d: %s is deeper than it should be", seed, v.Path)
			}
		}
	}
	t.Log(seen)
	for _, what := range []string{"failed", "succeeded", "failed: data", "failed: error", "failed: oom", "handler", "needs", "task", "stub", "parallel", "conditional", "map", "loop"} {
		if seen[what] < 100 {
			t.Errorf("%s: only %d times", what, seen[what])
		}
	}
}
