// Package unixonly calls what Windows does not have, in the body of a function.
package unixonly

import "syscall"

// Kill ends a process.
func Kill(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }
