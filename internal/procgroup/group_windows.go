package procgroup

import (
	"os"
	"syscall"
)

// Own has a process lead a group of its own, which the console's Ctrl-C does not reach.
func Own() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// Terminate ends a process: there is no way to ask.
func Terminate(p *os.Process) error { return p.Kill() }

// Kill ends a process.
func Kill(p *os.Process) error { return p.Kill() }
