//go:build e2e

package examples

import (
	"os"
	"syscall"
)

// maxMemory is the peak resident memory of a process that has ended, in bytes.
func maxMemory(s *os.ProcessState) int64 {
	return s.SysUsage().(*syscall.Rusage).Maxrss * 1024
}
