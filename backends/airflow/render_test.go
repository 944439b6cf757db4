package airflow_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/backends/airflow"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

func parse(t *testing.T, text string) *ir.Pipeline {
	t.Helper()
	p, list := yamldef.Parse("p.yaml", []byte(text))
	if !list.HasErrors() {
		p.Name = "p"
		list = append(list, ir.Check(p)...)
	}
	if list.HasErrors() {
		t.Fatal(text, list)
	}
	return p
}

// render renders a definition as a section of the configuration says.
func render(t *testing.T, text, section string, given ...target.Parameter) (string, diag.List) {
	t.Helper()
	o := airflow.Target{}.Options()
	if list := target.DecodeStep(o, ir.TargetSettings{Target: "airflow", Settings: section}); list.HasErrors() {
		t.Fatal(section, list)
	}
	r, list := airflow.Target{}.Render(parse(t, text), target.Inputs{Parameters: given}, o)
	if list.HasErrors() != (r.Files == nil) {
		t.Fatal("files with", list)
	}
	return string(r.Files[airflow.FileName]), list
}

const step = `{type: task, command_type: shell, command: "true"`

// What the target cannot express is refused with its place and a way out.
func TestRefused(t *testing.T) {
	t.Parallel()
	steps := func(text string) string { return "dag: {steps: {" + text + "}}" }
	loop := func(inside string) string {
		return steps("l: {type: loop, max_iterations: 2, break_on: x, index_as: i, branch: {steps: {a: " + step + inside + "}}}}")
	}
	scheduled := func(schedule string) string {
		return "dag: {schedule: " + schedule + ", steps: {a: " + step + "}}}"
	}
	pods := `{"operator": "kubernetes", "image": "a:1"}`
	long := strings.TrimSuffix(strings.Repeat("1,", 1025), ",")
	for _, x := range []struct{ section, text, want string }{
		{`{}`, steps("a: " + step + ", image: 'a:1'}"), "RR5002 1:15 --operator kubernetes or docker"},
		{`{"operator": "docker"}`, steps("a: " + step + "}"), "RR5002 1:15 --image IMAGE"},
		{`{"operator": "docker", "image": "b:1"}`, loop(", image: 'a:1'"), "RR5002 1:93 set one image at l"},
		{`{}`, loop(", targets: {airflow: {pool: big}}"), "RR5005 1:157 move them there"},
		{`{}`, steps("a: " + step + ", resources: {gpu: 1}}"), "RR5001 1:15 a queue of workers"},
		{`{}`, steps("a: " + step + ", resources: {extended: {example.com/fpga: 1}}}"), "RR5001 1:15 asks for example.com/fpga"},
		{`{"operator": "docker", "image": "a:1", "queue": "gpu"}`, steps("a: " + step + ", resources: {gpu: 1}}"), "RR5001 1:15 only pods can have"},
		{pods, steps("a: " + step + ", resources: {gpu: 1, extended: {nvidia.com/gpu: 1}}}"), "RR5007 1:15 twice"},
		{pods, steps("a: " + step + ", secrets: [TOKEN]}"), "RR5003 1:79 secret_from_k8s"},
		{`{}`, steps("m: {type: map, iterate_on: l, iterate_as: i, branch: {steps: {a: " + step + "}}}}"), "RR5004 1:15 at most 1024"},
		{`{}`, steps("a: " + step + ", timeout: 2m, targets: {airflow: {execution_timeout: 60}}}"), "RR5005 1:15 after 60 seconds"},
		{`{"execution_timeout": 60}`, steps("a: " + step + ", timeout: 1m}"), "RR5005 1:15 after 60 seconds"},
		{`{"schedule": "@daily"}`, "dag: {parameters: {x: {type: str, required: true}}, steps: {a: " + step + "}}}", "RR5005 1:20 is required"},
		{`{}`, scheduled(`{cron: "@daily", when: "{{= true }}"}`), "RR5005 1:17 no way to keep to when"},
		{`{}`, scheduled(`{cron: "@daily", concurrency_policy: replace}`), "RR5005 1:17 no way to keep to policy replace"},
		{`{}`, scheduled(`{cron: "0 0 30 2 *"}`), "RR5005 1:17 that day never comes"},
		{`{}`, scheduled(`[{cron: "@daily"}, {cron: "@hourly", timezone: Europe/Berlin}]`), "RR5005 1:36 one time zone"},
	} {
		_, list := render(t, x.text, x.section, target.Parameter{Name: "l", Value: json.RawMessage("[" + long + "]")})
		want := strings.SplitN(x.want, " ", 3)
		if !slices.ContainsFunc(list, func(d diag.Diagnostic) bool {
			return d.Severity == diag.Error && d.Code == want[0] && strings.HasSuffix(d.Span.String(), want[1]) && strings.Contains(d.Message, want[2])
		}) {
			t.Errorf("%s %s: %v, want %s", x.section, x.text, list, x.want)
		}
	}
}

// What each operator and setting makes of a step.
func TestRendered(t *testing.T) {
	t.Parallel()
	pod := "dag: {steps: {a: " + step + ", secrets: [API_TOKEN, PIN], image: 'a:1', resources: {cpu: 500m, memory: 1Gi, shm: 16Mi, disk: 2Gi, gpu: 1, extended: {example.com/fpga: 2}}, retry: {limit: 1, memory_factor: 2}}}}"
	container := "dag: {steps: {a: " + step + ", secrets: [API_TOKEN, PIN], image: 'a:1', resources: {cpu: 500m, memory: 1Gi, shm: 16Mi}}}}"
	plain := "dag: {steps: {a: " + step + ", secrets: [API_TOKEN, PIN], resources: {gpu: 1}, targets: {airflow: {pool: big, priority_weight: -2, queue: gpu}}}}}"
	pipeline := "dag: {pods: one, schedule: [{cron: '0 3 * * *', concurrency_policy: allow}, {cron: '@hourly', concurrency_policy: allow, suspend: true}], steps: {a: " + step + "}}}"
	var all []string
	keys := `{"operator": "kubernetes", "secret_from_k8s": "keys"}`
	for _, x := range []struct{ section, text, want string }{
		{`{"connections": {"PIN": "vendor"}}`, plain, `"PIN": "{{ conn.get('vendor', {}).password | default('', true) }}"`},
		{`{}`, plain, `"PIN": "{{ conn.get('PIN', {}).password | default('', true) }}"`},
		{`{}`, plain, `[ -n "$API_TOKEN" ] || unset API_TOKEN; [ -n "$PIN" ] || unset PIN; runnable-step run a`},
		{`{}`, plain, `pool="big"`},
		{`{}`, plain, `priority_weight=-2`},
		{`{"pool": "all", "execution_timeout": 90}`, plain, "from datetime import timedelta\n\nfrom airflow"},
		{`{"schedule": "0 3 * * *", "time_zone": "Europe/Berlin"}`, plain, "schedule=CronTriggerTimetable(\"0 3 * * *\", timezone=\"Europe/Berlin\"),\n    catchup=False,\n    max_active_runs=1,\n"},
		{`{}`, pipeline, "schedule=CronTriggerTimetable(\"0 3 * * *\", timezone=\"UTC\"),\n    catchup=False,\n    tags="},
		{`{}`, pipeline, `bash_command="runnable-step subtree -"`},
		{keys, pod, `Secret("env", "PIN", "keys", "PIN")`},
		{keys, pod, `pod_template_dict=pod({"cpu": "500m", "memory": "2Gi", "nvidia.com/gpu": "1", "ephemeral-storage": "2Gi", "example.com/fpga": "2"}, shm="16Mi"),`},
		{keys, pod, `arguments=["run", "a"],`},
		{`{"operator": "docker"}`, container, "cpus=0.5,\n        mem_limit=1073741824,\n        shm_size=16777216,\n"},
		{`{"operator": "docker"}`, container, `"API_TOKEN": "{{ conn.get('API_TOKEN').password }}"`},
	} {
		got, list := render(t, x.text, x.section)
		if list.HasErrors() || !strings.Contains(got, x.want) {
			t.Errorf("%s: %v\n%s\nwant %s", x.section, list, got, x.want)
		}
		all = append(all, got)
	}
	compiles(t, all...)
}

// Parallelism holds for tasks; where that is not the same as for items, a warning says so.
func TestParallelism(t *testing.T) {
	t.Parallel()
	for body, warned := range map[string]bool{
		"{a: " + step + "}}":                                                false,
		"{a: " + step + ", next: b}, b: " + step + "}}":                     true,
		"{p: {type: parallel, branches: {x: {steps: {a: " + step + "}}}}}}": true,
	} {
		got, list := render(t, "dag: {steps: {m: {type: map, iterate_on: l, iterate_as: i, parallelism: 2, branch: {steps: "+body+"}}}}", `{}`, target.Parameter{Name: "l", Value: json.RawMessage("[1]")})
		told := slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Code == "RR5006" })
		if list.HasErrors() || told != warned || !strings.Contains(got, "max_active_tis_per_dagrun=2") {
			t.Errorf("%s: %v\n%s", body, list, got)
		}
	}
}

// A value keeps its literal, and nothing in it means something to Python or to a template.
func TestParameters(t *testing.T) {
	t.Parallel()
	var all []string
	text := "dag: {steps: {a: " + step + "}}}"
	for value, want := range map[string]string{
		`1.10`:                    `{% if params["x"] == 1.10 %}1.10{% else %}{{ params["x"] | tojson }}{% endif %}`,
		`"{{ x }} ''' \\ \u00e9"`: `"x": Param("{{ x }} ''' \\ é"),`,
		`{"a": [true, null]}`:     `"x": Param({"a": [True, None]}),`,
	} {
		got, list := render(t, text, `{}`, target.Parameter{Name: "x", Value: json.RawMessage(value)})
		if list.HasErrors() || !strings.Contains(got, want) {
			t.Errorf("%s: %v\n%s", value, list, got)
		}
		all = append(all, got)
	}
	compiles(t, all...)
	for _, value := range []string{`"\u0000"`, `"\ud800"`, "1" + strings.Repeat("0", 5000)} {
		if _, list := render(t, text, `{}`, target.Parameter{Name: "x", Value: json.RawMessage(value)}); !slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Code == "RR5007" }) {
			t.Errorf("%.20s: %v", value, list)
		}
	}
}

// A step may have any name: the file stays Python, and no two tasks have one id.
func TestNames(t *testing.T) {
	t.Parallel()
	got, list := render(t, `
dag:
  steps:
    "*": {type: stub, needs: []}
    a-b: {type: stub, needs: []}
    a_b: {type: stub, needs: []}
    begin: {type: stub, needs: []}
    class: {type: stub, needs: []}
    p: {type: parallel, needs: [], branches: {join: {steps: {ENV: {type: stub}}}, "*": {steps: {x: {type: stub}}}}}
    p_group: {type: stub, needs: []}
`, `{}`)
	if list.HasErrors() {
		t.Fatal(list)
	}
	compiles(t, got)
	for _, want := range []string{`"runnable-step run %2A"`, `"runnable-step run p.%2A.x"`, `a_b = BashOperator(task_id="a_b", bash_command="runnable-step run a_b")`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	seen := map[string]bool{}
	for line := range strings.Lines(got) {
		if _, id, ok := strings.Cut(line, `task_id="`); ok {
			id, _, _ = strings.Cut(id, `"`)
			if seen[id] {
				t.Errorf("%s twice", id)
			}
			seen[id] = true
		}
	}
}

// compiles holds files against Python's own grammar.
func compiles(t *testing.T, texts ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "python3", "-W", "error", "-c", `import sys; [compile(text, "dag.py", "exec") for text in sys.stdin.read().split("\0")]`)
	cmd.Stdin = strings.NewReader(strings.Join(texts, "\x00"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, texts)
	}
}
