package argo

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// room is how many tasks of a DAG are left for vertices: the terminals take two.
const room = maxTasks - 2

// weight is the number of tasks that a vertex takes at most.
func (v vertex) weight() int {
	if v.node != nil && needsControl(v.node) {
		return 2
	}
	return 1
}

func (f *flow) weight() int {
	sum := 0
	for _, v := range f.vertices {
		sum += v.weight()
	}
	return sum
}

// split returns the flow with pieces in place of vertices when a DAG cannot hold them all.
func (b *builder) split(f *flow, at place, name string, t *template) *flow {
	if f.weight() <= room {
		return f
	}
	if f.style == ir.Needs {
		return b.splitNeeds(f, name)
	}
	return b.splitChain(f, at, name)
}

// splitChain cuts a chain into pieces, each entered at one vertex and left to the next piece or by one kind of
// failure. The last vertices stay as they are.
func (b *builder) splitChain(f *flow, at place, name string) *flow {
	first := f.firstSources()
	out := &flow{style: ir.Chain, start: f.start}
	moved := map[int]int{} // old index of a piece's first vertex, or of a vertex that stays, to the new index
	from := 0
	for f.rest(from)+len(out.vertices) > room {
		to, failure := f.cut(from, first)
		if to < 0 {
			b.refuse("RR1012", f.vertices[from].span(b), "%s of %d steps cannot be cut into DAGs of %d tasks: the handlers in it lead across every cut; "+
				"put a stretch of its steps into a parallel with one branch, or render for local or compose", graphName(at), len(f.vertices), maxTasks)
			return f
		}
		moved[from] = len(out.vertices)
		out.vertices = append(out.vertices, vertex{part: f.piece(from, to, failure), next: to, failure: failure, handles: -1})
		from = to
	}
	for i := from; i < len(f.vertices); i++ {
		moved[i] = len(out.vertices)
		out.vertices = append(out.vertices, f.vertices[i])
	}
	for i := range out.vertices {
		v := &out.vertices[i]
		v.next, v.failure = reindex(v.next, moved), reindex(v.failure, moved)
	}
	out.start = reindex(out.start, moved)
	return out
}

func reindex(i int, moved map[int]int) int {
	if i < 0 {
		return i
	}
	return moved[i]
}

// rest is the weight of the vertices from one on.
func (f *flow) rest(from int) int {
	sum := 0
	for _, v := range f.vertices[from:] {
		sum += v.weight()
	}
	return sum
}

// firstSources tells, for each vertex, the first vertex that has an edge to it.
func (f *flow) firstSources() []int {
	first := make([]int, len(f.vertices))
	for i := range first {
		first[i] = len(f.vertices)
	}
	for i, v := range f.vertices {
		for _, to := range []int{v.next, v.failure} {
			if to >= 0 {
				first[to] = min(first[to], i)
			}
		}
	}
	return first
}

// cut finds the longest piece from a vertex on, and where the failures in it lead. -1: there is none of two or more.
func (f *flow) cut(from int, first []int) (to, failure int) {
	best, bestFailure := -1, toFail
	weight := 0
	for to := from + 1; to < len(f.vertices); to++ {
		weight += f.vertices[to-1].weight()
		if weight > room || to-1 > from && first[to-1] < from { // too many, or entered from outside
			break
		}
		if failure, ok := f.exits(from, to); ok && to-from > 1 {
			best, bestFailure = to, failure
		}
	}
	return best, bestFailure
}

// exits reports whether all ways out of the vertices from..to lead to vertex `to`, but for failures, which all lead
// to one other place.
func (f *flow) exits(from, to int) (failure int, ok bool) {
	failure = toSuccess // not seen yet
	for _, v := range f.vertices[from:to] {
		if v.next == toSuccess || v.next > to || v.failure == toSuccess {
			return 0, false
		}
		for _, out := range []int{v.next, v.failure} {
			if out >= 0 && out <= to {
				continue
			}
			if failure != toSuccess && failure != out {
				return 0, false
			}
			failure = out
		}
	}
	if failure == toSuccess {
		failure = toFail
	}
	return failure, true
}

// piece is the flow of the vertices from..to.
func (f *flow) piece(from, to, failure int) *flow {
	out := &flow{style: ir.Chain}
	edge := func(i int) int {
		switch {
		case i == to:
			return toSuccess
		case i < 0 || i > to:
			return toFail
		}
		return i - from
	}
	for _, v := range f.vertices[from:to] {
		v.next, v.failure = edge(v.next), edge(v.failure)
		out.vertices = append(out.vertices, v)
	}
	return out
}

// splitNeeds puts the vertices of a needs graph into pieces by how far they are from the roots. A piece waits for the
// pieces that it needs, whatever they came to; a step in it that is not to run after all is told so by the store.
func (b *builder) splitNeeds(f *flow, name string) *flow {
	level := make([]int, len(f.vertices))
	byLevel := [][]int{}
	for i, v := range f.vertices { // in order: what comes before has its level
		for _, p := range f.before(i) {
			level[i] = max(level[i], level[p]+1)
		}
		if v.handles >= 0 {
			level[i] = level[v.handles]
		}
		for len(byLevel) <= level[i] {
			byLevel = append(byLevel, nil)
		}
		byLevel[level[i]] = append(byLevel[level[i]], i)
	}
	var pieces [][]int
	for _, vertices := range byLevel {
		pieces = append(pieces, f.fit(vertices)...)
	}
	pieces = f.join(pieces)
	b.notes = append(b.notes, "the graph "+quoteName(name)+" has more tasks than a DAG may hold and runs in "+itoa(len(pieces))+
		" parts; a step waits for the whole of each part that it needs something from")
	return f.inPieces(pieces)
}

// fit cuts the vertices of a level so that each piece fits, a handler with what it handles.
func (f *flow) fit(vertices []int) [][]int {
	var out [][]int
	var piece []int
	weight := 0
	for _, i := range vertices {
		v := f.vertices[i]
		if v.handles >= 0 {
			continue
		}
		w := v.weight()
		if v.failure >= 0 {
			w += f.vertices[v.failure].weight()
		}
		if weight+w > room {
			out, piece, weight = append(out, piece), nil, 0
		}
		weight += w
		piece = append(piece, i)
		if v.failure >= 0 {
			piece = append(piece, v.failure)
		}
	}
	if len(piece) > 0 {
		out = append(out, piece)
	}
	return out
}

// join puts neighbouring pieces together as long as they fit.
func (f *flow) join(pieces [][]int) [][]int {
	var out [][]int
	weight := 0
	for _, piece := range pieces {
		w := 0
		for _, i := range piece {
			w += f.vertices[i].weight()
		}
		if len(out) > 0 && weight+w <= room {
			out[len(out)-1] = append(out[len(out)-1], piece...)
			weight += w
			continue
		}
		out, weight = append(out, piece), w
	}
	return out
}

// inPieces is the needs graph of the pieces.
func (f *flow) inPieces(pieces [][]int) *flow {
	pieceOf, placeOf := make([]int, len(f.vertices)), make([]int, len(f.vertices))
	for k, piece := range pieces {
		slices.Sort(piece)
		for j, i := range piece {
			pieceOf[i], placeOf[i] = k, j
		}
	}
	out := &flow{style: ir.Needs}
	for k, piece := range pieces {
		part := &flow{style: ir.Needs}
		v := vertex{part: part, next: toSuccess, failure: toSuccess, handles: -1}
		for _, i := range piece {
			w := f.vertices[i]
			var inner []int
			for _, p := range w.needs {
				if pieceOf[p] == k {
					inner = append(inner, placeOf[p])
				} else if !slices.Contains(v.needs, pieceOf[p]) {
					v.needs = append(v.needs, pieceOf[p])
				}
			}
			w.needs = inner
			if w.failure >= 0 {
				w.failure = placeOf[w.failure]
			}
			if w.handles >= 0 {
				w.handles = placeOf[w.handles]
			}
			part.vertices = append(part.vertices, w)
		}
		slices.Sort(v.needs)
		out.vertices = append(out.vertices, v)
	}
	return out
}

// span is where the vertex is written.
func (v vertex) span(b *builder) diag.Span {
	if v.node != nil {
		return v.node.Base().Span
	}
	return b.pipeline.Span
}

func graphName(at place) string {
	if at.static == "" {
		return "the pipeline's graph"
	}
	return "the graph " + quoteName(at.static)
}
