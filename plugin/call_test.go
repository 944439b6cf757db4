//go:build unix

package plugin

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStopped: a program that is stopped takes with it what it started, also what does not heed the request to end.
func TestStopped(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]time.Duration{"verb": 0, "run": NoLimit} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			program := filepath.Join(dir, "program")
			text := "#!/bin/sh\n(trap '' TERM; echo $(exec sh -c 'echo $PPID') > child.tmp; mv child.tmp child; while :; do sleep 0.1; done) >/dev/null 2>&1 &\ntrap 'exit 1' TERM\nwait\n"
			if err := os.WriteFile(program, []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- Call{Program: program, Dir: dir, Limit: limit}.run(ctx, nil) }()
			child := 0
			within := time.Now().Add(time.Minute)
			for child == 0 {
				if time.Now().After(within) {
					t.Fatal("the program has started nothing")
				}
				text, _ := os.ReadFile(filepath.Join(dir, "child"))
				child, _ = strconv.Atoi(strings.TrimSpace(string(text)))
				time.Sleep(10 * time.Millisecond)
			}
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			for alive(child) { // until the kernel has ended it
				if time.Now().After(within) {
					t.Fatalf("process %d runs", child)
				}
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
}

// alive reports whether a process runs: one that has ended may wait for its parent.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(stat), ") Z ")
}
