package engine

import "iter"

// Part is a run of entries of a scope, sorted by key, each key once. Scopes that follow one another share nearly all
// of their parts, so what is made of a part may be kept for the next scope: parts are comparable and stay as they are.
type Part struct{ segment *segment }

// Len is the number of the part's entries.
func (p Part) Len() int { return len(p.segment.entries) }

// Entries visits the part's entries in the order of the keys.
func (p Part) Entries() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for _, e := range p.segment.entries {
			if !yield(e.Entry) {
				return
			}
		}
	}
}

// Parts returns what the scope is made of, oldest first: an entry of a later part hides one of an earlier part that
// has its key.
func (s *Scope) Parts() []Part {
	if s == nil {
		return nil
	}
	out := make([]Part, len(s.segments))
	for i, seg := range s.segments {
		out[i] = Part{seg}
	}
	return out
}
