package testvenv

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Interpreter is a Python of this machine.
type Interpreter struct {
	Version string // all its numbers: 3.11.2
	Path    string // as it calls itself
}

// Supported reports whether steps and definitions can run in it: in Python 3.9 and later.
func (i Interpreter) Supported() bool { return slices.Compare(numbers(i.Version), []int{3, 9}) >= 0 }

// Interpreters are the Pythons of this machine, one of each version, the oldest first: those on PATH, which are
// Debian's among others, and those that pyenv and uv keep. Virtual environments are left out.
func Interpreters() ([]Interpreter, error) {
	all, err := interpreters()
	return slices.Clone(all), err
}

var interpreters = sync.OnceValues(func() ([]Interpreter, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	var patterns []string
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin", "/usr/local/bin") {
		patterns = append(patterns, filepath.Join(dir, "python3"), filepath.Join(dir, "python3.[0-9]"), filepath.Join(dir, "python3.[0-9][0-9]"))
	}
	patterns = append(patterns, filepath.Join(home, ".pyenv/versions/*/bin/python"), filepath.Join(home, ".local/share/uv/python/*/bin/python3"))
	byVersion := map[string]Interpreter{}
	for _, pattern := range patterns {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			if chooses(path) {
				continue
			}
			if i, ok := ask(path); ok && byVersion[i.Version].Path == "" {
				byVersion[i.Version] = i
			}
		}
	}
	if len(byVersion) == 0 {
		return nil, errors.New("this machine has no Python")
	}
	var all []Interpreter
	for _, i := range byVersion {
		all = append(all, i)
	}
	slices.SortFunc(all, func(a, b Interpreter) int {
		return cmp.Or(slices.Compare(numbers(a.Version), numbers(b.Version)), cmp.Compare(a.Path, b.Path))
	})
	return all, nil
})

// chooses reports whether a program is a script that chooses among interpreters, which stand elsewhere.
func chooses(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	start := make([]byte, 2)
	_, err = io.ReadFull(f, start)
	return err != nil || string(start) == "#!"
}

// ask has a program say what it is.
func ask(path string) (Interpreter, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	const question = `import sys; print("%d.%d.%d %s %s" % (tuple(sys.version_info[:3]) + (sys.executable, getattr(sys, "base_prefix", sys.prefix) == sys.prefix)))`
	out, err := exec.CommandContext(ctx, path, "-c", question).Output()
	said := strings.Fields(string(out))
	if err != nil || len(said) != 3 || said[2] != "True" || numbers(said[0]) == nil {
		return Interpreter{}, false
	}
	return Interpreter{Version: said[0], Path: said[1]}, true
}

// numbers are those of a version; nil where it is none.
func numbers(version string) []int {
	var v []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		v = append(v, n)
	}
	return v
}

// First is the Python that the name python3 stands for.
func First() (Interpreter, error) {
	if i, ok := ask("python3"); ok {
		return i, nil
	}
	return Interpreter{}, errors.New("this machine has no python3")
}
