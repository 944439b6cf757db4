package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"
)

// The index of runs is what package runs/index derives, so that a list need not open every run. The store knows of
// it only where it lies and which runs it may be wrong about.

const (
	indexKey   = "index/runs.json"
	changedKey = "index/changed/"
)

// ReadIndex returns the index as it was written last. Where there is none the error is fs.ErrNotExist.
func (s *Store) ReadIndex(ctx context.Context) ([]byte, error) {
	data, err := s.bucket.read(ctx, indexKey, maxObject)
	return data, s.fail("read", indexKey, err)
}

// WriteIndex replaces the index.
func (s *Store) WriteIndex(ctx context.Context, data []byte) error {
	return s.fail("write", indexKey, s.bucket.write(ctx, indexKey, data))
}

// Change is the fact that a run which may have ended is about to change: it is retried, tagged or removed. It is
// written before the change itself.
type Change struct {
	Run string
	key string
}

// noteChange makes every list look at the run itself from now on.
func (s *Store) noteChange(ctx context.Context, run string) error {
	key := changedKey + escapeBytes(run, true) + "/" + strings.ToLower(rand.Text())
	return s.fail("write", key, s.bucket.write(ctx, key, []byte("{}\n")))
}

// Changes returns the changes that are noted.
func (s *Store) Changes(ctx context.Context) ([]Change, error) {
	var out []Change
	for key, err := range s.bucket.walk(ctx, changedKey) {
		if err != nil {
			return nil, s.fail("list", changedKey, err)
		}
		if run, ok := unescape(path.Base(path.Dir(key))); ok {
			out = append(out, Change{run, key})
		}
	}
	return out, nil
}

// ForgetChanges removes those of the changes that were noted longer ago than it can take to make one. An index that
// was written by someone who has seen them is right about their runs.
func (s *Store) ForgetChanges(ctx context.Context, changes []Change) error {
	limit := time.Now().Add(-changeGrace)
	return s.Each(ctx, len(changes), func(ctx context.Context, i int) error {
		_, at, err := s.bucket.stat(ctx, changes[i].key)
		if err == nil && !at.After(limit) {
			err = s.bucket.remove(ctx, changes[i].key)
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return s.fail("remove", changes[i].key, err)
	})
}

// changeGrace is by far longer than the time between the note of a change and the change.
const changeGrace = time.Hour
