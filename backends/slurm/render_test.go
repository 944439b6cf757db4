package slurm_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/slurm"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

var update = flag.Bool("update", false, "rewrite testdata")

func render(t *testing.T, text string, in target.Inputs, set func(*slurm.Options)) (string, target.Rendering, diag.List) {
	t.Helper()
	p, list := yamldef.Parse("pipeline.yaml", []byte(text))
	if list = append(list, ir.Check(p)...); list.HasErrors() {
		t.Fatal(list)
	}
	o := slurm.Target{}.Options().(*slurm.Options)
	if set != nil {
		set(o)
	}
	r, list := slurm.Target{}.Render(p, in, o)
	return string(r.Files[slurm.FileName]), r, list
}

// nightly has what a reviewer should see of each construct and setting.
const nightly = `
dag:
  name: nightly
  description: Counts words.
  parameters: {language: {type: str, default: en}}
  on_failure: [{command: echo failed}]
  steps:
    prepare: {type: task, command_type: shell, command: 'export words="[1, 2]"', returns: [{name: words}]}
    count:
      type: map
      iterate_on: words
      iterate_as: word
      parallelism: 4
      reducer: steps.total
      resources: {memory: 1Gi}
      branch: {steps: {length: {type: task, command_type: shell, command: 'export letters=1', returns: [{name: letters}]}}}
    both:
      type: parallel
      branches: {left: {steps: {a: {type: stub}}}, right: {steps: {b: {type: stub}, c: {type: stub}}}}
    train:
      type: task
      command_type: shell
      command: exit 0
      image: registry.example/train:1
      timeout: 1h
      retry: {limit: 2, backoff: {duration: 10s, factor: 2}}
      resources: {cpu: 1500m, memory: 1500M, gpu: 2}
      targets: {slurm: {partition: gpu, options: [--exclusive]}}
      on_failure: tell
    tell: {type: stub, next: fail}
`

// TestScript holds a whole script, which bash can read.
func TestScript(t *testing.T) {
	t.Parallel()
	in := target.Inputs{Definition: "flows/nightly.yaml", StoreFolder: "/shared/it's here", Parameters: []target.Parameter{{Name: "odd name", Value: json.RawMessage(`"a'b"`)}}}
	got, r, list := render(t, nightly, in, func(o *slurm.Options) {
		o.Containers, o.Setup = "apptainer", "module load python"
		o.Settings = slurm.Settings{Account: "lab", Options: []string{"--nice=5"}}
	})
	if len(list) > 0 || r.Notes[0] != "7 steps, 10 jobs and more for each item and iteration" {
		t.Errorf("%v, %v", list, r.Notes)
	}
	const file = "testdata/nightly.sbatch"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if diff := cmp.Diff(string(want), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got); -update rewrites it:\n%s", err, diff)
	}
	cmd := exec.Command("bash", "-n")
	cmd.Stdin = strings.NewReader(got)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestRefusals: what cannot be, with its place.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const step = "dag:\n  steps:\n    a: {type: task, command_type: shell, command: exit 0, %s}\n"
	plain := fmt.Sprintf(step, "cache: false")
	for _, c := range []struct {
		text string
		in   target.Inputs
		set  func(*slurm.Options)
		want string
	}{
		{plain, target.Inputs{StoreFolder: "facts", ConfigFile: "c.yaml"}, nil, `c.yaml: error: slurm: the store "facts" is a relative path`},
		{plain, target.Inputs{StoreFolder: "/tmp/facts"}, nil, "that is local to each node"},
		{plain, target.Inputs{StoreFolder: "/home/50%"}, nil, "RR7001"},
		{plain, target.Inputs{Store: "s3://bucket"}, nil, "the store is a bucket, but jobs need a folder"},
		{fmt.Sprintf(step, "overrides: {slurm: big}"), target.Inputs{}, nil, `names the override "big"`},
		{fmt.Sprintf(step, "image: 'a,b'"), target.Inputs{}, func(o *slurm.Options) { o.Containers = "apptainer" }, `"a,b" is not an image`},
		{fmt.Sprintf(step, "image: a"), target.Inputs{}, nil, `pipeline.yaml:3:5: warning: slurm: the image "a" is ignored`},
		{"dag:\n  pods: one\n" + strings.TrimPrefix(fmt.Sprintf(step, "targets: {slurm: {qos: high}}"), "dag:\n"), target.Inputs{}, nil, "shares a job"},
		{fmt.Sprintf(step, "resources: {extended: {example.com/fpga: 1}}"), target.Inputs{}, nil, `pipeline.yaml:3:5: error: slurm: "a" asks for example.com/fpga`},
		{fmt.Sprintf(step, "resources: {shm: 1Gi}"), target.Inputs{}, nil, "resources.shm of \"a\" has no effect"},
		{plain, target.Inputs{Parameters: []target.Parameter{{Name: "x", Value: json.RawMessage(`"` + strings.Repeat("x", 130_000) + `"`)}}}, nil, "RR7003"},
	} {
		_, _, list := render(t, c.text, c.in, c.set)
		var b bytes.Buffer
		if err := diag.Print(&b, diag.Text, list, nil); err != nil || !strings.Contains(b.String(), c.want) {
			t.Errorf("want %q, got\n%s", c.want, &b)
		}
	}
}

// TestGrowingMemory: one job makes all attempts, so it has the memory of the last; the disk is that of the node.
func TestGrowingMemory(t *testing.T) {
	t.Parallel()
	const text = "dag:\n  steps:\n    a: {type: task, command_type: shell, command: exit 0, resources: {memory: 1Gi, disk: 2Gi}, retry: {limit: 2, memory_factor: 2}}\n"
	got, _, list := render(t, text, target.Inputs{}, nil)
	if list.HasErrors() || !strings.Contains(got, "--mem=4096M --tmp=2048M") {
		t.Errorf("%v\n%s", list, got)
	}
}

// TestManyJobs: what is too much is refused, what is much is told.
func TestManyJobs(t *testing.T) {
	t.Parallel()
	for steps, want := range map[int]string{999: "", 1000: "RR7006", 10_000: "RR7002"} {
		var b strings.Builder
		b.WriteString("dag:\n  steps:\n")
		for i := range steps {
			fmt.Fprintf(&b, "    s%d: {type: stub}\n", i)
		}
		_, _, list := render(t, b.String(), target.Inputs{}, nil)
		if got := len(list); (got > 0) != (want != "") || got > 0 && list[0].Code != want {
			t.Errorf("%d steps: %v, want %s", steps, list, want)
		}
	}
}

// TestSettings: values that sbatch or the script would take for something else are refused, with their places.
func TestSettings(t *testing.T) {
	t.Parallel()
	kind := func(is, value string) bool { return target.KindOf(&slurm.Options{}, is).Fits(value) }
	for is, values := range map[string][2][]string{
		"time":    {{"90", "02:30:00", "1-12", "1-00:00:00", "5:30"}, {"", "1h", "-1", "1:2:3:4", "90 --wrap=x"}},
		"value":   {{"gpu", "a,b", "gpu:a100:2", "intel&gpu"}, {"", "a b", "--wrap", "a'b", "a\nb", "#x", `a"`}},
		"option":  {{"--exclusive", "--licenses=a:2"}, {"", "-x", "--wrap=rm", "--array=0-3", "--output=x", "--requeue", "--comment=a b", "exclusive"}},
		"folder":  {{"/home/ada", "/shared/a b"}, {"", "home", "/tmp", "/tmp/x", "/a%b"}},
		"program": {{"runnable-step", "/opt/r/runnable-step"}, {"", "bin/runnable-step", "a\nb"}},
	} {
		for _, v := range values[0] {
			if !kind(is, v) {
				t.Errorf("%s refuses %q", is, v)
			}
		}
		if i := slices.IndexFunc(values[1], func(v string) bool { return kind(is, v) }); i >= 0 {
			t.Errorf("%s takes %q", is, values[1][i])
		}
	}
}
