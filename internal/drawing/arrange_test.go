package drawing

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/runnable-render/runnable-render/internal/layout"
)

var update = flag.Bool("update", false, "rewrite the layouts that the page's are compared with")

// laidOut is a graph with where everything stands. web/test/layout.test.mjs places the same graphs.
type laidOut struct {
	Graph *Model            `json:"graph"`
	Size  layout.Size       `json:"size"`
	Boxes map[string][4]int `json:"boxes"` // x, y, width, height
	Lines [][]layout.Point  `json:"lines"`
}

func (l *laidOut) add(a *area, at layout.Point) {
	for _, line := range a.lines {
		points := make([]layout.Point, len(line.points))
		for i, p := range line.points {
			points[i] = layout.Point{X: p.X + at.X, Y: p.Y + at.Y}
		}
		l.Lines = append(l.Lines, points)
	}
	for _, b := range a.boxes {
		corner := layout.Point{X: at.X + b.at.X, Y: at.Y + b.at.Y}
		l.Boxes[b.node.Path] = [4]int{corner.X, corner.Y, b.size.W, b.size.H}
		for _, f := range b.groups {
			l.add(f.area, layout.Point{X: corner.X + f.at.X + f.inner.X, Y: corner.Y + f.at.Y + f.inner.Y})
		}
	}
}

// randomDiagram makes a diagram that nests, with names of many lengths.
func randomDiagram(r *rand.Rand, path string, depth int) *Diagram {
	d := &Diagram{}
	for i := range 1 + r.IntN(7) {
		n := Node{Name: fmt.Sprintf("step%0*d", 1+r.IntN(20), i), Kind: "shell", Detail: "does it"}
		n.Path = path + n.Name
		if depth > 0 && r.IntN(3) == 0 {
			n.Kind = "parallel"
			for g := range 1 + r.IntN(3) {
				name := fmt.Sprintf("g%d", g)
				title := name
				if r.IntN(2) == 0 {
					title = ""
				}
				n.Groups = append(n.Groups, Group{Name: name, Title: title, Diagram: randomDiagram(r, n.Path+"."+name+".", depth-1)})
			}
		}
		if i > 0 && r.IntN(4) > 0 {
			d.Edges = append(d.Edges, Edge{From: r.IntN(i), To: i, Failure: r.IntN(5) == 0})
		}
		if i > 1 && r.IntN(3) == 0 {
			d.Edges = append(d.Edges, Edge{From: 0, To: i})
		}
		d.Nodes = append(d.Nodes, n)
	}
	return d
}

// The page places graphs as this package does: it is held against the same file.
func TestLayoutsOfThePage(t *testing.T) {
	t.Parallel()
	var all []*laidOut
	for seed := range uint64(8) {
		d := randomDiagram(rand.New(rand.NewPCG(seed, 7)), "", 2)
		a := d.arrange(math.MaxInt)
		l := &laidOut{Graph: d.Model(), Size: a.size, Boxes: map[string][4]int{}}
		l.add(a, layout.Point{})
		all = append(all, l)
	}
	got, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "..", "web", "test", "layout.json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("graphs are placed otherwise than web/test/layout.json says; go test ./internal/drawing -update rewrites it, and npm test in web tells whether the page agrees")
	}
}
