package stepfunctions

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
)

func parse(t *testing.T, src string) *ir.Pipeline {
	t.Helper()
	p, list := yamldef.Parse("pipeline.yaml", []byte(src))
	if list = append(list, ir.Check(p)...); list.HasErrors() {
		t.Fatal(list)
	}
	return p
}

// rendered is a template, with its notes.
func rendered(t *testing.T, src string, o Options) (string, []string) {
	t.Helper()
	files, notes, list := render(parse(t, src), o)
	if list.HasErrors() {
		t.Fatal(list)
	}
	return string(files[FileName]), notes
}

// machineOf is the state machine of a template.
func machineOf(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var whole document
	if err := yaml.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	return whole.Resources["Machine"].Properties["Definition"].(map[string]any)
}

// TestGoldenMachines looks through the machines of all golden cases for what AWS refuses and no rig sees: names that are taken
// or too long, ways that lead nowhere, states that nothing reaches, tasks that catch nothing.
func TestGoldenMachines(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../golden/*/stepfunctions.yaml")
	if err != nil || len(files) < 90 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l := &looked{names: map[string]bool{}}
		l.machine(machineOf(t, text))
		for _, why := range l.wrong {
			t.Errorf("%s: %s", file, why)
		}
	}
}

type looked struct {
	names map[string]bool
	wrong []string
}

func (l *looked) say(format string, args ...any) {
	l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
}

var substituted = regexp.MustCompile(`\$\{[A-Za-z0-9]+\}`)

func (l *looked) machine(m map[string]any) {
	states := m["States"].(map[string]any)
	reached := map[string]bool{}
	for queue := []string{m["StartAt"].(string)}; len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if reached[name] {
			continue
		}
		reached[name] = true
		s, ok := states[name].(map[string]any)
		if !ok {
			l.say("nothing is called %q", name)
			continue
		}
		queue = append(queue, leads(s)...)
	}
	for name, one := range states {
		s := one.(map[string]any)
		switch {
		case l.names[name]:
			l.say("two states are called %q", name)
		case len([]rune(name)) > maxStateName:
			l.say("%q is too long", name)
		case !reached[name]:
			l.say("nothing leads to %q", name)
		case emptyPath(s):
			l.say("%q hands an empty word to the runner, which a command of Batch cannot hold", name)
		case slices.Contains([]any{"Task", "Map", "Parallel"}, s["Type"]) && s["Catch"] == nil:
			l.say("%q catches nothing", name)
		case substituted.MatchString(name):
			l.say("%q would be replaced", name)
		}
		l.names[name] = true
		if inner, ok := s["ItemProcessor"].(map[string]any); ok {
			l.machine(inner)
		}
		branches, _ := s["Branches"].([]any)
		for _, b := range branches {
			l.machine(b.(map[string]any))
		}
	}
}

// emptyPath reports whether a job gets an empty word.
func emptyPath(s map[string]any) bool {
	arguments, _ := s["Arguments"].(map[string]any)
	parameters, _ := arguments["Parameters"].(map[string]any)
	for _, word := range parameters {
		if word == nil || word == "" {
			return true
		}
	}
	return false
}

// leads are the states that a state leads to.
func leads(s map[string]any) (out []string) {
	for _, key := range []string{"Next", "Default"} {
		if next, ok := s[key].(string); ok {
			out = append(out, next)
		}
	}
	for _, key := range []string{"Catch", "Choices"} {
		list, _ := s[key].([]any)
		for _, one := range list {
			out = append(out, one.(map[string]any)["Next"].(string))
		}
	}
	return out
}

// TestRefused: what the services cannot do is told before anything is deployed.
func TestRefused(t *testing.T) {
	t.Parallel()
	step := "dag: {name: p, steps: {a: {type: task, command_type: shell, command: 'true'%s}}}"
	for name, c := range map[string]struct {
		src     string
		options Options
		code    string
		why     string
	}{
		"no bucket":        {fmt.Sprintf(step, ""), Options{Store: "gs://facts"}, codeStore, "no bucket of S3"},
		"folder in quotes": {fmt.Sprintf(step, ""), Options{Store: "s3://facts/a'b"}, codeStore, "letters, digits"},
		"no map":           {fmt.Sprintf(step, ", targets: {stepfunctions: {distributed: true}}"), Options{}, codeSetting, "is no map"},
		"beyond Fargate":   {fmt.Sprintf(step, ", resources: {memory: 121Gi}"), Options{}, codeAmount, "platform: ec2"},
		"override":         {fmt.Sprintf(step, ", overrides: {stepfunctions: big}"), Options{}, codeSetting, `override "big"`},
		"shm on Fargate":   {fmt.Sprintf(step, ", resources: {shm: 1Gi}"), Options{}, codeAmount, "64 MiB on Fargate"},
		"disk on Fargate":  {fmt.Sprintf(step, ", resources: {disk: 201Gi}"), Options{}, codeAmount, "has 200 at most"},
		"extended":         {fmt.Sprintf(step, ", resources: {extended: {example.com/fpga: 1}}"), Options{}, codeAmount, "Kubernetes' alone"},
		"disk on EC2":      {fmt.Sprintf(step, ", resources: {disk: 1Gi}"), Options{Platform: ec2}, codeAmount, "has no effect"},
		"replaces":         {scheduled("concurrency_policy: replace"), Options{}, codeSetting, "forbid or allow"},
		"when":             {scheduled("when: '{{= true }}'"), Options{}, codeSetting, "has when"},
		"keeps":            {scheduled("keep_failed: 3"), Options{}, codeSetting, "90 days"},
		"two schedules":    {scheduled("suspend: true"), Options{Schedule: "0 3 * * *"}, codeSetting, "has no effect"},
		"required":         {"dag: {parameters: {n: {type: int, required: true}}, schedule: '0 2 * * *', steps: {a: {type: stub}}}", Options{}, codeSetting, `"n" is required`},
		"long for Fargate": {fmt.Sprintf(step, ", timeout: 400h"), Options{}, codeLimit, "336h"},
		"schedule":         {fmt.Sprintf(step, ""), Options{Schedule: "0 0 1 * 1"}, codeSetting, "write a schedule for each"},
		"definition":       {fmt.Sprintf(step, ", env: {NOISE: '"+noise(40<<10)+"'}"), Options{}, codeLimit, "Batch takes 24576"},
		"events": {
			"dag: {name: p, steps: {l: {type: loop, max_iterations: 1500, index_as: i, break_on: x, branch: {steps: {a: {type: stub}, b: {type: stub}}}}}}",
			Options{}, codeLimit, "pods: one",
		},
		"images": {
			"dag: {name: p, steps: {q: {type: parallel, pods: one, branches: {x: {steps: {a: {type: task, command_type: shell, command: 'true', image: 'i:1'}}}, y: {steps: {b: {type: task, command_type: shell, command: 'true'}}}}}}}",
			Options{}, codeImage, "leave out pods: one",
		},
	} {
		_, list := Render(parse(t, c.src), c.options)
		if len(list) == 0 || list[0].Code != c.code || !strings.Contains(list[0].Message, c.why) {
			t.Errorf("%s: %v, want %s with %q", name, list, c.code, c.why)
		}
	}
}

// scheduled is a pipeline with one schedule.
func scheduled(more string) string {
	return "dag: {name: p, schedule: [{cron: '@daily', " + more + "}], steps: {a: {type: stub}}}"
}

// TestSchedules: a schedule starts no run beside one that goes on, unless the definition allows it.
func TestSchedules(t *testing.T) {
	t.Parallel()
	for more, want := range map[string][]bool{ // asks for other runs, is enabled
		"timezone: Europe/Berlin": {true, true}, "concurrency_policy: forbid, suspend: true": {true, false}, "concurrency_policy: allow": {false, true},
	} {
		text, _ := rendered(t, scheduled(more), Options{})
		got := []bool{strings.Contains(text, "listExecutions"), !strings.Contains(text, "State: DISABLED")}
		if !slices.Equal(got, want) || strings.Contains(text, `"scheduled": true`) != want[0] || strings.Contains(text, "states:ListExecutions") != want[0] {
			t.Errorf("%s: %v\n%s", more, got, text)
		}
	}
}

// noise is text that does not pack well.
func noise(n int) string {
	var b strings.Builder
	for i := uint32(1); b.Len() < n; i++ {
		fmt.Fprintf(&b, "%08x", i*2654435761)
	}
	return b.String()
}

// TestSettings: what the configuration and the steps say stands in the template.
func TestSettings(t *testing.T) {
	t.Parallel()
	text, notes := rendered(t, `
dag:
  name: settings
  parameters: {xs: {type: list, default: []}}
  steps:
    gpu: {type: task, command_type: shell, command: 'true', resources: {cpu: 1500m, memory: 3Gi, gpu: 1, shm: 1Gi}, timeout: 1m}
    waits: {type: task, command_type: shell, command: 'true', secrets: [API_TOKEN], retry: {limit: 2, backoff: {duration: 10s}}}
    again: {type: task, command_type: shell, command: 'true', image: 'other:1', retry: {limit: 2}}
    big: {type: task, command_type: shell, command: 'true', resources: {memory: 1Gi, disk: 50Gi}, retry: {limit: 2, memory_factor: 2}}
    wide: {type: map, iterate_on: xs, iterate_as: x, parallelism: 100, branch: {steps: {a: {type: stub}}}}
`, Options{
		Image: "app:1", Store: "s3://facts/runs?region=eu-west-1", Subnets: []string{"subnet-0a"}, SecurityGroups: []string{"sg-0b"}, PublicIP: true, TimeLimit: 60,
		Schedule: "*/20 2 * * 1-5", TimeZone: "Europe/Berlin", Secrets: map[string]string{"API_TOKEN": "arn:aws:ssm:eu-west-1:123456789012:parameter/x"},
		JobRole: "arn:aws:iam::123456789012:role/steps", Tags: map[string]string{"team": "ml"}, Parameters: []target.Parameter{{Name: "xs", Value: json.RawMessage("[1]")}},
	})
	for _, want := range []string{
		"{Type: VCPU, Value: \"2\"}, {Type: MEMORY, Value: \"3072\"}, {Type: GPU, Value: \"1\"}", "${GpuQueue}", "AttemptDurationSeconds: 660",
		"exit=code attempts=all", "Image: other:1", "Attempts: 3", "Mode: DISTRIBUTED", "MaxConcurrency: 100", "states:StartExecution", "TimeoutSeconds: 60",
		"EphemeralStorage: {SizeInGiB: 50}", "{Type: MEMORY, Value: \"4096\"}", "LinuxParameters: {SharedMemorySize: 1024}",
		"cron(0,20,40 2 ? * MON,TUE,WED,THU,FRI *)", "ScheduleExpressionTimezone: Europe/Berlin", "Subnets: [subnet-0a]", "AssignPublicIp: ENABLED",
		"arn:aws:iam::123456789012:role/steps", "parameter/x", "team: ml", "s3://${Bucket}/${Prefix}?region=eu-west-1", "Default: facts", `'{"xs": [1]}'`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the template does not hold %q", want)
		}
	}
	if strings.Contains(text, "JobRole:") {
		t.Error("the template makes a role that is there")
	}
	if len(notes) < 2 || !strings.Contains(notes[1], `"waits" makes all its attempts in one job`) {
		t.Errorf("notes: %q", notes)
	}
}

// TestTransitions: what a run costs is told.
func TestTransitions(t *testing.T) {
	t.Parallel()
	_, notes := rendered(t, `
dag:
  name: p
  parameters: {xs: {type: list, default: []}}
  steps:
    a: {type: stub, on_failure: h}
    m: {type: map, iterate_on: xs, iterate_as: x, reducer: sum, branch: {steps: {b: {type: stub}}}}
    p: {type: parallel, branches: {x: {steps: {c: {type: stub}}}, y: {steps: {d: {type: stub}}}}, next: success}
    h: {type: stub}
`, Options{})
	if want := "5 steps, about 22 state transitions a run"; !strings.HasPrefix(notes[0], want) {
		t.Errorf("%q, want %q", notes[0], want)
	}
}

// TestRetryOnMemory: a container that is killed for its memory, with the runner in it, counts as the failure oom.
func TestRetryOnMemory(t *testing.T) {
	t.Parallel()
	for on, want := range map[string]bool{"": true, ", on: [oom]": true, ", on: [timeout]": false} {
		text, _ := rendered(t, "dag: {name: p, steps: {a: {type: task, command_type: shell, command: 'true', retry: {limit: 1"+on+"}}}}", Options{})
		if got := strings.Contains(text, "OutOfMemoryError"); got != want {
			t.Errorf("retry%s: %v", on, got)
		}
	}
}

func TestCron(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0 2 * * *": "cron(0 2 * * ? *)", "*/15 * * * *": "cron(0,15,30,45 * * * ? *)", "5 4 1,15 * *": "cron(5 4 1,15 * ? *)",
		"0 0 * * 0": "cron(0 0 ? * SUN *)", "0 0 * * 7": "cron(0 0 ? * SUN *)", "0 9 * jan-mar mon-fri": "cron(0 9 ? 1,2,3 MON,TUE,WED,THU,FRI *)",
		"@weekly": "cron(0 0 ? * SUN *)", "@every 1h": "", "0 0 1 * 1": "", "0 0 * *": "", "61 * * * *": "", "*/0 * * * *": "", "0 5-3 * * *": "", "0 0 * * xyz": "",
	} {
		got, why := cron(text)
		if got != want || (why == "") != (want != "") {
			t.Errorf("%q: %q %q, want %q", text, got, why, want)
		}
	}
}

// TestSizes: a job on Fargate has at least what its step asks for, in the least of the steps that there are.
func TestSizes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ cpu, memory, want string }{
		{"", "", "1 2048"}, {"100m", "10Mi", "0.25 512"}, {"250m", "513Mi", "0.25 1024"}, {"250m", "1.5Gi", "0.25 2048"},
		{"250m", "3Gi", "0.5 3072"}, {"3", "1Gi", "4 8192"}, {"1", "100Gi", "16 106496"}, {"8", "17Gi", "8 20480"},
	} {
		b := &builder{pipeline: &ir.Pipeline{}}
		w := b.wants(nil, b.amounts(&ir.Stub{}, ir.Resources{CPU: c.cpu, Memory: c.memory}), "")
		if got := fmt.Sprint(w.cpu, " ", w.memory); got != c.want || len(b.List) > 0 {
			t.Errorf("%+v: %s %v", c, got, b.List)
		}
	}
}

// TestNames: names of states differ and hold nothing that CloudFormation replaces; a path holds nothing that has a meaning.
func TestNames(t *testing.T) {
	t.Parallel()
	n := names{}
	long := strings.Repeat("x", 100)
	got := []string{n.give("a.b"), n.give("a.b"), n.give("${Queue} \"é\""), n.give(long), n.give(long + "y")}
	want := []string{"a.b", "a.b 2", "--Queue- -é-"}
	if diff := cmp.Diff(want, got[:3]); diff != "" || len(got[3]) != maxStateName || got[3] == got[4] {
		t.Errorf("%q\n%s", got, diff)
	}
	for name, want := range map[string]string{"a b": "a%20b", "é'": "%C3%A9%27", "a-b_c9": "a-b_c9", "$": "%24"} {
		if got := segment(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestSteady: the same pipeline is the same bytes, and a changed command changes the lines of its step alone.
func TestSteady(t *testing.T) {
	t.Parallel()
	src := "dag:\n  name: p\n  steps:\n    a: {type: task, command_type: shell, command: 'echo 1'}\n    b: {type: task, command_type: shell, command: 'true', needs: [a]}\n    c: {type: stub, needs: [a, b]}\n    d: {type: stub}\n    e: {type: stub, needs: [d, a]}\n"
	first, _ := rendered(t, src, Options{Image: "app:1"})
	again, _ := rendered(t, src, Options{Image: "app:1"})
	changed, _ := rendered(t, strings.Replace(src, "echo 1", "echo 2", 1), Options{Image: "app:1"})
	if first != again {
		t.Error("the bytes differ")
	}
	differ := 0
	a, b := strings.Split(first, "\n"), strings.Split(changed, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			differ++
		}
	}
	if len(a) != len(b) || differ != 2 {
		t.Errorf("%d lines differ, want the step's comment and its line in the definition", differ)
	}
}
