package engine_test

import (
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// A record holds as long as the scope and the step's definition are those that it ran with; what its composites give it
// counts, and a record without the hash of a definition goes by the scope alone.
func TestCurrent(t *testing.T) {
	t.Parallel()
	pipeline := func(script, value string) *ir.Pipeline {
		s := &ir.Task{Common: ir.Common{Name: "s"}, Command: &ir.Shell{Script: script}}
		m := &ir.Parallel{Common: ir.Common{Name: "p", Env: []ir.EnvVar{{Name: "N", Value: value}}}}
		m.Branches = []ir.Branch{{Name: "b", Graph: &ir.Graph{Nodes: []ir.Node{s}}}}
		return &ir.Pipeline{Graph: &ir.Graph{Nodes: []ir.Node{m}}}
	}
	job := func(p *ir.Pipeline) *engine.Job {
		n, err := engine.NodeAt(p, "p.b.s")
		if err != nil {
			t.Fatal(err)
		}
		return &engine.Job{Path: "p.b.s", Node: n, Before: &engine.Scope{}}
	}
	was := pipeline("true", "1")
	hash := engine.NewDefinitions(was).Hash("p.b.s", job(was).Node)
	for name, c := range map[string]struct {
		is   *ir.Pipeline
		hash string
		want bool
	}{
		"the same":       {pipeline("true", "1"), hash, true},
		"another script": {pipeline("false", "1"), hash, false},
		"another value":  {pipeline("true", "2"), hash, false},
		"no hash":        {pipeline("false", "2"), "", true},
	} {
		rec := &engine.Record{Status: engine.Success, Before: (&engine.Scope{}).Digest(), Definition: c.hash}
		if got := engine.NewDefinitions(c.is).Current(job(c.is), rec); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
