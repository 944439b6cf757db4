package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// folder is a bucket in a folder of this machine, with the layout of gocloud.dev's fileblob (no_tmp_dir=1,
// metadata=skip), which reads what this writes and the other way round.
//
// It does not go through fileblob because that (v0.47) creates with a stat and then a rename, under a mutex that each
// writer makes for itself: of several writers with IfNotExist all may win, which claims of attempts, run ids and
// records cannot bear. Here link(2) decides. Speed is no reason: see BenchmarkRecord.
type folder struct {
	root string
	// shared makes every folder writable by everyone, as the store's own is: steps in containers run as different
	// users. Files keep the mode that the umask leaves them; they are replaced, never written to again.
	shared bool
}

const tempExt = ".tmp"

// temp makes a file beside the one with the key, and the folders on the way to it.
func (f *folder) temp(key string) (*os.File, error) {
	dir, base := path.Split(key)
	return f.openNew(dir + "." + base + "." + rand.Text() + tempExt)
}

// openNew opens a file that is not there yet, and makes the folders on the way to it.
func (f *folder) openNew(key string) (*os.File, error) { return f.writable(key, os.O_EXCL) }

// mkdir makes a folder of the store, and those that it is in.
func (f *folder) mkdir(dir string) error {
	err := f.makeFolder(dir) // nearly always all that is missing
	if err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.mkdirAll(dir)
}

// mkdirAll is mkdir from the top. What the store is in must be there: a typing error, or a disk that is not
// mounted, should not end in a store somewhere else.
func (f *folder) mkdirAll(dir string) error {
	if err := os.Mkdir(f.root, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		if errors.Is(err, fs.ErrNotExist) {
			return missingParent(f.root)
		}
		return err
	}
	if !f.shared {
		return os.MkdirAll(dir, 0o777)
	}
	var missing []string
	for ; len(dir) > len(f.root); dir = filepath.Dir(dir) {
		missing = append(missing, dir)
	}
	for _, dir := range slices.Backward(missing) {
		if err := f.makeFolder(dir); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// makeFolder makes one folder. A shared one is open to everyone from the moment that it has its name: whoever finds it
// may write to it at once.
func (f *folder) makeFolder(dir string) error {
	if !f.shared {
		return os.Mkdir(dir, 0o777)
	}
	if _, err := os.Lstat(dir); err == nil {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrExist}
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".*"+tempExt)
	if err != nil {
		return err
	}
	if err = os.Chmod(temp, 0o777); err == nil {
		err = renameNew(temp, dir)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		err = os.Rename(temp, dir) // which replaces no folder
	}
	if err != nil {
		_ = os.Remove(temp)
	}
	return err
}

func (f *folder) path(key string) string { return filepath.Join(f.root, filepath.FromSlash(key)) }

func (f *folder) size(_ context.Context, key string) (int64, error) {
	info, err := os.Lstat(f.path(key))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f *folder) write(ctx context.Context, key string, data []byte) error {
	return f.put(ctx, key, bytesTo(data), os.Rename)
}

func (f *folder) stream(ctx context.Context, key string, r io.Reader, size int64) error {
	return f.put(ctx, key, func(w io.Writer) error {
		_, err := io.CopyBuffer(onlyWriter{w}, r, buffer(size))
		return err
	}, os.Rename)
}

// onlyWriter hides ReadFrom, which would not use the buffer.
type onlyWriter struct{ io.Writer }

func (f *folder) create(ctx context.Context, key string, data []byte) error {
	return f.put(ctx, key, bytesTo(data), nameNew)
}

func bytesTo(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// put fills a temporary file and then gives it its name. It leaves nothing else unless the process is killed.
func (f *folder) put(ctx context.Context, key string, fill func(io.Writer) error, name func(from, to string) error) error {
	file, err := f.temp(key)
	if err != nil {
		return err
	}
	temp := file.Name()
	if err = fill(file); err == nil {
		err = ctx.Err()
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = name(temp, f.path(key))
	}
	if err != nil {
		_ = os.Remove(temp)
		var le *os.LinkError
		if errors.As(err, &le) {
			err = &linkError{le.Err}
		}
	}
	return err
}

// linkError is an os.LinkError without its two long paths.
type linkError struct{ err error }

func (e *linkError) Error() string { return e.err.Error() }
func (e *linkError) Unwrap() error { return e.err }

// nameNew gives the file its new name unless there is one of that name.
func nameNew(from, to string) error {
	err := renameNew(from, to)
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return linkNew(from, to)
}

// linkNew is nameNew for systems that cannot rename that way.
func linkNew(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		return os.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) || !noLinks(err) {
		return err
	}
	// No hard links here (FAT, some network file systems). An empty file takes the name, and the content replaces
	// it: a process killed between the two leaves the empty file, never a part of the content.
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(from, to)
}

func noLinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EMLINK)
}

func (f *folder) claim(_ context.Context, key string, data []byte) error {
	file, err := f.openNew(key)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

func (f *folder) log(_ context.Context, key string) (io.WriteCloser, error) {
	return f.writable(key, os.O_APPEND)
}

func (f *folder) remove(_ context.Context, key string) error {
	return f.within(func(root *os.Root) error { return root.Remove(filepath.FromSlash(key)) })
}

func (f *folder) removeAll(_ context.Context, prefix string) error {
	err := f.within(func(root *os.Root) error { return root.RemoveAll(filepath.FromSlash(strings.TrimSuffix(prefix, "/"))) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (f *folder) list(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		entries, err := f.entries(prefix)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				yield("", err)
			}
			return
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				yield("", err)
				return
			}
			name := e.Name()
			if isTemp(name) {
				continue
			}
			if e.IsDir() {
				name += "/"
			}
			if !yield(name, nil) {
				return
			}
		}
	}
}

func (f *folder) walk(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := f.within(func(root *os.Root) error {
			return fs.WalkDir(root.FS(), strings.TrimSuffix(prefix, "/"), func(key string, d fs.DirEntry, err error) error {
				switch {
				case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
					return nil // never there, removed while we look, or of a name that no object has
				case err != nil:
					return err
				case ctx.Err() != nil:
					return ctx.Err()
				case d.IsDir() || isTemp(d.Name()):
					return nil
				}
				if !yield(key, nil) {
					return fs.SkipAll
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			yield("", err)
		}
	}
}

func isTemp(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, tempExt)
}

func (f *folder) close() error { return nil }
