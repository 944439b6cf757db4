package actions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/actions"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// rendered renders a definition, which must be valid, with the runner on the machines.
func rendered(t *testing.T, text string, in target.Inputs, change ...func(*actions.Options)) (target.Rendering, diag.List) {
	t.Helper()
	p, list := yamldef.Parse("pipeline.yaml", []byte(text))
	if !list.HasErrors() {
		p.Name = "nightly"
		list = ir.Check(p)
	}
	if list.HasErrors() {
		t.Fatal(list)
	}
	o := actions.Target{}.Options().(*actions.Options)
	o.RunnerPath = "/usr/local/bin/runnable-step"
	for _, c := range change {
		c(o)
	}
	return actions.Target{}.Render(p, in, o)
}

// workflow is what tests look at.
type workflow struct {
	On struct {
		Dispatch struct{ Inputs map[string]input } `yaml:"workflow_dispatch"`
		Schedule []map[string]string
	}
	Permissions map[string]string
	Concurrency struct{ Group string }
	Env         map[string]string
	Jobs        map[string]job
}

type input struct {
	Description, Type string
	Default           any
	Options           []string
	Required          bool
}

type job struct {
	Name      string
	Needs     []string
	If        string
	RunsOn    any `yaml:"runs-on"`
	Container string
	Timeout   int `yaml:"timeout-minutes"`
	Strategy  struct {
		Max    int `yaml:"max-parallel"`
		Matrix map[string]string
	}
	Outputs map[string]string
	Env     map[string]string
	Steps   []step
}

type step struct {
	Name, ID, If, Run, Uses string
	Env                     map[string]string
	Continue                bool `yaml:"continue-on-error"`
}

func read(t *testing.T, r target.Rendering) workflow {
	t.Helper()
	var w workflow
	if err := yaml.Unmarshal(r.Files[actions.FileName], &w); err != nil {
		t.Fatalf("%v\n%s", err, r.Files[actions.FileName])
	}
	return w
}

func sh(more string) string { return "{type: task, command_type: shell, command: 'true'" + more + "}" }

// TestConditions: a job starts after those that lead to it, whatever else failed; a failure that is handled is none of the
// workflow's.
func TestConditions(t *testing.T) {
	t.Parallel()
	r, list := rendered(t, `
dag:
  steps:
    a: `+sh(", on_failure: mend, next: both, secrets: [TOKEN]")+`
    mend: `+sh(", next: both")+`
    both:
      type: parallel
      on_failure: success
      branches:
        x: {steps: {a: `+sh("")+`}}
        y: {steps: {a: `+sh(", next: fail")+`}}
      next: last
    last: `+sh("")+`
`, target.Inputs{})
	if len(list) > 0 {
		t.Fatal(list)
	}
	w := read(t, r)
	got := map[string]string{}
	for id, j := range w.Jobs {
		got[id] = strings.Join(j.Needs, " ") + ": " + j.If
	}
	a := "needs.a.outputs.outcome == 'success'"
	entry := "a mend: ${{ !cancelled() && (" + a + " || needs.mend.result == 'success') }}"
	want := map[string]string{
		"begin": ": ", "a": "begin: ${{ !cancelled() && needs.begin.result == 'success' }}",
		"mend":     "a: ${{ !cancelled() && (needs.a.outputs.outcome == 'failure' || needs.a.result == 'failure') }}",
		"both-x-a": entry, "both-y-a": entry,
		"both":   "a mend both-x-a both-y-a: " + strings.SplitN(entry, ": ", 2)[1],
		"last":   "both: ${{ !cancelled() && needs.both.outputs.outcome == 'success' }}",
		"result": "begin last: ${{ always() && needs.begin.result == 'success' }}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for id, handled := range map[string]bool{"a": true, "mend": false, "both-x-a": true, "both-y-a": true, "both": true, "last": false} {
		if s := w.Jobs[id].Steps; s[len(s)-1].Continue != handled {
			t.Errorf("%s: continue-on-error is %t", id, !handled)
		}
	}
	secret := step{ID: "step", Continue: true, Env: map[string]string{"TOKEN": "${{ secrets.TOKEN }}"}}
	secret.Run = "[ -n \"$TOKEN\" ] || unset TOKEN\nexec /usr/local/bin/runnable-step run a\n"
	if diff := cmp.Diff(secret, w.Jobs["a"].Steps[1]); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(string(r.Files[actions.FileName]), "secrets.TOKEN"); n != 1 {
		t.Errorf("the secret stands in %d places", n)
	}
}

// TestMap: the step before a map tells its items, of which each has a job as long as GitHub takes so many.
func TestMap(t *testing.T) {
	t.Parallel()
	r, list := rendered(t, `
dag:
  steps:
    list: `+sh(", returns: [{name: xs}]")+`
    each:
      type: map
      iterate_on: xs
      iterate_as: x
      parallelism: 3
      branch: {steps: {one: `+sh("")+`, again: {type: loop, max_iterations: 2, break_on: xs, index_as: i, branch: {steps: {z: `+sh(", secrets: [KEY]")+`}}}}}
    after: `+sh("")+`
`, target.Inputs{})
	if len(list) > 0 {
		t.Fatal(list)
	}
	w := read(t, r)
	if got := w.Jobs["list"].Outputs; got["items"] == "" || got["count"] == "" || w.Jobs["list"].Steps[1].Run != "exec /usr/local/bin/runnable-step run list --control each" {
		t.Errorf("list: %+v", w.Jobs["list"])
	}
	each := w.Jobs["each"]
	if each.Strategy.Max != 3 || each.Strategy.Matrix["i"] != "${{ fromJSON(needs.list.outputs.items || '[]') }}" || !strings.Contains(each.If, "needs.list.outputs.items != '[]'") {
		t.Errorf("each: %+v", each)
	}
	if !strings.Contains(each.Steps[1].Run, "[ \"$RUNNABLE_ITEMS\" -gt 256 ] || exec /usr/local/bin/runnable-step run 'each.*.one'\n") {
		t.Errorf("an item: %s", each.Steps[1].Run)
	}
	if s := each.Steps[2]; s.If != "${{ !cancelled() }}" || !strings.Contains(s.Run, "subtree 'each.*.again'") || s.Env["KEY"] != "${{ secrets.KEY }}" {
		t.Errorf("a loop in an item: %+v", s)
	}
	if got := w.Jobs["after"].Needs; len(got) != 1 || got[0] != "each-reduce" {
		t.Errorf("after: %v", got)
	}
	if !strings.Contains(strings.Join(r.Notes, "\n"), "the loop each.*.again runs in place") {
		t.Errorf("notes: %q", r.Notes)
	}
}

// TestExpressions: nothing of a definition, a parameter or a setting becomes an expression, or a word of a script.
func TestExpressions(t *testing.T) {
	t.Parallel()
	evil := "${{ secrets }} $(id) `id` ' \" \\"
	name := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(evil)
	r, list := rendered(t, fmt.Sprintf("dag: {description: \"%[1]s\", steps: {\"%[1]s\": {type: task, command_type: shell, command: \"%[1]s\"}}}", name), target.Inputs{
		Parameters: []target.Parameter{{Name: "plain", Value: []byte(`"${{ secrets.X }}"`)}, {Name: "${{ x }}", Value: []byte(`{"a":{"b":"{{{"}}`)}},
	})
	if list.HasErrors() {
		t.Fatal(list)
	}
	text := string(r.Files[actions.FileName])
	for _, expression := range strings.Split(text, "${{")[1:] {
		if strings.HasPrefix(expression, " secrets") || strings.HasPrefix(expression, " x ") {
			t.Errorf("an expression: ${{%.40s", expression)
		}
	}
	for id, j := range read(t, r).Jobs {
		for _, s := range j.Steps {
			if strings.Contains(s.Run, "${{") || strings.Contains(s.Run, "$(id)") {
				t.Errorf("%s: %s", id, s.Run)
			}
		}
	}
}

// TestInputs: each parameter is a field of its type, whose default is read back as the value.
func TestInputs(t *testing.T) {
	t.Parallel()
	given := []target.Parameter{
		{Name: "language", Value: []byte(`"en"`)}, {Name: "rate", Value: []byte(`0.10`)}, {Name: "fast", Value: []byte(`false`)}, {Name: "size", Value: []byte(`null`)},
		{Name: "digits", Value: []byte(`"5"`)}, {Name: "words", Value: []byte(`["a"]`)}, {Name: "Odd name", Value: []byte(`{"x":1}`)}, {Name: "Upper", Value: []byte(`1`)},
	}
	r, list := rendered(t, `
dag:
  parameters:
    language: {choices: [en, de], default: en, help: of the words}
    rate: {type: float, default: 0.10, minimum: 0}
    fast: {type: bool, default: false}
    size: {type: int}
    key: {type: str, required: true}
  steps: {a: `+sh("")+`}
`, target.Inputs{Parameters: given})
	if list.HasErrors() {
		t.Fatal(list)
	}
	w := read(t, r)
	want := map[string]input{
		"language":   {Description: `of the words; default "en", one of "en", "de"`, Type: "choice", Options: []string{"en", "de"}, Default: "en"},
		"rate":       {Description: "default 0.10, at least 0", Type: "number", Default: "0.10"},
		"fast":       {Description: "default false", Type: "boolean", Default: false},
		"size":       {Description: "default null", Type: "string", Default: "null"},
		"key":        {Description: "required", Type: "string", Required: true},
		"digits":     {Description: "JSON where it parses, else a text", Type: "string", Default: `"5"`},
		"words":      {Description: "JSON where it parses, else a text", Type: "string", Default: `["a"]`},
		"parameters": {Description: "further parameters, as a JSON document", Type: "string", Default: `{"Odd name": {"x":1}, "Upper": 1}`},
	}
	if diff := cmp.Diff(want, w.On.Dispatch.Inputs); diff != "" {
		t.Error(diff)
	}
	env := w.Jobs["begin"].Steps[0].Env
	if env["RUNNABLE_PRM_rate"] != "${{ github.event.inputs.rate || inputs.rate }}" || env["RUNNABLE_PARAMETERS"] != "${{ github.event.inputs.parameters || inputs.parameters }}" {
		t.Errorf("begin: %v", env)
	}
}

// TestManyInputs: GitHub takes 25 inputs; what is more stands in a document.
func TestManyInputs(t *testing.T) {
	t.Parallel()
	var in target.Inputs
	for i := range 40 {
		in.Parameters = append(in.Parameters, target.Parameter{Name: fmt.Sprintf("p%d", i), Value: []byte("1")})
	}
	r, list := rendered(t, "dag: {steps: {a: "+sh("")+"}}", in)
	if list.HasErrors() {
		t.Fatal(list)
	}
	inputs := read(t, r).On.Dispatch.Inputs
	if document := fmt.Sprint(inputs["parameters"].Default); len(inputs) != 25 || !strings.HasPrefix(document, `{"p24": 1, `) || !strings.HasSuffix(document, `"p39": 1}`) {
		t.Errorf("%d inputs, %s", len(inputs), document)
	}
}

// TestIDs: steps whose names differ have jobs whose ids differ, without regard to case.
func TestIDs(t *testing.T) {
	t.Parallel()
	r, list := rendered(t, `
dag:
  steps:
    "a b": &s `+sh("")+`
    a-b: *s
    A-b: *s
    begin: *s
    result: *s
    "0": *s
    é: *s
    m: {type: map, iterate_on: x, iterate_as: y, branch: {steps: {z: *s}}}
    m-items: *s
    m-reduce: *s
    p: {type: parallel, branches: {x: {steps: {b: *s}}}}
    p-x-b: *s
    `+strings.Repeat("long", 40)+`: *s
    `+strings.Repeat("long", 41)+`: *s
`, target.Inputs{Parameters: []target.Parameter{{Name: "x", Value: []byte("[1]")}}})
	if list.HasErrors() {
		t.Fatal(list)
	}
	seen := map[string]bool{}
	w := read(t, r)
	for id := range w.Jobs {
		if low := strings.ToLower(id); seen[low] || len(id) > 100 || strings.Trim(low, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" || low[0] < 'A' {
			t.Errorf("%q", id)
		}
		seen[strings.ToLower(id)] = true
	}
	if len(w.Jobs) != 18 {
		t.Errorf("%d jobs", len(w.Jobs))
	}
}

// TestMachines: where a step runs goes by its own settings, then by what all targets are told, then by the options.
func TestMachines(t *testing.T) {
	t.Parallel()
	r, list := rendered(t, `
dag:
  steps:
    a: `+sh("")+`
    b: `+sh(", image: 'own:1', timeout: 90s, retry: {limit: 2, backoff: {duration: 1m, factor: 2}}")+`
    c: `+sh(", resources: {gpu: 1}, targets: {actions: {runs_on: 'self-hosted, gpu', image: 'cuda:1', timeout_minutes: 1000, environment: prod}}")+`
`, target.Inputs{Store: "gs://bucket", Release: "v1.2.3"}, func(o *actions.Options) {
		o.RunnerPath, o.RunnerSHA256, o.RunsOn = "", strings.Repeat("a", 64), "ubuntu-24.04"
		o.Permissions = map[string]string{"id-token": "write"}
		o.Login = []target.Raw{{Value: "log in"}}
	})
	if len(list) > 0 {
		t.Fatal(list)
	}
	w := read2(t, r)
	type machine struct {
		RunsOn, Container string
		Timeout           int
	}
	want := map[string]machine{
		"begin": {"ubuntu-24.04", "", 10}, "a": {"ubuntu-24.04", "", 360}, "b": {"ubuntu-24.04", "own:1", 18},
		"c": {"[self-hosted gpu]", "cuda:1", 1000}, "result": {"ubuntu-24.04", "", 10},
	}
	got := map[string]machine{}
	for id, j := range w.Jobs {
		got[id] = machine{fmt.Sprint(j.RunsOn), j.Container, j.Timeout}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if url := w.Env["RUNNER_URL"]; url != "https://github.com/runnable-render/runnable-render/releases/download/v1.2.3/runnable-step-full-linux-amd64" {
		t.Error(url)
	}
	if w.Permissions["id-token"] != "write" || w.Permissions["contents"] != "read" {
		t.Error(w.Permissions)
	}
}

// read2 reads a workflow whose steps need not be mappings.
func read2(t *testing.T, r target.Rendering) workflow {
	t.Helper()
	return read(t, target.Rendering{Files: map[string][]byte{actions.FileName: []byte(strings.ReplaceAll(string(r.Files[actions.FileName]), "- log in\n", "- name: log in\n"))}})
}

// TestRefused: what GitHub cannot do is an error at its place.
func TestRefused(t *testing.T) {
	t.Parallel()
	steps := func(more string) string { return "dag: {steps: {a: " + sh(more) + "}}" }
	for text, want := range map[string]string{
		steps(", resources: {gpu: 1}"):                           "RR6001 1:15 has none",
		steps(", targets: {actions: {runs_on: windows-latest}}"): "RR6001 1:15 for Linux only",
		steps(", timeout: 7h"):                                   "RR6004 1:15 may take 430 minutes",
		steps(", timeout: 3h, retry: {limit: 1}"):                "RR6004 1:15 may take 370 minutes",
		steps(", secrets: [GITHUB_X]"):                           "RR6003 1:79 GitHub has no secret",
		steps(", secrets: ['a-b']"):                              "RR6003 1:79 GitHub has no secret",
		steps(", overrides: {actions: big}"):                     "RR6005 1:90 no groups of settings",
		steps(", resources: {cpu: 2}"):                           "RR6006 1:15 have no effect",
		"dag: {steps: {m: {type: map, iterate_on: x, iterate_as: y, branch: {steps: {a: " + sh("") + ", b: " + sh(", image: 'b:1'") + "}}}}}": "RR6001 1:132 run in one job",
	} {
		_, list := rendered(t, text, target.Inputs{})
		found := false
		for _, d := range list {
			at := fmt.Sprintf("%s %d:%d", d.Code, d.Span.Line, d.Span.Col)
			found = found || strings.HasPrefix(want, at+" ") && strings.Contains(d.Message, want[len(at)+1:])
		}
		if !found {
			t.Errorf("%s\nwant %s, got %v", text, want, list)
		}
	}
}

// TestSchedules: GitHub's are in UTC, five minutes apart at least, and nobody is there to give a parameter.
func TestSchedules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cron string
		ok   bool
	}{
		{"0 3 * * *", true}, {"*/5 * * * *", true}, {"30 4 1 JAN-JUN MON", true},
		{"*/4 * * * *", false}, {"0,1 3 * * *", false}, {"@daily", false}, {"0 3 * *", false}, {"TZ=UTC 0 3 * * *", false}, {"0 0 30 2 *", false}, {"0 3 ? * *", false},
	} {
		o := actions.Target{}.Options().(*actions.Options)
		if got := target.KindOf(o, "schedule").Fits(c.cron); got != c.ok {
			t.Errorf("%q: %t", c.cron, got)
		}
	}
	nightly := func(o *actions.Options) { o.Schedule = "0 3 * * *" }
	r, list := rendered(t, "dag: {steps: {a: "+sh("")+"}}", target.Inputs{Parameters: []target.Parameter{{Name: "x", Value: []byte("1")}}}, nightly)
	if list.HasErrors() {
		t.Fatal(list)
	}
	w := read(t, r)
	steps := w.Jobs["begin"].Steps
	if w.On.Schedule[0]["cron"] != "0 3 * * *" || w.Concurrency.Group != "nightly" || len(steps) != 2 || steps[1].Env["RUNNABLE_PARAMETERS"] != `{"x": 1}` {
		t.Errorf("%+v", w)
	}
	_, list = rendered(t, "dag: {parameters: {x: {type: int, required: true}}, steps: {a: "+sh("")+"}}", target.Inputs{}, nightly)
	if !list.HasErrors() {
		t.Error("a schedule starts a run without a required parameter")
	}
}

// TestSize: GitHub reads no longer file.
func TestSize(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("dag:\n  steps:\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "    s%d: %s\n", i, sh(""))
	}
	_, list := rendered(t, b.String(), target.Inputs{})
	if len(list) != 2 || list[0].Code != "RR6004" || list[1].Code != "RR6004" {
		t.Error(list)
	}
}

// A schedule that is suspended starts nothing, and settings that GitHub has no means for are refused.
func TestScheduleSettings(t *testing.T) {
	t.Parallel()
	text := func(schedule string) string {
		return "dag: {schedule: [" + schedule + "], steps: {a: {type: task, command_type: shell, command: \"true\"}}}"
	}
	r, list := rendered(t, text(`{cron: "0 3 * * *", suspend: true}, {cron: "0 4 * * *", concurrency_policy: forbid}`), target.Inputs{})
	if list.HasErrors() {
		t.Fatal(list)
	}
	if times := read(t, r).On.Schedule; len(times) != 1 || times[0]["cron"] != "0 4 * * *" {
		t.Error(times)
	}
	for _, setting := range []string{`when: "{{= true }}"`, "starting_deadline: 10m", "concurrency_policy: replace", "keep_failed: 3"} {
		if _, list := rendered(t, text(`{cron: "0 3 * * *", `+setting+"}"), target.Inputs{}); !list.HasErrors() {
			t.Errorf("%s is taken", setting)
		}
	}
}
