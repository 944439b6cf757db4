package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/runnable-render/runnable-render/internal/workfolder"
)

// held keeps files that were put without a copy (store_copy: false) when the folder that they lay in goes.
type held struct {
	mu    sync.Mutex
	dir   string
	at    map[string]string          // by hash: where the file is
	paths map[string]map[string]bool // by path below the working folder: the hashes put there
}

// take moves files out of a folder that is about to go.
func (h *held) take(from *workfolder.Folder, files map[string]string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for hash, path := range files {
		to := filepath.Join(h.dir, hash)
		err := from.Move(path, to)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it lies in the folder around this one, and stays there
		}
		if err != nil {
			return err
		}
		if h.at == nil {
			h.at, h.paths = map[string]string{}, map[string]map[string]bool{}
		}
		if h.paths[path] == nil {
			h.paths[path] = map[string]bool{}
		}
		h.at[hash], h.paths[path][hash] = to, true
	}
	return nil
}

// find returns where a file is held, or nothing.
func (h *held) find(hash string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at[hash]
}

// release moves to a folder what lies there nowhere else: a retry of the run, and its user, find it where it was put.
func (h *held) release(dir string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for path, hashes := range h.paths {
		to := filepath.Join(dir, filepath.FromSlash(path))
		if _, err := os.Lstat(to); err == nil || len(hashes) != 1 {
			continue
		}
		for hash := range hashes {
			if err := moved(h.at[hash], to); err != nil {
				return err
			}
			h.at[hash] = to
		}
	}
	return nil
}

func moved(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return workfolder.MoveFile(from, to)
}
