package ir_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/oracle"
	"github.com/runnable-render/runnable-render/ir"
)

func TestEdges(t *testing.T) {
	t.Parallel()
	b := &builder{}
	g := b.graph(b.task("d", "needs=b,c"), b.task("b", "needs=a", "fail=h"), b.task("c", "needs=a", "fail=success"), b.task("a", "needs="), b.task("h"))
	p := &ir.Pipeline{Graph: g}
	if l := ir.Check(p); l.HasErrors() {
		t.Fatal(told(l))
	}
	const no, succeed, fail = ir.Nowhere, ir.ToSuccess, ir.ToFail
	want := &ir.Edges{
		Start: no, Next: []int{no, no, no, no, no}, OnFailure: []int{fail, 4, succeed, fail, fail},
		Needs: [][]int{{1, 2}, {3}, {3}, nil, nil}, Dependents: [][]int{nil, {0}, {0}, {1, 2}, nil}, Handles: []int{no, no, no, no, 1},
	}
	e := ir.EdgesOf(g)
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]int{nil, {4, 0}, {0}, {1, 2}, {0}}, e.Successors()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{3, 1, 2, 4, 0}, ir.Topo(g)); diff != "" {
		t.Errorf("d comes after the handler whose scope it may see: %s", diff)
	}
	if diff := cmp.Diff([]bool{false, false, false, false, true}, ir.Handlers(g)); diff != "" {
		t.Error(diff)
	}

	g = b.graph(b.task("h", "next=c"), b.task("a", "fail=h"), b.task("b", "next=fail"), b.task("c", "next=success"))
	p = &ir.Pipeline{Graph: g}
	if l := ir.Check(p); l.HasErrors() {
		t.Fatal(told(l))
	}
	e = ir.EdgesOf(g)
	if diff := cmp.Diff([]int{3, 2, fail, succeed}, e.Next); diff != "" || e.Start != 1 {
		t.Errorf("start %d, %s", e.Start, diff)
	}
	if diff := cmp.Diff([]int{1, 0, 2, 3}, ir.Topo(g)); diff != "" {
		t.Error(diff)
	}
}

// In random pipelines every step comes after all that lead to it.
func TestTopoRandom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		for path, g := range ir.Graphs(oracle.Random(seed).Pipeline) {
			order := ir.Topo(g)
			if len(order) != len(g.Nodes) {
				t.Fatalf("seed %d, %q: %d of %d", seed, path, len(order), len(g.Nodes))
			}
			for i, succ := range ir.EdgesOf(g).Successors() {
				for _, j := range succ {
					if slices.Index(order, i) > slices.Index(order, j) {
						t.Errorf("seed %d, %q: %d comes after %d", seed, path, i, j)
					}
				}
			}
		}
	}
}

func TestReturnable(t *testing.T) {
	t.Parallel()
	b := &builder{}
	task := b.task("t", "returns=a,b")
	task.Returns[1].Kind = ir.Metric
	object := b.task("o", "returns=c,a")
	object.Returns[0].Kind = ir.Object
	g := b.graph(
		b.mapped("m", nil, b.graph(task, b.loop("l", nil, b.graph(object)))),
		b.conditional("k", nil, b.graph(b.task("u", "returns=z")), b.graph(b.task("v", "returns=b,y"))),
		&ir.Stub{},
	)
	var got []string
	for _, r := range ir.Returnable(g) {
		got = append(got, r.Name+" "+string(r.Kind))
	}
	if diff := cmp.Diff("a json, b json, c object, z , y ", strings.Join(got, ", ")); diff != "" {
		t.Error(diff)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	b := &builder{}
	leaf, other := b.task("leaf"), b.task("other")
	outer := b.mapped("m", nil, b.graph(b.parallel("p", nil, b.graph(leaf, other))))
	inner := outer.Body.Nodes[0].(*ir.Parallel)
	outer.Image, outer.Python, outer.Env, outer.Resources = "a", "python3", []ir.EnvVar{{Name: "X", Value: "1"}, {Name: "Y", Value: "1"}}, ir.Resources{CPU: "1", Memory: "1Gi"}
	outer.Overrides = []ir.Override{{Executor: "argo", Key: "small"}}
	inner.Env = []ir.EnvVar{{Name: "Y", Value: "2"}, {Name: "Z", Value: "2"}}
	leaf.Image, leaf.Python, leaf.Env, leaf.Resources = "b", "3.12", []ir.EnvVar{{Name: "Z", Value: "3"}, {Name: "X", Value: ""}}, ir.Resources{Memory: "2Gi", GPU: "1"}
	leaf.Overrides = []ir.Override{{Executor: "local", Key: "l"}, {Executor: "argo", Key: "big"}}
	p := &ir.Pipeline{Graph: b.graph(outer)}
	want := map[string]ir.Effective{
		"m": {Image: "a", Python: "python3", Env: outer.Env, Resources: outer.Resources, Overrides: outer.Overrides},
		"m.*.p": {Image: "a", Python: "python3", Env: []ir.EnvVar{{Name: "X", Value: "1"}, {Name: "Y", Value: "2"}, {Name: "Z", Value: "2"}},
			Resources: outer.Resources, Overrides: outer.Overrides},
		"m.*.p.a.leaf": {Image: "b", Python: "3.12", Env: []ir.EnvVar{{Name: "X", Value: ""}, {Name: "Y", Value: "2"}, {Name: "Z", Value: "3"}},
			Resources: ir.Resources{CPU: "1", Memory: "2Gi", GPU: "1"}, Overrides: []ir.Override{{Executor: "argo", Key: "big"}, {Executor: "local", Key: "l"}}},
	}
	want["m.*.p.a.other"] = want["m.*.p"]
	if diff := cmp.Diff(want, ir.Settings(p)); diff != "" {
		t.Error(diff)
	}
}

// The first reads of a checked pipeline write nothing, so goroutines may share it.
func TestIndexIsBuilt(t *testing.T) {
	t.Parallel()
	p := oracle.Random(7).Pipeline
	done := make(chan struct{})
	for range 4 {
		go func() {
			for _, g := range ir.Graphs(p) {
				for i, n := range g.Nodes {
					if g.Index(n.Base().Name) != i {
						t.Errorf("%s is not at %d", n.Base().Name, i)
					}
				}
			}
			done <- struct{}{}
		}()
	}
	for range 4 {
		<-done
	}
	g := &ir.Graph{}
	if g.Index("a") != -1 || g.Node("a") != nil {
		t.Error("found in an empty graph")
	}
	g.Nodes = append(g.Nodes, &ir.Stub{Common: ir.Common{Name: "a"}}, &ir.Stub{Common: ir.Common{Name: "a"}})
	if g.Index("a") != 0 {
		t.Error("want the first of two")
	}
}
