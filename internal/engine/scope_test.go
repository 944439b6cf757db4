package engine

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// memory is a blob store in a map.
type memory map[string][]byte

func (m memory) Get(b Blob) ([]byte, error) {
	if data, ok := m[b.Hash]; ok {
		return data, nil
	}
	return nil, fmt.Errorf("no blob %s", b.Hash)
}

func (m memory) Put(data []byte) (Blob, error) {
	hash := fmt.Sprintf("%x", Value{JSON: data}.Digest())
	m[hash] = data
	return Blob{Hash: hash, Size: int64(len(data))}, nil
}

func entry(name, json string) *Entry {
	return &Entry{Key: ParamKey(name), Value: Value{JSON: []byte(json)}, By: "w#1"}
}

func params(s *Scope) map[string]string {
	out := map[string]string{}
	for name, v := range s.Params() {
		out[name] = string(v.JSON)
	}
	return out
}

func TestScopeWith(t *testing.T) {
	t.Parallel()
	var empty *Scope
	a := empty.With(entry("x", "1"), entry("y", "2"))
	b := a.With(entry("x", "3"))
	if diff := cmp.Diff(map[string]string{"x": "1", "y": "2"}, params(a)); diff != "" {
		t.Errorf("a changed:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"x": "3", "y": "2"}, params(b)); diff != "" {
		t.Error(diff)
	}
}

func TestScopeDigestIsOfContent(t *testing.T) {
	t.Parallel()
	var empty *Scope
	one := empty.With(entry("x", "1")).With(entry("y", "2")).With(entry("x", "3"))
	other := empty.With(entry("y", "2"), entry("x", "3"))
	if one.Digest() != other.Digest() {
		t.Error("the same names and values have two digests")
	}
	if one.Digest() == one.With(entry("x", "4")).Digest() {
		t.Error("another value has the same digest")
	}
	if empty.Digest() != (&Scope{}).Digest() {
		t.Error("two empty scopes differ")
	}
}

// A chain of n steps that each write a new name keeps few segments and few bytes a step.
func TestScopeChainStaysSmall(t *testing.T) {
	t.Parallel()
	const n = 5000
	blobs := memory{}
	var s *Scope
	inline, most := 0, 0
	for i := range n {
		s = s.With(entry(fmt.Sprintf("name%d", i), fmt.Sprint(i)))
		ref, err := s.Save(blobs)
		if err != nil {
			t.Fatal(err)
		}
		inline += len(ref.Entries)
		most = max(most, len(ref.Segments))
	}
	stored := 0
	for _, b := range blobs {
		stored += len(b)
	}
	if most > 14 {
		t.Errorf("a reader opens %d segments", most)
	}
	if perStep := inline / n; perStep > inlineEntries {
		t.Errorf("%d entries a record", perStep)
	}
	if perStep := stored / n; perStep > 2000 {
		t.Errorf("%d bytes of segments a step", perStep)
	}
	ref, _ := s.Save(blobs)
	back, err := LoadScope(ref, blobs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(params(s), params(back)); diff != "" {
		t.Error(diff)
	}
	if back.Digest() != s.Digest() {
		t.Error("the digest changed on the way")
	}
}

func TestSaveKeepsLargeValuesApart(t *testing.T) {
	t.Parallel()
	blobs := memory{}
	big := `"` + strings.Repeat("a", 3*inlineValue) + `"`
	s := (*Scope)(nil).With(entry("big", big), entry("small", "1"))
	ref, err := s.Save(blobs)
	if err != nil {
		t.Fatal(err)
	}
	if ref.Entries[0].Value.Blob == nil || ref.Entries[1].Value.Blob != nil {
		t.Errorf("want the large value alone as a blob, got %+v", ref.Entries)
	}
	back, err := LoadScope(ref, blobs)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := back.Param("big")
	if text, err := v.Text(blobs); err != nil || string(text) != big {
		t.Errorf("got %.20s, %v", text, err)
	}
}

// counted counts what is put, by its length.
type counted map[int]int

func (c counted) Get(Blob) ([]byte, error) { return nil, errors.New("nothing is read here") }

func (c counted) Put(data []byte) (Blob, error) {
	c[len(data)]++
	return Blob{Hash: strings.Repeat("0", 64), Size: int64(len(data))}, nil
}

// The items of a map in a map have scopes of merged segments, and all of them the map's parameters.
func TestLongValueIsPutOnce(t *testing.T) {
	t.Parallel()
	long := entry("long", `"`+strings.Repeat("x", 5000)+`"`)
	base, blobs := (&Scope{}).With(long, entry("short", "1")), counted{}
	for i := range 20 {
		s := base.With(entry("outer", strconv.Itoa(i))).With(entry("inner", strconv.Itoa(i)))
		ref, err := s.Save(blobs)
		if err != nil {
			t.Fatal(err)
		}
		if len(ref.Entries) != 4 {
			t.Fatalf("saved %d entries, want 4", len(ref.Entries))
		}
	}
	if want := (counted{5002: 1}); !maps.Equal(blobs, want) {
		t.Errorf("put %v (length: times), want %v", blobs, want)
	}
}
