//go:build unix && !linux

package step

import (
	"os"
	"syscall"
)

// processAttributes makes the process a session leader.
func processAttributes(*int) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// pipe makes a pipe; the second end is for a process.
func pipe() (ours int, task *os.File, err error) {
	var fds [2]int
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := syscall.Pipe(fds[:]); err != nil {
		return -1, nil, os.NewSyscallError("pipe", err)
	}
	syscall.CloseOnExec(fds[0])
	syscall.CloseOnExec(fds[1])
	return fds[0], os.NewFile(uintptr(fds[1]), "log"), nil
}
