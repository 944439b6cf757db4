//go:build e2e

// Package kills kills runs with SIGKILL at random moments and retries them.
package kills

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/testbuild"
)

//go:embed pipeline.yaml
var definition []byte

// killed is how many runs are killed: 12 in the gate, 200 with FULL=1, or KILLS.
func killed() int {
	if n, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		return n
	}
	if os.Getenv("FULL") == "1" {
		return 200
	}
	return 12
}

// seed is KILLS_SEED, or of the time; it is printed, so that a failure can be had again.
func seed() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("KILLS_SEED"), 10, 64); err == nil {
		return n
	}
	return uint64(time.Now().UnixNano())
}

type harness struct {
	bin    string
	want   string        // the canonical trace but for attempts, of a run that nobody disturbed
	steps  int           // leaves that a whole run comes to
	length time.Duration // of such a run
	mu     sync.Mutex
	table  map[string]*row
}

// row counts the kills at one stage of a run.
type row struct{ kills, kept, again, retries int }

func TestKilledAtAnyMoment(t *testing.T) {
	h := &harness{bin: testbuild.Program(t, "cmd/runnable-render"), table: map[string]*row{}}
	h.undisturbed(t)
	n, s := killed(), seed()
	t.Logf("%d runs, KILLS_SEED=%d", n, s)
	t.Run("runs", func(t *testing.T) {
		for i := range n {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				h.disturbed(t, rand.New(rand.NewPCG(s, uint64(i))))
			})
		}
	})
	h.print(t, n, s)
}

// undisturbed runs the pipeline once to its end.
func (h *harness) undisturbed(t *testing.T) {
	t.Helper()
	c := newCase(t, h)
	from := time.Now()
	if out, err := c.command("run", c.file, "--run-id", "r", "--cold").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	h.length = time.Since(from)
	h.want, h.steps = c.trace(t), len(c.finished(t))
	if h.steps != 12 || !strings.Contains(h.want, `parameter message "done both.right.bad error 93"`) {
		t.Fatalf("%d steps, trace\n%s", h.steps, h.want)
	}
}

// disturbed kills a run at a random moment, in one of three cases also its retry, and retries it until it ends.
func (h *harness) disturbed(t *testing.T, random *rand.Rand) {
	c := newCase(t, h)
	args := []string{"run", c.file, "--run-id", "r"}
	for kill := 0; ; kill++ {
		if kill > 0 && random.IntN(3) > 0 {
			break
		}
		after := time.Duration(random.Float64() * 1.1 * float64(h.length))
		ended := c.killAfter(t, after, random.IntN(2) == 0, args...)
		c.nothingRuns(t)
		stage := c.judge(t, ended)
		h.count(stage, func(r *row) { r.kills++ })
		if stage == notBegun {
			continue
		}
		args = []string{"retry", "r", "--file", c.file}
	}
	before := c.finished(t)
	out, err := c.command(args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	if got := c.trace(t); got != h.want {
		t.Errorf("not as an undisturbed run: got\n%swant\n%s", got, h.want)
	}
	after := c.finished(t)
	for path, attempts := range before {
		if !slices.Equal(attempts, after[path]) {
			t.Errorf("%s had finished as attempts %v and ran again: %v", path, attempts, after[path])
		}
	}
	c.nothingRuns(t)
	h.count(c.stageOf(len(before)), func(r *row) { r.retries++; r.kept += len(before); r.again += len(after) - len(before) })
}

const notBegun = "before the run began"

func (h *harness) count(stage string, do func(*row)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.table[stage] == nil {
		h.table[stage] = &row{}
	}
	do(h.table[stage])
}

// print is the closing table.
func (h *harness) print(t *testing.T, n int, s uint64) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d runs, KILLS_SEED=%d, an undisturbed run takes %s\n", n, s, h.length.Round(time.Millisecond))
	fmt.Fprintf(&b, "%-26s %6s %8s %11s %10s\n", "killed with SIGKILL when", "kills", "retries", "steps kept", "steps run")
	var sum row
	for _, stage := range slices.Sorted(func(yield func(string) bool) {
		for k := range h.table {
			if !yield(k) {
				return
			}
		}
	}) {
		r := h.table[stage]
		fmt.Fprintf(&b, "%-26s %6d %8d %11d %10d\n", stage, r.kills, r.retries, r.kept, r.again)
		sum = row{sum.kills + r.kills, sum.kept + r.kept, sum.again + r.again, sum.retries + r.retries}
	}
	fmt.Fprintf(&b, "%-26s %6d %8d %11d %10d\n", "all", sum.kills, sum.retries, sum.kept, sum.again)
	t.Log("\n" + b.String())
}

// testCase is one run in a folder of its own.
type testCase struct {
	*harness
	dir, file, store string
	mark             string // in the environment of everything that the run starts
}

func newCase(t *testing.T, h *harness) *testCase {
	t.Helper()
	dir := t.TempDir()
	c := &testCase{harness: h, dir: dir, file: filepath.Join(dir, "pipeline.yaml"), store: filepath.Join(dir, "store"), mark: "KILLS_MARK=" + dir}
	if err := os.WriteFile(c.file, definition, 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *testCase) command(args ...string) *exec.Cmd {
	cmd := exec.Command(c.bin, append(args, "--store", c.store)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.mark)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// killAfter starts a command and kills it, with its process group or alone. It reports whether the command had ended
// by itself.
func (c *testCase) killAfter(t *testing.T, after time.Duration, group bool, args ...string) (ended bool) {
	t.Helper()
	cmd := c.command(args...)
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if args[0] == "run" && after > c.length/20 { // starting takes long on a busy machine: most moments are of the run itself
		c.waitForHeader()
	}
	time.Sleep(after)
	pid := cmd.Process.Pid
	if group {
		pid = -pid
	}
	_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 0) {
		t.Fatalf("%v: %v\n%s", args, err, out.String())
	}
	return err == nil
}

// waitForHeader waits until the run has begun, a minute at most.
func (c *testCase) waitForHeader() {
	for range 60_000 {
		if _, err := os.Stat(filepath.Join(c.store, "runs", "r", "run.json")); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// nothingRuns waits until no process of the run is left.
func (c *testCase) nothingRuns(t *testing.T) {
	t.Helper()
	var left []string
	for range 500 {
		if left = c.processes(t); len(left) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("still running: %v", left)
}

// processes are those with the mark in their environment, but for zombies that wait to be collected.
func (c *testCase) processes(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no processes to be seen: %v", err)
	}
	var out []string
	for _, dir := range dirs {
		env, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err == nil && bytes.Contains(env, []byte(c.mark+"\x00")) {
			line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
			out = append(out, filepath.Base(dir)+" "+string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return out
}

func (c *testCase) open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), c.store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// judge looks at a run after the kill and says at which stage it was.
func (c *testCase) judge(t *testing.T, ended bool) string {
	t.Helper()
	e, _, err := runs.EntryOf(context.Background(), c.open(t), "r")
	if errors.Is(err, store.ErrNoRun) {
		return notBegun
	}
	if err != nil {
		t.Fatal(err)
	}
	end, err := c.open(t).End(context.Background(), "r")
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case end != nil && e.Status == engine.Success: // it had written its end
		return "when all was done"
	case ended:
		t.Errorf("it ended by itself and shows %s", e.Status)
	case e.Status != engine.Interrupted:
		t.Errorf("it shows %s, want INTERRUPTED", e.Status)
	}
	return c.stageOf(len(c.finished(t)))
}

// stageOf names how far a run had come.
func (c *testCase) stageOf(finished int) string {
	quarter := min(3, finished*4/max(1, c.steps))
	return fmt.Sprintf("%d to %d of %d steps done", (quarter*c.steps+3)/4, ((quarter+1)*c.steps+3)/4-map[bool]int{true: 0, false: 1}[quarter == 3], c.steps)
}

// finished are the attempts that succeeded, by step.
func (c *testCase) finished(t *testing.T) map[string][]int {
	t.Helper()
	records, err := c.open(t).ListRecords(context.Background(), "r")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]int{}
	for _, r := range records {
		if r.Status.OK() {
			out[r.Path] = append(out[r.Path], r.Attempt)
		}
	}
	return out
}

// trace is the canonical trace without attempts: of each step what its last one came to.
func (c *testCase) trace(t *testing.T) string {
	t.Helper()
	text, err := runs.Trace(context.Background(), c.open(t), "r")
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]string{}
	attempt := map[string]int{}
	var rest []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		path, after, _ := strings.Cut(line, " #")
		number, what, ok := strings.Cut(after, " ")
		n, err := strconv.Atoi(number)
		if !ok || err != nil {
			rest = append(rest, line)
			continue
		}
		if n >= attempt[path] {
			attempt[path], last[path] = n, path+" "+what
		}
	}
	var lines []string
	for _, l := range last {
		lines = append(lines, l)
	}
	slices.Sort(lines)
	return strings.Join(append(lines, rest...), "\n") + "\n"
}
