// Package pyenv makes Python environments that hold the packages that steps name, once for each content, in the user's cache
// folder.
package pyenv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/filelock"
)

// FolderVariable names the variable that says where environments are kept.
const FolderVariable = "RUNNABLE_ENVIRONMENTS"

// ErrAbsent is the error for an environment that is not there and must not be made.
var ErrAbsent = errors.New("the environment with the step's packages is not made yet")

// Want is what an environment is to be.
type Want struct {
	Python   string            // the interpreter that it is made of
	Packages []string          // what pip takes: "pandas==2.2.3"
	Environ  map[string]string // variables of the installer, without secrets
	Look     bool              // make none: the error is then [ErrAbsent]
	// Fallback gives a folder where there is no cache folder to write to, as in a container.
	Fallback func() (string, error)
	Note     func(text string) // is told of an environment that is made
}

// Python returns the interpreter of an environment. It makes the environment if it is not there; processes that want the same
// one at the same time wait for the first. The error of an installer that failed ends with what it said.
func Python(ctx context.Context, w Want) (string, error) {
	root, err := w.folder()
	if err != nil {
		return "", err
	}
	dir, err := w.path(root)
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "bin", "python")
	if runtime.GOOS == "windows" {
		program = filepath.Join(dir, "Scripts", "python.exe")
	}
	switch {
	case ready(dir, program):
		return program, nil
	case w.Look:
		return "", ErrAbsent
	}
	unlock, err := filelock.Lock(ctx, dir+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if ready(dir, program) {
		return program, nil
	}
	w.Note("making an environment with " + strings.Join(w.Packages, ", "))
	if err := w.install(ctx, dir, program); err != nil {
		return "", fmt.Errorf("no environment with %s: %w", strings.Join(w.Packages, ", "), err)
	}
	list, err := json.MarshalIndent(w.sorted(), "", "  ")
	if err != nil {
		return "", err
	}
	return program, os.WriteFile(mark(dir), append(list, '\n'), 0o600)
}

// mark is the file that says that an environment is whole. It lists the packages.
func mark(dir string) string { return filepath.Join(dir, "packages.json") }

// ready reports whether an environment is whole, and its interpreter still there: it is a link to the one it was made of.
func ready(dir, program string) bool {
	for _, file := range []string{mark(dir), program} {
		if _, err := os.Stat(file); err != nil {
			return false
		}
	}
	return true
}

// folder is where environments are kept: where [FolderVariable] says, else in the user's cache folder. It is made unless the
// caller only looks.
func (w Want) folder() (string, error) {
	if dir := w.Environ[FolderVariable]; dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil || w.Look {
			return abs, err
		}
		return abs, os.MkdirAll(abs, 0o700)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return w.Fallback()
	}
	dir := filepath.Join(cache, "runnable-render", "environments")
	if !w.Look && os.MkdirAll(dir, 0o700) != nil {
		return w.Fallback()
	}
	return dir, nil
}

func (w Want) sorted() []string { return slices.Compact(slices.Sorted(slices.Values(w.Packages))) }

// path is where the environment is: its name changes with the packages, with the content of those that lie on this machine, and with
// the interpreter when that is updated.
func (w Want) path(root string) (string, error) {
	python, err := filepath.EvalSymlinks(w.Python)
	if err != nil {
		return "", err
	}
	st, err := os.Stat(python)
	if err != nil {
		return "", err
	}
	contents, err := w.contents()
	if err != nil {
		return "", err
	}
	text, err := json.Marshal([]any{w.Python, python, st.Size(), st.ModTime().UnixNano(), w.sorted(), contents})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return filepath.Join(root, hex.EncodeToString(sum[:16])), nil
}
