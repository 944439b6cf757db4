//go:build e2e

// Package faults runs the real program on a machine that fails it: full and slow disks, limits, clocks, signals,
// children that will not go. docs/faults.md holds the outcome of each; the tests here keep it true.
//
// It takes a Linux machine as root, with bindfs.
package faults

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/testbuild"
)

// patience is how long a test waits for what must come; nothing is measured by it.
const patience = 2 * time.Minute

// place is a folder with a pipeline in it, where the program is used.
type place struct {
	*testing.T
	bin   string
	dir   string // of the definition
	tmp   string // TMPDIR of all that is started
	leash string // in the environment of all that is started
	env   []string

	patience time.Duration // with one program; 0: [patience]
}

// newPlace writes files below a fresh folder. Whatever the test does, nothing that it started may outlive it.
func newPlace(t *testing.T, files map[string]string) *place {
	t.Helper()
	p := &place{T: t, bin: testbuild.Program(t, "cmd/runnable-render"), dir: t.TempDir(), tmp: t.TempDir(), leash: "FAULTS_LEASH=" + rand.Text()}
	for name, text := range files {
		p.write(name, text)
	}
	t.Cleanup(p.nothingLeft)
	return p
}

func (p *place) write(name, text string) {
	p.Helper()
	p.must(os.WriteFile(p.path(name), []byte(text), 0o755))
}

func (p *place) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}

func (p *place) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// process is a program that was started.
type process struct {
	*exec.Cmd
	p           *place
	out, errout bytes.Buffer
}

// start starts the program; args may begin with another program that starts it.
func (p *place) start(args ...string) *process {
	p.Helper()
	return p.startAs(exec.Command(p.bin, args...))
}

func (p *place) startAs(cmd *exec.Cmd) *process {
	p.Helper()
	c := &process{Cmd: cmd, p: p}
	c.Dir, c.Stdout, c.Stderr = p.dir, &c.out, &c.errout
	c.Env = append(append(os.Environ(), "TMPDIR="+p.tmp, "PLACE="+p.dir, p.leash), p.env...)
	c.WaitDelay = cmp.Or(p.patience, patience)
	p.must(c.Start())
	return c
}

// end waits for the end and returns the exit code, that of a signal as a shell shows it.
func (c *process) end() int {
	c.p.Helper()
	timer := time.AfterFunc(c.WaitDelay, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	_ = c.Wait()
	if bytes.Contains(c.errout.Bytes(), []byte("goroutine ")) || bytes.Contains(c.errout.Bytes(), []byte("panic:")) {
		c.p.Errorf("a stack trace:\n%s", tailOf(c.errout.String()))
	}
	ws, ok := c.ProcessState.Sys().(syscall.WaitStatus)
	if ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return c.ProcessState.ExitCode()
}

// ends runs the program and demands its exit code and, in what it said, each of the texts.
func (p *place) ends(code int, args []string, says ...string) *process {
	p.Helper()
	c := p.start(args...)
	c.demand(code, says...)
	return c
}

func (c *process) demand(code int, says ...string) {
	c.p.Helper()
	got := c.end()
	said := c.out.String() + c.errout.String()
	if got != code {
		c.p.Fatalf("%v: exit code %d, want %d:\n%s", c.Args[1:], got, code, tailOf(said))
	}
	for _, s := range says {
		if !strings.Contains(said, s) {
			c.p.Errorf("%v does not say %q:\n%s", c.Args[1:], s, tailOf(said))
		}
	}
}

func tailOf(s string) string { return s[max(0, len(s)-4000):] }

// appears waits until a file is there that matches a pattern.
func (p *place) appears(pattern string) {
	p.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if found, err := filepath.Glob(p.path(pattern)); err == nil && len(found) > 0 {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("%s does not appear", pattern)
		}
	}
}

// times is how often each step has run: steps append their names to the file "ran" of the place, whatever their folder.
func (p *place) times() map[string]int {
	text, err := os.ReadFile(p.path("ran"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		p.Fatal(err)
	}
	out := map[string]int{}
	for _, name := range strings.Fields(string(text)) {
		out[name]++
	}
	return out
}

// runs are the ids of the store's runs.
func (p *place) runs(store string) []string {
	p.Helper()
	entries, err := os.ReadDir(filepath.Join(store, "runs"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		p.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(store, "runs", e.Name(), "run.json")); err == nil {
			out = append(out, e.Name())
		}
	}
	return out
}

// succeeded are the leaves of which the store holds a successful record; every record there must be whole.
func (p *place) succeeded(store, run string) map[string]bool {
	p.Helper()
	out := map[string]bool{}
	steps := filepath.Join(store, "runs", run, "steps")
	err := filepath.WalkDir(steps, func(file string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil || !recordName.MatchString(d.Name()) {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var rec struct{ Path, Status string }
		if err := json.Unmarshal(text, &rec); err != nil {
			return err
		}
		if rec.Status == "SUCCESS" {
			out[rec.Path] = true
		}
		return nil
	})
	p.must(err)
	return out
}

var recordName = regexp.MustCompile(`^[0-9]+\.json$`)

// goesOn retries a run to its end and demands that no step that had succeeded ran again.
func (p *place) goesOn(store, run string) {
	p.Helper()
	kept, before := p.succeeded(store, run), p.times()
	if end, err := os.ReadFile(filepath.Join(store, "runs", run, "end.json")); err == nil && bytes.Contains(end, []byte(`"SUCCESS"`)) {
		return // it came to its end before the fault
	}
	p.ends(0, []string{"retry", run, "--store", store}, "SUCCESS")
	after := p.times()
	for name := range kept {
		if after[name] != before[name] {
			p.Errorf("%s had succeeded and ran again: %d times, then %d", name, before[name], after[name])
		}
	}
}

// nothingLeft demands that nothing runs any more that the test started, and that no temporary folder of the program
// is left.
func (p *place) nothingLeft() {
	var left []string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if left = p.alive(); len(left) == 0 {
			break
		}
	}
	if len(left) > 0 {
		p.Errorf("still running: %s", strings.Join(left, "; "))
	}
}

// alive are the processes with the leash in their environment.
func (p *place) alive() []string {
	names, _ := filepath.Glob("/proc/[0-9]*/environ")
	var out []string
	for _, name := range names {
		env, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(env, []byte(p.leash)) { // a zombie has no environment
			continue
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
		out = append(out, filepath.Base(filepath.Dir(name))+" "+strings.ReplaceAll(string(line), "\x00", " "))
	}
	return out
}

// noTemp demands that the program left nothing in its folder for temporary files.
func (p *place) noTemp() {
	p.Helper()
	entries, err := os.ReadDir(p.tmp)
	p.must(err)
	for _, e := range entries {
		p.Errorf("left in TMPDIR: %s", e.Name())
	}
}

// chain is a pipeline of shell steps, one after another; each appends its name to the file "ran" first.
func chain(scripts ...string) string {
	var b strings.Builder
	b.WriteString("dag:\n  steps:\n")
	for i, script := range scripts {
		name := string(rune('a' + i))
		b.WriteString("    " + name + ":\n      type: task\n      command_type: shell\n      command: " + strconv.Quote("echo "+name+" >> $PLACE/ran; "+script) + "\n")
	}
	return b.String()
}
