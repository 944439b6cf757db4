package yamldef

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// shape compares graphs without the places that they were read from.
var shape = cmp.Options{cmpopts.IgnoreTypes(diag.Span{}), cmpopts.IgnoreUnexported(ir.Graph{}), cmpopts.IgnoreFields(ir.TargetSettings{}, "Places")}

// parse reads a definition that must have nothing wrong with it.
func parse(t *testing.T, src string) *ir.Pipeline {
	t.Helper()
	p, list := Parse("pipeline.yaml", []byte(src))
	if len(list) > 0 {
		t.Fatalf("unexpected diagnostics:\n%s", text(t, src, list))
	}
	return p
}

func text(t *testing.T, src string, list diag.List) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Print(&b, diag.Text, list, map[string][]byte{"pipeline.yaml": []byte(src)}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func ref2(name string) ir.Ref { return ir.Ref{Name: name} }

func TestParseEverything(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	branch := func() *ir.Graph {
		return &ir.Graph{Description: "one step", Start: ref2("only"), Nodes: []ir.Node{&ir.Stub{Common: ir.Common{Name: "only"}}}}
	}
	ignored := []ir.Ref{ref2("RR0301"), ref2("RR0524")}
	want := &ir.Pipeline{Name: "everything", Description: "all keys\n", Parameters: []ir.Parameter{
		{Name: "rate", Type: ir.FloatType, Default: "0.5", Help: "of learning", Choices: []string{"0.5", "1"}, Minimum: "0", Maximum: "1"},
	}, Schedules: []ir.Schedule{
		{Cron: "0 3 * * *", Timezone: "Europe/Berlin", When: "true", Policy: "allow", Deadline: 90 * time.Second, Suspend: true, KeepSucceeded: new(0), KeepFailed: new(5)},
		{Cron: "@daily"},
	}, Events: []ir.Event{
		{Webhook: "/train", Parameters: map[string]string{"rate": "body.rate"}},
		{Calendar: "0 4 * * *", Timezone: "Europe/Berlin", Parameters: map[string]string{"rate": "eventTime"}},
		{Succeeded: "load", Parameters: map[string]string{"rate": "body.metadata.name"}},
	}, Concurrency: &ir.Concurrency{Group: "everything-else", Limit: 2, OnConflict: "cancel"}, OnSuccess: []ir.Hook{{Command: "echo done"}}, OnFailure: []ir.Hook{
		{Command: "./tell", Secrets: []ir.Ref{ref2("TOKEN")}, Timeout: 5 * time.Second},
		{Webhook: "https://example.org/hook"}, {WebhookFrom: "HOOK"},
	}, Graph: &ir.Graph{
		Description: "all keys\n",
		Start:       ref2("fetch data"),
		Nodes: []ir.Node{
			&ir.Task{
				Common: ir.Common{
					Name: "fetch data", Next: ref2("train"), OnFailure: ref2("give up"), Ignore: ignored,
					Env: []ir.EnvVar{
						{Name: "A", Value: "1.0"}, {Name: "B", Value: "yes"}, {Name: "C", Value: "007"}, {Name: "D", Value: "true"},
						{Name: "E", Value: ""}, {Name: "F", Value: "x y"}, {Name: "G", Value: ""}, {Name: "H", Value: "~"},
					},
					Image: "registry/shell:1", Python: "3.12", Packages: []ir.Ref{ref2("pandas==2.2.3"), ref2("pyarrow>=15,<20")},
					Resources: ir.Resources{CPU: "500m", Memory: "2Gi", GPU: "1", Shm: "1Gi", Disk: "20Gi", Extended: map[string]string{"example.com/fpga": "2"}},
					Overrides: []ir.Override{{Executor: "local-container", Key: "big"}, {Executor: "argo", Key: "gpu"}},
					Targets: []ir.TargetSettings{
						{Target: "argo", Settings: `{"node_selector":{"disk":"ssd"},"tolerations":[{"key":"gpu"}]}`},
						{Target: "compose", Settings: `{"shm_size":"1g"}`},
					},
				},
				Command: &ir.Shell{Script: "export rows=3\n"},
				Returns: []ir.Return{{Name: "rows", Kind: ir.JSON}, {Name: "path", Kind: ir.Text}},
				Secrets: []ir.Ref{ref2("TOKEN"), ref2("PASS WORD")},
				Catalog: &ir.Catalog{Get: []ir.Ref{ref2("in/**")}, Put: []ir.Ref{ref2("*.csv"), ref2("b.txt")}, NoCopy: true},
				Retry:   ir.Retry{Limit: 3},
				Cache:   true,
			},
			&ir.Task{
				Common:  ir.Common{Name: "train", Next: ref2("explore")},
				Command: &ir.Python{Function: "steps.train"},
				Inputs: []ir.Input{
					{Arg: "one", From: []string{"rows"}},
					{Arg: "many", From: []string{"rows", "path"}, List: true},
					{Arg: "none", From: []string{}, List: true},
					{Arg: "literal", Value: `{"int":14,"big":123456789012345678901234567890,"float":1.0,"exp":1e3,"hex":31,"text":"014","yes":"yes","when":"2024-01-01","null":null,"list":[true,-0.5,7,15,"1_000"]}`},
				},
				Returns: []ir.Return{{Name: "model", Kind: ir.Object, Key: "best"}, {Name: "accuracy", Kind: ir.Metric}},
				Retry: ir.Retry{
					Limit:   3,
					Backoff: ir.Backoff{Duration: 2 * time.Second, Factor: 1.5, Cap: 90 * time.Second},
					On:      []string{"error", "timeout", "oom", "75"}, MemoryFactor: 2,
				},
				Timeout: 90 * time.Second,
			},
			&ir.Task{Common: ir.Common{Name: "explore"}, Command: &ir.Notebook{Path: "nb/explore.ipynb", Options: `{"progress_bar":false,"n":1}`}},
			&ir.Task{Common: ir.Common{Name: "stream"}, Command: &ir.Python{Function: "steps.stream", Async: true, StreamEnd: "finished"}},
			&ir.Task{Common: ir.Common{Name: "native"}, Command: &ir.GoFunc{Function: "Count"}},
			&ir.Task{Common: ir.Common{Name: "flow step"}, Command: &ir.Flow{Step: "flows.Flow.start", Options: `{"lane":"artifacts"}`}},
			&ir.Task{Common: ir.Common{Name: "custom"}, Command: &ir.Plugin{Kind: "spark", Body: "job.jar", Config: `{"master":{"url":"k8s://x","cores":4}}`}},
			&ir.Stub{Common: ir.Common{Name: "nothing", Ignore: ignored}, Catalog: &ir.Catalog{Put: []ir.Ref{ref2("x")}}},
			&ir.Parallel{Common: ir.Common{Name: "both", Pods: ir.Ref{Name: "one"}, Ignore: ignored}, FailFast: true, Branches: []ir.Branch{
				{Name: "left side", Graph: branch()},
				{Name: "2", Graph: &ir.Graph{Style: ir.Needs, Nodes: []ir.Node{
					&ir.Stub{Common: ir.Common{Name: "a"}},
					&ir.Stub{Common: ir.Common{Name: "b", Needs: []ir.Ref{ref2("a")}}},
				}}},
			}},
			&ir.Map{
				Common: ir.Common{Name: "each", Ignore: ignored}, Body: branch(), IterateOn: ref2("rows"), IterateAs: ref2("row"),
				Reducer: "sum", Parallelism: 8,
			},
			&ir.Conditional{
				Common: ir.Common{Name: "pick", Ignore: ignored}, Parameter: ref2("to_ss"), Default: "default", FailFast: true,
				Branches: []ir.Branch{{Name: "fast", Graph: branch()}, {Name: "true", Graph: branch()}, {Name: "default", Graph: branch()}},
			},
			&ir.Loop{
				Common: ir.Common{Name: "again", Ignore: ignored}, Body: branch(), MaxIterations: 5, BreakOn: ref2("done"), IndexAs: ref2("i"),
				FailFast: true,
			},
			&ir.Map{Common: ir.Common{Name: "over"}, Body: branch(), IterateOver: ir.Expression{Text: "range(3)"}, IterateAs: ref2("row")},
			&ir.Conditional{Common: ir.Common{Name: "by"}, Expression: ir.Expression{Text: "rows > 2"}, Branches: []ir.Branch{{Name: "true", Graph: branch()}}},
			&ir.Loop{Common: ir.Common{Name: "until"}, Body: branch(), MaxIterations: 5, BreakWhen: ir.Expression{Text: "i > 2"}, IndexAs: ref2("i")},
			&ir.Nested{
				Common:     ir.Common{Name: "inner", Ignore: ignored},
				Definition: ref2("other.yaml"),
				Inputs: []ir.Input{
					{Arg: "values", From: []string{"rows"}}, {Arg: "both", From: []string{"rows", "done"}, List: true}, {Arg: "n", Value: "3"},
				},
				Returns: []ir.Return{{Name: "total", Kind: ir.JSON}, {Name: "left over", Kind: ir.JSON, Key: "rest"}},
			},
			&ir.Stub{Common: ir.Common{Name: "give up", Next: ref2("fail")}},
		},
	}}
	if diff := cmp.Diff(want, parse(t, string(src)), shape); diff != "" {
		t.Errorf("the graph differs (-want +got):\n%s", diff)
	}
}

// TestEverythingHasEveryKey keeps the definition above complete: a key that the tables allow, and that the parser
// forgets to read, would show up in the comparison.
func TestEverythingHasEveryKey(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			for i := 0; i < len(n.Content); i += 2 {
				seen[n.Content[i].Value] = true
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(&doc)
	tables := append(stepTables(), dagTable(), catalogTable(), returnTable(), retryTable(), backoffTable(), resourcesTable(), literalTable(), hookTable())
	for _, tab := range tables {
		for _, k := range tab.keys() {
			if !seen[k.Name] {
				t.Errorf("testdata/everything.yaml lacks the key %q of a %s", k.Name, tab.kind)
			}
		}
	}
}

// TestParseAccepts holds the forms that Runnable accepts (reference A.6), and those that are ours.
func TestParseAccepts(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"explicit terminals":          "dag:\n  start_at: a\n  steps:\n    a: {type: stub, next: success}\n    success: {type: success}\n    fail: {type: fail}\n",
		"unreachable":                 "dag:\n  start_at: a\n  steps:\n    a: {type: stub, next: success}\n    b: {type: stub, next: success}\n",
		"top-level keys":              "x: 1\ny: [2]\n3: four\ndag: {steps: {}}\n",
		"no steps, start at success":  "dag:\n  start_at: success\n",
		"steps: {}":                   "dag:\n  start_at: success\n  steps: {}\n",
		"stub with a task's keys":     "dag: {steps: {a: {type: stub, command: 3, returns: x, nested: {deep: true}}}}\n",
		"on_failure success":          "dag: {steps: {a: {type: stub, on_failure: success}}}\n",
		"on_failure of nothing":       "dag: {steps: {a: {type: stub, on_failure: ''}}}\n",
		"null where it is a default":  "dag:\n  description:\n  steps:\n    a: {type: task, command: m.f, catalog: }\n    m: {type: map, reducer: , iterate_on: x, iterate_as: i, branch: {description: ~, steps: {}}}\n",
		"parameter with _":            "dag: {steps: {c: {type: conditional, parameter: a_b, branches: {x_y: {steps: {}}}}}}\n",
		"bare returns":                "dag: {steps: {a: {type: task, command: m.f, returns: [x, y]}}}\n",
		"JSON":                        `{"dag": {"steps": {"a": {"type": "stub"}}}}`,
		"byte order mark":             "\ufeffdag: {steps: {}}\n",
		"Windows line ends":           "dag:\r\n  steps:\r\n    a:\r\n      type: stub\r\n",
		"document marks":              "%YAML 1.2\n---\ndag: {steps: {}}\n...\n",
		"core tags":                   "dag: {steps: {a: {type: !!str stub, max_attempts: !!int 2}}}\n",
		"names of any kind":           "dag: {steps: {\"a b/c'\\\"ü☃\": {type: stub}, yes: {type: stub}, on: {type: stub}, '1': {type: stub}}}\n",
		"default names a branch":      "dag: {steps: {c: {type: conditional, parameter: p, default: a, branches: {a: {steps: {}}}}}}\n",
		"a branch and default agree":  "dag: {steps: {c: {type: conditional, parameter: p, default: default, branches: {default: {steps: {}}}}}}\n",
		"unknown command type":        "dag: {steps: {a: {type: task, command_type: spark, command: x}}}\n",
		"durations":                   "dag: {steps: {a: {type: task, command: m.f, timeout: 1.5}, b: {type: task, command: m.f, timeout: 1h30m}, c: {type: task, command: m.f, timeout: 30}}}\n",
		"needs without predecessors":  "dag: {steps: {a: {type: stub, needs: []}}}\n",
		"quantities":                  "dag: {steps: {a: {type: stub, resources: {cpu: 0.5, memory: 1073741824, gpu: '2'}}}}\n",
		"tabs in a script":            "dag:\n  steps:\n    a:\n      type: task\n      command_type: shell\n      command: |\n        if true; then\n        \techo yes\n        fi\n",
		"a merge key in lists":        "a: &a {type: task}\nb: &b {command: m.f, type: stub}\ndag: {steps: {x: {<<: [*a, *b]}}}\n",
		"own keys beat merged ones":   "a: &a {type: nonsense, next: fail}\ndag: {steps: {x: {<<: *a, type: stub}}}\n",
		"merges of merges":            "a: &a {type: stub}\nb: &b {<<: *a}\ndag: {steps: {x: {<<: *b, next: success}}}\n",
		"merged steps":                "a: &a {one: {type: stub}}\ndag: {steps: {<<: *a, two: {type: stub, next: success}}}\n",
		"an alias for the whole dag":  "d: &d {steps: {a: {type: stub}}}\ndag: *d\n",
		"an alias as text and as key": "n: &n name\ndag: {steps: {*n : {type: stub}, b: {type: stub, next: success, image: *n}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parse(t, src)
		})
	}
}

// TestParseRefuses holds the error forms of Runnable (reference A.6) that are this package's to find.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ code, step string }{
		"missing type":            {"RR0102", "{command: m.f}"},
		"type dag":                {"RR0106", "{type: dag}"},
		"unknown task key":        {"RR0101", "{type: task, command: m.f, nope: 1}"},
		"unknown parallel key":    {"RR0101", "{type: parallel, nope: 1, branches: {a: {steps: {}}}}"},
		"second success":          {"RR0115", "{type: success}"},
		"no branches":             {"RR0212", "{type: parallel, branches: {}}"},
		"branches left out":       {"RR0102", "{type: parallel}"},
		"no branch of a map":      {"RR0102", "{type: map, iterate_on: x, iterate_as: y}"},
		"no branch of a loop":     {"RR0102", "{type: loop, max_iterations: 1, break_on: x, index_as: y}"},
		"max_attempts 0":          {"RR0109", "{type: task, command: m.f, max_attempts: 0}"},
		"a timeout of 32 years":   {"RR0109", "{type: task, command: m.f, timeout: 1000000001}"},
		"a timeout of 292 years":  {"RR0109", "{type: task, command: m.f, timeout: 2562047h}"},
		"a timeout beyond floats": {"RR0109", "{type: task, command: m.f, timeout: 1e999}"},
		"unknown catalog key":     {"RR0101", "{type: task, command: m.f, catalog: {nope: []}}"},
		"catalog of a composite":  {"RR0101", "{type: parallel, catalog: {}, branches: {a: {steps: {}}}}"},
		"attempts of a composite": {"RR0101", "{type: parallel, max_attempts: 2, branches: {a: {steps: {}}}}"},
		"duplicate key":           {"RR0007", "{type: stub, type: stub}"},
		"kind pydantic":           {"RR0308", "{type: task, command: m.f, returns: [{name: x, kind: pydantic}]}"},
		"object from a shell":     {"RR0308", "{type: task, command_type: shell, command: ls, returns: [{name: x, kind: object}]}"},
		"no .ipynb":               {"RR0114", "{type: task, command_type: notebook, command: x.py}"},
		"override is a mapping":   {"RR0103", "{type: task, command: m.f, overrides: {argo: {image: x}}}"},
		"integer branch":          {"RR0015", "{type: parallel, branches: {1: {steps: {}}}}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := "dag:\n  steps:\n    a: " + c.step + "\n"
			_, list := Parse("pipeline.yaml", []byte(src))
			if !list.HasErrors() || list[0].Code != c.code {
				t.Errorf("want %s first, got:\n%s", c.code, text(t, src, list))
			}
			for _, d := range list {
				if d.Span.Line != 3 || d.Span.Col == 0 {
					t.Errorf("%s is not on line 3: %s", d.Code, d.Span)
				}
			}
		})
	}
}

func TestParseReportsAllAtOnce(t *testing.T) {
	t.Parallel()
	src := "dag:\n  steps:\n    a: {type: taks}\n    b: {type: task}\n    c: {type: map, branch: {steps: {d: {type: task, command: m.f, timeout: soon}}}}\n    a: 3\n"
	_, list := Parse("pipeline.yaml", []byte(src))
	var codes []string
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	want := []string{"RR0106", "RR0102", "RR0102", "RR0102", "RR0108", "RR0007"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("codes differ (-want +got):\n%s\n%s", diff, text(t, src, list))
	}
}
