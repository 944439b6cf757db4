package drawing

import (
	"math"

	"github.com/runnable-render/runnable-render/internal/layout"
)

// Weights of edges: the way of success is straight before that of failure.
const (
	flowWeight    = 4
	failureWeight = 1
)

// layers puts the nodes of a diagram into rows; a diagram without edges has none and becomes a grid.
func (d *Diagram) layers() *layout.Layers {
	if len(d.Edges) == 0 {
		return nil
	}
	edges := make([]layout.Edge, len(d.Edges))
	for i, e := range d.Edges {
		edges[i] = layout.Edge{From: e.From, To: e.To, Weight: flowWeight}
		if e.Failure {
			edges[i].Weight = failureWeight
		}
	}
	return layout.Arrange(len(d.Nodes), edges)
}

// area is a diagram with all its places, relative to its upper left corner.
type area struct {
	size  layout.Size
	boxes []box
	lines []line
}

// box is a node in its place.
type box struct {
	node   *Node
	at     layout.Point
	size   layout.Size
	groups []frame // none where the node is a leaf or folded
}

// frame is a group in its place, relative to its node.
type frame struct {
	group *Group
	at    layout.Point
	size  layout.Size
	inner layout.Point // where the area begins, relative to the frame
	area  *area
}

type line struct {
	points  []layout.Point
	failure bool
}

// arrange places a diagram with composites unfolded that are less than depth levels down.
func (d *Diagram) arrange(depth int) *area {
	a := &area{boxes: make([]box, len(d.Nodes))}
	sizes := make([]layout.Size, len(d.Nodes))
	for i := range d.Nodes {
		a.boxes[i] = d.Nodes[i].arrange(depth)
		sizes[i] = a.boxes[i].size
	}
	layers := d.layers()
	if layers == nil {
		var at []layout.Point
		at, a.size = grid(sizes, spacing.Column)
		for i := range at {
			a.boxes[i].at = at[i]
		}
		return a
	}
	p := layers.Place(sizes, spacing)
	a.size = p.Size
	for i, c := range p.Centres {
		a.boxes[i].at = layout.Point{X: c.X - sizes[i].W/2, Y: c.Y - sizes[i].H/2}
	}
	for i, points := range p.Lines {
		a.lines = append(a.lines, line{points, d.Edges[i].Failure})
	}
	return a
}

func (n *Node) arrange(depth int) box {
	b := box{node: n, size: n.size()}
	if !n.Composite() || depth <= 0 {
		return b
	}
	sizes := make([]layout.Size, len(n.Groups))
	for i := range n.Groups {
		g := &n.Groups[i]
		f := frame{group: g, area: g.Diagram.arrange(depth - 1)}
		f.size = f.area.size
		if g.Title != "" {
			f.inner = layout.Point{X: padding, Y: titleHeight + padding/2}
			f.size.W = max(f.size.W+2*padding, textWidth(g.Title, detailSize)+2*padding)
			f.size.H += titleHeight + padding/2 + padding
			f.inner.X = (f.size.W - f.area.size.W) / 2
		}
		b.groups = append(b.groups, f)
		sizes[i] = f.size
	}
	at, size := grid(sizes, groupGap)
	head := b.size.W
	b.size = layout.Size{W: max(size.W+2*padding, head), H: headHeight + size.H + padding}
	for i := range b.groups {
		b.groups[i].at = layout.Point{X: (b.size.W-size.W)/2 + at[i].X, Y: headHeight + at[i].Y}
	}
	return b
}

// grid places boxes beside each other, in as many lines as make the whole about as wide as a page.
func grid(sizes []layout.Size, gap int) ([]layout.Point, layout.Size) {
	widest, space := 0, 0
	for _, s := range sizes {
		widest = max(widest, s.W)
		space += (s.W + gap) * (s.H + gap)
	}
	limit := max(widest, 3*(mostWidth+gap), int(math.Sqrt(float64(2*space))))
	at := make([]layout.Point, len(sizes))
	var whole layout.Size
	x, y, height := 0, 0, 0
	for i, s := range sizes {
		if x > 0 && x+s.W > limit {
			x, y, height = 0, y+height+gap, 0
		}
		at[i] = layout.Point{X: x, Y: y}
		x += s.W + gap
		height = max(height, s.H)
		whole = layout.Size{W: max(whole.W, x-gap), H: y + height}
	}
	return at, whole
}
