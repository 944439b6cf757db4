package diff_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/oracle"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// TestResults edits the structure of random pipelines and runs them before and after: where they come to something else, or a step
// that runs in both sees something else, a change is breaking; where the hashes are equal, they come to the same.
func TestResults(t *testing.T) {
	t.Parallel()
	edited, differed := 0, 0
	for seed := range uint64(600) {
		c := oracle.Random(seed)
		text, err := irjson.Encode(c.Pipeline)
		if err != nil {
			t.Fatal(err)
		}
		before, after := decoded(t, text), decoded(t, text)
		e := &editor{rand.New(rand.NewPCG(seed, 2)), after}
		done := []string{e.edit()}
		if e.IntN(3) == 0 {
			done = append(done, e.edit())
		}
		if list := ir.Check(after); list.HasErrors() {
			continue
		}
		edited++
		why := differs(result(c, before), result(c, after))
		if why == "" {
			continue
		}
		differed++
		if d := diff.Compare(before, after); d.Equal() || !diff.Holds(d.Changes, string(diff.Breaking)) {
			t.Errorf("seed %d, %q: %s, and the changes are %+v\n%s\n%s", seed, done, why, d.Changes, ir.Dump(before), ir.Dump(after))
		}
	}
	if edited < 400 || differed < 10 {
		t.Errorf("%d pipelines edited, of which %d differ", edited, differed)
	}
}

// result is what a pipeline comes to where stubs, as always, succeed.
func result(c *oracle.Case, p *ir.Pipeline) oracle.Run {
	return oracle.Evaluate(p, c.Initial, func(path string, n ir.Node) oracle.Result {
		if _, stub := n.(*ir.Stub); stub {
			return oracle.Result{}
		}
		return c.Leaf(path, n)
	})
}

// differs says what two runs differ in; empty: nothing that is a result.
func differs(a, b oracle.Run) string {
	if a.Failed != b.Failed || !maps.Equal(a.Params, b.Params) {
		return fmt.Sprintf("failed %t with %v became failed %t with %v", a.Failed, a.Params, b.Failed, b.Params)
	}
	now := map[string]oracle.Leaf{}
	for _, leaf := range b.Leaves {
		now[leaf.Path] = leaf
	}
	for _, was := range a.Leaves {
		is, ran := now[was.Path]
		if ran && (!maps.Equal(was.Scope, is.Scope) || fmt.Sprint(was.Handling) != fmt.Sprint(is.Handling)) {
			return fmt.Sprintf("%s saw %v, %v and sees %v, %v", was.Path, was.Scope, was.Handling, is.Scope, is.Handling)
		}
	}
	return ""
}

// editor edits a pipeline at random places.
type editor struct {
	*rand.Rand
	pipeline *ir.Pipeline
}

// edit makes one change, after which the pipeline may be no valid one, and says which.
func (e *editor) edit() string {
	graphs := []*ir.Graph{e.pipeline.Graph}
	var parallels []*ir.Parallel
	for v := range ir.Walk(e.pipeline) {
		for _, b := range ir.Subgraphs(v.Node) {
			graphs = append(graphs, b.Graph)
		}
		if p, ok := v.Node.(*ir.Parallel); ok {
			parallels = append(parallels, p)
		}
	}
	g := graphs[e.IntN(len(graphs))]
	switch kind := e.IntN(8); {
	case kind < 3 || len(g.Nodes) == 0:
		return e.addStub(g)
	case kind == 3 && len(parallels) > 0:
		b := parallels[e.IntN(len(parallels))].Branches
		e.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
		return "branches in another order"
	case kind == 4 && g.Style == ir.Needs:
		e.Shuffle(len(g.Nodes), func(i, j int) { g.Nodes[i], g.Nodes[j] = g.Nodes[j], g.Nodes[i] })
		return "steps in another order"
	}
	b := g.Nodes[e.IntN(len(g.Nodes))].Base()
	switch {
	case g.Style == ir.Chain && e.IntN(2) == 0:
		b.Next = ir.Ref{Name: e.target(g)}
		return b.Name + " leads to " + b.Next.Name
	case e.IntN(3) == 0:
		b.OnFailure = ir.Ref{Name: e.target(g)}
		return b.Name + " fails to " + b.OnFailure.Name
	case g.Style == ir.Chain:
		return e.removeStub(g)
	case e.IntN(2) == 0:
		need := ir.Ref{Name: g.Nodes[e.IntN(len(g.Nodes))].Base().Name}
		b.Needs = slices.Insert(slices.Clone(b.Needs), e.IntN(len(b.Needs)+1), need)
		e.Shuffle(len(b.Needs), func(i, j int) { b.Needs[i], b.Needs[j] = b.Needs[j], b.Needs[i] })
		return b.Name + " needs also " + need.Name
	case len(b.Needs) > 0:
		b.Needs = b.Needs[1:]
	}
	return b.Name + " needs one less"
}

// target is a step of a graph, or a terminal.
func (e *editor) target(g *ir.Graph) string {
	names := append(g.Names(), ir.Success, ir.Fail)
	return names[e.IntN(len(names))]
}

// addStub adds a stub: behind or before other steps, or for a failure.
func (e *editor) addStub(g *ir.Graph) string {
	stub := &ir.Stub{Common: ir.Common{Name: "added"}}
	what := "a stub"
	if len(g.Nodes) > 0 {
		b := g.Nodes[e.IntN(len(g.Nodes))].Base()
		switch {
		case e.IntN(3) == 0:
			stub.Next, b.OnFailure.Name = b.Next, stub.Name
			what += " after a failure of " + b.Name
		case g.Style == ir.Chain:
			stub.Next, b.Next.Name = b.Next, stub.Name
			what += " after " + b.Name
			if e.IntN(3) == 0 {
				stub.Next.Name = ir.Fail
			}
		default:
			stub.Needs, b.Needs = slices.Clone(b.Needs), []ir.Ref{{Name: stub.Name}}
			e.Shuffle(len(stub.Needs), func(i, j int) { stub.Needs[i], stub.Needs[j] = stub.Needs[j], stub.Needs[i] })
			what += " before " + b.Name
		}
	}
	g.Nodes = slices.Insert(g.Nodes, e.IntN(len(g.Nodes)+1), ir.Node(stub))
	return what
}

// removeStub removes a stub of a chain, if it has one.
func (e *editor) removeStub(g *ir.Graph) string {
	for i, n := range g.Nodes {
		if _, ok := n.(*ir.Stub); !ok {
			continue
		}
		g.Nodes = slices.Delete(g.Nodes, i, i+1)
		past := func(r *ir.Ref) {
			if r.Name == n.Base().Name {
				r.Name = n.Base().Next.Name
			}
		}
		past(&g.Start)
		for _, other := range g.Nodes {
			past(&other.Base().Next)
			past(&other.Base().OnFailure)
		}
		return "no stub " + n.Base().Name
	}
	return "nothing"
}
