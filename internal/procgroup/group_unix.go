//go:build unix

package procgroup

import (
	"os"
	"syscall"
)

// Own has a process lead a group of its own, which the terminal's Ctrl-C does not reach.
func Own() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// Terminate asks the group that a process leads to end.
func Terminate(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGTERM) }

// Kill ends the group that a process leads.
func Kill(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }
