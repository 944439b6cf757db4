package store

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// processStart is field 22 of /proc/PID/stat: clock ticks after the system's start. Empty: there is no such
// process, or it is dead and only waits for its parent to notice.
func processStart(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The second field is the command in parentheses, which may hold anything.
	i := bytes.LastIndexByte(stat, ')')
	fields := strings.Fields(string(stat[i+1:]))
	if i < 0 || len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return ""
	}
	return fields[19]
}

func processLives(pid int, started string) bool {
	if started == "" { // written where there was no /proc
		return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
	}
	return processStart(pid) == started
}

func bootID() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

func pidSpace() string {
	ns, _ := os.Readlink("/proc/self/ns/pid")
	return ns
}
