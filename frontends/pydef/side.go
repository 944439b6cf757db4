package pydef

import (
	"os"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/workfolder"
	"github.com/runnable-render/runnable-render/python"
)

// pythonSide returns a folder with the embedded Python files, and what to do when they are no longer needed. It is a
// folder of the user's cache, named by the files' content, so that Python compiles them once; where there is no
// cache, a temporary one.
func pythonSide() (dir string, release func(), err error) {
	if cache, err := os.UserCacheDir(); err == nil {
		if dir, err := cached(filepath.Join(cache, "runnable-render")); err == nil {
			return dir, func() {}, nil
		}
	}
	dir, remove, err := workfolder.NewTemp("runnable-render-define-")
	if err != nil {
		return "", nil, err
	}
	return dir, func() { _ = remove() }, python.Extract(dir)
}

// cached returns the folder of this version's files, written if it is not there. Its name appears at once with all
// that belongs to it.
func cached(root string) (string, error) {
	dir := filepath.Join(root, "python-"+python.Digest())
	if _, err := os.Stat(filepath.Join(dir, python.Define)); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", err
	}
	made, remove, err := workfolder.NewTempIn(root, "new-python-")
	if err != nil {
		return "", err
	}
	defer func() { _ = remove() }()
	if err := python.Extract(made); err != nil {
		return "", err
	}
	if err := os.Rename(made, dir); err != nil {
		if _, there := os.Stat(filepath.Join(dir, python.Define)); there != nil {
			return "", err
		} // else another process was faster
	}
	return dir, nil
}
