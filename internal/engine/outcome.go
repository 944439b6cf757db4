package engine

import "strconv"

// Outcome is the result of a node or a graph.
type Outcome struct {
	Status  Status
	After   *Scope   // the scope after it; after a failure the scope before it
	Changed []Key    // what it wrote, each once, in the order first written (SEMANTICS 2.3)
	Failure *Failure // nil unless Status is Failed; nil too when a fail_fast kept it from starting
	Kept    []*Entry // after a failure: the files that the failed leaf put, which its handler sees

	reduced string // the digest of what a Python reducer was given, where one was
}

// failed makes the outcome of a node that fails by itself.
func failed(before *Scope, path string, kind FailureKind, message string) Outcome {
	return Outcome{Status: Failed, After: before, Failure: &Failure{Step: path, Kind: kind, Message: message}}
}

// Writer names the attempt that wrote an entry. Composites write as attempt 0.
func Writer(path string, attempt int) string { return path + "#" + strconv.Itoa(attempt) }

// LeafOutcome returns the outcome of a leaf's attempt, from the scope before it and its record.
func LeafOutcome(before *Scope, rec *Record) Outcome {
	by := Writer(rec.Path, rec.Attempt)
	files := putEntries(before, rec, by)
	if !rec.Status.OK() {
		return Outcome{Status: Failed, After: before, Failure: rec.Failure, Kept: files}
	}
	entries := make([]*Entry, 0, len(rec.Returns)+len(files))
	for _, r := range rec.Returns {
		entries = append(entries, &Entry{Key: ParamKey(r.Name), Value: r.Value, By: by})
	}
	entries = append(entries, files...)
	return Outcome{Status: Success, After: before.With(entries...), Changed: keysOf(entries)}
}

// stored is a file as the catalog offers it: without what only the step that put it is concerned with.
func stored(f File) File {
	f.Stage = ""
	return f
}

// keysOf returns the keys of the entries, each once.
func keysOf(entries []*Entry) []Key {
	var set keySet
	for _, e := range entries {
		set.add(e.Key)
	}
	return set.order
}

// keySet collects changed keys in the order first written, in constant time each.
type keySet struct {
	order []Key
	seen  map[Key]bool
}

func (s *keySet) add(keys ...Key) {
	for _, k := range keys {
		if s.seen[k] {
			continue
		}
		if s.seen == nil {
			s.seen = make(map[Key]bool)
		}
		s.seen[k] = true
		s.order = append(s.order, k)
	}
}
