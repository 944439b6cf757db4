package step

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// system is what is asked of the system about processes, with the files that tell it.
type system struct {
	load   lastingFile
	memory lastingFile
}

func (s *system) close() {
	s.load.close()
	s.memory.close()
}

// sweep kills the processes of an attempt, also those that left its session, and waits until they are gone. They are
// known by the leash in the environment they were started with; only processes younger than the leader are looked at,
// so this costs next to nothing. One that wiped its environment is not found; in a container it ends with the container.
func (s *system) sweep(leader int, leash string) {
	if leash == "" {
		return
	}
	needle := []byte(leash)
	// What is killed may just have forked, and takes a moment to go: until then it may write to files that the
	// catalog is about to take.
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		found := false
		for _, pid := range s.younger(leader) {
			if bytes.Contains(environOf(pid), needle) {
				found = syscall.Kill(pid, syscall.SIGKILL) == nil || found
			}
		}
		if !found {
			return
		}
	}
}

// environOf is the environment that a process was started with; of one that is gone, nothing.
func environOf(pid int) []byte {
	// Not by package os, which asks thrice whether such a file can be polled.
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/environ", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = unix.Close(fd) }()
	buf := make([]byte, 0, 8<<10)
	for {
		n, err := unix.Read(fd, buf[len(buf):cap(buf)])
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return buf
		}
		if buf = buf[:len(buf)+n]; len(buf) == cap(buf) {
			buf = slices.Grow(buf, len(buf))
		}
	}
}

// younger lists the processes that were started after the one with that number.
func (s *system) younger(leader int) []int {
	last := -1
	var buf [128]byte
	if f := strings.Fields(string(s.load.read(openLoad, buf[:]))); len(f) == 5 {
		last, _ = strconv.Atoi(f[4])
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
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(fd) }()
	var buf [4 << 10]byte
	var names []string
	for {
		n, err := unix.ReadDirent(fd, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}

// oomKills counts the processes of our memory group that were killed for their memory, -1 when it cannot be told.
func (s *system) oomKills() int {
	var buf [512]byte
	count, _ := killsIn(s.memory.read(openMemory, buf[:]))
	return count
}

// killsIn finds the counter in the text of a file.
func killsIn(text []byte) (int, bool) {
	for line := range bytes.Lines(text) {
		if n, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("oom_kill ")); ok {
			if count, err := strconv.Atoi(string(n)); err == nil {
				return count, true
			}
		}
	}
	return -1, false
}

// lastingFile is a file of the system's that is kept open, which costs a fraction of opening it each time.
type lastingFile struct {
	once sync.Once
	file *os.File // nil: there is none
}

// read reads the file's beginning as it is now; open is called the first time.
func (l *lastingFile) read(open func() *os.File, buf []byte) []byte {
	l.once.Do(func() { l.file = open() })
	return readStart(l.file, buf)
}

func (l *lastingFile) close() {
	l.once.Do(func() {})
	_ = l.file.Close()
}

func readStart(f *os.File, buf []byte) []byte {
	n, _ := f.ReadAt(buf, 0)
	return buf[:max(n, 0)]
}

// openLoad opens the file that tells, at its end, the number of the process that was started last.
func openLoad() *os.File {
	f, _ := os.Open("/proc/loadavg")
	return f
}

// openMemory opens the file with the counter, nil where there is none: by cgroup 2, cgroup 1, and within a namespace
// that hides our place.
func openMemory() *os.File {
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
		f, err := os.Open(file)
		if err != nil {
			continue
		}
		var buf [512]byte
		if _, ok := killsIn(readStart(f, buf[:])); ok {
			return f
		}
		_ = f.Close()
	}
	return nil
}
