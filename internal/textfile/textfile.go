// Package textfile reads the files that people write: definitions, parameters, configurations. They may be pipes, or
// devices, or far too large by mistake, so that reading has a bound and an end.
package textfile

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Limit is the number of bytes that a file may have. A definition of 100,000 steps has a quarter of them.
const Limit = 32 << 20

// TooLarge is the error of a file that is larger than [Limit].
type TooLarge struct{}

// Error says how large a file may be.
func (TooLarge) Error() string {
	return fmt.Sprintf("it is larger than %d MiB, which no such file is", Limit>>20)
}

// Read reads a file. It ends with the context, also while nobody writes to a pipe; the error is then the context's. All
// other errors are of type [*fs.PathError].
func Read(ctx context.Context, name string) ([]byte, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1) // what comes after the context's end is for nobody
	go func() {
		text, err := read(name)
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func read(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.Mode().IsRegular() && st.Size() > Limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: TooLarge{}}
	}
	text, err := io.ReadAll(io.LimitReader(f, Limit+1))
	if err == nil && len(text) > Limit {
		err = &fs.PathError{Op: "read", Path: name, Err: TooLarge{}}
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}
