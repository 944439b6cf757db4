//go:build unix && !linux

package step

import "syscall"

// processAttributes makes the process a session leader.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
