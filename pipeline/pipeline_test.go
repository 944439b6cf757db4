package pipeline_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/ir"
	p "github.com/runnable-render/runnable-render/pipeline"
)

type none = struct{}

func nothing(context.Context, none) (none, error) { return none{}, nil }

func one(context.Context, none) (int, error) { return 1, nil }

// line is the line of the test that calls it.
func line() int {
	_, _, n, _ := runtime.Caller(1)
	return n
}

// Every reference knows the line on which it was written.
func TestSpans(t *testing.T) {
	t.Parallel()
	first := line() + 2
	pipe := p.New("x",
		p.Shell("a", "true").
			Returns("b").
			OnFailure(
				p.Stub("h")),
		p.Go(nothing).
			Named("g"),
		p.Map("m", "xs", "x", p.Stub("s")).
			Reduce("max"),
	)
	g, list := pipe.IR()
	if len(list) > 0 {
		t.Fatal(list)
	}
	a, m := g.Graph.Nodes[0].(*ir.Task), g.Graph.Nodes[3].(*ir.Map)
	for what, got := range map[string][2]int{
		"a": {a.Span.Line, first}, "returns": {a.Returns[0].Span.Line, first + 1}, "on_failure": {a.OnFailure.Span.Line, first + 2},
		"h": {g.Graph.Nodes[1].Base().Span.Line, first + 3}, "g": {g.Graph.Nodes[2].Base().Span.Line, first + 5},
		"m": {m.Span.Line, first + 6}, "reducer": {m.ReducerSpan.Line, first + 7}, "pipeline": {g.Span.Line, first - 1},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is at line %d, want %d", what, got[0], got[1])
		}
	}
	if name := filepath.Base(a.Span.File); name != "pipeline_test.go" {
		t.Errorf("the file is %s", name)
	}
}

// Hooks of the run go into the graph in the order written, each with the line of its call.
func TestHooks(t *testing.T) {
	t.Parallel()
	first := line() + 2
	g, list := p.New("x", p.Stub("a")).
		OnSuccess(p.Hook{Command: "true", Secrets: p.HookSecrets("TOKEN", "OTHER"), Timeout: time.Second}).
		OnFailure(p.Hook{WebhookFrom: "URL"}).
		OnFailure(p.Hook{Webhook: "https://example.org/"}, p.Hook{Command: "a"}).IR()
	if list = append(list, ir.Check(g)...); len(list) > 0 {
		t.Fatal(list)
	}
	if len(g.OnSuccess) != 1 || len(g.OnFailure) != 3 || g.OnSuccess[0].Secrets[1].Name != "OTHER" {
		t.Fatalf("got %s", ir.Dump(g))
	}
	for i, h := range []ir.Hook{g.OnSuccess[0], g.OnFailure[0], g.OnFailure[1]} {
		if h.Span.Line != first+i {
			t.Errorf("hook %d is at line %d, want %d", i, h.Span.Line, first+i)
		}
	}
	bad, _ := p.New("x", p.Stub("a")).OnFailure(p.Hook{Webhook: "ftp://example.org/"}).IR()
	if list := ir.Check(bad); len(list) != 1 || list[0].Code != "RR0315" || list[0].Span.Line == 0 {
		t.Errorf("got %v", list)
	}
}

// A handler stands behind its step unless it is listed; every call of IR makes the same graph anew.
func TestHandlers(t *testing.T) {
	t.Parallel()
	last := p.Stub("last")
	pipe := p.New("x", p.Stub("a").OnFailure(p.Stub("h").OnFailure(last)), p.Stub("b"), last)
	var dumps []string
	for range 2 {
		g, _ := pipe.IR()
		if got := strings.Join(g.Graph.Names(), " "); got != "a h b last" {
			t.Errorf("the steps are %s", got)
		}
		if list := ir.Check(g); list.HasErrors() {
			t.Fatal(list)
		}
		dumps = append(dumps, ir.Dump(g))
	}
	if dumps[0] != dumps[1] {
		t.Errorf("two graphs:\n%s\n%s", dumps[0], dumps[1])
	}
}

// TestDeclaredProblems: what cannot declare parameters is a problem of the pipeline.
func TestDeclaredProblems(t *testing.T) {
	t.Parallel()
	type inner struct{ A int }
	for want, fields := range map[string]any{
		"field inner: a pointer cannot be embedded": struct{ *inner }{},
		"field a: it has a tag but is not exported": struct {
			a int `param:"x"`
		}{},
		"want a struct": 5,
	} {
		if _, list := p.New("x", p.Shell("s", "true")).Parameters(fields).IR(); len(list) == 0 || !strings.Contains(list[0].Message, want) {
			t.Errorf("%q: %v", want, list)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		step func() p.Step
		want string
	}{
		{"closure", func() p.Step { return p.Go(func(context.Context, none) (none, error) { return none{}, nil }) }, "give it one with GoNamed"},
		{"argument", func() p.Step { return p.Go(func(context.Context, int) (none, error) { return none{}, nil }).Named("x") }, "want a struct whose fields are the parameters, got int"},
		{"tag", func() p.Step {
			return p.GoNamed("x", func(context.Context, struct {
				A int `param:"a,often"`
			}) (none, error) {
				return none{}, nil
			})
		}, `field A of struct { A int "param:\"a,often\"" }: "often" in its tag is unknown; want optional`},
		{"twice", func() p.Step {
			return p.GoNamed("x", func(context.Context, struct {
				A int
				B int `param:"a"`
			}) (none, error) {
				return none{}, nil
			})
		}, `fields A and B`},
		{"closure of two", func() p.Step {
			return p.Go2(func(context.Context, int, int) (none, error) { return none{}, nil }, "a", "b").Named("x")
		}, "no name of its own to be called by; declare it"},
		{"names twice", func() p.Step { return p.Go3(volume, "width", "height", "width") }, `"width" cannot name argument 3 of pipeline_test.volume`},
		{"no name", func() p.Step { return p.Go3(volume, "width", "", "depth") }, `"" cannot name argument 2`},
		{"name with more", func() p.Step { return p.Go3(volume, "width", "height,often", "depth") }, `"height,often" cannot name argument 2`},
		{"unexported", func() p.Step {
			return p.GoNamed("x", func(context.Context, struct {
				a int `param:"a"`
			}) (none, error) {
				return none{}, nil
			})
		}, "is not exported"},
		{"no name for the value", func() p.Step { return p.Go(one) }, "returns one value of type int, for which the step has 0 names"},
		{"unknown name", func() p.Step { return p.Go(add).Returns("sum") }, `pipeline_test.add returns no "sum"; pipeline_test.addOut has moved, norm, note, big`},
		{"object", func() p.Step { return p.Go(one).Objects("x") }, "cannot return the object"},
		{"object of a script", func() p.Step { return p.Shell("x", "true").Objects("x") }, "cannot return the object"},
		{"literal", func() p.Step { return p.Python("a.b").Value("x", func() {}) }, "cannot be written as JSON"},
		{"no parameter", func() p.Step { return p.Python("a.b").Bind("x") }, "names no parameter"},
		{"built-in plugin", func() p.Step { return p.Plugin("x", "shell", "true", nil) }, "built-in kind"},
		{"configuration", func() p.Step { return p.Plugin("x", "sql", "select 1", 3) }, "is not a JSON object"},
		{"nil", func() p.Step { return nil }, "step 1 of the list is nil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, list := p.New("x", tt.step()).IR()
			if !list.HasErrors() {
				t.Fatal("nothing is wrong")
			}
			if got := list[0]; !strings.Contains(got.Message, tt.want) || got.Span.Line == 0 || filepath.Base(got.Span.File) != "pipeline_test.go" {
				t.Errorf("got %s: %s, want %q", got.Span, got.Message, tt.want)
			}
		})
	}
}

// Two functions of one name cannot both be called by it.
func TestSameName(t *testing.T) {
	t.Parallel()
	other := func(context.Context, none) (none, error) { return none{}, nil }
	_, list := p.New("x", p.Go(nothing), p.GoNamed("pipeline_test.nothing", other).Named("b")).IR()
	if !list.HasErrors() || !strings.Contains(list[0].Message, "two Go functions are named") {
		t.Errorf("got %v", list)
	}
	_, list = p.New("x", p.Go(nothing), p.Go(nothing).Named("again")).IR()
	if len(list) > 0 {
		t.Errorf("one function in two steps: %v", list)
	}
}

type clean struct{ Rows int }

func extract(context.Context, struct{ Source string }) (clean, error) { return clean{}, nil }

func load(context.Context, clean) (none, error) { return none{}, nil }

// show prints a pipeline as `runnable-render graph --format text` does.
func show(pipe *p.Pipeline) {
	g, problems := pipe.IR()
	if problems = append(problems, ir.Check(g)...); problems.HasErrors() {
		fmt.Println(problems)
		return
	}
	fmt.Print(ir.Dump(g))
}

// Go functions as steps: what extract returns, load takes by name.
func ExampleGo() {
	show(p.New("etl",
		p.Go(extract).Retry(2).Timeout(time.Minute),
		p.Go(load),
	))
	// Output:
	// pipeline etl
	//
	// start -> extract
	//
	// extract: task -> load
	//   go pipeline_test.extract
	//   returns rows
	//   retry 2
	//   timeout 1m
	//
	// load: task -> success
	//   go pipeline_test.load
}

func volume(_ context.Context, width, height, depth float64) (float64, error) {
	return width * height * depth, nil
}

// A function of plain parameters: the compiler holds their number and the names' against each other.
func ExampleGo3() {
	show(p.New("box",
		p.Shell("measure", "export width=2 height=3").Returns("width", "height"),
		p.Go3(volume, "width", "height", "depth,optional").Returns("volume"),
	))
	// Output:
	// pipeline box
	//
	// start -> measure
	//
	// measure: task -> volume
	//   shell
	//     | export width=2 height=3
	//   returns width, height
	//
	// volume: task -> success
	//   go pipeline_test.volume
	//   returns volume
}

func ExampleMap() {
	show(p.New("each",
		p.Shell("list", `export files='["a", "b"]'`).Returns("files"),
		p.Map("sizes", "files", "file",
			p.Shell("size", `export size=$(wc -c < "$file")`).Returns("size"),
		).Reduce("sum").Parallelism(4),
	))
	// Output:
	// pipeline each
	//
	// start -> list
	//
	// list: task -> sizes
	//   shell
	//     | export files='["a", "b"]'
	//   returns files
	//
	// sizes: map -> success
	//   iterate_on files
	//   iterate_as file
	//   reducer sum
	//   parallelism 4
	//   body
	//     start -> size
	//     size: task -> success
	//       shell
	//         | export size=$(wc -c < "$file")
	//       returns size
}

// Branches run at the same time; a handler stands behind the step whose failure it handles.
func ExampleParallel() {
	show(p.New("both",
		p.Parallel("fetch",
			p.Branch("rates", p.Shell("rates", "curl -fsS https://example.org/rates > rates.csv").Put("rates.csv")),
			p.Branch("stock", p.Python("steps.stock").Returns("stock")),
		).OnFailure(p.Stub("report")),
	))
	// Output:
	// pipeline both
	//
	// start -> fetch
	//
	// fetch: parallel -> success, on failure -> report
	//   branch rates
	//     start -> rates
	//     rates: task -> success
	//       shell
	//         | curl -fsS https://example.org/rates > rates.csv
	//       catalog put rates.csv
	//   branch stock
	//     start -> stock
	//     stock: task -> success
	//       python steps.stock
	//       returns stock
	//
	// report: stub -> success
}

// A loop ends when a parameter is true, or after so many times.
func ExampleLoop() {
	show(p.New("until",
		p.Loop("tune", 10, "good", "turn",
			p.Python("steps.tune").Returns("good", "loss"),
		),
	))
	// Output:
	// pipeline until
	//
	// start -> tune
	//
	// tune: loop -> success
	//   max_iterations 10
	//   break_on good
	//   index_as turn
	//   body
	//     start -> tune
	//     tune: task -> success
	//       python steps.tune
	//       returns good, loss
}

// Steps that need others are a graph of dependencies; a reference to a step is a Go value.
func ExampleTaskStep_Needs() {
	fetch := p.Shell("fetch", "export rows=3").Returns("rows")
	count := p.Python("steps.count").Needs(fetch)
	plot := p.Notebook("plot.ipynb").Needs(fetch)
	show(p.New("graph", fetch, count, plot, p.Stub("publish").Needs(count, plot)))
	// Output:
	// pipeline graph
	//
	// graph of needs
	//
	// fetch: task
	//   shell
	//     | export rows=3
	//   returns rows
	//
	// count: task after fetch
	//   python steps.count
	//
	// plot: task after fetch
	//   notebook plot.ipynb
	//
	// publish: stub after count, plot
}

func ExampleConditional() {
	show(p.New("choice",
		p.Conditional("judge", "verdict",
			p.Branch("good", p.Stub("publish")),
		).Default(p.Stub("discard")),
	))
	// Output:
	// pipeline choice
	//
	// start -> judge
	//
	// judge: conditional -> success
	//   parameter verdict
	//   default default
	//   branch good
	//     start -> publish
	//     publish: stub -> success
	//   branch default
	//     start -> discard
	//     discard: stub -> success
}
