//go:build unix

package workfolder

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const rootPrefix = "runnable-render-folders-"

// NewRoot makes a folder for those of sources, as [NewTemp] does.
func NewRoot() (dir string, release func() error, err error) { return NewTemp(rootPrefix) }

// NewTemp makes a folder where temporary files go, as [NewTempIn] does.
func NewTemp(prefix string) (dir string, release func() error, err error) {
	return NewTempIn(os.TempDir(), prefix)
}

// NewTempIn makes a folder in another, for this user alone, and removes those of the same prefix that processes of this
// user left there when they were killed. No other program uses the prefix, nor a version that holds no lease. release
// removes the folder.
func NewTempIn(parent, prefix string) (dir string, release func() error, err error) {
	sweep(filepath.Join(parent, prefix))
	if dir, err = os.MkdirTemp(parent, prefix); err != nil {
		return "", nil, err
	}
	lease := TakeLease(dir) // which shows others that this process lives
	return dir, func() error {
		lease.Release()
		return removeRoot(dir)
	}, nil
}

// fresh is the age under which a root may be one whose process has not taken its lease yet.
const fresh = time.Minute

func sweep(prefix string) {
	found, err := filepath.Glob(prefix + "*")
	if err != nil {
		return
	}
	for _, dir := range found {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < fresh {
			continue
		}
		if s, ok := info.Sys().(*syscall.Stat_t); !ok || int(s.Uid) != os.Getuid() {
			continue
		}
		if lease := TakeLease(dir); lease != nil {
			_ = removeRoot(dir)
			lease.Release()
		}
	}
}

// removeRoot removes a root with what is still mounted in it.
func removeRoot(dir string) error {
	if mounts, err := filepath.Glob(filepath.Join(dir, "*", "*", "kernel")); err == nil {
		for _, kernel := range mounts {
			unmountIn(filepath.Dir(kernel))
		}
	}
	return removeAll(dir)
}

// unmountIn unmounts the folders in a place.
func unmountIn(place string) {
	entries, _ := os.ReadDir(place)
	for _, e := range entries {
		detach(filepath.Join(place, e.Name()))
	}
}

// Lease is the right to work in a folder itself, which one process has at a time. It ends with the process.
type Lease struct{ folder *os.File }

// TakeLease takes the lease of a folder; nil: another process has it, or nobody can tell.
func TakeLease(dir string) *Lease {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return &Lease{f}
		}
		if !errors.Is(err, unix.EINTR) {
			_ = f.Close()
			return nil
		}
	}
}

// Release gives the lease back.
func (l *Lease) Release() {
	if l != nil {
		_ = l.folder.Close()
	}
}
