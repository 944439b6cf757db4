package step

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/engine"
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
	f, err := os.Open(path)
	if err != nil {
		return engine.Blob{}, err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return engine.Blob{}, err
	}
	h.mu.Lock()
	old, ok := h.known[path]
	h.mu.Unlock()
	if ok && unchanged(old.info, before) {
		return engine.Blob{Hash: old.hash, Size: before.Size()}, nil
	}
	sum := sha256.New()
	n, err := io.CopyBuffer(struct{ io.Writer }{sum}, stoppable{ctx, f}, make([]byte, 256<<10))
	if err != nil {
		return engine.Blob{}, err
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	if after, err := f.Stat(); err == nil && unchanged(before, after) && time.Since(after.ModTime()) > settled {
		h.mu.Lock()
		if h.known == nil {
			h.known = map[string]hashed{}
		}
		h.known[path] = hashed{after, hash}
		h.mu.Unlock()
	}
	return engine.Blob{Hash: hash, Size: n}, nil
}

// unchanged says whether two looks at a file saw the same file, not written between them.
func unchanged(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && changeTime(a) == changeTime(b)
}

type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
