package layout_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/runnable-render/runnable-render/internal/layout"
)

var spacing = layout.Spacing{Column: 20, Row: 30, Bend: 10}

// random is a graph without cycles, with nodes of many sizes.
func random(seed uint64) (int, []layout.Edge, []layout.Size) {
	r := rand.New(rand.NewPCG(seed, 1))
	n := 1 + r.IntN(40)
	var edges []layout.Edge
	for to := 1; to < n; to++ {
		for range r.IntN(3) {
			edges = append(edges, layout.Edge{From: r.IntN(to), To: to, Weight: r.IntN(5)})
		}
	}
	sizes := make([]layout.Size, n)
	for i := range sizes {
		sizes[i] = layout.Size{W: 20 + r.IntN(300), H: 10 + r.IntN(200)}
	}
	return n, edges, sizes
}

// Whatever the graph: no two nodes overlap, all lie inside the whole, each edge goes down from its first node to its
// second, and the same graph is placed the same way again.
func TestPlace(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		n, edges, sizes := random(seed)
		l := layout.Arrange(n, edges)
		p := l.Place(sizes, spacing)
		for i, c := range p.Centres {
			left, top := c.X-sizes[i].W/2, c.Y-sizes[i].H/2
			if left < 0 || top < 0 || left+sizes[i].W > p.Size.W || top+sizes[i].H > p.Size.H {
				t.Fatalf("seed %d: node %d at %v leaves the whole %v", seed, i, c, p.Size)
			}
			for k, d := range p.Centres[:i] {
				if 2*abs(c.X-d.X) < sizes[i].W+sizes[k].W && 2*abs(c.Y-d.Y) < sizes[i].H+sizes[k].H {
					t.Fatalf("seed %d: nodes %d and %d overlap", seed, k, i)
				}
			}
		}
		for i, e := range edges {
			line := p.Lines[i]
			if first, last := line[0], line[len(line)-1]; first.X != p.Centres[e.From].X || last.X != p.Centres[e.To].X || first.Y >= last.Y {
				t.Fatalf("seed %d: edge %v goes from %v to %v", seed, e, first, last)
			}
		}
		if again := layout.Arrange(n, edges).Place(sizes, spacing); !reflect.DeepEqual(again, p) {
			t.Fatalf("seed %d: another layout the second time", seed)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// Two edges that cross as written do not when drawn.
func TestOrderAvoidsCrossings(t *testing.T) {
	t.Parallel()
	p := layout.Arrange(4, []layout.Edge{{From: 0, To: 3}, {From: 1, To: 2}}).Place([]layout.Size{{W: 10, H: 10}, {W: 10, H: 10}, {W: 10, H: 10}, {W: 10, H: 10}}, spacing)
	if c := p.Centres; c[0].X != c[3].X || c[1].X != c[2].X || c[0].X == c[1].X {
		t.Errorf("got %v", c)
	}
}

// A chain is straight, also where a node of it is wide.
func TestChainIsStraight(t *testing.T) {
	t.Parallel()
	p := layout.Arrange(3, []layout.Edge{{From: 0, To: 1}, {From: 1, To: 2}}).Place([]layout.Size{{W: 10, H: 10}, {W: 500, H: 90}, {W: 40, H: 10}}, spacing)
	for _, c := range p.Centres {
		if c.X != 250 {
			t.Errorf("got %v", p.Centres)
		}
	}
}

// A long edge passes beside the nodes of the rows between.
func TestLongEdgeBends(t *testing.T) {
	t.Parallel()
	p := layout.Arrange(3, []layout.Edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 0, To: 2}}).Place([]layout.Size{{W: 100, H: 10}, {W: 100, H: 10}, {W: 100, H: 10}}, spacing)
	line := p.Lines[2]
	if len(line) != 4 || abs(line[1].X-p.Centres[1].X) < 55 {
		t.Errorf("got %v beside %v", line, p.Centres[1])
	}
}

func TestNothing(t *testing.T) {
	t.Parallel()
	if p := layout.Arrange(0, nil).Place(nil, spacing); p.Size != (layout.Size{}) {
		t.Errorf("got %v", p.Size)
	}
}

// The work does not grow out of hand with a wide graph, whose edges may pass many rows.
func BenchmarkArrange(b *testing.B) {
	const n = 2000
	r := rand.New(rand.NewPCG(1, 1))
	var edges []layout.Edge
	for to := 1; to < n; to++ {
		for range 2 {
			edges = append(edges, layout.Edge{From: r.IntN(to), To: to})
		}
	}
	sizes := make([]layout.Size, n)
	for i := range sizes {
		sizes[i] = layout.Size{W: 150, H: 40}
	}
	for b.Loop() {
		layout.Arrange(n, edges).Place(sizes, spacing)
	}
}
