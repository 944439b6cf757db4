package ir_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		make func(b *builder) *ir.Graph
		want string
	}{
		// names
		{"dot and percent", func(b *builder) *ir.Graph { return b.graph(b.task("a.b"), b.task("50%")) }, `
1: error: step "a.b" has "." in its name; names may hold anything but ` + "`.` and `%`, so use `_` or `-`" + ` [RR0151]
2: error: step "50%" has "%" in its name; names may hold anything but ` + "`.` and `%`, so use `_` or `-`" + ` [RR0151]
`},
		{"any other name is fine", func(b *builder) *ir.Graph {
			return b.graph(b.task("a/b"), b.task("é ü"), b.task("*"), b.task("{{x}}"), b.task(`"q"`), b.task(strings.Repeat("ü", ir.MaxNameLength)))
		}, ``},
		{"empty, control, long", func(b *builder) *ir.Graph {
			return b.graph(b.task(""), b.task("a\nb"), b.task("\xff"), b.task(strings.Repeat("ü", ir.MaxNameLength+1)))
		}, `
1: error: the name of a step is empty; give it one [RR0150]
2: error: step "a\nb" has a control character or broken UTF-8 in its name; use printable characters [RR0152]
3: error: step "\xff" has a control character or broken UTF-8 in its name; use printable characters [RR0152]
4: error: step "` + strings.Repeat("ü", 60) + `…" has a name of 201 characters; at most 200 are allowed [RR0153]
`},
		{"twice", func(b *builder) *ir.Graph { return b.graph(b.task("a"), b.task("a"), b.task("a")) }, `
2: error: two steps are named "a"; rename one [RR0154] | 1: the first one is here
3: error: two steps are named "a"; rename one [RR0154] | 1: the first one is here
`},
		{"terminals", func(b *builder) *ir.Graph { return b.graph(b.task("success"), b.task("fail")) }, `
1: error: a step must not be named "success": every graph ends at the terminals success and fail; give it another name [RR0155]
2: error: a step must not be named "fail": every graph ends at the terminals success and fail; give it another name [RR0155]
`},
		{"branches", func(b *builder) *ir.Graph {
			p := b.parallel("p", nil, b.graph(), b.graph(), b.graph())
			p.Branches[0].Name, p.Branches[1].Name, p.Branches[2].Name = "x.y", "", "x.y"
			return b.graph(p)
		}, `
5: error: branch "x.y" has "." in its name; names may hold anything but ` + "`.` and `%`, so use `_` or `-`" + ` [RR0151]
6: error: the name of a branch is empty; give it one [RR0150]
7: error: branch "x.y" has "." in its name; names may hold anything but ` + "`.` and `%`, so use `_` or `-`" + ` [RR0151]
7: error: two branches are named "x.y"; rename one [RR0154] | 5: the first one is here
`},

		// resolve
		{"unknown", func(b *builder) *ir.Graph {
			g := b.graph(b.task("train", "next=evaluate"), b.task("evaluate", "next=trian", "fail=cleanup"))
			g.Start = b.ref("load")
			return g
		}, `
4: error: unknown step "trian" in next; did you mean "train"? [RR0104] | 1: "train" is here
5: error: unknown step "cleanup" in on_failure [RR0104]
7: error: unknown step "load" in start_at [RR0104]
`},
		{"unknown terminal", func(b *builder) *ir.Graph { return b.graph(b.task("a", "next=sucess")) }, `
2: error: unknown step "sucess" in next; did you mean "success"? [RR0104]
`},
		{"unknown need", func(b *builder) *ir.Graph { return b.graph(b.task("load"), b.task("b", "needs=laod")) }, `
3: error: unknown step "laod" in needs; did you mean "load"? [RR0104] | 1: "load" is here
`},
		{"unknown default", func(b *builder) *ir.Graph { return b.graph(b.conditional("c", []string{"default=z"}, b.graph())) }, `
2: error: "c" has the default "z", which is not one of its branches [RR0214]
`},

		// graph: chains
		{"itself", func(b *builder) *ir.Graph { return b.graph(b.task("a", "next=a"), b.task("b", "fail=b")) }, `
2: error: step "a" names itself in next; name another step [RR0202]
3: warning: step "b" never runs: no step leads to it; name it in next or on_failure, or remove it [RR0204]
4: error: step "b" names itself in on_failure; name another step [RR0202]
`},
		{"cycle", func(b *builder) *ir.Graph {
			return b.graph(b.task("a"), b.task("b"), b.task("c", "next=a", "fail=h"), b.task("h", "next=c"))
		}, `
1: error: cycle: "a" → "b" → "c" → "a"; a graph only goes forward; to repeat steps, put them into a loop [RR0203] | 2: "b" leads to "c" | 4: "c" leads to "a"
`},
		{"two cycles", func(b *builder) *ir.Graph {
			return b.graph(b.task("c", "next=d"), b.task("d", "fail=c"), b.task("e", "fail=f"), b.task("f", "next=e"))
		}, `
2: error: cycle: "c" → "d" → "c"; a graph only goes forward; to repeat steps, put them into a loop [RR0203] | 4: "d" leads to "c"
6: error: cycle: "e" → "f" → "e"; a graph only goes forward; to repeat steps, put them into a loop [RR0203] | 8: "f" leads to "e"
`},
		{"unreachable", func(b *builder) *ir.Graph {
			return b.graph(b.task("a", "next=success"), b.task("b"), b.task("c", "fail=d"), b.task("d"))
		}, `
3: warning: step "b" never runs: no step leads to it; name it in next or on_failure, or remove it [RR0204]
4: warning: step "c" never runs: only steps that never run lead to it; name it in next or on_failure, or remove it [RR0204]
6: warning: step "d" never runs: only steps that never run lead to it; name it in next or on_failure, or remove it [RR0204]
`},
		{"a shared handler in a chain is fine", func(b *builder) *ir.Graph {
			return b.graph(b.task("a", "fail=h"), b.task("b", "fail=h"), b.task("h", "fail=k"), b.task("k"))
		}, ``},
		{"inside", func(b *builder) *ir.Graph {
			return b.graph(b.mapped("m", nil, b.graph(b.loop("l", nil, b.graph(b.task("t", "next=nope"))))))
		}, `
2: error: unknown step "nope" in next [RR0104]
`},

		// graph: needs
		{"mixed", func(b *builder) *ir.Graph {
			g := b.graph(b.task("a", "next=b"), b.task("b", "needs=a"))
			g.Start = b.ref("a")
			return g
		}, `
2: error: next of step "a" in a graph whose steps have needs; one graph uses one style, so write needs everywhere or nowhere [RR0205] | 4: needs is used here
6: error: start_at in a graph whose steps have needs; one graph uses one style, so write needs everywhere or nowhere [RR0205] | 4: needs is used here
`},
		{"handler rules", func(b *builder) *ir.Graph {
			return b.graph(
				b.task("a", "fail=h"), b.task("b", "fail=h"),
				b.task("h", "needs=a", "fail=k"), b.task("k"), b.task("c", "needs=h,a,a,success"))
		}, `
4: error: "h" is the on_failure of "a" and of "b"; in a graph of needs a handler belongs to one step, so give each its own [RR0207] | 2: "a" names it here
6: error: "h" handles the failure of "a" and cannot have needs of its own; delete them: it sees what "a" saw [RR0206] | 2: this makes it a handler
7: error: "h" handles the failure of "a" and cannot have an on_failure of its own in a graph of needs; put both into the branch of one step [RR0209] | 2: this makes it a handler
10: error: "c" needs "h", which runs only when "a" fails; need "a" instead: its handler's success counts as its own [RR0208] | 2: this makes "h" a handler
12: error: "c" needs "a" twice; name it once [RR0211]
13: error: "c" needs "success", which ends the graph; name a step [RR0210]
`},
		{"a good graph of needs", func(b *builder) *ir.Graph {
			return b.graph(b.task("d", "needs=b,c"), b.task("b", "needs=a", "fail=h"), b.task("c", "needs=a", "fail=success"), b.task("a", "needs="), b.task("h", "fail=fail"))
		}, ``},
		{"cycle of needs", func(b *builder) *ir.Graph {
			return b.graph(b.task("a", "needs=c"), b.task("b", "needs=a"), b.task("c", "needs=b,d"), b.task("d", "needs="), b.task("e", "needs=e"))
		}, `
2: error: cycle: "a" → "c" → "b" → "a"; none of them can start [RR0203] | 6: "c" needs "b" | 4: "b" needs "a"
10: error: step "e" names itself in needs; name another step [RR0202]
`},

		// shape
		{"empty composites", func(b *builder) *ir.Graph {
			return b.graph(b.parallel("p", nil), b.conditional("c", nil), b.mapped("m", nil, nil), b.loop("l", []string{"max=0"}, nil))
		}, `
1: error: "p" is a parallel without branches; give at least one [RR0212]
2: error: "c" is a conditional without branches; give at least one [RR0212]
4: error: "m" is a map without a branch; give the steps to repeat as ` + "`branch`" + ` [RR0213]
7: error: "l" is a loop without a branch; give the steps to repeat as ` + "`branch`" + ` [RR0213]
7: error: "l" has max_iterations 0; a loop runs at least once, so give 1 or more [RR0305]
`},
		{"missing parameters", func(b *builder) *ir.Graph {
			c, m, l := b.conditional("c", nil, b.graph()), b.mapped("m", nil, b.graph()), b.loop("l", nil, b.graph())
			c.Parameter, m.IterateOn, m.IterateAs, l.BreakOn, l.IndexAs = ir.Ref{}, ir.Ref{}, ir.Ref{}, ir.Ref{}, ir.Ref{}
			return b.graph(c, m, l)
		}, `
2: error: "c" is a conditional without parameter; name a parameter [RR0306]
6: error: "m" is a map without iterate_as; name a parameter [RR0306]
6: error: "m" is a map without iterate_on; name a parameter [RR0306]
10: error: "l" is a loop without break_on; name a parameter [RR0306]
10: error: "l" is a loop without index_as; name a parameter [RR0306]
`},
		{"below zero", func(b *builder) *ir.Graph {
			a, m := b.task("a"), b.mapped("m", nil, b.graph())
			a.Retry.Limit, a.Timeout, a.Retry.Backoff.Factor, m.Parallelism = -1, -1, -2, -3
			return b.graph(a, m)
		}, `
1: error: "a" has retry.backoff.factor -2; it must not be below zero [RR0311]
1: error: "a" has retry.limit -1; it must not be below zero [RR0311]
1: error: "a" has timeout -1ns; it must not be below zero [RR0311]
3: error: "m" has parallelism -3; it must not be below zero [RR0311]
`},
		{"too long", func(b *builder) *ir.Graph {
			a := b.task("a")
			a.Timeout, a.Retry.Backoff.Duration, a.Retry.Backoff.Cap = math.MaxInt64, ir.MaxDuration, ir.MaxDuration+1
			return b.graph(a)
		}, `
1: error: "a" has retry.backoff.cap 277777h46m40.000000001s; it must be at most 277777h46m40s [RR0311]
1: error: "a" has timeout 2562047h47m16.854775807s; it must be at most 277777h46m40s [RR0311]
`},
		{"settings", func(b *builder) *ir.Graph {
			a := b.task("a")
			a.Env = []ir.EnvVar{{Name: "X"}, {Name: "X"}, {Name: "A=B"}, {Name: ""}}
			a.Overrides = []ir.Override{{Executor: "argo", Key: "x", Span: b.span()}, {Executor: "argo", Key: "y", Span: b.span()}}
			return b.graph(a)
		}, `
1: error: "a" has an environment variable named ""; a name must not be empty or contain ` + "`=`" + ` or control characters [RR0312]
1: error: "a" has an environment variable named "A=B"; a name must not be empty or contain ` + "`=`" + ` or control characters [RR0312]
1: error: "a" sets the environment variable "X" twice [RR0312]
3: error: "a" overrides "argo" twice [RR0313] | 2: first here
`},

		// parameters
		{"returns", func(b *builder) *ir.Graph {
			a := b.task("a", "returns=x,y,x,z,w")
			a.Command = &ir.Shell{Script: "true"}
			a.Returns[0].Kind, a.Returns[1].Kind, a.Returns[3].Name, a.Returns[4].Name = ir.Object, "jsn", "", "a\x00"
			return b.graph(a)
		}, `
2: error: "a" is a shell task and cannot return "x" as an object; use kind json or text [RR0308]
3: error: "a" returns "y" as the unknown kind "jsn"; did you mean "json"?; the kinds are json, text, metric, object [RR0308]
4: error: "a" returns "x" twice; name each value once [RR0307] | 2: first here
5: error: "a" returns a parameter without a name; give it one [RR0156]
6: error: the parameter name "a\x00" has a control character or broken UTF-8 in it; use printable characters [RR0156]
`},
		{"inputs", func(b *builder) *ir.Graph {
			a, n, p := b.task("a"), b.task("n"), b.task("p")
			a.Inputs = []ir.Input{
				{Arg: "x", From: []string{"p"}, Span: b.span()}, {Arg: "x", Value: "1", Span: b.span()}, {Arg: "", Value: "1", Span: b.span()},
				{Arg: "y", Span: b.span()}, {Arg: "z", Value: "{", Span: b.span()}, {Arg: "w", Value: "1", From: []string{"p"}, Span: b.span()},
				{Arg: "v", List: true, Span: b.span()},
			}
			n.Command, p.Command = &ir.Notebook{Path: "n.ipynb", Options: "[]"}, &ir.Plugin{Kind: "k", Config: "x"}
			return b.graph(a, n, p)
		}, `
2: error: "n": optional_ploomber_args of the command must be a mapping [RR0310]
3: error: "p": config of the command is not JSON: invalid character 'x' looking for beginning of value [RR0310]
5: error: "a" binds the argument "x" twice in inputs; bind it once [RR0309] | 4: first here
6: error: "a" has an input without an argument's name [RR0309]
7: error: "a" binds the argument "y" to nothing; give a parameter's name, a list of names or {value: …} [RR0309]
8: error: "a": the value of input "z" is not JSON: unexpected end of JSON input [RR0310]
9: error: "a" binds the argument "w" to parameters and to a value; give one of them [RR0309]
`},

		// dataflow
		{"branches clash", func(b *builder) *ir.Graph {
			return b.graph(b.parallel("p", nil,
				b.graph(b.task("t", "returns=x,y")), b.graph(b.task("t", "returns=z")), b.graph(b.loop("l", nil, b.graph(b.task("t", "returns=x"))))))
		}, `
9: warning: branches "a" and "c" of "p" can both change "x"; the last one, "c", wins, so give each result a name of its own [RR0301] | 2: branch "a" changes it here
`},
		{"arms do not clash", func(b *builder) *ir.Graph {
			return b.graph(b.conditional("c", nil, b.graph(b.task("t", "returns=x")), b.graph(b.task("t", "returns=x"))))
		}, ``},
		{"steps clash", func(b *builder) *ir.Graph {
			return b.graph(b.task("a", "needs=", "returns=x"), b.task("b", "needs=a", "returns=x"), b.task("c", "needs=a", "returns=x"))
		}, `
8: warning: steps "b" and "c" can both change "x" and neither comes after the other; a step that needs both sees the one that it names last, so give each result a name of its own [RR0302] | 5: "b" changes it here
`},
		{"steps in order do not clash", func(b *builder) *ir.Graph {
			return b.graph(b.task("d", "needs=c", "returns=x"), b.task("c", "needs=b"), b.task("b", "needs=a", "returns=x"), b.task("a", "needs=", "returns=x", "fail=h"), b.task("h", "returns=x"))
		}, ``},
		{"a handler clashes as its step would", func(b *builder) *ir.Graph {
			return b.graph(b.task("a", "needs=", "fail=h"), b.task("b", "needs=", "returns=x"), b.task("h", "returns=x"))
		}, `
6: warning: steps "b" and "h" can both change "x" and neither comes after the other; a step that needs both sees the one that it names last, so give each result a name of its own [RR0302] | 4: "b" changes it here
`},
		{"item and index returned", func(b *builder) *ir.Graph {
			inner := b.mapped("inner", nil, b.graph(b.task("t", "returns=x,y,i")))
			return b.graph(b.loop("l", nil, b.graph(b.mapped("outer", nil, b.graph(inner, b.task("u", "returns=x"))))))
		}, `
2: error: "t" returns "x", which is the item of map "inner"; return it under another name [RR0303] | 8: "x" gets its value here
4: warning: "t" returns "i", which is the index of loop "l": the next iteration begins with the index again; return it under another name [RR0304] | 18: "i" gets its value here
10: error: "u" returns "x", which is the item of map "outer"; return it under another name [RR0303] | 14: "x" gets its value here
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &ir.Pipeline{Name: "p", Graph: tt.make(&builder{})}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), told(ir.Check(p))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, d := range ir.Check(p) {
				if c, ok := diag.Lookup(d.Code); !ok || c.Title == "" {
					t.Errorf("%s is not in the table of codes", d.Code)
				}
			}
		})
	}
}

func TestNoGraph(t *testing.T) {
	t.Parallel()
	p := &ir.Pipeline{}
	if got := told(ir.Check(p)); !strings.Contains(got, "the pipeline has no steps [RR0215]") {
		t.Error(got)
	}
	if p.Name == "" || ir.Dump(p) == "" {
		t.Error("nothing filled")
	}
}

// What was left out is filled as SEMANTICS 1 says: the next step in file order that no on_failure names.
func TestFill(t *testing.T) {
	t.Parallel()
	b := &builder{}
	g := b.graph(b.task("k", "next=fail"), b.task("a", "fail=h"), b.task("h"), b.task("b", "fail=k"), b.task("c", "next=success"), b.task("d"))
	p := &ir.Pipeline{Graph: g}
	if l := ir.Check(p); l.HasErrors() {
		t.Fatal(told(l))
	}
	got := "start " + g.Start.Name + ";"
	for _, n := range g.Nodes {
		got += " " + n.Base().Name + "→" + n.Base().Next.Name
	}
	if want := "start a; k→fail a→b h→b b→c c→success d→success"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEmptyGraph(t *testing.T) {
	t.Parallel()
	p := &ir.Pipeline{Graph: &ir.Graph{}}
	if l := ir.Check(p); len(l) > 0 || p.Graph.Start.Name != ir.Success {
		t.Errorf("%v, start %q", l, p.Graph.Start.Name)
	}
}
