package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Share opens a store that is a folder of this machine to every user of it, so that steps in containers, who are
// different users, can write to it: the volume of a plan, which no other process sees. Of what older runs left it opens the
// blobs and the run of the name, which they may have to add to. A bucket needs nothing.
func Share(where, run string) error {
	u, err := parse(where)
	if err != nil || u.Scheme != "file" {
		return err
	}
	for _, top := range []string{".", "runs", "blobs", "cache", "leases", strings.TrimSuffix(runKey(run), "/")} {
		err := filepath.WalkDir(filepath.Join(u.Path, top), func(dir string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist) || err == nil && !d.IsDir():
				return nil
			case err == nil:
				err = os.Chmod(dir, 0o777)
			}
			if err == nil && (top == "." || top == "runs") {
				return fs.SkipDir
			}
			return err
		})
		if err != nil {
			return &Error{Store: where, Op: "share", Err: err, Hint: "its owner or root can"}
		}
	}
	return nil
}

// Reclaimed is what [Store.Reclaim] came to.
type Reclaimed struct {
	Folders int    // that nobody but their owner can write to any more
	Foreign string // one that others can still write to, because it is not this user's
}

// Reclaim takes the right to write from all but the owner where the store is a folder of this machine that everyone may
// write to, as a run in containers left it once: whoever puts an object or an entry of the cache there runs code as the
// user of the store. It looks no further where the folder itself is not open.
func (s *Store) Reclaim() (Reclaimed, error) {
	var r Reclaimed
	f, ok := s.bucket.(*folder)
	if !ok || !f.shared || runtime.GOOS == "windows" { // where folders have no such modes
		return r, nil
	}
	f.shared = false
	root, err := os.OpenRoot(f.root)
	if err != nil {
		return r, s.fail("open", "", err)
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return passed(err)
		}
		info, err := d.Info()
		if err != nil || info.Mode().Perm()&0o022 == 0 {
			return passed(err)
		}
		switch err := root.Chmod(dir, info.Mode()&^0o022); {
		case errors.Is(err, fs.ErrPermission) && r.Foreign != "":
		case errors.Is(err, fs.ErrPermission):
			r.Foreign = filepath.Join(f.root, filepath.FromSlash(dir))
		case err != nil:
			return passed(err)
		default:
			r.Folders++
		}
		return nil
	})
	return r, s.fail("close", "", err)
}

// passed is an error, but for those of what is removed meanwhile or cannot be looked into.
func passed(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}
