//go:build !windows

package app

import "syscall"

// closeOnExec keeps an inherited descriptor from the processes of steps.
func closeOnExec(fd int) { syscall.CloseOnExec(fd) }
