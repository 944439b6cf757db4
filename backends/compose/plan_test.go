package compose

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
)

// project reads a plan as compose does.
func project(t testing.TB, text string, environment types.Mapping) *types.Project {
	t.Helper()
	p, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir: "/", ConfigFiles: []types.ConfigFile{{Filename: "/" + FileName, Content: []byte(text)}}, Environment: environment,
	}, func(o *loader.Options) { o.SetProjectName("p", true) })
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

// shape is one line for each service: its name, its command, what it waits for.
func shape(t testing.TB, text string) string {
	t.Helper()
	p := project(t, text, nil)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(p.Services)) {
		if s := p.Services[name]; name != runnerService && name != beginService {
			lines = append(lines, fmt.Sprintf("%s: %s < %s", name, strings.Join(s.Command, " "), strings.Join(slices.Sorted(maps.Keys(s.DependsOn)), " ")))
		}
	}
	return strings.Join(lines, "\n")
}

const task = "{type: task, command_type: shell, command: 'true'"

// wide is a parallel of n branches of one step, then what comes.
func wide(n int, then string) string {
	var b strings.Builder
	b.WriteString("dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n")
	for i := range n {
		fmt.Fprintf(&b, "        b%d: {steps: {a: {type: stub}}}\n", i)
	}
	return b.String() + then
}

func TestWideCompositesAreJoined(t *testing.T) {
	t.Parallel()
	text := render(t, wide(30, strings.Replace(strings.TrimPrefix(wide(30, ""), "dag:\n  steps:\n"), " p:", " q:", 1)), plain())
	p := project(t, text, nil)
	if d := p.Services["p-done"].DependsOn; len(d) != 30 {
		t.Errorf("p-done waits for %d services", len(d))
	}
	if diff := cmp.Diff([]string{"p-done"}, slices.Collect(maps.Keys(p.Services["q.b7.a"].DependsOn))); diff != "" {
		t.Error(diff)
	}
	text = render(t, wide(30, "    z: {type: stub}\n"), plain())
	if d := project(t, text, nil).Services["z"].DependsOn; len(d) != 30 {
		t.Errorf("a single step waits for %d services", len(d))
	}
}

func TestConstructs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		steps  string // what stands under dag:
		params []Parameter
		want   string
	}{
		{"chain", "steps: {a: {type: stub}, b: {type: stub}}", nil,
			"a: run a < begin\nb: run b < a\nresult: result < b"},
		{"no steps at all", "start_at: success\n  steps: {success: {type: success}}", nil,
			"result: result < begin"},
		{"starts at fail", "start_at: fail\n  steps: {fail: {type: fail}}", nil,
			"result: result < begin"},
		{"handler that the chain goes on from", "steps: {a: {type: stub, on_failure: h}, b: {type: stub}, h: {type: stub, next: b}}", nil,
			"a: run a < begin\nb: run b < a h\nh: run h < a\nresult: result < b"},
		{"handler that ends", "steps: {a: {type: stub, on_failure: h}, b: {type: stub}, h: {type: stub, next: fail}}", nil,
			"a: run a < begin\nb: run b < a\nh: run h < a\nresult: result < b h"},
		{"unreachable", "steps: {a: {type: stub, next: c}, b: {type: stub}, c: {type: stub}}", nil,
			"a: run a < begin\nc: run c < a\nresult: result < c"},
		{"needs", "steps: {a: {type: stub}, b: {type: stub}, c: {type: stub, needs: [a, b]}, d: {type: stub, needs: [a]}}", nil,
			"a: run a < begin\nb: run b < begin\nc: run c < a b\nd: run d < a\nresult: result < c d"},
		{"needs with a handler", "steps: {a: {type: stub, on_failure: h}, h: {type: stub}, c: {type: stub, needs: [a]}}", nil,
			"a: run a < begin\nc: run c < a h\nh: run h < a\nresult: result < c"},
		{"parallel", "steps: {p: {type: parallel, branches: {x: {steps: {a: {type: stub}, b: {type: stub}}}, y: {steps: {a: {type: stub}}}}}, z: {type: stub}}", nil,
			"p.x.a: run p.x.a < begin\np.x.b: run p.x.b < p.x.a\np.y.a: run p.y.a < begin\nresult: result < z\nz: run z < p.x.b p.y.a"},
		{"a branch without steps", "steps: {p: {type: parallel, branches: {x: {steps: {a: {type: stub}}}, y: {start_at: success, steps: {success: {type: success}}}}}, z: {type: stub}}", nil,
			"p.x.a: run p.x.a < begin\nresult: result < z\nz: run z < begin p.x.a"},
		{"conditional", "steps: {c: {type: conditional, parameter: size, branches: {big: {steps: {a: {type: stub}}}, small: {steps: {a: {type: stub}}}}, default: {steps: {d: {type: stub}}}}}", nil,
			"c.big.a: run c.big.a < begin\nc.default.d: run c.default.d < begin\nc.small.a: run c.small.a < begin\nresult: result < c.big.a c.default.d c.small.a"},
		{"loop", "steps: {l: {type: loop, max_iterations: 3, break_on: done, index_as: i, branch: {steps: {a: {type: stub}}}}, z: {type: stub}}", nil,
			"l: subtree l < begin\nresult: result < z\nz: run z < l"},
		{"map over what only the run knows", "steps: {m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}}", nil,
			"m: subtree m < begin\nresult: result < m"},
		{"map over a known list", "steps: {m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}, b: {type: stub}}}}, z: {type: stub}}", []Parameter{param("xs", `[1,"two"]`)},
			"m.0.a: run m.0.a < begin\nm.0.b: run m.0.b < m.0.a\nm.1.a: run m.1.a < begin\nm.1.b: run m.1.b < m.1.a\nresult: result < z\nz: run z < m.0.b m.1.b"},
		{"map over an empty list", "steps: {m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}, z: {type: stub}}", []Parameter{param("xs", `[]`)},
			"result: result < z\nz: run z < begin"},
		{"map over what is not a list", "steps: {m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}}", []Parameter{param("xs", `{"a":1}`)},
			"m: subtree m < begin\nresult: result < m"},
		{"map over null", "steps: {m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}}", []Parameter{param("xs", `null`)},
			"m: subtree m < begin\nresult: result < m"},
		{"map over a list that a step before returns anew", "steps: {s: " + task + ", returns: [xs]}, m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}}", []Parameter{param("xs", `[1]`)},
			"m: subtree m < s\nresult: result < m\ns: run s < begin"},
		{"map over a list that a step behind returns anew", "steps: {m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}, s: " + task + ", returns: [xs]}}", []Parameter{param("xs", `[1]`)},
			"m.0.a: run m.0.a < begin\nresult: result < s\ns: run s < m.0.a"},
		{"map over a list that a step within a composite before returns anew", "steps: {p: {type: parallel, branches: {x: {steps: {s: " + task + ", returns: [xs]}}}}}, m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}}", []Parameter{param("xs", `[1]`)},
			"m: subtree m < p.x.s\np.x.s: run p.x.s < begin\nresult: result < m"},
		{"map over the items of a map", "steps: {m: {type: map, iterate_on: xs, iterate_as: row, branch: {steps: {n: {type: map, iterate_on: row, iterate_as: x, branch: {steps: {a: {type: stub}}}}}}}}", []Parameter{param("xs", `[[1,2],[],7]`)},
			"m.0.n.0.a: run m.0.n.0.a < begin\nm.0.n.1.a: run m.0.n.1.a < begin\nm.2.n: subtree m.2.n < begin\nresult: result < begin m.0.n.0.a m.0.n.1.a m.2.n"},
		{"an item hides an initial parameter", "steps: {m: {type: map, iterate_on: xs, iterate_as: ys, branch: {steps: {n: {type: map, iterate_on: ys, iterate_as: x, branch: {steps: {a: {type: stub}}}}}}}}", []Parameter{param("xs", `[[1]]`), param("ys", `[1,2,3]`)},
			"m.0.n.0.a: run m.0.n.0.a < begin\nresult: result < m.0.n.0.a"},
		{"map with two at a time", "steps: {m: {type: map, parallelism: 2, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}, z: {type: stub}}", []Parameter{param("xs", `[1,2,3,4,5]`)},
			"m.0.a: run m.0.a < begin\nm.1.a: run m.1.a < begin\nm.2.a: run m.2.a < m.0.a\nm.3.a: run m.3.a < m.1.a\nm.4.a: run m.4.a < m.2.a\nresult: result < z\nz: run z < m.3.a m.4.a"},
		{"map with a named reducer", "steps: {m: {type: map, reducer: max, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}}", []Parameter{param("xs", `[1]`)},
			"m.0.a: run m.0.a < begin\nresult: result < m.0.a"},
		{"map with a lambda that has a dot", "steps: {m: {type: map, reducer: 'lambda *x: sum(x) * 0.5', iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}}", []Parameter{param("xs", `[1]`)},
			"m.0.a: run m.0.a < begin\nresult: result < m.0.a"},
		{"map with a Python reducer", "steps: {m: {type: map, reducer: mod.best, on_failure: h, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}, h: {type: stub}}", []Parameter{param("xs", `[1,2]`)},
			"h: run h < m-reduce\nm-reduce: reduce m < m.0.a m.1.a\nm.0.a: run m.0.a < begin\nm.1.a: run m.1.a < begin\nresult: result < h"},
		{"composites within composites", "steps: {p: {type: parallel, branches: {x: {steps: {c: {type: conditional, parameter: k, branches: {y: {steps: {m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}}}}}}}}}}", []Parameter{param("xs", `[1]`)},
			"p.x.c.y.m.0.a: run p.x.c.y.m.0.a < begin\nresult: result < p.x.c.y.m.0.a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := render(t, "dag:\n  "+tt.steps+"\n", plain(tt.params...))
			if diff := cmp.Diff(tt.want, shape(t, text)); diff != "" {
				t.Errorf("%s\n%s", diff, text)
			}
		})
	}
}

// TestNestedMapsShareTheBudget: maps in maps take as many services together as one map may take.
func TestNestedMapsShareTheBudget(t *testing.T) {
	t.Parallel()
	const src = `
dag:
  steps:
    outer:
      type: map
      iterate_on: xs
      iterate_as: x
      branch:
        steps:
          inner: {type: map, iterate_on: ys, iterate_as: y, branch: {steps: {a: {type: stub}}}}
`
	list := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]" }
	for _, c := range []struct{ outer, inner, want int }{{10, 20, 200}, {20, 20, 20}} {
		text := render(t, src, plain(param("xs", list(c.outer)), param("ys", list(c.inner))))
		if got := strings.Count("\n"+shape(t, text), "\nouter"); got < c.want || got > c.want+c.outer {
			t.Errorf("%d items of %d each: %d services, want about %d", c.outer, c.inner, got, c.want)
		}
	}
}

// A pipeline in one container that has no step needs no image but the runner's.
func TestNothingInOneContainer(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"pipeline": "dag: {pods: one, start_at: success, steps: {success: {type: success}}}",
		"branch":   "dag: {steps: {p: {type: parallel, pods: one, branches: {x: {start_at: success, steps: {success: {type: success}}}}}}}",
	} {
		p, list := yamldef.Parse("p.yaml", []byte(text))
		list = append(list, ir.Check(p)...)
		files, said := Render(p, Options{Image: "x:1"})
		if list.HasErrors() || said.HasErrors() || len(files) == 0 {
			t.Errorf("%s: %v %v", name, list, said)
		}
	}
}
