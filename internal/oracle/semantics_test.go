package oracle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/oracle"
	"github.com/runnable-render/runnable-render/ir"
)

// sentence is a pipeline whose outcome a sentence of docs/semantics.md decides. In its text `t: x y` is a task that
// returns x and y; its returns are the values of returns by path, or else the path itself.
type sentence struct {
	name    string
	steps   string // of the dag, in YAML; `!x y` stands for the type and returns of a task
	initial oracle.Params
	returns map[string]oracle.Params // by path
	fail    string                   // paths of the leaves that fail, with blanks between
	want    string                   // status, parameters that are asked for, failure
	saw     map[string]string        // by path: parameters that the leaf saw, failed step
}

func (s sentence) run(t *testing.T) oracle.Run {
	t.Helper()
	src := "dag:\n  steps:\n" + indent(s.steps)
	p, list := yamldef.Parse("p.yaml", []byte(src))
	if !list.HasErrors() {
		list = append(list, ir.Check(p)...)
	}
	if list.HasErrors() {
		t.Fatalf("%v\n%s", list, src)
	}
	return oracle.Evaluate(p, s.initial, func(path string, n ir.Node) oracle.Result {
		for _, f := range strings.Fields(s.fail) {
			if f == path {
				return oracle.Result{Failed: true, Kind: "oom", Message: "boom"}
			}
		}
		r := oracle.Result{Returns: oracle.Params{}}
		if task, ok := n.(*ir.Task); ok {
			for _, ret := range task.Returns {
				r.Returns[ret.Name] = `"` + path + `"`
				if v, ok := s.returns[path][ret.Name]; ok {
					r.Returns[ret.Name] = v
				}
			}
		}
		return r
	})
}

// indent puts the steps in place and writes out the short form of tasks: {!x y, more} returns x and y.
func indent(steps string) string {
	var out strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(steps, "\n")) {
		for {
			before, rest, ok := strings.Cut(line, "{!")
			if !ok {
				break
			}
			end := strings.IndexAny(rest, ",}")
			var returns []string
			for _, name := range strings.Fields(rest[:end]) {
				returns = append(returns, "{name: "+name+"}")
			}
			line = before + "{type: task, command: m.f, returns: [" + strings.Join(returns, ", ") + "]" + rest[end:]
		}
		out.WriteString("    " + line)
	}
	return out.String()
}

// show picks parameters: a=1 b=- for one that is not there.
func show(p oracle.Params, names string) string {
	var parts []string
	for _, name := range strings.Fields(names) {
		v, ok := p[name]
		if !ok {
			v = "-"
		}
		parts = append(parts, name+"="+v)
	}
	return strings.Join(parts, " ")
}

func asked(want string) string {
	var names []string
	for _, w := range strings.Fields(want) {
		if name, _, ok := strings.Cut(w, "="); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func outcomeText(run oracle.Run, want string) string {
	if run.Failed {
		f := run.Failure
		return strings.TrimSpace("FAIL " + f.Step + " " + f.Kind + " " + f.Message)
	}
	return strings.TrimSpace("SUCCESS " + show(run.Params, asked(want)))
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, s := range []sentence{
		{
			name: "1: next left out skips handlers",
			steps: `
a: {!x, on_failure: h}
h: {!y}
b: {!z}`,
			want: `SUCCESS x="a" y=- z="b"`,
		},
		{
			name: "1: a handler goes on like any step",
			steps: `
a: {!x, on_failure: h}
h: {!y}
b: {!z}`,
			fail: "a",
			want: `SUCCESS x=- y="h" z="b"`,
			saw:  map[string]string{"h": "failed a oom", "b": `y="h"`},
		},
		{
			name: "1: those that need a failed step see its handler in its place",
			steps: `
a: {!x, on_failure: h}
h: {!x y}
b: {!z, needs: [a]}`,
			fail: "a",
			want: `SUCCESS x="h" y="h" z="b"`,
			saw:  map[string]string{"b": `x="h" y="h"`, "h": "failed a oom"},
		},
		{
			name: "1: a graph of needs fails when a handler fails, and then its failure counts",
			steps: `
a: {!x, on_failure: h}
h: {!y}
b: {!z, needs: [a]}
c: {!w, needs: []}`,
			fail: "a h",
			want: `FAIL h oom boom`,
			saw:  map[string]string{"b": "not run", "c": ""},
		},
		{
			name: "2.1: a branch inherits what its composite sees",
			steps: `
a: {!x}
p: {type: parallel, branches: {l: {steps: {s: {!y}}}, r: {steps: {s: {!z}}}}}`,
			initial: oracle.Params{"n": "1"},
			want:    `SUCCESS x="a" y="p.l.s" z="p.r.s"`,
			saw:     map[string]string{"p.l.s": `n=1 x="a" z=-`, "p.r.s": `n=1 x="a" y=-`},
		},
		{
			name: "2.3: only changed keys merge, the last branch wins, also with the value that was there",
			steps: `
p: {type: parallel, branches: {l: {steps: {s: {!x k}}}, r: {steps: {s: {!x}}}, q: {steps: {s: {!z}}}}}`,
			initial: oracle.Params{"x": `"old"`, "k": `"old"`},
			returns: map[string]oracle.Params{"p.r.s": {"x": `"old"`}},
			want:    `SUCCESS x="old" k="p.l.s" z="p.q.s"`,
		},
		{
			name: "2.4: lists as long as the items, null where one returned nothing",
			steps: `
m:
  type: map
  iterate_on: xs
  iterate_as: x
  branch:
    steps:
      a: {!y, on_failure: h}
      h: {!z, next: success}
      b: {!w}`,
			initial: oracle.Params{"xs": `[1,"1",{"k":1}]`, "x": `"outer"`, "w": "0"},
			fail:    "m.1.a",
			want:    `SUCCESS y=["m.0.a",null,"m.2.a"] z=[null,"m.1.h",null] w=["m.0.b",null,"m.2.b"] x="outer"`,
			saw:     map[string]string{"m.1.a": `x="1" w=0`, "m.2.b": `x={"k":1} y="m.2.a"`, "m.1.h": "failed m.1.a oom"},
		},
		{
			name: "2.4: nothing to do",
			steps: `
m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {!y}, b: {!z}}}}
s: {type: map, iterate_on: xs, iterate_as: x, reducer: sum, branch: {steps: {a: {!s}}}}
f: {type: map, iterate_on: xs, iterate_as: x, reducer: max, branch: {steps: {a: {!f}}}}
a: {type: map, iterate_on: xs, iterate_as: x, reducer: all, branch: {steps: {a: {!a}}}}`,
			initial: oracle.Params{"xs": "[]"},
			want:    `SUCCESS y=[] z=[] s=0 f=null a=true x=-`,
		},
		{
			name: "2.4: not a list",
			steps: `
m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {!y}}}, on_failure: h}
h: {!z}`,
			initial: oracle.Params{"xs": `"[1]"`},
			want:    `SUCCESS z="h" y=-`,
			saw:     map[string]string{"h": "failed m data"},
		},
		{
			name: "2.5: the arm that ran, and what the others return stays",
			steps: `
c:
  type: conditional
  parameter: k
  branches: {"True": {steps: {s: {!x}}}, "12": {steps: {s: {!y}}}}
  default: {steps: {s: {!z}}}`,
			initial: oracle.Params{"k": "true", "y": "1"},
			want:    `SUCCESS x="c.True.s" y=1 z=-`,
		},
		{
			name: "2.5: numbers by their JSON text, else the default",
			steps: `
c:
  type: conditional
  parameter: k
  branches: {"True": {steps: {s: {!x}}}, "12": {steps: {s: {!y}}}}
  default: {steps: {s: {!z}}}`,
			initial: oracle.Params{"k": "12.0"},
			want:    `SUCCESS x=- y=- z="c.default.s"`,
		},
		{
			name:    "2.5: no arm",
			steps:   `c: {type: conditional, parameter: k, branches: {a: {steps: {s: {!x}}}}}`,
			initial: oracle.Params{"k": `"b"`},
			want:    `FAIL c data`,
		},
		{
			name: "2.6: iterations build on each other, until true and nothing else",
			steps: `
l:
  type: loop
  max_iterations: 5
  break_on: done
  index_as: i
  branch: {steps: {a: {!n}, b: {!done, next: success}}}`,
			initial: oracle.Params{"i": "9"},
			returns: map[string]oracle.Params{"l.0.b": {"done": `"true"`}, "l.1.b": {"done": "true"}},
			want:    `SUCCESS n="l.1.a" done=true i=9`,
			saw:     map[string]string{"l.0.a": "i=0 n=-", "l.1.a": `i=1 n="l.0.a" done="true"`, "l.2.a": "not run"},
		},
		{
			name: "2.6: max_iterations is a success, a failed iteration is none and nothing merges",
			steps: `
l: {type: loop, max_iterations: 2, break_on: done, index_as: i, branch: {steps: {a: {!n}}}}
k: {type: loop, max_iterations: 3, break_on: done, index_as: i, branch: {steps: {a: {!m}}}, on_failure: h}
h: {!z}`,
			fail: "k.1.a",
			want: `SUCCESS n="l.1.a" m=- z="h"`,
			saw:  map[string]string{"h": "m=- failed k.1.a oom"},
		},
		{
			name: "2.6: the changed keys of all iterations",
			steps: `
l: {type: loop, max_iterations: 2, break_on: done, index_as: i, branch: {steps: {a: {!x, on_failure: success}}}}`,
			fail: "l.1.a",
			want: `SUCCESS x="l.0.a"`,
		},
		{
			name: "2.7: the innermost failed step, the first by definition order",
			steps: `
p:
  type: parallel
  branches:
    l: {steps: {a: {!x}, m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {s: {!y}}}}}}
    r: {steps: {s: {!z}}}
  on_failure: h
h: {!w, next: fail}`,
			initial: oracle.Params{"xs": "[1,2,3]"},
			fail:    "p.r.s p.l.m.1.s p.l.m.2.s",
			want:    `FAIL h error`,
			saw:     map[string]string{"h": "y=- failed p.l.m.1.s oom", "p.l.m.2.s": ""},
		},
		{
			name: "2.7: fail after success names the step before it",
			steps: `
p: {type: parallel, branches: {l: {steps: {a: {!x}, b: {!y, next: fail}}}, r: {steps: {s: {!z}}}}, on_failure: h}
h: {!w}`,
			want: `SUCCESS w="h" x=-`,
			saw:  map[string]string{"h": "x=- failed p.l.b error"},
		},
		{
			name:  "2.7: on_failure success merges nothing of the failed step",
			steps: `p: {type: parallel, branches: {l: {steps: {a: {!x}, b: {!y}}}}, on_failure: success}`,
			fail:  "p.l.b",
			want:  `SUCCESS x=- y=-`,
		},
		{
			name: "2.7: what is inside a handler handles too",
			steps: `
a: {!x, on_failure: p}
p: {type: parallel, branches: {l: {steps: {s: {!y}}}}}
b: {!z}`,
			fail: "a",
			want: `SUCCESS y="p.l.s" z="b"`,
			saw:  map[string]string{"p.l.s": "failed a oom", "b": ""},
		},
		{
			name: "2.8: newer on one path than inherited by the other, whatever the order",
			steps: `
a: {!x}
b: {!x, needs: [a]}
c: {!y, needs: [a]}
d: {!z, needs: [b, c]}`,
			want: `SUCCESS x="b"`,
			saw:  map[string]string{"d": `x="b" y="c"`},
		},
		{
			name: "2.8: of two new values the last predecessor's",
			steps: `
a: {!x}
b: {!x, needs: [a]}
c: {!x, needs: [a]}
d: {!z, needs: [c, b]}`,
			want: `SUCCESS x="b"`,
		},
		{
			name: "2.8: also where it was there before the graph",
			steps: `
b: {!x}
c: {!y}
d: {!z, needs: [b, c]}`,
			initial: oracle.Params{"x": "0", "y": "0"},
			want:    `SUCCESS x="b" y="c"`,
		},
		{
			name: "2.10: siblings run to their end",
			steps: `
p: {type: parallel, branches: {l: {steps: {a: {!x}}}, r: {steps: {a: {!y}, b: {!z}}}}}`,
			fail: "p.l.a",
			want: `FAIL p.l.a oom boom`,
			saw:  map[string]string{"p.r.b": `y="p.r.a"`},
		},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			run := s.run(t)
			if diff := cmp.Diff(s.want, outcomeText(run, s.want)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			leaves := map[string]oracle.Leaf{}
			for _, l := range run.Leaves {
				leaves[l.Path] = l
			}
			for path, want := range s.saw {
				if diff := cmp.Diff(want, sight(leaves, path, want)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", path, diff)
				}
			}
		})
	}
}

// sight says what a leaf saw of what is asked for, and what it handled.
func sight(leaves map[string]oracle.Leaf, path, want string) string {
	l, ran := leaves[path]
	if !ran {
		return "not run"
	}
	text := show(l.Scope, asked(want))
	if l.Handling != nil {
		text += " failed " + l.Handling.Step + " " + l.Handling.Kind
	}
	return strings.TrimSpace(text)
}
