package step

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// hashCache remembers the hashes of files that have not changed since.
type hashCache struct {
	mu    sync.Mutex
	known map[string]hashed
}

type hashed struct {
	info os.FileInfo
	hash string
}

// settled is the age from which on a file's times tell whether it was written again: they are kept in ticks.
const settled = time.Second

// file returns the hash of a file, streamed.
func (h *hashCache) file(ctx context.Context, path string) (engine.Blob, error) {
	before, err := os.Stat(path)
	if err != nil {
		return engine.Blob{}, err
	}
	h.mu.Lock()
	old, ok := h.known[path]
	h.mu.Unlock()
	if ok && unchanged(old.info, before) {
		return engine.Blob{Hash: old.hash, Size: before.Size()}, nil
	}
	b, err := store.HashFile(ctx, path)
	if err != nil {
		return engine.Blob{}, err
	}
	if after, err := os.Stat(path); err == nil && unchanged(before, after) && time.Since(after.ModTime()) > settled {
		h.mu.Lock()
		if h.known == nil {
			h.known = map[string]hashed{}
		}
		h.known[path] = hashed{after, b.Hash}
		h.mu.Unlock()
	}
	return b, nil
}

// unchanged says whether two looks at a file saw the same file, not written between them.
func unchanged(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && changeTime(a) == changeTime(b)
}
