//go:build e2e

package stores

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// result is what the tests want to know of a command that has ended.
type result struct {
	code     int
	out, err string
	memory   int64 // peak of the program in bytes
	cpu      time.Duration
}

// program runs the command line that ./run has built.
func program(t *testing.T, args ...string) result {
	t.Helper()
	bin := os.Getenv("E2E_BIN")
	if bin == "" {
		t.Fatal("E2E_BIN names no folder: start this with e2e/stores/run")
	}
	cmd := exec.Command(filepath.Join(bin, "runnable-render"), args...)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	s := cmd.ProcessState
	return result{s.ExitCode(), out.String(), messages.String(), s.SysUsage().(*syscall.Rusage).Maxrss << 10, s.UserTime() + s.SystemTime()}
}

// succeeds runs the program and fails unless it exits with 0.
func succeeds(t *testing.T, args ...string) result {
	t.Helper()
	r := program(t, args...)
	if r.code != 0 {
		t.Fatalf("%v: exit %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r
}

// definition writes a pipeline into a folder of its own.
func definition(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pipeline.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// putting is a pipeline whose step puts a file of 24 MiB.
const putting = `dag:
  name: putting
  steps:
    make:
      type: task
      command_type: shell
      command: head -c 25165824 /dev/urandom > big.bin
      catalog: {put: [big.bin]}
`

// failsWith runs the pipeline, which must fail as a step of kind data with one of the causes, and returns the message.
func failsWith(t *testing.T, file, where string, causes ...string) string {
	t.Helper()
	r := program(t, "run", file, "--store", where, "--run-id", "r", "--format", "json")
	var s struct {
		Status  string
		Failure struct{ Kind, Message, Step string }
	}
	if err := json.Unmarshal([]byte(r.out), &s); err != nil {
		t.Fatalf("exit %d, %v\n%s%s", r.code, err, r.out, r.err)
	}
	if r.code != 1 || s.Status != "FAIL" || s.Failure.Kind != "data" {
		t.Fatalf("exit %d: %s%s", r.code, r.out, r.err)
	}
	for _, c := range causes {
		if strings.Contains(s.Failure.Message, c) {
			return s.Failure.Message
		}
	}
	t.Fatalf("%s; want one of %q", s.Failure.Message, causes)
	return ""
}

// recovers goes on with the failed run, which must then be whole: its file can be got, verified. The store lies elsewhere,
// so the command line names the definition.
func recovers(t *testing.T, file, where string) {
	t.Helper()
	succeeds(t, "retry", "r", "--file", file, "--store", where)
	succeeds(t, "catalog", "get", "r", "big.bin", "-o", t.TempDir(), "--store", where)
}

// small mounts a file system of so many MiB.
func small(t *testing.T, mib int) string {
	t.Helper()
	dir := t.TempDir()
	mount(t, "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", mib), "none", dir)
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	return dir
}

func mount(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
		t.Fatalf("mount %v: %v (this test needs root)\n%s", args, err, out)
	}
}

// A step whose file does not fit into the store fails with the cause; once there is room, retry goes on.
func TestFullDisk(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		dir := small(t, 16)
		where := filepath.Join(dir, "store")
		file := definition(t, putting)
		said := failsWith(t, file, where, "no space left on device; free some space")
		if left := temporary(t, dir); len(left) > 0 {
			t.Errorf("half-written: %v", left)
		}
		t.Logf("TABLE | folder | put 24 MiB in a run | disk full | the step fails: %s; after `retry` whole |", said)
		mount(t, "-o", "remount,size=64m", dir)
		recovers(t, file, where)
	})
	t.Run("S3", func(t *testing.T) {
		dir := small(t, 16)
		where := s3URL(s3In(t, dir).addr, "x")
		file := definition(t, putting)
		said := failsWith(t, file, where, "Quota", "InternalError", "space")
		t.Logf("TABLE | S3 | put 24 MiB in a run | the server's disk full | the step fails: %s; after `retry` whole |", said)
		mount(t, "-o", "remount,size=128m", dir)
		recovers(t, file, where)
	})
}

// temporary lists what is left of writes that did not end well.
func temporary(t *testing.T, dir string) []string {
	t.Helper()
	var left []string
	_ = filepath.WalkDir(dir, func(p string, _ os.DirEntry, _ error) error {
		if strings.HasSuffix(p, ".tmp") {
			left = append(left, p)
		}
		return nil
	})
	return left
}

// A step whose put breaks each time that it is tried fails with the cause; the records, which are small, get through.
func TestRunOverBrokenLine(t *testing.T) {
	s := s3(t)
	p := newProxy(t, s.addr)
	p.cutUp(1<<20, 1000)
	file := definition(t, putting)
	said := failsWith(t, file, s3URL(p.addr(), "x"), "check the endpoint and the network")
	t.Logf("TABLE | S3 | put 24 MiB in a run | connection cut in every attempt | the step fails: %s; after `retry` whole |", said)
	recovers(t, file, s3URL(s.addr, "x"))
}
