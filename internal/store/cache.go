package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Cached is what the cache holds of a content key: the record of the step that had it first, and what the key was
// made of. Package cache says what a key is.
type Cached struct {
	Key      string        `json:"key"`
	Pipeline string        `json:"pipeline,omitempty"`
	Run      string        `json:"run"`
	Record   engine.Record `json:"record"`
	Parts    []CachePart   `json:"parts,omitempty"`
	Used     time.Time     `json:"used,omitzero"` // when a step last took its outcome from here, or made it
}

// CachePart is one of the things that a content key is made of.
type CachePart struct {
	Kind  string `json:"kind"`
	Name  string `json:"name,omitempty"`
	Hash  string `json:"sha256"`          // empty: there is no such thing
	Shown string `json:"shown,omitempty"` // the beginning of a value, for people
}

func cacheKey(key string) string { return "cache/" + escape(key) + ".json" }

// lastKey is the place of the key that a step of a pipeline had last.
func lastKey(pipeline, path string) string {
	return "cache/steps/" + shortHash(pipeline+"\x00"+path) + ".json"
}

// PutCache notes the record of a step under its content key.
func (s *Store) PutCache(ctx context.Context, key string, c Cached) error {
	c.Key = key
	return s.writeJSON(ctx, cacheKey(key), c)
}

// GetCache returns what is noted under a content key, or nil.
func (s *Store) GetCache(ctx context.Context, key string) (*Cached, error) {
	var c Cached
	if ok, err := s.readJSON(ctx, cacheKey(key), &c); err != nil || !ok {
		return nil, err
	}
	c.Key = key
	return &c, nil
}

// LastKey is the content key that a step had when it last ran, with what it was made of.
type LastKey struct {
	Key   string      `json:"key"`
	Run   string      `json:"run"`
	Parts []CachePart `json:"parts"`
}

// PutLastKey notes the content key of a step, in place of the one before it.
func (s *Store) PutLastKey(ctx context.Context, pipeline, path string, k LastKey) error {
	return s.writeJSON(ctx, lastKey(pipeline, path), k)
}

// GetLastKey returns the content key that a step had last, or nil.
func (s *Store) GetLastKey(ctx context.Context, pipeline, path string) (*LastKey, error) {
	var k LastKey
	if ok, err := s.readJSON(ctx, lastKey(pipeline, path), &k); err != nil || !ok {
		return nil, err
	}
	return &k, nil
}

// ListCache returns all that the cache holds, what was used last first. What cannot be read is left out: the cache
// only saves work.
func (s *Store) ListCache(ctx context.Context) ([]Cached, error) {
	var keys []string
	for name, err := range s.bucket.list(ctx, "cache/") {
		if err != nil {
			return nil, s.fail("list", "cache/", err)
		}
		if strings.HasSuffix(name, recordExt) {
			keys = append(keys, "cache/"+name)
		}
	}
	found := make([]*Cached, len(keys))
	err := s.Each(ctx, len(keys), func(ctx context.Context, i int) error {
		var c Cached
		ok, err := s.readJSON(ctx, keys[i], &c)
		if err == nil && ok {
			found[i] = &c
		}
		if Corrupted(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Cached
	for _, c := range found {
		if c != nil {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Cached) int {
		if c := b.Used.Compare(a.Used); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return out, nil
}

// RemoveCache forgets a content key. One that is not there is no error.
func (s *Store) RemoveCache(ctx context.Context, key string) error {
	if key == "" {
		return fmt.Errorf("no key is given")
	}
	if err := s.bucket.remove(ctx, cacheKey(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.fail("remove", cacheKey(key), err)
	}
	return nil
}
