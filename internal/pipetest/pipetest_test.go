package pipetest_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/cases"
	"github.com/runnable-render/runnable-render/internal/check"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/pipetest"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

var update = flag.Bool("update", false, "rewrite what the cases want")

// pipeline reads and checks a definition.
func pipeline(t testing.TB, file string, text []byte) *ir.Pipeline {
	t.Helper()
	r := frontends.Read(t.Context(), file, text, frontends.Options{Layout: project.Find(file, filepath.Dir(file))})
	list := r.Diags
	if !list.HasErrors() {
		r.Pipeline.Name = "case"
		list = append(list, check.Check(r.Pipeline, check.Options{}).Diags...)
	}
	if list.HasErrors() {
		t.Fatalf("%s: %v", file, list)
	}
	return r.Pipeline
}

// parsed reads a test file that must be right.
func parsed(t testing.TB, name string, text []byte) *pipetest.File {
	t.Helper()
	f, list := pipetest.Parse(name, text)
	if list.HasErrors() {
		t.Fatal(list)
	}
	return f
}

func run(ctx context.Context, f *pipetest.File, p *ir.Pipeline, c *pipetest.Case, dir string) *pipetest.Result {
	beside := func(name string) string { return filepath.Join(dir, name) }
	initial, list := f.Initial(c, params.Sources{Declared: p.Parameters, Files: params.NewFiles(ctx, beside), Dir: dir})
	if list.HasErrors() {
		return pipetest.Problem(c, list)
	}
	return f.Run(ctx, p, c, initial)
}

// TestConstructs runs tests of golden pipelines, one for each construct. Each file has a case that must fail; what is said of
// it is in the archive.
func TestConstructs(t *testing.T) {
	t.Parallel()
	cases.Run(t, "testdata/constructs/*.txtar", *update, func(t *testing.T, file string, a *txtar.Archive) string {
		f := parsed(t, "case.test.yaml", cases.Given(a)[0].Data)
		definition := filepath.Join(filepath.Dir(file), f.Pipeline.Name)
		text, err := os.ReadFile(definition)
		if err != nil {
			t.Fatal(err)
		}
		p := pipeline(t, definition, text)
		if list := f.Check(p); len(list) > 0 {
			t.Fatal(list)
		}
		coverage := pipetest.NewCoverage(p)
		r := &pipetest.Report{Files: []pipetest.TestFile{{File: f.Name}}}
		failing := 0
		for i := range f.Cases {
			c := &f.Cases[i]
			res := run(t.Context(), f, p, c, filepath.Dir(definition))
			must := strings.HasPrefix(c.Name, "must fail")
			if res.OK() == must {
				t.Errorf("case %q: OK is %t: %v", c.Name, res.OK(), res.Unmet)
			}
			if must {
				failing++
			}
			coverage.Add(res)
			r.Add(res)
		}
		if failing == 0 {
			t.Error("no case must fail")
		}
		r.Cover(filepath.Base(definition), coverage)
		var b strings.Builder
		pipetest.PrintText(&b, r)
		return strings.ReplaceAll(b.String(), filepath.Dir(definition)+"/", "")
	})
}

// TestErrors holds the whole text that is said of test files with mistakes.
func TestErrors(t *testing.T) {
	t.Parallel()
	cases.Run(t, "testdata/errors/*.txtar", *update, func(t *testing.T, _ string, a *txtar.Archive) string {
		given := cases.Given(a)
		definition, tests := given[0], given[1]
		p := pipeline(t, definition.Name, definition.Data)
		f, list := pipetest.Parse(tests.Name, tests.Data)
		if !list.HasErrors() {
			list = append(list, f.Check(p)...)
		}
		if !list.HasErrors() {
			t.Error("there is no mistake")
		}
		var b strings.Builder
		if err := diag.Print(&b, diag.Text, list.Sorted(), map[string][]byte{tests.Name: tests.Data}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	})
}

// The examples of the codes do what they say.
func TestCodeExamples(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, c := range diag.Codes() {
		if !strings.HasPrefix(c.Code, "RR08") || c.Bad == "" {
			continue
		}
		tried++
		if _, list := pipetest.Parse("case.test.yaml", []byte(c.Bad)); !holds(list, c.Code) {
			t.Errorf("%s: the bad example gets %v", c.Code, list)
		}
		if _, list := pipetest.Parse("case.test.yaml", []byte(c.Good)); len(list) > 0 {
			t.Errorf("%s: the good example gets %v", c.Code, list)
		}
	}
	if tried == 0 {
		t.Error("no examples")
	}
}

func holds(list diag.List, code string) bool {
	for _, d := range list {
		if d.Code == code {
			return true
		}
	}
	return false
}

// A step without a mock is an error that names it, its command and its place; a stub needs none.
func TestNoMock(t *testing.T) {
	t.Parallel()
	p := pipeline(t, "p.yaml", []byte("dag: {steps: {s: {type: stub}, a: {type: task, command: steps.load}, b: {type: stub}}}"))
	f := parsed(t, "p.test.yaml", []byte("cases: {one: {expect: {}}}"))
	r := run(t.Context(), f, p, &f.Cases[0], ".")
	if r.OK() || len(r.Unmet) != 1 || r.Status != "" {
		t.Fatalf("%+v", r)
	}
	d := r.Unmet[0]
	want := `the step "a" has no mock and would run python steps.load; add it below "mocks"`
	if d.Code != "RR0806" || d.Message != want || d.Span.String() != "p.test.yaml:1:9" || d.Notes[0].Span.Line != 1 {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff([]string{"s", "a"}, r.Path); diff != "" {
		t.Error(diff)
	}
}

// A case that no mock ends is stopped, and so is one of a command that is interrupted.
func TestEndless(t *testing.T) {
	t.Parallel()
	p := pipeline(t, "p.yaml", []byte(`dag: {steps: {l: {type: loop, max_iterations: 1000000000, break_on: done, index_as: i, branch: {steps: {a: {type: task, command: m.f}}}}}}`))
	f := parsed(t, "p.test.yaml", []byte("mocks: {l.*.a: {}}\ncases: {one: {expect: {}}}"))
	if r := run(t.Context(), f, p, &f.Cases[0], "."); !holds(r.Unmet, "RR0808") {
		t.Errorf("%v", r.Unmet)
	}
	hollow := pipeline(t, "p.yaml", []byte(`dag: {steps: {l: {type: loop, max_iterations: 1000000000, break_on: done, index_as: i, branch: {steps: {}}}}}`))
	f = parsed(t, "p.test.yaml", []byte("cases: {one: {expect: {}}}"))
	if r := run(t.Context(), f, hollow, &f.Cases[0], "."); !holds(r.Unmet, "RR0808") {
		t.Errorf("%v", r.Unmet)
	}
	f = parsed(t, "p.test.yaml", []byte("mocks: {l.*.a: {}}\ncases: {one: {expect: {}}}"))
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if r := run(stopped, f, p, &f.Cases[0], "."); !holds(r.Unmet, "RR0808") || len(r.Path) > 1 {
		t.Errorf("%v after %d steps", r.Unmet, len(r.Path))
	}
}

// Waits that grow without bounds end at the longest time there is.
func TestTimeDoesNotOverflow(t *testing.T) {
	t.Parallel()
	p := pipeline(t, "p.yaml", []byte(`dag: {steps: {a: {type: task, command: m.f, retry: {limit: 900, backoff: {duration: 9999h, factor: 1000}}}}}`))
	f := parsed(t, "p.test.yaml", []byte("mocks: {a: {fails: error, delay: 1h}}\ncases: {one: {expect: {failed: a}}}"))
	if r := run(t.Context(), f, p, &f.Cases[0], "."); !r.OK() || r.Took <= 0 || r.Steps["a"].Attempts != 901 {
		t.Errorf("%v, took %s", r.Unmet, r.Took)
	}
}
