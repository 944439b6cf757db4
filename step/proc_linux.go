package step

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// processAttributes makes the process a session leader that dies with us.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}

// waitWithoutReaping waits until the process ended and leaves it a zombie, whose number nobody else gets.
func waitWithoutReaping(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

// sweep kills the processes of an attempt, also those that left its session, and waits until they are gone. They are known by the leash in the environment they
// were started with; only processes younger than the leader are looked at, so this costs next to nothing. One that
// wiped its environment is not found; in a container it ends with the container.
func sweep(leader int, leash string) {
	if leash == "" {
		return
	}
	needle := []byte(leash)
	// What is killed may just have forked, and takes a moment to go: until then it may write to files that the
	// catalog is about to take.
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		found := false
		for _, pid := range younger(leader) {
			env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
			if err == nil && bytes.Contains(env, needle) {
				found = syscall.Kill(pid, syscall.SIGKILL) == nil || found
			}
		}
		if !found {
			return
		}
	}
}

// younger lists the processes that were started after the one with that number.
func younger(leader int) []int {
	last := -1
	if data, err := os.ReadFile("/proc/loadavg"); err == nil {
		if f := strings.Fields(string(data)); len(f) == 5 {
			last, _ = strconv.Atoi(f[4])
		}
	}
	if last >= leader && last-leader <= 64 {
		var out []int
		for pid := leader + 1; pid <= last; pid++ {
			out = append(out, pid)
		}
		return out
	}
	names, err := readDirNames("/proc")
	if err != nil {
		return nil
	}
	var out []int
	for _, n := range names {
		pid, err := strconv.Atoi(n)
		if err != nil || pid == os.Getpid() {
			continue
		}
		if last >= leader && (pid <= leader || pid > last) || last < leader && last >= 0 && pid <= leader && pid > last {
			continue
		}
		out = append(out, pid)
	}
	return out
}

func readDirNames(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// oomKills counts the processes of our memory group that were killed for their memory, -1 when it cannot be told.
func oomKills() int {
	file := memoryFile()
	if file == "" {
		return -1
	}
	count, _ := killsIn(file)
	return count
}

// killsIn reads the counter from a file.
func killsIn(file string) (int, bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return -1, false
	}
	for line := range strings.Lines(string(data)) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "oom_kill "); ok {
			if count, err := strconv.Atoi(n); err == nil {
				return count, true
			}
		}
	}
	return -1, false
}

// memoryFile is where the counter is, empty where there is none: by cgroup 2, cgroup 1, and within a namespace that
// hides our place. It is looked for once.
var memoryFile = sync.OnceValue(func() string {
	var places []string
	data, _ := os.ReadFile("/proc/self/cgroup")
	for line := range strings.Lines(string(data)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 {
			continue
		}
		switch {
		case f[0] == "0" && f[1] == "":
			places = append(places, filepath.Join("/sys/fs/cgroup", f[2], "memory.events"))
		case strings.Contains(","+f[1]+",", ",memory,"):
			places = append(places, filepath.Join("/sys/fs/cgroup/memory", f[2], "memory.oom_control"))
		}
	}
	for _, file := range append(places, "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control") {
		if _, ok := killsIn(file); ok {
			return file
		}
	}
	return ""
})

// changeTime is when the file or what is known of it was last changed; unlike the time of writing, nobody can set it.
func changeTime(st os.FileInfo) syscall.Timespec {
	if s, ok := st.Sys().(*syscall.Stat_t); ok {
		return s.Ctim
	}
	return syscall.Timespec{}
}
