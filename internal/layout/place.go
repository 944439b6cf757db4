package layout

// Size is the size of a node.
type Size struct{ W, H int }

// Spacing is the room between nodes.
type Spacing struct {
	Column int // between neighbours in a row
	Row    int // between rows
	Bend   int // the width of an edge that passes a row
}

// Point is a place; y grows downwards.
type Point struct{ X, Y int }

// Placed says where everything stands. The box around all begins at 0, 0.
type Placed struct {
	Size    Size
	Centres []Point   // of the nodes
	Lines   [][]Point // for each edge: from the lower side of one node, by the bends, to the upper side of the other
}

// passes is the number of times that the rows are aligned with their neighbours.
const passes = 12

// Place gives coordinates to rows of nodes. Each row in turn is moved as near to its neighbours as the widths of
// its cells allow: the least squares under a least distance, which pooling adjacent violators finds in one pass.
func (l *Layers) Place(sizes []Size, s Spacing) *Placed {
	width := make([]int, l.Cells)
	for i := range width {
		width[i] = s.Bend
		if i < l.Nodes {
			width[i] = sizes[i].W
		}
	}
	x := make([]int, l.Cells)
	for _, row := range l.Rows {
		align(row, width, s.Column, x, func(int) (int, int) { return 0, 1 })
	}
	up, down := l.neighbours()
	for pass := range passes {
		if pass%2 == 0 {
			for r := 1; r < len(l.Rows); r++ {
				align(l.Rows[r], width, s.Column, x, wanted(up, x))
			}
			continue
		}
		for r := len(l.Rows) - 2; r >= 0; r-- {
			align(l.Rows[r], width, s.Column, x, wanted(down, x))
		}
	}
	return l.finish(sizes, width, x, s)
}

// wanted is where a cell wants to be: at the weighted mean of its neighbours, the more so the more they weigh.
func wanted(beside [][]neighbour, x []int) func(cell int) (at, weight int) {
	return func(cell int) (int, int) {
		sum, weight := 0, 0
		for _, b := range beside[cell] {
			sum += b.weight * x[b.cell]
			weight += b.weight
		}
		if weight == 0 {
			return x[cell], 1
		}
		return floorDiv(sum, weight), weight
	}
}

// align moves the cells of a row to where they want to be, as near as their widths and the gap allow.
func align(row, width []int, gap int, x []int, want func(cell int) (at, weight int)) {
	type block struct{ sum, weight, cells int } // cells that touch one another, with the sum of where they want to begin
	blocks := make([]block, 0, len(row))
	offset, offsets := 0, make([]int, len(row))
	for i, cell := range row {
		if i > 0 {
			offset += (width[row[i-1]]+width[cell])/2 + gap
		}
		offsets[i] = offset
		at, weight := want(cell)
		b := block{(at - offset) * weight, weight, 1}
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if floorDiv(last.sum, last.weight) < floorDiv(b.sum, b.weight) {
				break
			}
			b = block{b.sum + last.sum, b.weight + last.weight, b.cells + last.cells}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	i := 0
	for _, b := range blocks {
		for range b.cells {
			x[row[i]] = floorDiv(b.sum, b.weight) + offsets[i]
			i++
		}
	}
}

// finish moves everything to the origin, stacks the rows and draws the edges.
func (l *Layers) finish(sizes []Size, width, x []int, s Spacing) *Placed {
	left, right := 0, 0
	for i := range x {
		if i == 0 || x[i]-width[i]/2 < left {
			left = x[i] - width[i]/2
		}
		if i == 0 || x[i]+(width[i]+1)/2 > right {
			right = x[i] + (width[i]+1)/2
		}
	}
	p := &Placed{Size: Size{W: right - left}, Centres: make([]Point, l.Nodes), Lines: make([][]Point, len(l.Chains))}
	middle, half := make([]int, l.Cells), make([]int, l.Cells) // of the row that a cell is in
	top := 0
	for r, row := range l.Rows {
		if r > 0 {
			top += s.Row
		}
		height := 0
		for _, cell := range row {
			if cell < l.Nodes {
				height = max(height, sizes[cell].H)
			}
		}
		for _, cell := range row {
			x[cell] -= left
			middle[cell], half[cell] = top+height/2, height/2
			if cell < l.Nodes {
				p.Centres[cell] = Point{x[cell], middle[cell]}
			}
		}
		top += height
	}
	p.Size.H = top
	for i, chain := range l.Chains {
		p.Lines[i] = line(chain, x, middle, half, sizes)
	}
	return p
}

// line is the course of an edge: straight down beside the nodes of each row that it passes.
func line(chain, x, middle, half []int, sizes []Size) []Point {
	from, to := chain[0], chain[len(chain)-1]
	out := []Point{{x[from], middle[from] - sizes[from].H/2 + sizes[from].H}}
	for _, cell := range chain[1 : len(chain)-1] {
		out = append(out, Point{x[cell], middle[cell] - half[cell]}, Point{x[cell], middle[cell] + half[cell]})
	}
	return append(out, Point{x[to], middle[to] - sizes[to].H/2})
}

// floorDiv divides and rounds down.
func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
