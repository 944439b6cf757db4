package step

import "golang.org/x/sys/unix"

// warmable: forking an interpreter that has loaded native libraries is sound here.
const warmable = true

// openProcess returns a descriptor that can be read when the process ended.
func openProcess(pid int) (int, error) { return unix.PidfdOpen(pid, 0) }
