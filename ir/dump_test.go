package ir_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/oracle"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// wide is a pipeline with everything that a dump can show.
func wide() *ir.Pipeline {
	b := &builder{}
	load := b.task("load", "fail=clean up")
	load.Inputs = []ir.Input{
		{Arg: "path", From: []string{"file"}}, {Arg: "both", From: []string{"a", "b c"}}, {Arg: "one", From: []string{"a"}, List: true},
		{Arg: "fixed", Value: ` { "k" : [1.0, "\u00e9"] } `}, {Arg: "none", List: true},
	}
	load.Returns = []ir.Return{{Name: "n"}, {Name: "note", Kind: ir.Text}, {Name: "acc", Kind: ir.Metric, Key: "accuracy"}}
	load.Secrets = []ir.Ref{{Name: "TOKEN"}, {Name: "OTHER"}}
	load.Catalog = &ir.Catalog{Get: []ir.Ref{{Name: "data/**"}, {Name: "a b, c"}}, Put: []ir.Ref{{Name: "*.csv"}}, NoCopy: true}
	load.Retry = ir.Retry{Limit: 3, Backoff: ir.Backoff{Duration: 10 * time.Second, Factor: 1.5, Cap: time.Hour}, On: []string{"oom", "75"}}
	load.Timeout, load.Cache = 90*time.Minute, true
	load.Image, load.Python, load.Resources = "img:1", "3.12", ir.Resources{CPU: "500m", GPU: "1"}
	load.Env = []ir.EnvVar{{Name: "A", Value: ""}, {Name: "B", Value: "two words"}, {Name: "C", Value: "a\nb"}}
	load.Overrides = []ir.Override{{Executor: "argo", Key: "big"}}

	script := b.task("script")
	script.Command = &ir.Shell{Script: "if true; then\n\techo \"hi\"\n\nfi \r\n\n"}
	stream := b.task("stream")
	stream.Command = &ir.Python{Function: "m.s", Async: true, StreamEnd: "done"}
	notebook := b.task("nb", "needs=")
	notebook.Command = &ir.Notebook{Path: "n b.ipynb", Options: `{"log_output":true}`}
	plugin := b.task("spark", "needs=nb", "fail=success")
	plugin.Command = &ir.Plugin{Kind: "spark", Body: "one\ntwo", Config: `{"cores": 2}`}
	goTask := b.task("go")
	goTask.Command = &ir.GoFunc{Function: "main.Train"}

	fan := b.parallel("fan", []string{"next=each"}, b.graph(script, stream), b.graph(notebook, plugin))
	fan.FailFast = true
	fan.Branches[1].Graph.Description = "in any order"
	each := b.mapped("each", nil, b.graph(b.loop("again", nil, b.graph(goTask))))
	each.Reducer, each.Parallelism = "lambda *x: max(x)", 4
	choose := b.conditional("choose", []string{"default=b"}, b.graph(), b.graph(&ir.Stub{Common: b.common("wait", nil), Catalog: &ir.Catalog{Get: []ir.Ref{{Name: "x"}}}}))
	hooks := []ir.Hook{{Command: "echo one\necho two\n", Secrets: []ir.Ref{{Name: "TOKEN"}}, Timeout: time.Minute}, {WebhookFrom: "HOOK"}}
	return &ir.Pipeline{Name: "wide one", Description: "Two\nlines.\n", OnSuccess: []ir.Hook{{Webhook: "https://example.org/a b"}}, OnFailure: hooks, Graph: b.graph(load, fan, each, choose, b.task("clean up", "next=fail"))}
}

// The dump of everything, for the eye. What it says is reviewed in testdata/wide.txt.
func TestDump(t *testing.T) {
	t.Parallel()
	p := wide()
	if l := ir.Check(p); l.HasErrors() {
		t.Fatal(told(l))
	}
	want, err := os.ReadFile("testdata/wide.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), ir.Dump(p)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text, err := irjson.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	back, err := irjson.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ir.Dump(p), ir.Dump(back)); diff != "" {
		t.Error(diff)
	}
}

// What makes a difference to a run makes one in the dump.
func TestDumpTellsApart(t *testing.T) {
	t.Parallel()
	task := func(p *ir.Pipeline) *ir.Task { return p.Graph.Nodes[0].(*ir.Task) }
	seen := map[string]string{}
	for name, change := range map[string]func(p *ir.Pipeline){
		"nothing":           func(*ir.Pipeline) {},
		"name":              func(p *ir.Pipeline) { p.Name = "other" },
		"start":             func(p *ir.Pipeline) { p.Graph.Start.Name = "fan" },
		"next":              func(p *ir.Pipeline) { task(p).Next.Name = "each" },
		"on_failure":        func(p *ir.Pipeline) { task(p).OnFailure.Name = "success" },
		"input from":        func(p *ir.Pipeline) { task(p).Inputs[0].From[0] = "a" },
		"input list":        func(p *ir.Pipeline) { task(p).Inputs[0].List = true },
		"input value":       func(p *ir.Pipeline) { task(p).Inputs[3].Value = `"file"` },
		"kind":              func(p *ir.Pipeline) { task(p).Returns[0].Kind = ir.Object },
		"key":               func(p *ir.Pipeline) { task(p).Returns[0].Key = "n" },
		"two returns":       func(p *ir.Pipeline) { task(p).Returns[0].Name = "n, note" },
		"secret":            func(p *ir.Pipeline) { task(p).Secrets = task(p).Secrets[:1] },
		"get":               func(p *ir.Pipeline) { task(p).Catalog.Get[1].Name = "a b" },
		"two gets":          func(p *ir.Pipeline) { task(p).Catalog.Get = []ir.Ref{{Name: "data/**"}, {Name: "a b"}, {Name: "c"}} },
		"copy":              func(p *ir.Pipeline) { task(p).Catalog.NoCopy = false },
		"limit":             func(p *ir.Pipeline) { task(p).Retry.Limit = 4 },
		"factor":            func(p *ir.Pipeline) { task(p).Retry.Backoff.Factor = 2 },
		"cap":               func(p *ir.Pipeline) { task(p).Retry.Backoff.Cap = 0 },
		"on":                func(p *ir.Pipeline) { task(p).Retry.On = nil },
		"timeout":           func(p *ir.Pipeline) { task(p).Timeout++ },
		"cache":             func(p *ir.Pipeline) { task(p).Cache = false },
		"image":             func(p *ir.Pipeline) { task(p).Image = "" },
		"python":            func(p *ir.Pipeline) { task(p).Python = "" },
		"memory":            func(p *ir.Pipeline) { task(p).Resources.Memory = "1Gi" },
		"env":               func(p *ir.Pipeline) { task(p).Env[1].Value = " two words" },
		"override":          func(p *ir.Pipeline) { task(p).Overrides[0].Key = "bigger" },
		"command":           func(p *ir.Pipeline) { task(p).Command = &ir.Shell{Script: "m.f"} },
		"another command":   func(p *ir.Pipeline) { task(p).Command = &ir.GoFunc{Function: "m.f"} },
		"style":             func(p *ir.Pipeline) { p.Graph.Style = ir.Needs },
		"parallel fail":     func(p *ir.Pipeline) { p.Graph.Nodes[1].(*ir.Parallel).FailFast = false },
		"parallelism":       func(p *ir.Pipeline) { p.Graph.Nodes[2].(*ir.Map).Parallelism = 0 },
		"reducer":           func(p *ir.Pipeline) { p.Graph.Nodes[2].(*ir.Map).Reducer = "" },
		"iterate_as":        func(p *ir.Pipeline) { p.Graph.Nodes[2].(*ir.Map).IterateAs.Name = "y" },
		"default":           func(p *ir.Pipeline) { p.Graph.Nodes[3].(*ir.Conditional).Default = "a" },
		"parameter":         func(p *ir.Pipeline) { p.Graph.Nodes[3].(*ir.Conditional).Parameter.Name = "x" },
		"branch":            func(p *ir.Pipeline) { p.Graph.Nodes[3].(*ir.Conditional).Branches[0].Name = "x" },
		"hook":              func(p *ir.Pipeline) { p.OnFailure[0].Command = "echo" },
		"hook's kind":       func(p *ir.Pipeline) { p.OnFailure[1] = ir.Hook{Command: "HOOK"} },
		"hook's secret":     func(p *ir.Pipeline) { p.OnFailure[0].Secrets = nil },
		"hook's timeout":    func(p *ir.Pipeline) { p.OnFailure[0].Timeout = 0 },
		"hooks":             func(p *ir.Pipeline) { p.OnSuccess, p.OnFailure = p.OnFailure, p.OnSuccess },
		"order of branches": func(p *ir.Pipeline) { b := p.Graph.Nodes[3].(*ir.Conditional).Branches; b[0], b[1] = b[1], b[0] },
	} {
		p := wide()
		ir.Check(p)
		change(p)
		text := ir.Dump(p)
		if other, same := seen[text]; same {
			t.Errorf("%s and %s have one dump", name, other)
		}
		seen[text] = name
	}
}

// Every line of a dump can be printed, whatever the pipeline holds, and random pipelines travel unchanged.
func TestDumpRandom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		p := oracle.Random(seed).Pipeline
		text, err := irjson.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := irjson.Decode(text)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if diff := cmp.Diff(ir.Dump(p), ir.Dump(back)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
	p := &ir.Pipeline{Name: "\x1b[31m", Graph: &ir.Graph{Nodes: []ir.Node{
		&ir.Task{Common: ir.Common{Name: "a\nb"}, Command: &ir.Shell{Script: "\x1b]0;x\a\n\u202e"}},
	}}}
	if text := ir.Dump(p); strings.ContainsAny(text, "\x1b\a\u202e") {
		t.Errorf("%q", text)
	}
}

// Where a composite runs, and what a nested pipeline says of its parameters for people, is no edit that a retry minds.
func TestOwnLeavesOutWhatChangesNothing(t *testing.T) {
	t.Parallel()
	plain, shared := &ir.Parallel{Common: ir.Common{Name: "p"}}, &ir.Parallel{Common: ir.Common{Name: "p", Pods: ir.Ref{Name: ir.OnePod}}}
	if a, b := ir.DumpOwn(plain), ir.DumpOwn(shared); a != b {
		t.Errorf("pods: one is an edit:\n%s\n%s", a, b)
	}
	told := func(help string) string {
		return ir.DumpOwn(&ir.Nested{Common: ir.Common{Name: "n"}, Parameters: []ir.Parameter{{Name: "x", Type: ir.IntType, Help: help}}})
	}
	if a, b := told("one"), told("another"); a != b {
		t.Errorf("a help text is an edit:\n%s\n%s", a, b)
	}
}
