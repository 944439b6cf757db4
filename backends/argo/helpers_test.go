package argo

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

func base(name string) ir.Common {
	return ir.Common{Name: name, Span: diag.Span{File: "pipeline.yaml", Line: 1, Col: 1}}
}

func sh(name string, returns ...string) *ir.Task {
	t := &ir.Task{Common: base(name), Command: &ir.Shell{Script: "echo " + name}}
	for _, r := range returns {
		t.Returns = append(t.Returns, ir.Return{Name: r, Kind: ir.JSON})
	}
	return t
}

// to sets where success and failure lead; "" leaves one as it is.
func to[N ir.Node](n N, next, failure string) N {
	b := n.Base()
	if next != "" {
		b.Next = ir.Ref{Name: next}
	}
	if failure != "" {
		b.OnFailure = ir.Ref{Name: failure}
	}
	return n
}

func needing[N ir.Node](n N, names ...string) N {
	for _, name := range names {
		n.Base().Needs = append(n.Base().Needs, ir.Ref{Name: name})
	}
	return n
}

func chain(nodes ...ir.Node) *ir.Graph { return &ir.Graph{Nodes: nodes} }

func needs(nodes ...ir.Node) *ir.Graph { return &ir.Graph{Style: ir.Needs, Nodes: nodes} }

func par(name string, graphs ...*ir.Graph) *ir.Parallel {
	n := &ir.Parallel{Common: base(name)}
	for i, g := range graphs {
		n.Branches = append(n.Branches, ir.Branch{Name: string(rune('a' + i)), Graph: g})
	}
	return n
}

func mapOf(name string, body *ir.Graph) *ir.Map {
	return &ir.Map{Common: base(name), Body: body, IterateOn: ir.Ref{Name: "items"}, IterateAs: ir.Ref{Name: name + "_item"}}
}

func choose(name string, graphs ...*ir.Graph) *ir.Conditional {
	n := &ir.Conditional{Common: base(name), Parameter: ir.Ref{Name: "which"}}
	for i, g := range graphs {
		n.Branches = append(n.Branches, ir.Branch{Name: string(rune('a' + i)), Graph: g})
	}
	return n
}

func loopOf(name string, times int, body *ir.Graph) *ir.Loop {
	return &ir.Loop{Common: base(name), Body: body, MaxIterations: times, BreakOn: ir.Ref{Name: "done"}, IndexAs: ir.Ref{Name: name + "_i"}}
}

func initial() []Parameter {
	return []Parameter{{Name: "items", Value: json.RawMessage(`[1,2]`)}, {Name: "which", Value: json.RawMessage(`"a"`)}, {Name: "done", Value: json.RawMessage(`false`)}}
}

// pipelineOf finishes a pipeline and fails the test where ir.Check finds an error.
func pipelineOf(t testing.TB, g *ir.Graph) *ir.Pipeline {
	t.Helper()
	p := &ir.Pipeline{Name: "demo", Graph: g}
	for _, d := range ir.Check(p) {
		if d.Severity == diag.Error && !strings.HasPrefix(d.Code, "RR03") {
			t.Fatalf("the test's own pipeline: %s", d.Message)
		}
	}
	return p
}

// manifest renders one Workflow and fails the test where that fails.
func manifest(t testing.TB, g *ir.Graph, o Options) string {
	t.Helper()
	if o.Image == "" {
		o.Image = "registry.example/user:1"
	}
	if o.Parameters == nil {
		o.Parameters = initial()
	}
	files, list := Render(pipelineOf(t, g), o)
	for _, d := range list {
		if d.Severity == diag.Error {
			t.Fatalf("%s [%s]", d.Message, d.Code)
		}
	}
	return string(files[SingleFile])
}

// messages are what a rendering says, one a line.
func messages(list diag.List) string {
	var b strings.Builder
	for _, d := range list {
		b.WriteString(d.Code + " " + d.Message + "\n")
	}
	return b.String()
}
