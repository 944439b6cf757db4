package step

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// processAttributes makes the process a session leader that dies with us. The handle is where a descriptor of the
// process goes, where the system has such.
func processAttributes(handle *int) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL, PidFD: handle}
}

// waitWithoutReaping waits until the process ended and leaves it a zombie, whose number nobody else gets.
func waitWithoutReaping(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

// pipe makes a pipe; the second end is for a process.
func pipe() (ours int, task *os.File, err error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return -1, nil, os.NewSyscallError("pipe2", err)
	}
	return fds[0], os.NewFile(uintptr(fds[1]), "log"), nil
}

// pollUntil copies the log until the process ended.
func (o *output) pollUntil(c *child) {
	fds := [...]unix.PollFd{{Fd: int32(o.from), Events: unix.POLLIN}, {Fd: int32(c.handle), Events: unix.POLLIN}}
	buffer := o.buffers.get()
	defer o.buffers.put(buffer)
	for fds[1].Revents == 0 {
		if o.ended {
			fds[0].Fd = -1
		}
		switch _, err := unix.Poll(fds[:], -1); {
		case err == unix.EINTR:
			continue
		case err != nil:
			o.waitUnpolled(c)
			return
		}
		if fds[0].Revents != 0 {
			o.read(buffer)
		}
	}
	if !exited(c.pid) { // Linux 5.2 has such descriptors, but they say nothing
		o.waitUnpolled(c)
	}
}

// pollFor copies the log until its end, at most so long: processes that the task left may write without end.
func (o *output) pollFor(limit time.Duration) {
	fds := [...]unix.PollFd{{Fd: int32(o.from), Events: unix.POLLIN}}
	buffer := o.buffers.get()
	defer o.buffers.put(buffer)
	for end := time.Now().Add(limit); !o.ended; {
		left := time.Until(end)
		if left <= 0 {
			return
		}
		n, err := unix.Poll(fds[:], int(left/time.Millisecond)+1)
		switch {
		case err != nil && err != unix.EINTR:
			return
		case n > 0:
			o.read(buffer)
		}
	}
}

func (o *output) waitUnpolled(c *child) {
	o.background()
	waitWithoutReaping(c.pid)
}

func exited(pid int) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	return err != nil || info.Signo != 0
}

// read copies what is there.
func (o *output) read(buffer []byte) {
	n, err := unix.Read(o.from, buffer)
	if err == unix.EINTR {
		return
	}
	if o.ended = n <= 0; n > 0 {
		_, _ = o.to.Write(buffer[:n])
	}
}

// changeTime is when the file or what is known of it was last changed; unlike the time of writing, nobody can set it.
func changeTime(st os.FileInfo) syscall.Timespec {
	if s, ok := st.Sys().(*syscall.Stat_t); ok {
		return s.Ctim
	}
	return syscall.Timespec{}
}
