//go:build unix

package step

import (
	"cmp"
	"errors"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Platform says why no step runs on this system; nil where steps run.
func Platform() error { return nil }

// killGroup sends the signal to a process and to all of its group.
func killGroup(pid int, s syscall.Signal) {
	if pid <= 1 {
		return
	}
	_ = syscall.Kill(-pid, s)
	if s != syscall.SIGKILL {
		return
	}
	_ = syscall.Kill(pid, s) // it may not lead its group yet
}

func signalName(s syscall.Signal) string { return cmp.Or(unix.SignalName(s), s.String()) }

// socketPair makes the two ends of a conversation; the second is for a process.
func socketPair() (*net.UnixConn, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	mine := os.NewFile(uintptr(fds[0]), "task")
	defer mine.Close()
	conn, err := net.FileConn(mine)
	if err != nil {
		_ = syscall.Close(fds[1])
		return nil, nil, err
	}
	return conn.(*net.UnixConn), os.NewFile(uintptr(fds[1]), "task"), nil
}

// sendFiles sends a message, and with it the files, open, to the process at the other end.
func sendFiles(to *net.UnixConn, message []byte, files ...*os.File) error {
	var numbers []int
	for _, f := range files {
		numbers = append(numbers, int(f.Fd()))
	}
	_, _, err := to.WriteMsgUnix(message, syscall.UnixRights(numbers...), nil)
	return err
}

// spawn starts a process; the first word is a path.
func spawn(argv []string, attr *syscall.ProcAttr) (int, error) {
	return syscall.ForkExec(argv[0], argv, attr)
}

// waited gives the number of a process back, when it has ended.
func waited(pid int) status {
	for {
		var ws syscall.WaitStatus
		_, err := syscall.Wait4(pid, &ws, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return status{code: -1, lost: "the system does not tell how it ended"}
		case ws.Signaled():
			return status{code: 128 + int(ws.Signal()), signal: ws.Signal()}
		default:
			return status{code: ws.ExitStatus()}
		}
	}
}

// noFollow has a link not be opened.
const noFollow = syscall.O_NOFOLLOW

// links is the number of names that a file has.
func links(info os.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 0
}
