// Package testvenv makes virtual environments for tests: real packages from PyPI, installed once on a machine.
package testvenv

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/filelock"
)

// Make returns the Python of a virtual environment with packages, in the user's cache folder. Its name changes with
// the packages.
func Make(name string, packages ...string) (string, error) {
	return MakeBy("python3", name, packages...)
}

// MakeBy is Make by a Python: a path, or a name on PATH. The name changes with it too.
func MakeBy(python, name string, packages ...string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "runnable-render-tests", name)
	py := filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
		return py, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := filelock.Lock(context.Background(), dir+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
		return py, nil
	}
	steps := [][]string{{python, "-m", "venv", "--clear", dir}, append([]string{py, "-m", "pip", "install", "-q"}, packages...)}
	if len(packages) == 0 {
		steps = [][]string{{python, "-m", "venv", "--clear", "--without-pip", dir}}
	}
	for _, argv := range steps {
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%v: %w\n%s", argv, err, out)
		}
	}
	return py, os.WriteFile(filepath.Join(dir, "ready"), nil, 0o600)
}
