//go:build unix && !linux

package step

import "syscall"

// processAttributes makes the process a session leader.
func processAttributes(*int) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
