//go:build e2e

// Package examples runs the bundled examples and long pipelines with the real program.
package examples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/testbuild"
)

// program is the command.
func program(t *testing.T) string {
	t.Helper()
	return testbuild.Program(t, "cmd/runnable-render")
}

// summary is what the tests read of --format json.
type summary struct {
	Status     string
	Parameters map[string]any
	Metrics    map[string]float64
	Steps      []struct{ Path, Status string }
}

// run runs a pipeline and returns its summary, the CPU time of the program and its children, and the peak memory
// of the program in bytes.
func run(t *testing.T, bin string, args ...string) (summary, time.Duration, int64) {
	t.Helper()
	cmd := exec.Command(bin, append([]string{"run", "--format", "json"}, args...)...)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, messages.String())
	}
	var s summary
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	state := cmd.ProcessState
	return s, state.UserTime() + state.SystemTime(), maxMemory(state)
}

// The real training: pandas, scikit-learn and xgboost on a data set that scikit-learn ships. setup.sh has made the
// environment.
func TestMLTraining(t *testing.T) {
	dir := "../../examples/ml-training"
	if _, err := os.Stat(filepath.Join(dir, ".venv")); err != nil {
		t.Fatalf("%v; run %s/setup.sh first", err, dir)
	}
	bin, store := program(t), t.TempDir()
	args := []string{filepath.Join(dir, "pipeline.yaml"), "-p", filepath.Join(dir, "parameters.yaml"), "--store", store}
	s, _, _ := run(t, bin, args...)
	if s.Status != "SUCCESS" {
		t.Fatalf("got %+v", s)
	}
	forest, boosted := accuracy(t, s, "rf_results"), accuracy(t, s, "xgb_results")
	want := "random_forest"
	if boosted > forest {
		want = "xgboost"
	}
	if s.Parameters["best_model"] != want || s.Metrics["accuracy"] != max(forest, boosted) {
		t.Errorf("best of %v and %v: got %v with %v", forest, boosted, s.Parameters["best_model"], s.Metrics["accuracy"])
	}
	if s.Metrics["accuracy"] < 0.9 {
		t.Errorf("accuracy %v: the models learnt nothing", s.Metrics["accuracy"])
	}

	// A second run copies nothing: its steps run, and the store has the bytes of all that they put.
	had := stamps(t, filepath.Join(store, "blobs"))
	run(t, bin, args...)
	if diff := cmp.Diff(had, stamps(t, filepath.Join(store, "blobs"))); diff != "" {
		t.Errorf("the second run wrote blobs (-before +after):\n%s", diff)
	}
	// Neither does one from the cache, which runs nothing: the files are where they should be already.
	run(t, bin, append(args, "--cache")...)
	had = stamps(t, filepath.Join(store, "blobs"))
	files := stamps(t, dir, "features.csv", "target.csv", "random_forest.joblib", "xgboost.json")
	s, _, _ = run(t, bin, append(args, "--cache")...)
	for _, step := range s.Steps {
		if step.Status != "CACHED" && step.Path != "train" {
			t.Errorf("%s is %s", step.Path, step.Status)
		}
	}
	if diff := cmp.Diff(had, stamps(t, filepath.Join(store, "blobs"))); diff != "" {
		t.Errorf("the cached run wrote blobs (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(files, stamps(t, dir, "features.csv", "target.csv", "random_forest.joblib", "xgboost.json")); diff != "" || len(files) != 4 {
		t.Errorf("the cached run wrote files (-before +after):\n%s", diff)
	}
}

// stamps are the sizes and times of the files below a folder, by path; names choose some of them.
func stamps(t *testing.T, dir string, names ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".venv" {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || len(names) > 0 && !slices.Contains(names, d.Name()) {
			return err
		}
		info, err := d.Info()
		out[p] = fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano())
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files, %v", len(out), err)
	}
	return out
}

func accuracy(t *testing.T, s summary, name string) float64 {
	t.Helper()
	m, ok := s.Parameters[name].(map[string]any)
	if !ok {
		t.Fatalf("%s is %v", name, s.Parameters[name])
	}
	return m["accuracy"].(float64)
}

// write makes a definition in a folder of its own.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pipeline.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// chain is n shell steps that each return a new name.
func chain(n int) string {
	var b strings.Builder
	b.WriteString("dag:\n  steps:\n")
	for i := range n {
		fmt.Fprintf(&b, "    s%d: {type: task, command_type: shell, command: export n%d=%d, returns: [n%d]}\n", i, i, i, i)
	}
	return b.String()
}

// items is a map over n items that each return a value.
func items(n int) string {
	return fmt.Sprintf(`dag:
  steps:
    list: {type: task, command_type: shell, command: 'export items="[$(seq -s, 1 %d)]"', returns: [items]}
    each:
      type: map
      iterate_on: items
      iterate_as: item
      branch: {steps: {work: {type: task, command_type: shell, command: 'export out=$((item * 2))', returns: [out]}}}
`, n)
}

// Ten times the steps take about ten times the CPU time, the memory and the bytes: what is measured is the growth,
// in one run, not a time.
func TestGrowthIsLinear(t *testing.T) {
	bin := program(t)
	for name, make := range map[string]func(int) string{"chain": chain, "map": items} {
		t.Run(name, func(t *testing.T) {
			few := 400 // with FULL=1 up to 10,000 steps
			if os.Getenv("FULL") == "1" {
				few = 1000
			}
			small, large := grow(t, bin, make, few), grow(t, bin, make, 10*few)
			t.Logf("%d: %v   %d: %v", few, small, 10*few, large)
			// A shell reads its whole environment when it starts, and in the chain that grows with the steps: the
			// shell's own part of the cost is what lifts the chain above ten.
			if r := large.cpu / small.cpu; r > 30 {
				t.Errorf("CPU time grew %.1f times for 10 times the steps", r)
			}
			if r := large.bytes / small.bytes; r > 14 {
				t.Errorf("the store grew %.1f times for 10 times the steps", r)
			}
			if r := large.memory / small.memory; r > 10 {
				t.Errorf("peak memory grew %.1f times for 10 times the steps", r)
			}
		})
	}
}

// cost is what a run took.
type cost struct{ cpu, memory, bytes float64 }

func (c cost) String() string {
	return fmt.Sprintf("%.1f s CPU, %.0f MB peak, %.1f MB in the store", c.cpu, c.memory/1e6, c.bytes/1e6)
}

func grow(t *testing.T, bin string, make func(int) string, n int) cost {
	t.Helper()
	store := t.TempDir()
	s, cpu, memory := run(t, bin, write(t, make(n)), "--store", store)
	if s.Status != "SUCCESS" || len(s.Steps) < n {
		t.Fatalf("%s with %d steps", s.Status, len(s.Steps))
	}
	var bytes int64
	err := filepath.WalkDir(store, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		bytes += info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cost{cpu.Seconds(), float64(memory), float64(bytes)}
}

// A chain of 100,000 steps parses, checks and shows its plan.
func TestLongPlan(t *testing.T) {
	var b strings.Builder
	b.WriteString("dag:\n  steps:\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "    s%d: {type: stub}\n", i)
	}
	out, err := exec.Command(program(t), "run", "--dry-run", write(t, b.String())).Output()
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(out, []byte("\n")); n < 100_000 {
		t.Errorf("%d lines", n)
	}
}
