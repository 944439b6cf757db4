//go:build unix

package step

import (
	"cmp"
	"errors"
	"net"
	"os"
	"runtime"
	"sync"
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

// start starts the process. The goroutine keeps its thread from then on until it calls reap, which is for it to do:
// Linux ties the parent-death signal to the thread.
func (c command) start() (*child, error) {
	runtime.LockOSThread()
	pid, handle, err := c.spawn()
	if err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	if handle < 0 {
		exited, ended := watched(pid)
		return &child{pid: pid, handle: -1, exited: exited, reap: func() status {
			defer runtime.UnlockOSThread()
			return ended()
		}}, nil
	}
	return &child{pid: pid, handle: handle, reap: func() status {
		defer runtime.UnlockOSThread()
		closeDescriptor(handle)
		return waited(pid)
	}}, nil
}

// startLasting starts a process on a thread that never ends, so that any goroutine may reap it.
func (c command) startLasting(on *starter) (*child, error) {
	var pid, handle int
	var err error
	on.do(func() { pid, handle, err = c.spawn() })
	if err != nil {
		return nil, err
	}
	if handle >= 0 {
		closeDescriptor(handle)
	}
	exited, ended := watched(pid)
	return &child{pid: pid, handle: -1, exited: exited, reap: ended}, nil
}

// spawn starts the process. It is not package os that does: os/exec goes through the whole environment once more, and
// os.Process keeps what is not needed here.
func (c command) spawn() (pid, handle int, err error) {
	stdin := cmp.Or(c.stdin, os.DevNull)
	in, err := syscall.Open(stdin, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, -1, &os.PathError{Op: "open", Path: stdin, Err: err}
	}
	defer closeDescriptor(in)
	files := []uintptr{uintptr(in), c.log.Fd(), c.log.Fd()}
	for _, f := range c.files {
		files = append(files, f.Fd())
	}
	handle = -1
	attr := &syscall.ProcAttr{Dir: c.dir, Env: c.env, Files: files, Sys: processAttributes(&handle)}
	pid, err = syscall.ForkExec(c.argv[0], c.argv, attr)
	if errors.Is(err, syscall.EBADF) { // the new process found no number free to move a file to: dup(2) says it so
		err = syscall.EMFILE
	}
	if err != nil {
		return 0, -1, &os.PathError{Op: "fork/exec", Path: c.argv[0], Err: err}
	}
	return pid, handle, nil
}

// watched waits for a process in the background; ended gives its number back.
func watched(pid int) (exited <-chan struct{}, ended func() status) {
	done := make(chan struct{})
	var reaped *status
	go func() {
		defer close(done)
		if !waitWithoutReaping(pid) {
			s := waited(pid)
			reaped = &s
		}
	}()
	return done, sync.OnceValue(func() status {
		<-done
		if reaped != nil {
			return *reaped
		}
		return waited(pid)
	})
}

// pollable is a descriptor as a file that goroutines wait for without a thread.
func pollable(fd int) *os.File {
	_ = syscall.SetNonblock(fd, true)
	return os.NewFile(uintptr(fd), "log")
}

func closeDescriptor(fd int) { _ = syscall.Close(fd) }

// waited gives the number of a process back, when it has ended.
func waited(pid int) status {
	for {
		var ws syscall.WaitStatus
		_, err := syscall.Wait4(pid, &ws, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return status{code: -1, lost: "the system does not report how it ended"}
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
