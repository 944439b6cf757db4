package engine

import (
	"encoding/json"
	"fmt"
)

// Limits of what a record holds by value; larger values are in a blob that later records share.
const (
	inlineEntries = 24      // entries of a segment
	inlineValue   = 2 << 10 // bytes of one value's text
)

// savedSegment is the form of a segment in records: by value or by reference.
type savedSegment struct {
	blob    *Blob
	entries []Entry
}

// Save returns the scope as a record holds it, writing the blobs that it refers to first.
func (s *Scope) Save(blobs Blobs) (ScopeRef, error) {
	ref := ScopeRef{Digest: s.Digest()}
	if s == nil {
		return ref, nil
	}
	for _, seg := range s.segments {
		saved, err := seg.save(blobs)
		if err != nil {
			return ScopeRef{}, err
		}
		if saved.blob != nil {
			ref.Segments = append(ref.Segments, *saved.blob)
			continue
		}
		ref.Entries = append(ref.Entries, saved.entries...)
	}
	return ref, nil
}

func (seg *segment) save(blobs Blobs) (*savedSegment, error) {
	if saved := seg.saved.Load(); saved != nil {
		return saved, nil
	}
	saved := &savedSegment{entries: make([]Entry, len(seg.entries))}
	for i, e := range seg.entries {
		var err error
		if saved.entries[i], err = e.save(blobs); err != nil {
			return nil, err
		}
	}
	if len(saved.entries) > inlineEntries {
		data, err := json.Marshal(saved.entries)
		if err != nil {
			return nil, fmt.Errorf("encode scope: %w", err)
		}
		b, err := blobs.Put(data)
		if err != nil {
			return nil, err
		}
		saved.blob, saved.entries = &b, nil
	}
	seg.saved.Store(saved)
	return saved, nil
}

// save returns the entry as a record holds it.
func (e held) save(blobs Blobs) (Entry, error) {
	if e.blob == nil {
		return *e.Entry, nil
	}
	b := e.blob.Load()
	if b == nil {
		put, err := blobs.Put(e.Value.JSON)
		if err != nil {
			return Entry{}, err
		}
		b = &put
		e.blob.Store(b)
	}
	out := *e.Entry
	out.Value = Value{Kind: e.Value.Kind, Form: e.Value.Form, Blob: b}
	return out, nil
}

// LoadScope reads a scope back from the form that a record holds.
func LoadScope(ref ScopeRef, blobs Blobs) (*Scope, error) {
	s := &Scope{}
	for _, b := range ref.Segments {
		data, err := blobs.Get(b)
		if err != nil {
			return nil, err
		}
		var entries []Entry
		if err := json.Unmarshal(data, &entries); err != nil {
			return nil, fmt.Errorf("blob %s is not part of a scope: %w", b.Hash, err)
		}
		seg := &segment{entries: holdAll(pointers(entries))}
		seg.saved.Store(&savedSegment{blob: &b})
		s.segments = append(s.segments, seg)
	}
	if len(ref.Entries) > 0 {
		// The inlined segments are read as one; With would add the digest again, so it is set from the record.
		s.push(&segment{entries: sortedEntries(pointers(ref.Entries))})
	}
	if err := s.digest.parse(ref.Digest); err != nil {
		return nil, err
	}
	return s, nil
}

func pointers(entries []Entry) []*Entry {
	out := make([]*Entry, len(entries))
	for i := range entries {
		out[i] = &entries[i]
	}
	return out
}
