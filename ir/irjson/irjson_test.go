package irjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// everything holds each kind of node, each kind of command and each field.
func everything() *ir.Pipeline {
	at := func(line int) diag.Span { return diag.Span{File: "pipeline.yaml", Line: line, Col: 3} }
	name := func(s string, line int) ir.Common { return ir.Common{Name: s, Span: at(line)} }
	graph := func(nodes ...ir.Node) *ir.Graph { return &ir.Graph{Nodes: nodes, Span: at(90)} }

	load := &ir.Task{
		Common: name("load the data", 1), Command: &ir.Python{Function: "steps.load"},
		Inputs: []ir.Input{
			{Arg: "path", From: []string{"file"}, Span: at(2)},
			{Arg: "both", From: []string{"a", "b"}},
			{Arg: "one", From: []string{"a"}, List: true},
			{Arg: "fixed", Value: `{"é":[1.0,"{{x}}","\u001b"],"n":12345678901234567890}`},
		},
		Returns: []ir.Return{{Name: "n", Kind: ir.JSON, Span: at(3)}, {Name: "note", Kind: ir.Text}, {Name: "acc", Kind: ir.Metric, Key: "accuracy"}},
		Secrets: []ir.Ref{{Name: "TOKEN", Span: at(4)}},
		Catalog: &ir.Catalog{Get: []ir.Ref{{Name: "data/**", Span: at(5)}}, Put: []ir.Ref{{Name: "*.csv"}}, NoCopy: true, Span: at(6)},
		Retry:   ir.Retry{Limit: 3, Backoff: ir.Backoff{Duration: 10 * time.Second, Factor: 1.5, Cap: time.Minute}, On: []string{"error", "75", "oom"}, MemoryFactor: 1.5},
		Timeout: 90 * time.Second, Cache: true,
	}
	load.OnFailure = ir.Ref{Name: "clean up", Span: at(7)}
	load.Env = []ir.EnvVar{{Name: "B", Value: "{{workflow.name}}"}, {Name: "A", Value: ""}}
	load.Image = "ghcr.io/me/img:1"
	load.Resources = ir.Resources{CPU: "500m", Memory: "1Gi", GPU: "1", Shm: "1Gi", Disk: "20Gi", Extended: map[string]string{"b.example/y": "2", "a.example/x": "1"}}
	load.Overrides = []ir.Override{{Executor: "argo", Key: "big", Span: at(8)}}

	task := func(s string, c ir.Command) *ir.Task { return &ir.Task{Common: name(s, 10), Command: c} }
	fan := &ir.Parallel{Common: name("fan", 11), FailFast: true, Branches: []ir.Branch{
		{Name: "left", Span: at(12), Graph: &ir.Graph{Description: "the left one", Nodes: []ir.Node{task("t", &ir.Shell{Script: "cat <<'E'\n{{{{\n\tü 😀\nE\n"})}}},
		{Name: "right", Graph: graph(task("nb", &ir.Notebook{Path: "n.ipynb", Options: `{"log_output":true}`}), &ir.Stub{Common: name("s", 13), Catalog: &ir.Catalog{}})},
	}}
	each := &ir.Map{
		Common: name("each", 14), IterateOn: ir.Ref{Name: "xs", Span: at(15)}, IterateAs: ir.Ref{Name: "x", Span: at(16)},
		Reducer: "lambda *x: max(x)", ReducerSpan: at(17), Parallelism: 4, FailFast: true,
		Body: graph(&ir.Loop{
			Common: name("again", 18), MaxIterations: 5, BreakOn: ir.Ref{Name: "done", Span: at(19)}, IndexAs: ir.Ref{Name: "i", Span: at(20)},
			Body: graph(task("g", &ir.GoFunc{Function: "main.Train"}), task("p", &ir.Plugin{Kind: "spark", Body: "job", Config: `{"cores":2}`})), FailFast: true,
		}),
	}
	choose := &ir.Conditional{Common: name("choose", 21), Parameter: ir.Ref{Name: "n", Span: at(22)}, Default: "default", FailFast: true, Branches: []ir.Branch{
		{Name: "1", Graph: graph(task("a", &ir.Python{Function: "m.stream", Async: true, StreamEnd: "end"}))},
		{Name: "default", Graph: &ir.Graph{Style: ir.Needs, Nodes: []ir.Node{
			&ir.Stub{Common: name("r", 23)},
			&ir.Stub{Common: ir.Common{Name: "q", Needs: []ir.Ref{{Name: "r", Span: at(24)}}}},
		}}},
	}}
	return &ir.Pipeline{
		OnSuccess: []ir.Hook{{Command: "echo {{x}}\né\n", Secrets: []ir.Ref{{Name: "TOKEN"}, {Name: "OTHER"}}, Timeout: 1500 * time.Millisecond}},
		OnFailure: []ir.Hook{{Webhook: "https://example.org/é?a=b&c"}, {WebhookFrom: "HOOK", Timeout: time.Minute}},
		Schedules: []ir.Schedule{
			{Cron: "0 3 * * *", Timezone: "UTC", When: "{{= true }}", Policy: ir.PolicyAllow, Deadline: time.Minute, Suspend: true, KeepSucceeded: new(0), KeepFailed: new(2), Span: at(33)},
			{Cron: "@daily", Span: at(34)},
		},
		Events:      []ir.Event{{Webhook: "/train", Span: at(36)}, {Calendar: "@daily", Timezone: "UTC", Span: at(37)}, {Succeeded: "load é"}},
		Concurrency: &ir.Concurrency{Group: "loads", Limit: 2, OnConflict: ir.ConflictFail, Span: at(35)},
		Name:        "every thing", Description: "line one\nline two", Span: at(30),
		Graph: graph(load, fan, each, choose, &ir.Stub{Common: name("clean up", 31)}),
	}
}

func encode(t *testing.T, p *ir.Pipeline) string {
	t.Helper()
	text, err := irjson.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, checked := range []bool{false, true} {
		p := everything()
		if checked {
			if l := ir.Check(p); l.HasErrors() {
				t.Fatal(l)
			}
		}
		text, err := irjson.EncodeWithSpans(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := irjson.Decode(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(p, back, cmpopts.IgnoreUnexported(ir.Graph{})); diff != "" {
			t.Errorf("checked %v: the pipeline changed on the way (-sent +got):\n%s", checked, diff)
		}
		again, _ := irjson.EncodeWithSpans(back)
		if diff := cmp.Diff(string(text), string(again)); diff != "" {
			t.Error(diff)
		}
		short, err := irjson.Decode([]byte(encode(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ir.Dump(p), ir.Dump(short)); diff != "" {
			t.Error(diff)
		}
	}
}

const layout = `{"runnable_ir":1,"name":"hello","start_at":"greet","steps":[
{"type":"task","name":"greet","next":"both","command_type":"shell","command":"echo {\u007bx}} \u00e9\n","returns":[{"name":"x"}]},
{"type":"parallel","name":"both","next":"m","branches":[
 {"name":"left","start_at":"a","steps":[
  {"type":"stub","name":"a","next":"success"}
 ]},
 {"name":"none","start_at":"success","steps":[
 ]}
]},
{"type":"map","name":"m","next":"success","iterate_on":"xs","iterate_as":"x","branch":{"style":"needs","steps":[
  {"type":"stub","name":"a","needs":[]},
  {"type":"stub","name":"b","needs":["a"]}
 ]}}
]}
`

// The text is ASCII, a step a line, and free of what Argo takes for a tag.
func TestLayout(t *testing.T) {
	t.Parallel()
	p, err := irjson.Decode([]byte(layout))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(layout, encode(t, p)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := p.Graph.Nodes[0].(*ir.Task).Command.Text(); got != "echo {{x}} é\n" {
		t.Errorf("the script came back as %q", got)
	}
	text := encode(t, everything())
	for i, r := range text {
		if r > '~' || r < ' ' && r != '\n' {
			t.Fatalf("character %q at %d", r, i)
		}
	}
	if strings.Contains(text, "{{") {
		t.Error("two opening braces in a row")
	}
	// What changes one command, of a step or of a hook, changes one line.
	q := everything()
	q.OnSuccess[0].Command = "true"
	if changed := changedLines(text, encode(t, q)); changed != 1 {
		t.Errorf("%d lines changed", changed)
	}
	q = everything()
	q.Graph.Nodes[1].(*ir.Parallel).Branches[0].Graph.Nodes[0].(*ir.Task).Command = &ir.Shell{Script: "true"}
	if changed := changedLines(text, encode(t, q)); changed != 1 {
		t.Errorf("%d lines changed", changed)
	}
}

func changedLines(a, b string) int {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	if len(as) != len(bs) {
		return -1
	}
	n := 0
	for i := range as {
		if as[i] != bs[i] {
			n++
		}
	}
	return n
}

// step wraps the keys of one step into a document.
func step(keys string) string {
	return `{"runnable_ir":1,"name":"p","steps":[` + "\n{" + keys + "}\n]}"
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", `line 1: want a mapping, got the end of the text`},
		{"no object", "[]", `line 1: want a mapping, got a list`},
		{"no version", `{"name":"p","steps":[]}`, `line 1: name: the first key must be runnable_ir`},
		{"nothing", `{}`, `runnable_ir is missing`},
		{"other version", `{"runnable_ir":2,"steps":[]}`, `runnable_ir: version 2 is unknown, this program reads version 1`},
		{"version in quotes", `{"runnable_ir":"1"}`, `runnable_ir: want a whole number, got a string`},
		{"no steps", `{"runnable_ir":1}`, `steps is missing`},
		{"steps a mapping", `{"runnable_ir":1,"steps":{}}`, `steps: want a list, got a mapping`},
		{"more", `{"runnable_ir":1,"steps":[]} x`, `want the end of the text, got 'x'`},
		{"cut off", `{"runnable_ir":1,"steps":[`, `the end of the text`},
		{"unknown key", `{"runnable_ir":1,"stesp":[]}`, `stesp: unknown key; did you mean "steps"?`},
		{"twice", `{"runnable_ir":1,"name":"a","name":"b"}`, `name: this key appears twice here`},
		{"comma", `{"runnable_ir":1 "name":"a"}`, `want a comma or the end of the mapping, got a string`},
		{"no type", step(`"name":"a"`), `line 2: steps[0]: type is missing; the types are task`},
		{"type", step(`"type":"taks","name":"a"`), `steps[0]: unknown type "taks"; did you mean "task"?`},
		{"no name", step(`"type":"stub"`), `steps[0]: name is missing`},
		{"foreign key", step(`"type":"stub","name":"a","command":"x"`), `steps[0].command: a stub has no key "command"`},
		{"empty key", step(`"type":"task","name":"a","command_type":"shell","command":"x","":"y"`), `a task has no key ""`},
		{"unknown step key", step(`"type":"stub","name":"a","nxt":"x"`), `line 2: steps[0].nxt: a stub has no key "nxt"; did you mean "next"?`},
		{"null", step(`"type":"stub","name":"a","next":null`), `steps[0].next: want a string, got null`},
		{"limit", step(`"type":"task","name":"a","command_type":"shell","command":"x","retry":{"limit":1.5}`), `steps[0].retry.limit: want a whole number, got a number`},
		{"factor", step(`"type":"task","name":"a","command_type":"shell","command":"x","retry":{"backoff":{"factor":nan}}`), `steps[0].retry.backoff.factor: want a number, got 'n'`},
		{"bool", step(`"type":"task","name":"a","command_type":"shell","command":"x","cache":1`), `steps[0].cache: want true or false, got a number`},
		{"timeout", step(`"type":"task","name":"a","command_type":"shell","command":"x","timeout":"soon"`), `steps[0].timeout: "soon" is not a duration`},
		{"long timeout", step(`"type":"task","name":"a","command_type":"shell","command":"x","timeout":1e300`), `1e+300 seconds are too many`},
		{"no command type", step(`"type":"task","name":"a","command":"x"`), `steps[0]: command_type is missing`},
		{"no command", step(`"type":"task","name":"a","command_type":"shell"`), `steps[0]: command is missing`},
		{"config of shell", step(`"type":"task","name":"a","command_type":"shell","command":"x","config":{"a":1}`), `a task of command_type "shell" has no key "config"`},
		{"config a list", step(`"type":"task","name":"a","command_type":"z","command":"x","config":[]`), `steps[0].config: want a mapping, got a list`},
		{"broken value", step(`"type":"task","name":"a","command_type":"z","command":"x","inputs":[{"arg":"a","value":[1,]}]`), `steps[0].inputs[0].value: not JSON`},
		{"no body", step(`"type":"map","name":"a"`), `steps[0]: branch is missing`},
		{"branch name", step(`"type":"parallel","name":"a","branches":[{"steps":[]}]`), `steps[0].branches[0]: name is missing`},
		{"branch key", step(`"type":"loop","name":"a","branch":{"name":"x","steps":[]}`), `steps[0].branch.name: unknown key`},
		{"style", `{"runnable_ir":1,"style":"tree","steps":[]}`, `style: want chain or needs, got "tree"`},
		{"surrogate", `{"runnable_ir":1,"name":"\ud800"}`, `name: a string has a broken escape or is not UTF-8`},
		{"escape", `{"runnable_ir":1,"name":"\x"}`, `broken escape`},
		{"newline", "{\"runnable_ir\":1,\"name\":\"a\nb\"}", `a string does not end on its line`},
		{"UTF-8", "{\"runnable_ir\":1,\"name\":\"\xff\"}", `is not UTF-8`},
		{"place", `{"runnable_ir":1,"files":["f"],"spans":{"dag":[1]},"steps":[]}`, `spans.dag: want a place`},
		{"place of nothing", `{"runnable_ir":1,"files":["f"],"spans":{"dog":[1,2]},"steps":[]}`, `a place for "dog", which does not exist`},
		{"file", `{"runnable_ir":1,"files":["f"],"spans":{"dag":[1,1,2]},"steps":[]}`, `want a place`},
		{"deep", `{"runnable_ir":1,"steps":[` + strings.Repeat(`{"type":"map","name":"m","branch":{"steps":[`, 2000), `nested more than 500 deep`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := irjson.Decode([]byte(tt.text))
			var e *irjson.Error
			if !errors.As(err, &e) || p != nil {
				t.Fatalf("got %v, %v", p, err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

func TestEncodeErrors(t *testing.T) {
	t.Parallel()
	one := func(n ir.Node) *ir.Pipeline { return &ir.Pipeline{Name: "p", Graph: &ir.Graph{Nodes: []ir.Node{n}}} }
	for _, tt := range []struct {
		p    *ir.Pipeline
		want string
	}{
		{&ir.Pipeline{}, "no graph"},
		{one(&ir.Task{Common: ir.Common{Name: "a"}}), `step "a": it has no command`},
		{one(&ir.Task{Common: ir.Common{Name: "a"}, Command: &ir.Shell{Script: "\xff"}}), "is not UTF-8"},
		{one(&ir.Task{Command: &ir.Plugin{Kind: "shell"}}), "built-in"},
		{one(&ir.Task{Command: &ir.Notebook{Options: "{"}}), "is not JSON"},
		{one(&ir.Map{}), "no body"},
		{one(&ir.Parallel{Branches: []ir.Branch{{Name: "b"}}}), `branch "b" has no graph`},
	} {
		if text, err := irjson.Encode(tt.p); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %q, %v, want %s", text, err, tt.want)
		}
	}
}

// Seconds are durations too: they are what Python's json writes for a float.
func TestSeconds(t *testing.T) {
	t.Parallel()
	p, err := irjson.Decode([]byte(step(`"timeout":1.5,"command":"x","name":"a","command_type":"shell","type":"task"`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Graph.Nodes[0].(*ir.Task).Timeout; got != 1500*time.Millisecond {
		t.Errorf("got %v", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(layout))
	with, _ := irjson.EncodeWithSpans(everything())
	f.Add(with)
	f.Add([]byte(step(`"type":"stub","name":"\ud83d\ude00"`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := irjson.Decode(data)
		if err != nil {
			if fmt.Sprint(err) == "" || p != nil {
				t.Fatalf("got %v, %v", p, err)
			}
			return
		}
		text, err := irjson.EncodeWithSpans(p)
		if err != nil {
			t.Fatalf("decoded but not encoded: %v", err)
		}
		back, err := irjson.Decode(text)
		if err != nil {
			t.Fatalf("encoded but not decoded: %v\n%s", err, text)
		}
		if diff := cmp.Diff(ir.Dump(p), ir.Dump(back)); diff != "" {
			t.Fatal(diff)
		}
		again, err := irjson.EncodeWithSpans(back)
		if err != nil || string(again) != string(text) {
			t.Fatalf("%v\n%s\n%s", err, text, again)
		}
		ir.Check(back) // must not panic, whatever the graph
	})
}
