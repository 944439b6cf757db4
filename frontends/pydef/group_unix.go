//go:build unix

package pydef

import (
	"os/exec"
	"syscall"
)

// isolate makes the end of the time limit reach what the definition has started, too.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
