package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Whoever can write to the folder of a store can put there what is no file: a pipe that nobody writes to, a device without
// an end, a link to a file or a folder somewhere else. Everything is opened by the functions here, which refuse that.

// within does something in the folder of the store, where no link leads out of it.
func (f *folder) within(do func(*os.Root) error) error {
	root, err := os.OpenRoot(f.root)
	if err != nil {
		return err
	}
	defer root.Close()
	if err = do(root); err != nil && strings.Contains(err.Error(), "path escapes from parent") { // package os has no name for it
		err = errCorrupt{"a link in its path leads out of the store"}
	}
	return err
}

// inside opens what has a key, whatever it is, without waiting for anybody.
func (f *folder) inside(key string, flags int) (file *os.File, err error) {
	err = f.within(func(root *os.Root) error {
		file, err = root.OpenFile(filepath.FromSlash(strings.TrimSuffix(key, "/")), flags|syscall.O_NONBLOCK, 0o666)
		return err
	})
	return file, err
}

// plain opens a file.
func (f *folder) plain(key string, flags int) (*os.File, fs.FileInfo, error) {
	file, err := f.inside(key, flags)
	if err != nil {
		if errors.Is(err, syscall.ENXIO) { // a socket, or a pipe that nobody reads
			err = errCorrupt{"it is not a file"}
		}
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errCorrupt{"it is " + kindOf(info.Mode()) + ", not a file"}
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	}
	return "a device or socket"
}

// writable opens a file to write, which is made where it is not there, and so are the folders on the way to it.
func (f *folder) writable(key string, flags int) (*os.File, error) {
	flags |= os.O_WRONLY | os.O_CREATE
	file, _, err := f.plain(key, flags)
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.mkdir(filepath.Dir(f.path(key))); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		file, _, err = f.plain(key, flags)
	}
	return file, err
}

func (f *folder) open(_ context.Context, key string) (io.ReadCloser, error) {
	file, _, err := f.plain(key, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f *folder) read(_ context.Context, key string, limit int64) ([]byte, error) {
	file, info, err := f.plain(key, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readUpTo(file, info.Size(), limit)
}

// entries are what is right below a prefix, by name.
func (f *folder) entries(prefix string) ([]fs.DirEntry, error) {
	dir, err := f.inside(prefix, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}

// readUpTo reads an object that says it is of a size, and refuses one that is larger than the limit.
func readUpTo(r io.Reader, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, tooLarge(size, limit)
	}
	data := make([]byte, 0, size+1) // one more, to meet the end
	for {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case int64(len(data)) > limit: // it grew, or said something else
			return nil, tooLarge(int64(len(data)), limit)
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		case len(data) == cap(data):
			data = slices.Grow(data, len(data)+512)
		}
	}
}

func tooLarge(size, limit int64) error {
	return errCorrupt{fmt.Sprintf("it has %s, and none of its kind more than %s", Size(size), Size(limit))}
}
