package onepod

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// The need of a pipeline is that of the steps that run at a time, not of all, nor of one.
func TestNeed(t *testing.T) {
	t.Parallel()
	leaf := func(v ir.Visit) Amounts {
		if memory := v.Node.Base().Resources.Memory; memory != "" {
			q := resource.MustParse(memory)
			return Amounts{"memory": q.Value()}
		}
		return nil
	}
	const a, b, c = `a: {type: stub, resources: {memory: 1Gi}}`, `b: {type: stub, resources: {memory: 3Gi}}`, `c: {type: stub}`
	branch := func(steps ...string) string { return "{steps: {" + strings.Join(steps, ", ") + "}}" }
	for name, x := range map[string]struct {
		steps  string
		count  int
		memory string
	}{
		"chain":                        {strings.Join([]string{a, b, c}, ", "), 1, "3Gi"},
		"branches":                     {"p: {type: parallel, branches: {x: " + branch(a, b) + ", y: " + branch(a) + "}}", 2, "4Gi"},
		"map with a number":            {"m: {type: map, iterate_on: l, iterate_as: i, parallelism: 7, branch: " + branch(a) + "}", 7, "7Gi"},
		"map without":                  {"m: {type: map, iterate_on: l, iterate_as: i, branch: " + branch(b) + "}", runnerenv.ItemsAtOnce, "12Gi"},
		"one arm":                      {"d: {type: conditional, parameter: w, branches: {x: " + branch(a) + ", y: " + branch(b) + "}}", 1, "3Gi"},
		"loop":                         {"l: {type: loop, break_on: d, index_as: i, max_iterations: 9, branch: " + branch(a, b) + "}", 1, "3Gi"},
		"dependencies":                 {"a: {type: stub, needs: [], resources: {memory: 1Gi}}, b: {type: stub, needs: [], resources: {memory: 3Gi}}, c: {type: stub, needs: [a, b], resources: {memory: 2Gi}}", 2, "5Gi"},
		"a map after wider branches":   {"p: {type: parallel, branches: {x: " + branch(c) + ", y: " + branch(c) + ", z: " + branch(c) + ", v: " + branch(c) + ", w: " + branch(c) + "}}, m: {type: map, iterate_on: l, iterate_as: i, branch: " + branch(b) + "}", 5, "12Gi"},
		"dependencies beside a branch": {"p: {type: parallel, branches: {x: {steps: {a: {type: stub, needs: [], resources: {memory: 1Gi}}, b: {type: stub, needs: [a], resources: {memory: 2Gi}}}}, y: " + branch(c) + "}}", 2, "3Gi"},
		"nothing asked":                {c, 1, "0"},
		"a handler comes later":        {"a: {type: stub, needs: [], on_failure: h, resources: {memory: 1Gi}}, h: {type: stub, resources: {memory: 1Gi}}", 1, "1Gi"},
	} {
		p, list := yamldef.Parse("p.yaml", []byte("dag: {steps: {"+x.steps+"}}"))
		list = append(list, ir.Check(p)...)
		if list.HasErrors() {
			t.Fatal(name, list)
		}
		need := OfGraph(p.Graph, "", leaf)
		want := resource.MustParse(x.memory)
		if got := need.Amounts["memory"]; need.Steps != x.count || got != want.Value() {
			t.Errorf("%s: %d steps with %d, want %d with %s", name, need.Steps, got, x.count, x.memory)
		}
	}
}
