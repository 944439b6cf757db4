//go:build e2e

package faults

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// negative is a negative time as a summary would show it.
var negative = regexp.MustCompile(` -[0-9]`)

// withClock builds the runner with a package time whose clock is set by the environment: FAULTS_CLOCK is added to it,
// and FAULTS_CLOCK_BACK is taken from it once the process is 300 ms old. Programs in Go ask the kernel without a library
// in between, so that nothing else can turn back the clock of one alone.
func withClock(t *testing.T) string {
	t.Helper()
	const now = "\tsec, nsec, mono := runtimeNow()\n"
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	if strings.Count(text, now) < 1 {
		t.Fatalf("%s reads the clock in another way than this test knows", file)
	}
	text = strings.ReplaceAll(text, now, now+"\tsec += faultsClock(mono - startNano)\n") + `
func faultsClock(age int64) int64 {
	text, _ := syscall.Getenv("FAULTS_CLOCK")
	shift, _ := ParseDuration(text)
	if text, ok := syscall.Getenv("FAULTS_CLOCK_BACK"); ok && age > int64(300*Millisecond) {
		back, _ := ParseDuration(text)
		shift -= back
	}
	return int64(shift / Second)
}
`
	if !strings.Contains(text, `"syscall"`) {
		text = strings.Replace(text, "import (", "import (\n\t\"syscall\"", 1)
	}
	dir := t.TempDir()
	changed, overlay, bin := filepath.Join(dir, "time.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "step")
	replace, _ := json.Marshal(map[string]any{"Replace": map[string]string{file: changed}})
	for name, data := range map[string][]byte{changed: []byte(text), overlay: replace} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "build", "-overlay", overlay, "-o", bin, "./testdata/step").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// TestClockGoesBack runs steps on machines of which each is an hour behind the one before, and one whose clock is set
// back an hour while its steps run. Order and values come from the graph alone, so that nothing is lost; times shown
// are never negative.
func TestClockGoesBack(t *testing.T) {
	t.Parallel()
	bin := withClock(t)
	p := newPlace(t, nil)
	definition := `dag:
  name: clocks
  steps:
    a: {type: task, command_type: shell, command: "echo a >> $PLACE/ran; echo 1 > f; export x=1", returns: [{name: x}], catalog: {put: [f]}}
    b: {type: task, command_type: shell, command: "echo b >> $PLACE/ran; echo 2 > f; export x=2", returns: [{name: x}], catalog: {put: [f]}}
    c: {type: task, command_type: shell, command: "echo c >> $PLACE/ran; rm f; export y=$x", returns: [{name: y}]}
    d: {type: task, command_type: shell, command: "echo d >> $PLACE/ran; [ $(cat f) = 2 ]; export z=$((x + y))", returns: [{name: z}], catalog: {get: [f]}}
    p:
      type: parallel
      branches:
        q:
          steps:
            e: {type: task, command_type: shell, command: "echo e >> $PLACE/ran; sleep 0.6; export x=3", returns: [{name: x}]}
            g: {type: task, command_type: shell, command: "echo g >> $PLACE/ran; export w=$((x + z))", returns: [{name: w}]}
`
	graph, list := yamldef.Parse("p.yaml", []byte(definition))
	if list = append(list, ir.Check(graph)...); list.HasErrors() {
		t.Fatal(list)
	}
	text, err := irjson.Encode(graph)
	p.must(err)
	p.write("definition.json", string(text))
	store := p.path("store")
	step := func(clock, back string, args ...string) *process {
		cmd := exec.Command(bin, args...)
		p.env = []string{"RUNNABLE_DEFINITION_FILE=" + p.path("definition.json"), "RUNNABLE_RUN_ID=r", "RUNNABLE_STORE=file://" + store, "RUNNABLE_TARGET=argo", "FAULTS_CLOCK=" + clock}
		if back != "" {
			p.env = append(p.env, "FAULTS_CLOCK_BACK="+back)
		}
		c := p.startAs(cmd)
		c.demand(0)
		return c
	}
	step("0h", "", "begin")
	step("0h", "", "run", "a")
	step("-1h", "", "run", "b")
	step("-2h", "", "run", "c")
	step("-3h", "", "run", "d")
	step("-3h", "1h", "subtree", "p")
	step("-5h", "", "result")
	p.env = nil
	var sum struct {
		Status         string
		Started, Ended time.Time
		Parameters     map[string]float64
		Steps          []struct {
			Path           string
			Started, Ended time.Time
		}
	}
	show := p.ends(0, []string{"runs", "show", "r", "--store", store, "--format", "json"})
	p.must(json.Unmarshal(show.out.Bytes(), &sum))
	if sum.Status != "SUCCESS" || sum.Parameters["x"] != 3 || sum.Parameters["y"] != 2 || sum.Parameters["z"] != 4 || sum.Parameters["w"] != 7 {
		t.Errorf("%s, %v", sum.Status, sum.Parameters)
	}
	if len(sum.Steps) != 7 {
		t.Errorf("%d steps", len(sum.Steps))
	}
	text, err = os.ReadFile(filepath.Join(store, "runs/r/steps/a/1.json"))
	p.must(err)
	var first, last struct{ Started time.Time }
	p.must(json.Unmarshal(text, &first))
	text, err = os.ReadFile(filepath.Join(store, "runs/r/steps/p/q/g/1.json"))
	p.must(err)
	p.must(json.Unmarshal(text, &last))
	if !last.Started.Before(first.Started.Add(-3 * time.Hour)) {
		t.Fatalf("the clock did not go back: %s, then %s", first.Started, last.Started)
	}
	if shown := p.ends(0, []string{"runs", "show", "r", "--store", store}); negative.MatchString(shown.out.String()) {
		t.Errorf("a negative time:\n%s", shown.out.String())
	}
	for name, n := range p.times() {
		if n != 1 {
			t.Errorf("%s ran %d times", name, n)
		}
	}
}
