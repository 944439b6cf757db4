//go:build unix

package testvenv

import (
	"os"
	"syscall"
)

// exclusive waits until the file is locked for this process; closing it ends that.
func exclusive(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
