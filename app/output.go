package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/term"

	"github.com/runnable-render/runnable-render/internal/progress"
)

// output is stdout or stderr, which remembers that a write failed: whoever writes may leave the error to the end, where
// the program must not say that all went well.
type output struct {
	w    io.Writer
	gone func() // called when the reader has gone: a run then stops its steps and leaves none behind

	mu  sync.Mutex
	err error
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	o.err = err
	if errors.Is(err, syscall.EPIPE) {
		o.gone()
	}
	return n, err
}

// code is the program's exit code, given what the command came to. Where the reader has gone, as `head` does, there
// is nobody to tell.
func (o *output) code(a *command, code int) int {
	switch {
	case o.err == nil:
		return code
	case errors.Is(o.err, syscall.EPIPE):
		return ExitPipe
	}
	fmt.Fprintf(a.stderr, "%s: cannot write the output: %v\n", a.Name, cause(o.err))
	return ExitEnvironment
}

// cause is an error of the file system without Go's words around it.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// plain writes text without anything that controls a terminal: names and values in it are a user's.
type plain struct{ io.Writer }

// Write implements io.Writer.
func (p plain) Write(text []byte) (int, error) {
	if _, err := io.WriteString(p.Writer, progress.Lines(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// unwrapped is the stream itself, for questions about terminals.
func unwrapped(w io.Writer) io.Writer {
	if o, ok := w.(*output); ok {
		return o.w
	}
	return w
}

func isTerminal(w io.Writer) bool {
	f, ok := unwrapped(w).(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is the number of columns of a terminal; 0: it is none.
func width(w io.Writer) int {
	f, ok := unwrapped(w).(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// colours reports whether to write colours to w (https://no-color.org).
func colours(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// self is how a person starts this program again: by its name where the shell finds it, else by its path.
func (a *command) self() string {
	exe, err := os.Executable()
	if err != nil || strings.Contains(exe, string(filepath.Separator)+"go-build") { // go run: gone when it ends
		return a.Name
	}
	if found, err := exec.LookPath(a.Name); err == nil && sameFile(found, exe) {
		return a.Name
	}
	return quoteArg(exe)
}

func sameFile(x, y string) bool {
	a, err := os.Stat(x)
	if err != nil {
		return false
	}
	b, err := os.Stat(y)
	return err == nil && os.SameFile(a, b)
}

// writeFile writes a file whole or not at all. What is there and is no plain file, such as /dev/stdout or a link, is
// written to as it is.
func writeFile(name string, data []byte) error {
	mode := fs.FileMode(0o644)
	switch st, err := os.Lstat(name); {
	case err == nil && !st.Mode().IsRegular():
		return os.WriteFile(name, data, mode)
	case err == nil:
		mode = st.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return &fs.PathError{Op: "write", Path: name, Err: cause(err)}
	}
	if err := fill(f, data, mode); err != nil {
		_ = os.Remove(f.Name())
		return &fs.PathError{Op: "write", Path: name, Err: cause(err)}
	}
	if err := os.Rename(f.Name(), name); err != nil {
		_ = os.Remove(f.Name())
		return &fs.PathError{Op: "write", Path: name, Err: err}
	}
	return nil
}

func fill(f *os.File, data []byte, mode fs.FileMode) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	return errors.Join(err, f.Close())
}
