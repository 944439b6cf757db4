//go:build e2e

package faults

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// mount mounts something for the length of the test.
func (p *place) mount(dir string, args ...string) {
	p.Helper()
	p.must(os.MkdirAll(dir, 0o755))
	if out, err := exec.Command("mount", append(args, dir)...).CombinedOutput(); err != nil {
		p.Fatalf("mount: %s", out)
	}
	p.Cleanup(func() {
		p.nothingLeft() // else it would be busy
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			p.Errorf("umount: %s", out)
		}
	})
}

func (p *place) remount(dir, options string) {
	p.Helper()
	if out, err := exec.Command("mount", "-o", "remount,"+options, dir).CombinedOutput(); err != nil {
		p.Fatalf("remount: %s", out)
	}
}

// TestFullDisk fills the disk under the store: with a file for the catalog, with a log, before the run begins. Once
// there is room, a retry goes on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	t.Run("catalog", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t, nil)
		p.write("pipeline.yaml", strings.Replace(chain("true", "head -c 3000000 /dev/urandom > big", "true"), "    b:\n", "    b:\n      catalog: {put: [big]}\n", 1))
		disk := filepath.Join(t.TempDir(), "disk")
		p.mount(disk, "-t", "tmpfs", "-o", "size=1m", "none")
		store := filepath.Join(disk, "store")
		p.ends(1, []string{"run", "--run-id", "r", "--store", store}, "failed b (data)", "no space left on device; free some space")
		p.remount(disk, "size=64m")
		p.goesOn(store, "r")
	})
	t.Run("log", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t, map[string]string{"pipeline.yaml": chain("true", "[ -e second ] || head -c 3000000 /dev/zero | tr '\\0' x; touch second", "true")})
		disk := filepath.Join(t.TempDir(), "disk")
		p.mount(disk, "-t", "tmpfs", "-o", "size=1m", "none")
		store := filepath.Join(disk, "store")
		p.ends(3, []string{"run", "--run-id", "r", "--store", store}, "no space left on device; free some space", "retry r")
		p.remount(disk, "size=64m")
		p.goesOn(store, "r")
	})
	t.Run("from the start", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t, map[string]string{"pipeline.yaml": chain("true")})
		disk := filepath.Join(t.TempDir(), "disk")
		p.mount(disk, "-t", "tmpfs", "-o", "size=64k", "none")
		_ = os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 1<<20), 0o600)
		p.ends(3, []string{"run", "--store", filepath.Join(disk, "store")}, "no space left on device")
		if n := p.times()["a"]; n != 0 {
			t.Errorf("a ran %d times", n)
		}
	})
	t.Run("temporary files", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t, map[string]string{"pipeline.yaml": chain("true")})
		disk := filepath.Join(t.TempDir(), "disk")
		p.mount(disk, "-t", "tmpfs", "-o", "size=64k", "none")
		_ = os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 1<<20), 0o600)
		p.env = []string{"TMPDIR=" + disk}
		p.ends(1, []string{"run", "--run-id", "r"}, "no space left on device")
		p.must(os.Remove(filepath.Join(disk, "filler")))
		p.goesOn(p.path(".runnable"), "r")
	})
	t.Run("rendered file", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t, map[string]string{"pipeline.yaml": chain("true")})
		disk := filepath.Join(t.TempDir(), "disk")
		p.mount(disk, "-t", "tmpfs", "-o", "size=64k", "none")
		p.must(os.WriteFile(filepath.Join(disk, "compose.yaml"), []byte("old"), 0o600))
		_ = os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 1<<20), 0o600)
		p.ends(3, []string{"pipeline.yaml", "--target", "compose", "--image", "x:1", "-o", filepath.Join(disk, "compose.yaml")}, "no space left on device")
		if text, err := os.ReadFile(filepath.Join(disk, "compose.yaml")); err != nil || string(text) != "old" {
			t.Errorf("the old file became %q, %v", text, err)
		}
	})
}

// TestReadOnlyStore: nothing starts on a store that cannot be written to.
func TestReadOnlyStore(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("true")})
	disk := filepath.Join(t.TempDir(), "disk")
	p.mount(disk, "-t", "tmpfs", "-o", "size=8m", "none")
	store := filepath.Join(disk, "store")
	p.ends(0, []string{"run", "--run-id", "before", "--store", store})
	p.remount(disk, "ro")
	p.ends(3, []string{"run", "--run-id", "r", "--store", store}, "read-only file system; name a store that can be written to")
	p.ends(0, []string{"runs", "list", "--store", store}, "before") // reading needs no writing
	if n := p.times()["a"]; n != 1 {
		t.Errorf("a ran %d times", n)
	}
}

// nobody is a user who owns nothing.
const nobody = 65534

// TestStoreTakenAway: a store that can no longer be written to in the middle of a run stops the run, which goes on when it
// can.
func TestStoreTakenAway(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("true", "touch here; while [ ! -e go ]; do sleep 0.05; done", "true")})
	for _, dir := range []string{p.dir, p.tmp} {
		p.must(os.Chmod(filepath.Dir(dir), 0o755))
		p.must(os.Chmod(dir, 0o777))
	}
	store := p.path(".runnable")
	permit := func(mode os.FileMode) {
		p.must(filepath.WalkDir(store, func(name string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				err = os.Chmod(name, mode)
			}
			return err
		}))
	}
	cmd := exec.Command(p.bin, "run", "--run-id", "r", "--store", store)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	p.env = []string{"HOME=" + p.tmp}
	c := p.startAs(cmd)
	p.appears("here")
	permit(0o555)
	p.write("go", "")
	c.demand(3, "permission denied; check who owns the store", "retry r")
	permit(0o777)
	p.goesOn(store, "r")
}

// TestSlowDisk runs on a store whose disk takes 20 KB in a second, kills the program in the middle, and finds whole
// records alone.
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bindfs"); err != nil {
		t.Fatalf("%v; install bindfs", err)
	}
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("true", "true", "echo x > f; [ $(grep -c c $PLACE/ran) -gt 1 ] || touch here; sleep 1", "true", "true")})
	behind, disk := t.TempDir(), filepath.Join(t.TempDir(), "disk")
	p.must(os.Mkdir(disk, 0o755))
	cmd := exec.Command("bindfs", "-f", "--write-rate=20k", "--read-rate=20k", behind, disk)
	p.must(cmd.Start())
	t.Cleanup(func() {
		p.nothingLeft()
		_ = exec.Command("umount", disk).Run()
		_ = cmd.Wait()
	})
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if text, _ := os.ReadFile("/proc/mounts"); strings.Contains(string(text), disk) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("bindfs does not mount")
		}
	}
	store := filepath.Join(disk, "store")
	c := p.start("run", "--run-id", "r", "--store", store)
	p.appears("here")
	p.must(c.Process.Kill())
	c.end()
	p.nothingLeft()
	if got := p.succeeded(store, "r"); !got["a"] || !got["b"] {
		t.Errorf("succeeded: %v", got)
	}
	p.goesOn(store, "r")
	if got := p.succeeded(store, "r"); len(got) != 5 {
		t.Errorf("succeeded in the end: %v", got)
	}
}

// TestGigabyteLine: a step prints 1 GiB without a line end. It is kept whole, in flat memory.
func TestGigabyteLine(t *testing.T) {
	t.Parallel()
	const size = 1 << 30
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("head -c 1073741824 /dev/zero | tr '\\0' x")})
	p.patience = 15 * time.Minute
	c := p.limited("exec 2>/dev/null", "run", "--run-id", "r") // it shows the line as it comes
	c.demand(0, "SUCCESS")
	if peak := c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; peak > 400<<10 {
		t.Errorf("peak memory %d KiB", peak)
	}
	log := p.path(".runnable/runs/r/logs/a/1.log")
	st, err := os.Stat(log)
	p.must(err)
	if st.Size() != size {
		t.Errorf("the log holds %d bytes", st.Size())
	}
	p.ends(0, []string{"runs", "show", "r"}, "SUCCESS")
	p.must(os.Remove(log))
}

// TestTwoRunsWithOneID: of two runs that take one id at once exactly one runs.
func TestTwoRunsWithOneID(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("sleep 0.2")})
	for i := range 10 {
		id := fmt.Sprint("r", i)
		one, two := p.start("run", "--run-id", id), p.start("run", "--run-id", id)
		codes := [2]int{one.end(), two.end()}
		if codes != [2]int{0, 2} && codes != [2]int{2, 0} {
			t.Fatalf("exit codes %v:\n%s%s", codes, one.errout.String(), two.errout.String())
		}
		if said := one.errout.String() + two.errout.String(); !strings.Contains(said, id) || !strings.Contains(said, "exists already") && !strings.Contains(said, "another process is running it") {
			t.Errorf("the loser does not say why:\n%s", said)
		}
	}
	if n := p.times()["a"]; n != 10 {
		t.Errorf("the step ran %d times in 10 runs", n)
	}
}

// TestTenRunsInOneFolder: ten runs of one definition in one folder with one store, at once.
func TestTenRunsInOneFolder(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{
		"pipeline.yaml": "dag:\n  steps:\n    w: {type: task, command_type: shell, command: 'echo w >> $PLACE/ran; export xs=\"[1, 2, 3]\"', returns: [{name: xs}]}\n" +
			"    m:\n      type: map\n      iterate_on: xs\n      iterate_as: x\n      reducer: sum\n      branch:\n        steps:\n          f: {type: task, command: steps.f, returns: [{name: y}], catalog: {put: [shared.txt]}}\n",
		"steps.py": "def f(x: int, run: str = '') -> int:\n    with open('shared.txt', 'w') as f:\n        f.write('the same bytes')\n    return x * 2\n",
	})
	var all []*process
	for range 10 {
		all = append(all, p.start("run", "--format", "json"))
	}
	ids := map[string]bool{}
	for _, c := range all {
		c.demand(0)
		var sum struct {
			RunID      string `json:"run_id"`
			Parameters map[string]any
		}
		p.must(json.Unmarshal(c.out.Bytes(), &sum))
		if sum.Parameters["y"] != 12.0 {
			t.Errorf("parameters %v", sum.Parameters)
		}
		ids[sum.RunID] = true
	}
	store := p.path(".runnable")
	if len(ids) != 10 || len(p.runs(store)) != 10 {
		t.Errorf("%d ids, runs %v", len(ids), p.runs(store))
	}
	for id := range ids {
		if n := len(p.succeeded(store, id)); n != 4 {
			t.Errorf("%s has %d records", id, n)
		}
	}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte("the same bytes")))
	if _, err := os.Stat(filepath.Join(store, "blobs", "sha256", hash[:2], hash[2:])); err != nil {
		t.Error(err)
	}
	p.noTemp()
}

// limited starts the program under a limit that a shell sets.
func (p *place) limited(limit string, args ...string) *process {
	p.Helper()
	return p.startAs(exec.Command("bash", append([]string{"-c", limit + ` && exec "$0" "$@"`, p.bin}, args...)...))
}

// TestNoFileDescriptors runs with ever fewer descriptors: the run succeeds, or steps fail and say why, or the program
// says why it stops; then a retry goes on.
func TestNoFileDescriptors(t *testing.T) {
	t.Parallel()
	for _, n := range []int{5, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 256} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, map[string]string{"pipeline.yaml": "dag:\n  steps:\n    m:\n      type: map\n      iterate_on: xs\n      iterate_as: x\n      branch:\n        steps:\n          f: {type: task, command_type: shell, command: 'echo m.$x.f >> $PLACE/ran; export y=$x', returns: [{name: y}]}\n"})
			c := p.limited(fmt.Sprintf("ulimit -n %d", n), "run", "--run-id", "r", "-j", "8", "--param", "xs=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]")
			code := c.end()
			said := c.out.String() + c.errout.String()
			switch {
			case code == 0:
			case (code == 1 || code == 2 || code == 3) && strings.Contains(said, "too many open files"):
			default:
				t.Fatalf("exit code %d:\n%s", code, tailOf(said))
			}
			t.Logf("%d descriptors: exit code %d", n, code)
			for _, run := range p.runs(p.path(".runnable")) {
				p.goesOn(p.path(".runnable"), run)
			}
		})
	}
}

// TestNoProcesses runs where no further process can be made: a step fails and says why; then a retry goes on.
func TestNoProcesses(t *testing.T) {
	t.Parallel()
	group, err := pidsGroup(t)
	if err != nil {
		t.Fatalf("no control group for pids: %v", err)
	}
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("true",
		// Those that are there may stay, and the program may have some more threads; no step can start.
		"[ -e second ] || { touch second; echo $(($(cat "+group+"/pids.current) + 4)) > "+group+"/pids.max; for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; }", "true")})
	c := p.limited("echo $$ > "+group+"/cgroup.procs", "run", "--run-id", "r")
	code := c.end()
	said := c.out.String() + c.errout.String()
	if code != 1 && code != 3 || !strings.Contains(strings.ToLower(said), "cannot fork") && !strings.Contains(said, "resource temporarily unavailable") {
		t.Fatalf("exit code %d:\n%s", code, tailOf(said))
	}
	p.nothingLeft()
	p.goesOn(p.path(".runnable"), "r")
}

var groups sync.Mutex

// pidsGroup makes a control group of its own that limits processes, of version 1 or 2.
func pidsGroup(t *testing.T) (string, error) {
	t.Helper()
	groups.Lock()
	defer groups.Unlock()
	var err error
	for _, root := range []string{"/sys/fs/cgroup/pids", "/sys/fs/cgroup"} {
		dir := ""
		if dir, err = os.MkdirTemp(root, "faults-"); err != nil {
			continue
		}
		if _, err = os.Stat(filepath.Join(dir, "pids.max")); err != nil {
			_ = os.Remove(dir)
			continue
		}
		t.Cleanup(func() { _ = os.Remove(dir) })
		return dir, nil
	}
	return "", err
}
