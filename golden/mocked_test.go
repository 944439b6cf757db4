package golden

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/pipetest"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// TestMocked runs each case as a test whose mocks do what the steps of a real run do by expect.yaml, which [TestRun] holds
// against real runs. The pipeline comes to the same by the same path: a test with mocks tells what a run would do.
func TestMocked(t *testing.T) {
	t.Parallel()
	cases, err := All(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if !c.Runs("local") {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			mocked(t, c)
		})
	}
}

func mocked(t *testing.T, c *Case) {
	file := filepath.Join(c.Dir, c.Definition())
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, list := frontends.Parse(t.Context(), file, text)
	if !list.HasErrors() {
		p.Name = c.Name
		list = append(ir.Check(p), engine.Check(p)...)
	}
	if list.HasErrors() {
		t.Fatal(list)
	}
	doc, err := json.Marshal(map[string]any{"cases": map[string]any{"golden": c.asTest(t, p)}})
	if err != nil {
		t.Fatal(err)
	}
	f, list := pipetest.Parse("golden.test.yaml", doc)
	if !list.HasErrors() {
		list = append(list, f.Check(p)...)
	}
	if list.HasErrors() {
		t.Fatalf("%s\n%s", linesOf(list), doc)
	}
	r := f.Run(t.Context(), p, &f.Cases[0], c.initial(t, p))
	if !r.OK() {
		t.Errorf("%s\n%s", linesOf(r.Unmet), doc)
	}
	want := slices.Sorted(maps.Keys(c.Expect.Steps))
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(r.Steps))); diff != "" {
		t.Errorf("the steps that ran (-expect.yaml +mocked):\n%s", diff)
	}
	for path, s := range r.Steps {
		if !s.Status.OK() { // its get may have failed for a file that changed in its place, which no mock shows
			continue
		}
		for stage, want := range map[string]map[string]string{engine.StageGet: c.Expect.Steps[path].Get, engine.StagePut: c.Expect.Steps[path].Put} {
			if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(s.Files(stage)))); diff != "" {
				t.Errorf("%s: what it %ss (-expect.yaml +mocked):\n%s", path, stage, diff)
			}
		}
	}
	if r.Status == engine.Failed && r.Failure.Step != c.Expect.FailedStep {
		t.Errorf("the failed step is %s, want %s", r.Failure.Step, c.Expect.FailedStep)
	}
}

func linesOf(list diag.List) string {
	var b strings.Builder
	for _, d := range list {
		b.WriteString(d.Span.String() + ": " + d.Message + "\n")
	}
	return b.String()
}

// asTest is the case as one of a test file.
func (c *Case) asTest(t *testing.T, p *ir.Pipeline) map[string]any {
	t.Helper()
	mocks, steps := map[string]any{}, map[string]any{}
	for path, s := range c.Expect.Steps {
		n, err := engine.NodeAt(p, path)
		if err != nil {
			t.Fatal(err)
		}
		steps[path] = expected(s)
		switch n := n.(type) {
		case *ir.Task, *ir.Stub:
			mocks[path] = mockFor(n, s)
		case *ir.Map:
			if ir.PythonReducer(n.Reducer) {
				mocks[path] = map[string]any{"returns": c.reduced(n)}
			}
		}
	}
	expect := map[string]any{"status": c.Expect.Status, "steps": steps}
	if c.Expect.Status == engine.Success {
		expect["parameters"] = known(c.Expect.Parameters)
	}
	return map[string]any{"mocks": mocks, "expect": expect}
}

// reduced is what a Python function makes of the items of a map: parameters at the end.
func (c *Case) reduced(n *ir.Map) map[string]any {
	out := map[string]any{}
	for _, r := range ir.NodeReturns(n) {
		if v, ok := c.Expect.Parameters[r.Name]; ok {
			out[r.Name] = json.RawMessage(v)
		}
	}
	return out
}

// known are the values that the expectation writes down.
func known(values Values) map[string]any {
	out := map[string]any{}
	for name, v := range values {
		if !strings.Contains(string(v), "<any>") && !strings.Contains(string(v), "<object>") {
			out[name] = json.RawMessage(v)
		}
	}
	return out
}

// mockFor does what a step did: in its last attempt, after others that failed so that they were repeated.
func mockFor(n ir.Node, s Step) map[string]any {
	last := map[string]any{}
	files := map[string]any{}
	for path := range s.Get {
		files[path] = nil
	}
	for path, content := range s.Put {
		files[path] = content
	}
	if len(files) > 0 {
		last["files"] = files
	}
	if s.Status == engine.Failed {
		last["fails"] = failureOf(n, s)
	} else {
		returns := map[string]any{}
		for name, v := range s.Returns {
			returns[name] = json.RawMessage(v)
		}
		last["returns"] = returns
	}
	if s.Attempts < 2 {
		return last
	}
	attempts := []any{}
	for range s.Attempts - 1 {
		attempts = append(attempts, map[string]any{"fails": failureOf(n, s)})
	}
	return map[string]any{"attempts": append(attempts, last)}
}

// failureOf is the failure of an attempt: of the kind that is expected, with an exit code where the step is repeated for that
// alone.
func failureOf(n ir.Node, s Step) map[string]any {
	f := map[string]any{"kind": engine.KindError, "message": strings.Join(s.Message, " ")}
	if s.Failure != "" {
		f["kind"] = s.Failure
	}
	task, ok := n.(*ir.Task)
	if !ok || s.Attempts < 2 {
		return f
	}
	for _, on := range task.Retry.On {
		if code, err := strconv.Atoi(on); err == nil {
			f["exit_code"] = code
		} else if s.Failure == "" {
			f["kind"] = on
		}
	}
	return f
}

// expected is what a step must come to.
func expected(s Step) map[string]any {
	out := map[string]any{"status": s.Status}
	if s.Status == engine.Cached {
		out["status"] = engine.Success
	}
	if s.Failure != "" {
		out["failure"] = s.Failure
	}
	if s.Attempts > 1 {
		out["attempts"] = s.Attempts
	}
	if len(s.Returns) > 0 {
		out["returns"] = known(s.Returns)
	}
	for key, files := range map[string]map[string]string{"put": s.Put, "get": s.Get} {
		contents := map[string]any{}
		for path, content := range files {
			contents[path] = content
			if content == "<any>" {
				contents[path] = nil
			}
		}
		if len(contents) > 0 {
			out[key] = contents
		}
	}
	return out
}
