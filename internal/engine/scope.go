package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"
)

// Key names an entry of a scope: a parameter or a file. The two never meet.
type Key string

// ParamKey is the key of the parameter with that name.
func ParamKey(name string) Key { return Key("p:" + name) }

// FileKey is the key of the catalog's file with that slash path.
func FileKey(path string) Key { return Key("f:" + path) }

// Param returns the parameter's name, and false for a file.
func (k Key) Param() (string, bool) { return strings.CutPrefix(string(k), "p:") }

// File returns the file's path, and false for a parameter.
func (k Key) File() (string, bool) { return strings.CutPrefix(string(k), "f:") }

// Scope is what a step sees: parameters by name and files by path. It is immutable; the zero Scope is empty.
//
// A scope is a stack of sorted segments whose lengths at least halve from one to the next, so scopes that follow
// one another share nearly all of their segments: a chain of n steps that each write one name costs n log n in
// memory and on disk, and a look-up opens log n segments.
type Scope struct {
	segments []*segment // oldest first
	digest   digest
}

// segment is a run of entries, sorted by key, each key once.
type segment struct {
	entries []held
	saved   atomic.Pointer[savedSegment]
}

// held is an entry in segments. Those that come of merging others share the blob of a long value, so that it is put into
// the store once, and not for each of a map's items.
type held struct {
	*Entry
	blob *atomic.Pointer[Blob] // nil: the value is short
}

func hold(e *Entry) held {
	if len(e.Value.JSON) <= inlineValue {
		return held{Entry: e}
	}
	return held{Entry: e, blob: new(atomic.Pointer[Blob])}
}

// InitialScope is the scope at the start of a run.
func InitialScope(params []Named) *Scope {
	entries := make([]*Entry, len(params))
	for i, p := range params {
		entries[i] = &Entry{Key: ParamKey(p.Name), Value: p.Value}
	}
	return (&Scope{}).With(entries...)
}

// Get returns the entry of a key, or nil.
func (s *Scope) Get(k Key) *Entry {
	if s == nil {
		return nil
	}
	for _, seg := range slices.Backward(s.segments) {
		if e := seg.get(k); e != nil {
			return e
		}
	}
	return nil
}

// Param returns the value of the parameter with that name.
func (s *Scope) Param(name string) (Value, bool) {
	if e := s.Get(ParamKey(name)); e != nil {
		return e.Value, true
	}
	return Value{}, false
}

func (seg *segment) get(k Key) *Entry {
	if i, ok := slices.BinarySearchFunc(seg.entries, k, func(e held, k Key) int { return cmp.Compare(e.Key, k) }); ok {
		return seg.entries[i].Entry
	}
	return nil
}

// With returns the scope with the entries written over it; of two entries with one key the later counts.
func (s *Scope) With(entries ...*Entry) *Scope {
	if s == nil {
		s = &Scope{}
	}
	if len(entries) == 0 {
		return s
	}
	fresh := sortedEntries(entries)
	out := &Scope{digest: s.digest, segments: make([]*segment, len(s.segments), len(s.segments)+1)}
	copy(out.segments, s.segments)
	for _, e := range fresh {
		if old := s.Get(e.Key); old != nil {
			out.digest.sub(old.digest())
		}
		out.digest.add(e.digest())
	}
	out.push(&segment{entries: fresh})
	return out
}

// push puts a segment on top and merges from the top down until lengths halve again.
func (s *Scope) push(seg *segment) {
	for n := len(s.segments); n > 0 && len(s.segments[n-1].entries) < 2*len(seg.entries); n = len(s.segments) {
		seg = &segment{entries: mergeEntries(s.segments[n-1].entries, seg.entries)}
		s.segments = s.segments[:n-1]
	}
	s.segments = append(s.segments, seg)
}

func holdAll(entries []*Entry) []held {
	out := make([]held, len(entries))
	for i, e := range entries {
		out[i] = hold(e)
	}
	return out
}

// sortedEntries returns the entries by key, of equal keys the last.
func sortedEntries(entries []*Entry) []held {
	out := holdAll(entries)
	slices.SortStableFunc(out, func(a, b held) int { return cmp.Compare(a.Key, b.Key) })
	kept := out[:0]
	for i, e := range out {
		if i+1 < len(out) && out[i+1].Key == e.Key {
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// mergeEntries merges two sorted runs; an entry of newer hides one of older.
func mergeEntries(older, newer []held) []held {
	out := make([]held, 0, len(older)+len(newer))
	i, j := 0, 0
	for i < len(older) && j < len(newer) {
		switch c := cmp.Compare(older[i].Key, newer[j].Key); {
		case c < 0:
			out = append(out, older[i])
			i++
		case c > 0:
			out = append(out, newer[j])
			j++
		default:
			out = append(out, newer[j])
			i++
			j++
		}
	}
	out = append(out, older[i:]...)
	return append(out, newer[j:]...)
}

// All visits every entry in the order of the keys.
func (s *Scope) All() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		if s == nil {
			return
		}
		var all []held
		for _, seg := range s.segments {
			all = mergeEntries(all, seg.entries)
		}
		for _, e := range all {
			if !yield(e.Entry) {
				return
			}
		}
	}
}

// Params visits every parameter in the order of the names.
func (s *Scope) Params() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for e := range s.All() {
			if name, ok := e.Key.Param(); ok && !yield(name, e.Value) {
				return
			}
		}
	}
}

// Digest returns a text that two scopes share if and only if they hold the same names with the same content,
// whoever wrote them.
func (s *Scope) Digest() string {
	if s == nil {
		return digest{}.String()
	}
	return s.digest.String()
}

// digest is the sum, modulo 2^256, of one hash for each entry: so it can be brought up to date entry by entry.
type digest [4]uint64

func (d *digest) add(x digest) {
	var c uint64
	for i := range d {
		d[i], c = bits.Add64(d[i], x[i], c)
	}
}

func (d *digest) sub(x digest) {
	var b uint64
	for i := range d {
		d[i], b = bits.Sub64(d[i], x[i], b)
	}
}

func (d digest) String() string {
	var b [32]byte
	for i, w := range d {
		binary.LittleEndian.PutUint64(b[8*i:], w)
	}
	return hex.EncodeToString(b[:])
}

func (d *digest) parse(text string) error {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 32 {
		return fmt.Errorf("%q is not a digest of a scope", text)
	}
	for i := range d {
		d[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return nil
}

// digest hashes the entry's key and content, but not its writer. A file that is gone is as one that never was.
func (e *Entry) digest() digest {
	if e.Gone() {
		return digest{}
	}
	h := sha256.New()
	h.Write([]byte(e.Key))
	h.Write([]byte{0})
	if _, ok := e.Key.Param(); ok {
		sum := e.Value.Digest()
		h.Write(sum[:])
	}
	for _, f := range e.Files {
		h.Write([]byte(f.Item))
		h.Write([]byte{0})
		h.Write([]byte(f.Hash))
		h.Write([]byte{0})
	}
	sum := h.Sum(nil)
	var d digest
	for i := range d {
		d[i] = binary.LittleEndian.Uint64(sum[8*i:])
	}
	return d
}
