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

// poll copies the log until the process ended, or of no process, until the log's end or the limit.
func (o *output) poll(c *child, limit time.Duration) {
	fds := [2]unix.PollFd{{Fd: int32(o.from), Events: unix.POLLIN}, {Fd: -1, Events: unix.POLLIN}}
	if c != nil {
		fds[1].Fd = int32(c.handle)
	}
	buffer := o.buffers.get()
	defer o.buffers.put(buffer)
	end := time.Now().Add(limit)
	for c != nil || !o.ended {
		if o.ended {
			fds[0].Fd = -1
		}
		wait := -1
		if c == nil {
			wait = int(max(time.Until(end), 0) / time.Millisecond)
		}
		n, err := unix.Poll(fds[:], wait)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil && c != nil:
			o.waitUnpolled(c)
			return
		case err != nil || n == 0:
			return
		}
		if fds[0].Revents != 0 {
			o.read(buffer)
		}
		if fds[1].Revents != 0 {
			if !exited(c.pid) { // Linux 5.2 has such descriptors, but they say nothing
				o.waitUnpolled(c)
			}
			return
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
