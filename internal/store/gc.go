package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// The ages that make collecting safe beside running pipelines. A put that finds its blob there, and old, makes it
// young again (see [Store.renew]); [Store.Collect] removes only blobs that are older than that by far. So a blob that
// any step has put, or found there, since it could last be taken for old, is never removed under it.
const (
	renewFolder = time.Hour          // in a folder: the file's time is set
	renewBucket = 3 * 24 * time.Hour // in a bucket: the bytes are written again
	graceFolder = 2 * renewFolder    // what --older-than is at least
	graceBucket = renewBucket + 24*time.Hour
)

// CollectOptions says what [Store.Collect] removes.
type CollectOptions struct {
	OlderThan time.Duration // blobs that were last put, or found there by a put, longer ago; at least [Store.Grace]
	DryRun    bool          // remove nothing
}

// Collected is what [Store.Collect] did.
type Collected struct {
	Blobs   int   `json:"blobs"` // in the store
	Bytes   int64 `json:"bytes"`
	Needed  int   `json:"needed"` // a run or the cache refers to them
	Young   int   `json:"young"`  // nothing does, yet: they may belong to a step that runs
	Removed int   `json:"removed"`
	Freed   int64 `json:"freed_bytes"`
}

// Grace is the least age at which a blob may be removed.
func (s *Store) Grace() time.Duration {
	if _, ok := s.Folder(); ok {
		return graceFolder
	}
	return graceBucket
}

// Collect removes the blobs that no run and no entry of the cache refers to. It may run beside pipelines: first it
// lists what is old enough, then it reads what everything refers to, then it removes what of the first is not in the
// second, looking at each once more before it goes. A reference is any text of 64 hex digits in an object of a run or
// of the cache, or in a blob that holds a part of a scope: rather one too many.
func (s *Store) Collect(ctx context.Context, o CollectOptions) (Collected, error) {
	var c Collected
	if o.OlderThan < s.Grace() {
		return c, fmt.Errorf("blobs younger than %s may belong to a step that runs; collect what is older", s.Grace())
	}
	limit := time.Now().Add(-o.OlderThan)
	var all []stored
	for key, err := range s.bucket.walk(ctx, "blobs/sha256/") {
		if err != nil {
			return c, s.fail("list", "blobs/", err)
		}
		if b, ok := blobOf(key); ok {
			all = append(all, stored{key: key, hash: b})
		}
	}
	err := s.Each(ctx, len(all), func(ctx context.Context, i int) (err error) {
		all[i].size, all[i].at, err = s.bucket.stat(ctx, all[i].key)
		if errors.Is(err, fs.ErrNotExist) {
			all[i].gone, err = true, nil
		}
		return s.fail("read", all[i].key, err)
	})
	if err != nil {
		return c, err
	}
	needed, err := s.references(ctx)
	if err != nil {
		return c, err
	}
	var remove []stored
	for _, b := range all {
		if b.gone {
			continue
		}
		c.Blobs++
		c.Bytes += b.size
		switch {
		case needed[b.hash]:
			c.Needed++
		case b.at.After(limit):
			c.Young++
		default:
			remove = append(remove, b)
		}
	}
	return s.sweep(ctx, c, remove, limit, o.DryRun)
}

// stored is a blob in the store.
type stored struct {
	key, hash string
	size      int64
	at        time.Time
	gone      bool
}

// sweep removes blobs, unless one has become young meanwhile.
func (s *Store) sweep(ctx context.Context, c Collected, remove []stored, limit time.Time, dry bool) (Collected, error) {
	var mu sync.Mutex
	err := s.Each(ctx, len(remove), func(ctx context.Context, i int) error {
		b := remove[i]
		gone := true
		if !dry {
			var err error
			if gone, err = s.bucket.removeOld(ctx, b.key, limit); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return s.fail("remove", b.key, err)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if gone {
			c.Removed++
			c.Freed += b.size
		} else {
			c.Young++
		}
		return nil
	})
	return c, err
}

func blobOf(key string) (hash string, ok bool) {
	hash = strings.ReplaceAll(strings.TrimPrefix(key, "blobs/sha256/"), "/", "")
	return hash, checkHash(hash) == nil
}

// renew reports whether the store holds a blob that no collection will take: one that is young, or was made so.
func (s *Store) renew(ctx context.Context, b engine.Blob) (bool, error) {
	key := blobKey(b)
	size, at, err := s.bucket.stat(ctx, key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, s.fail("read", key, err)
	case size != b.Size:
		return false, nil
	}
	ok, err := s.bucket.renew(ctx, key, at)
	return ok, s.fail("write", key, err)
}

// renew sets a file's time, so that a collection that runs at the same time leaves it.
func (f *folder) renew(_ context.Context, key string, at time.Time) (bool, error) {
	if time.Since(at) < renewFolder {
		return true, nil
	}
	now := time.Now()
	err := f.within(func(root *os.Root) error { return root.Chtimes(filepath.FromSlash(key), now, now) })
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // it has just been collected
	}
	if errors.Is(err, fs.ErrPermission) {
		return false, nil // another user's: write it anew
	}
	return err == nil, err
}

// removeOld takes the file aside before the look at its time that decides: whoever renewed it has done so by then, and
// whoever comes later does not find it and writes it anew. One that is seen to be young is left where it is, so that no
// reader ever misses it.
func (f *folder) removeOld(ctx context.Context, key string, limit time.Time) (bool, error) {
	if _, at, err := f.stat(ctx, key); err != nil || at.After(limit) {
		return false, err
	}
	name := f.path(key)
	aside := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+tempExt)
	if err := os.Rename(name, aside); err != nil {
		return false, err
	}
	info, err := os.Lstat(aside)
	if err != nil {
		return false, err
	}
	if info.ModTime().After(limit) {
		return false, os.Rename(aside, name)
	}
	return true, os.Remove(aside)
}

func (f *folder) stat(_ context.Context, key string) (int64, time.Time, error) {
	info, err := os.Lstat(f.path(key))
	if err != nil {
		return 0, time.Time{}, err
	}
	return info.Size(), info.ModTime(), nil
}

// renew lets a put write an old object again: a bucket has no other way to make it young.
func (c *cloud) renew(_ context.Context, _ string, at time.Time) (bool, error) {
	return time.Since(at) < renewBucket, nil
}

// removeOld looks at the object's time right before it removes it.
func (c *cloud) removeOld(ctx context.Context, key string, limit time.Time) (bool, error) {
	a, err := c.b.Attributes(ctx, key)
	if err != nil {
		return false, translate(err)
	}
	if a.ModTime.After(limit) {
		return false, nil
	}
	return true, translate(c.b.Delete(ctx, key))
}

func (c *cloud) stat(ctx context.Context, key string) (size int64, at time.Time, err error) {
	err = persist(ctx, func() error {
		a, err := c.b.Attributes(ctx, key)
		if err == nil {
			size, at = a.Size, a.ModTime
		}
		return translate(err)
	})
	return size, at, err
}
