package testvenv

import (
	"os"

	"golang.org/x/sys/windows"
)

// exclusive waits until the file is locked for this process; closing it ends that.
func exclusive(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &windows.Overlapped{})
}
