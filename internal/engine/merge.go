package engine

import (
	"cmp"
	"slices"
	"strings"
)

// outside is the writer of what a graph inherits.
const outside = -1

// candidate is one predecessor's value of a key.
type candidate struct {
	pred  int // position among the predecessors
	entry *Entry
}

// merge returns the scope of a step that follows all of preds, nodes of a needs graph in the order written
// (SEMANTICS 2.8): of the values that predecessors bring, those are older that another predecessor has seen and
// replaced; of the others the last counts.
func (f *Frame) merge(preds []int) *Scope {
	if len(preds) == 0 {
		return f.Entry
	}
	scopes := make([]*Scope, len(preds))
	for i, p := range preds {
		scopes[i] = f.after(p)
	}
	base := scopes[0]
	if len(preds) == 1 {
		return base
	}
	shared := sharedSegments(scopes)
	brought := map[Key][]candidate{}
	var order []Key
	for i, s := range scopes {
		for _, e := range top(s, shared) {
			if brought[e.Key] == nil {
				order = append(order, e.Key)
			}
			brought[e.Key] = append(brought[e.Key], candidate{i, e.Entry})
		}
	}
	newest := make([]candidate, len(order))
	for i, k := range order {
		newest[i] = f.newest(preds, brought[k])
	}
	slices.SortStableFunc(newest, func(a, b candidate) int { return cmp.Compare(a.pred, b.pred) })
	entries := make([]*Entry, len(newest))
	for i, c := range newest {
		entries[i] = c.entry
	}
	return base.With(slices.DeleteFunc(settleFiles(entries), func(e *Entry) bool { return e == base.Get(e.Key) })...)
}

// sharedSegments counts the segments, from the oldest, that all scopes share.
func sharedSegments(scopes []*Scope) int {
	n := len(scopes[0].segments)
	for _, s := range scopes[1:] {
		i := 0
		for i < n && i < len(s.segments) && s.segments[i] == scopes[0].segments[i] {
			i++
		}
		n = i
	}
	return n
}

// top returns the entries of the segments from n on, by key.
func top(s *Scope, n int) []held {
	var all []held
	for _, seg := range s.segments[n:] {
		all = mergeEntries(all, seg.entries)
	}
	return all
}

// newest picks the value that counts. A predecessor that is not among the candidates inherits its value from what
// all share, which the candidates have replaced.
func (f *Frame) newest(preds []int, all []candidate) candidate {
	for _, c := range slices.Backward(all) {
		if !f.older(preds, all, c) {
			return c
		}
	}
	return all[len(all)-1]
}

// older reports whether another predecessor has seen c's value and has another one in its place.
func (f *Frame) older(preds []int, all []candidate, c candidate) bool {
	w := f.writer(c.entry)
	for _, other := range all {
		if other.entry.By != c.entry.By && f.sees(preds[other.pred], w) {
			return true
		}
	}
	return false
}

// writer returns the node of this graph that wrote an entry, or outside.
func (f *Frame) writer(e *Entry) int {
	path, ok := strings.CutPrefix(e.By, f.Path)
	if !ok || e.By == "" {
		return outside
	}
	if f.Path != "" {
		if path, ok = strings.CutPrefix(path, "."); !ok {
			return outside
		}
	}
	if i := strings.LastIndexByte(path, '#'); i >= 0 {
		path = path[:i]
	}
	name, _, _ := strings.Cut(path, ".")
	if i := f.Graph.Index(name); i >= 0 {
		return i
	}
	return outside
}

// sees reports whether what node w wrote had been written before node p's dependents start: w is p, its
// handler, or among the ancestors of p.
func (f *Frame) sees(p, w int) bool {
	if w == outside {
		return true
	}
	if f.reach == nil {
		f.reach = map[int]map[int]bool{}
	}
	set := f.reach[p]
	if set == nil {
		set = map[int]bool{}
		for stack := []int{p}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if set[i] {
				continue
			}
			set[i] = true
			if h := f.plan.OnFailure[i]; h >= 0 {
				set[h] = true
			}
			stack = append(stack, f.plan.Needs[i]...)
		}
		f.reach[p] = set
	}
	return set[w]
}
