// Package textfile reads the files that people write: definitions, parameters, configurations. It refuses
// named pipes, devices and files that are far too large.
package textfile

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Limit is the number of bytes that a file may have. A definition of 100,000 steps has a quarter of them.
const Limit = 32 << 20

// TooLarge is the error of a file that is larger than [Limit].
type TooLarge struct{}

// Error says how large a file may be.
func (TooLarge) Error() string {
	return fmt.Sprintf("it is larger than %d MiB, which no such file is", Limit>>20)
}

// NotFile is the error of what is neither a file nor a pipe that a shell opened for us.
type NotFile struct{ mode fs.FileMode }

// Error says what it is.
func (e NotFile) Error() string {
	what := "a device or socket"
	if e.mode&fs.ModeNamedPipe != 0 {
		what = "a named pipe"
	}
	return "it is " + what + ", not a file"
}

// Read reads a file, or a pipe that a shell opened: /dev/stdin, /dev/fd/63. It ends with the context, also while nobody
// writes to a pipe; the error is then the context's. All other errors are of type [*fs.PathError].
func Read(ctx context.Context, name string) ([]byte, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1) // what comes after the context's end is for nobody
	go func() {
		text, err := File(name)
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// File is [Read] of a file that is no pipe.
func File(name string) ([]byte, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, Limit+1))
	if err == nil && len(text) > Limit {
		err = &fs.PathError{Op: "read", Path: name, Err: TooLarge{}}
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

// open opens a file. Of one that is none it does not wait for whoever writes to it.
func open(name string) (*os.File, error) {
	if opened(name) {
		return os.Open(name)
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	switch {
	case err != nil:
	case st.Mode().IsRegular() && st.Size() > Limit:
		err = &fs.PathError{Op: "read", Path: name, Err: TooLarge{}}
	case !st.Mode().IsRegular() && !st.IsDir(): // reading a folder has an error of its own
		err = &fs.PathError{Op: "read", Path: name, Err: NotFile{st.Mode()}}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// opened reports whether a name is that of a descriptor which a shell opened for this process.
func opened(name string) bool {
	name = filepath.Clean(name)
	return name == "/dev/stdin" || strings.HasPrefix(name, "/dev/fd/") || strings.HasPrefix(name, "/proc/self/fd/")
}
