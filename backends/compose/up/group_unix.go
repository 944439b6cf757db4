//go:build unix

package up

import "syscall"

// ownGroup has a process lead a group of its own, which the terminal's Ctrl-C does not reach.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
