//go:build unix

package workfolder

import (
	"os"

	"golang.org/x/sys/unix"
)

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
		if err != unix.EINTR {
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
