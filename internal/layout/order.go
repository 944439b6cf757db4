package layout

import (
	"cmp"
	"slices"
)

// sweeps is the number of times that the rows are ordered, down and up by turns.
const sweeps = 16

// order sorts the cells of each row by where their neighbours stand, down and up by turns, and keeps the order that
// crosses the fewest edges.
func (l *Layers) order() {
	up, down := l.neighbours()
	at := make([]int, l.Cells)
	l.number(at)
	best, fewest := l.clone(), l.crossings(down, at)
	for s := 0; s < sweeps && fewest > 0; s++ {
		if s%2 == 0 {
			for r := 1; r < len(l.Rows); r++ {
				sortRow(l.Rows[r], up, at)
			}
		} else {
			for r := len(l.Rows) - 2; r >= 0; r-- {
				sortRow(l.Rows[r], down, at)
			}
		}
		if n := l.crossings(down, at); n < fewest {
			best, fewest = l.clone(), n
		}
	}
	l.Rows = best
}

func (l *Layers) clone() [][]int {
	rows := make([][]int, len(l.Rows))
	for i, row := range l.Rows {
		rows[i] = slices.Clone(row)
	}
	return rows
}

// number notes the place of each cell in its row.
func (l *Layers) number(at []int) {
	for _, row := range l.Rows {
		for i, cell := range row {
			at[cell] = i
		}
	}
}

// sortRow orders a row by the mean place of the neighbours; a cell without any keeps its place.
func sortRow(row []int, beside [][]neighbour, at []int) {
	type key struct{ sum, n int } // a fraction
	keys := make(map[int]key, len(row))
	for _, cell := range row {
		k := key{at[cell], 1}
		if len(beside[cell]) > 0 {
			k = key{}
			for _, b := range beside[cell] {
				k.sum += at[b.cell]
				k.n++
			}
		}
		keys[cell] = k
	}
	slices.SortStableFunc(row, func(a, b int) int {
		return cmp.Compare(keys[a].sum*keys[b].n, keys[b].sum*keys[a].n)
	})
	for i, cell := range row {
		at[cell] = i
	}
}

// crossings counts the pairs of edges that cross, row by row, by counting inversions in a tree of sums.
func (l *Layers) crossings(down [][]neighbour, at []int) int {
	total := 0
	for r := range len(l.Rows) - 1 {
		tree := make([]int, len(l.Rows[r+1])+1)
		seen := 0
		for _, cell := range l.Rows[r] {
			ends := make([]int, 0, len(down[cell]))
			for _, d := range down[cell] {
				if at[d.cell] < len(l.Rows[r+1]) { // an edge that is drawn straight may lead further down
					ends = append(ends, at[d.cell])
				}
			}
			slices.Sort(ends)
			for _, e := range ends {
				total += seen - prefix(tree, e+1)
			}
			for _, e := range ends {
				for i := e + 1; i < len(tree); i += i & -i {
					tree[i]++
				}
				seen++
			}
		}
	}
	return total
}

// prefix is the sum of the first n counts.
func prefix(tree []int, n int) int {
	sum := 0
	for i := n; i > 0; i -= i & -i {
		sum += tree[i]
	}
	return sum
}
