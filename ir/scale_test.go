package ir_test

import (
	"fmt"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// chain is a chain of n tasks that each return a name of their own.
func chain(n int) *ir.Pipeline {
	g := &ir.Graph{}
	for i := range n {
		g.Nodes = append(g.Nodes, &ir.Task{
			Common: ir.Common{Name: fmt.Sprint("s", i)}, Command: &ir.Shell{Script: "true"},
			Returns: []ir.Return{{Name: fmt.Sprint("n", i)}},
		})
	}
	return &ir.Pipeline{Name: "chain", Graph: g}
}

// fan is a graph of needs: n steps that all return x after one another's sibling, between a first and a last step.
func fan(n int) *ir.Pipeline {
	g := &ir.Graph{Style: ir.Needs, Nodes: []ir.Node{&ir.Stub{Common: ir.Common{Name: "first"}}}}
	last := &ir.Stub{Common: ir.Common{Name: "last"}}
	for i := range n {
		name := fmt.Sprint("s", i)
		g.Nodes = append(g.Nodes, &ir.Task{
			Common: ir.Common{Name: name, Needs: []ir.Ref{{Name: "first"}}}, Command: &ir.Shell{Script: "true"},
			Returns: []ir.Return{{Name: fmt.Sprint("n", i)}, {Name: "x"}},
		})
		last.Needs = append(last.Needs, ir.Ref{Name: name})
	}
	g.Nodes = append(g.Nodes, last)
	return &ir.Pipeline{Name: "fan", Graph: g}
}

// needsChain is a graph of needs in which every step needs the one before and all return x.
func needsChain(n int) *ir.Pipeline {
	p := chain(n)
	for i, node := range p.Graph.Nodes {
		t := node.(*ir.Task)
		t.Returns = append(t.Returns, ir.Return{Name: "x"})
		t.Needs = []ir.Ref{}
		if i > 0 {
			t.Needs = append(t.Needs, ir.Ref{Name: fmt.Sprint("s", i-1)})
		}
	}
	return p
}

// farApart is a chain of needs whose steps return each name twice, half the chain apart.
func farApart(n int) *ir.Pipeline {
	p := needsChain(n)
	for i, node := range p.Graph.Nodes {
		node.(*ir.Task).Returns = []ir.Return{{Name: fmt.Sprint("n", i%(n/2))}}
	}
	return p
}

// nested is n maps within each other.
func nested(n int) *ir.Pipeline {
	g := &ir.Graph{Nodes: []ir.Node{&ir.Task{Common: ir.Common{Name: "leaf"}, Command: &ir.Shell{}, Returns: []ir.Return{{Name: "x"}}}}}
	for i := range n {
		g = &ir.Graph{Nodes: []ir.Node{&ir.Map{
			Common: ir.Common{Name: "m"}, Body: g, IterateOn: ir.Ref{Name: "xs"}, IterateAs: ir.Ref{Name: fmt.Sprint("i", i)},
		}}}
	}
	return &ir.Pipeline{Name: "nested", Graph: g}
}

// Sizes at which anything that grows faster than the definition would not come to its end.
func TestLarge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		p        *ir.Pipeline
		warnings int
	}{
		{"chain", chain(100_000), 0},
		{"fan", fan(10_000), 1},
		{"needs chain", needsChain(20_000), 0},
		{"far apart", farApart(100_000), 0},
		{"nested", nested(400), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			list := ir.Check(tt.p)
			if errors, warnings := list.Count(); errors > 0 || warnings != tt.warnings {
				t.Fatalf("%d errors, %d warnings", errors, warnings)
			}
			if got := len(ir.Topo(tt.p.Graph)); got != len(tt.p.Graph.Nodes) {
				t.Errorf("%d of %d steps in order", got, len(tt.p.Graph.Nodes))
			}
			text, err := irjson.Encode(tt.p)
			if err != nil {
				t.Fatal(err)
			}
			back, err := irjson.Decode(text)
			if err != nil {
				t.Fatal(err)
			}
			if ir.Dump(back) != ir.Dump(tt.p) {
				t.Error("changed on the way")
			}
		})
	}
}

// A chain that leads back, of steps in a circle as long as the chain, is told in one short message.
func TestLongCycle(t *testing.T) {
	t.Parallel()
	p := chain(100_000)
	p.Graph.Nodes[99_999].Base().Next = ir.Ref{Name: "s0"}
	list := ir.Check(p)
	if len(list) != 1 || len(list[0].Message) > 1000 || len(list[0].Notes) > 50 {
		t.Errorf("%d messages, the first of %d bytes and %d notes", len(list), len(list[0].Message), len(list[0].Notes))
	}
}

// Misspelt names are told each, without a search for what was meant that grows with the square.
func TestManyUnknown(t *testing.T) {
	t.Parallel()
	p := chain(50_000)
	for _, n := range p.Graph.Nodes {
		n.Base().OnFailure = ir.Ref{Name: n.Base().Name + "x"}
	}
	if errors, _ := ir.Check(p).Count(); errors != 50_000 {
		t.Errorf("%d errors", errors)
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, bb := range []struct {
		name string
		make func() *ir.Pipeline
	}{
		{"chain of 100000", func() *ir.Pipeline { return chain(100_000) }},
		{"fan of 10000", func() *ir.Pipeline { return fan(10_000) }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			p := bb.make()
			for b.Loop() {
				ir.Check(p)
			}
		})
	}
}

func BenchmarkJSON(b *testing.B) {
	p := chain(100_000)
	ir.Check(p)
	text, _ := irjson.Encode(p)
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			_, _ = irjson.Encode(p)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			_, _ = irjson.Decode(text)
		}
	})
}
