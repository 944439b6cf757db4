package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/pipeline"
)

// TestMain makes this test's program the one of the pipeline whose functions the tests run.
func TestMain(m *testing.M) {
	if code, called := pipeline.Serve(functions(), os.Args[1:], os.Stderr); called {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

type point struct{ X, Y float64 }

type addIn struct {
	Point point
	By    float64 `param:"delta"`
	Label *string `param:"label,optional"`
	Big   any     `param:"big,optional"`
}

type addOut struct {
	Moved point
	Norm  float64 `param:"norm,metric"`
	Note  string  `param:"note,text"`
	Big   any
}

func add(_ context.Context, in addIn) (addOut, error) {
	note := "none"
	if in.Label != nil {
		note = *in.Label
	}
	fmt.Println("adding", in.By)
	return addOut{Moved: point{in.Point.X + in.By, in.Point.Y + in.By}, Norm: 1.5, Note: note, Big: in.Big}, nil
}

func total(_ context.Context, in struct{ Numbers []float64 }) (float64, error) {
	sum := 0.0
	for _, n := range in.Numbers {
		sum += n
	}
	return sum, nil
}

func fails(context.Context, struct{}) (struct{}, error) { return struct{}{}, errors.New("no luck") }

func panics(context.Context, struct{}) (struct{}, error) { panic("oh no") }

func exits(context.Context, struct{}) (struct{}, error) {
	os.Exit(0)
	return struct{}{}, nil
}

// waits ends when its context does, and says so in the log.
func waits(ctx context.Context, _ struct{}) (struct{}, error) {
	fmt.Println("waiting")
	<-ctx.Done()
	fmt.Println("told to end")
	return struct{}{}, ctx.Err()
}

func notNumber(context.Context, struct{}) (map[string]any, error) {
	return map[string]any{"f": func() {}}, nil
}

func only(_ context.Context, n *int) (bool, error) { return n == nil, nil }

func two(_ context.Context, width float64, height int) (float64, error) {
	return width + float64(height), nil
}

func three(_ context.Context, a string, b []int, c map[string]int) (string, error) {
	return fmt.Sprint(a, b, c), nil
}

func four(_ context.Context, a, b, c, d int) (int, error) { return 1000*a + 100*b + 10*c + d, nil }

func functions() *pipeline.Pipeline {
	return pipeline.New("functions",
		pipeline.Go(add), pipeline.Go(total).Returns("total"), pipeline.Go(fails), pipeline.Go(panics), pipeline.Go(exits),
		pipeline.Go1(only, "n").Returns("only"), pipeline.Go2(two, "width", "height,optional").Returns("two"),
		pipeline.Go3(three, "a", "b", "c").Returns("three"), pipeline.Go4(four, "a", "b", "c", "d").Returns("four"),
		pipeline.Go(waits), pipeline.Go(notNumber).Returns("f"),
	)
}

// execute runs one function with package step, as a run does.
func execute(t *testing.T, ctx context.Context, task *ir.Task, params map[string]string) (step.Result, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	rt := step.New(step.Options{Programs: map[string]string{"go": self}, Grace: 5 * time.Second})
	defer rt.Close()
	var named []engine.Named
	for name, text := range params {
		v, err := engine.NewJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		named = append(named, engine.Named{Name: name, Value: v})
	}
	if named == nil {
		named = []engine.Named{}
	}
	var log strings.Builder
	res := rt.Execute(ctx, step.Job{Run: "r", Path: "s", Node: task, Params: named, Dir: t.TempDir(), Log: &log})
	return res, log.String()
}

func goTask(function string, returns ...string) *ir.Task {
	t := &ir.Task{Command: &ir.GoFunc{Function: function}}
	for _, r := range returns {
		t.Returns = append(t.Returns, ir.Return{Name: r, Kind: ir.JSON})
	}
	return t
}

func TestFunction(t *testing.T) {
	t.Parallel()
	task := goTask("pipeline_test.add", "moved", "big")
	task.Returns = append(task.Returns, ir.Return{Name: "norm", Kind: ir.Metric}, ir.Return{Name: "note", Kind: ir.Text}, ir.Return{Name: "where", Key: "moved"})
	res, log := execute(t, t.Context(), task, map[string]string{
		"point": `{"X":1,"Y":2}`, "delta": `0.5`, "label": `"a<b"`, "big": `123456789012345678901234567890`, "other": `1`,
	})
	if res.Failure != nil {
		t.Fatalf("%s\n%s", res.Failure.Message, log)
	}
	want := map[string]string{
		"moved": `{"X":1.5,"Y":2.5}`, "big": `123456789012345678901234567890`, "norm": "1.5", "note": `"a<b"`, "where": `{"X":1.5,"Y":2.5}`,
	}
	for _, n := range res.Returns {
		if got := string(n.Value.JSON); got != want[n.Name] {
			t.Errorf("%s is %s, want %s", n.Name, got, want[n.Name])
		}
		delete(want, n.Name)
	}
	if len(want) > 0 {
		t.Errorf("not returned: %v", want)
	}
	if len(res.Metrics) != 1 || res.Metrics[0].Name != "norm" {
		t.Errorf("metrics are %v", res.Metrics)
	}
	if len(res.Inputs) != 4 {
		t.Errorf("inputs are %v, want those that the function takes", res.Inputs)
	}
	if !strings.Contains(log, "adding 0.5") {
		t.Errorf("the log is %q", log)
	}
}

// Functions of plain parameters get each its own, whatever their types.
func TestParameters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ function, params, want string }{
		{"only", `{"n": null}`, "true"},
		{"two", `{"width": 1.5, "height": 2}`, "3.5"},
		{"two", `{"width": 1.5}`, "1.5"},
		{"three", `{"a": "x", "b": [1, 2], "c": {"k": 1}}`, `"x[1 2] map[k:1]"`},
		{"four", `{"a": 1, "b": 2, "c": 3, "d": 4}`, "1234"},
		{"four", `{"a": 1, "b": 2, "c": 3}`, `there is no parameter "d" for argument 4; visible are a, b, c`},
		{"two", `{"width": "wide"}`, `parameter "width" does not fit argument 1 of type float64: a string is not a float64`},
	} {
		t.Run(tt.function, func(t *testing.T) {
			t.Parallel()
			var params map[string]json.RawMessage
			if err := json.Unmarshal([]byte(tt.params), &params); err != nil {
				t.Fatal(err)
			}
			texts := map[string]string{}
			for name, text := range params {
				texts[name] = string(text)
			}
			res, log := execute(t, t.Context(), goTask("pipeline_test."+tt.function, tt.function), texts)
			got := ""
			if res.Failure != nil {
				got = res.Failure.Message
			} else if len(res.Returns) == 1 {
				got = string(res.Returns[0].Value.JSON)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s\n%s", got, tt.want, log)
			}
		})
	}
}

func TestInputs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		input ir.Input
		want  string
	}{
		{"list", ir.Input{Arg: "numbers", From: []string{"a", "b"}}, "3"},
		{"list of one", ir.Input{Arg: "numbers", From: []string{"a"}, List: true}, "1"},
		{"another name", ir.Input{Arg: "numbers", From: []string{"c"}}, "15"},
		{"literal", ir.Input{Arg: "numbers", Value: "[0.5, 0.5]"}, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			task := goTask("pipeline_test.total", "total")
			task.Inputs = []ir.Input{tt.input}
			res, log := execute(t, t.Context(), task, map[string]string{"a": "1", "b": "2", "c": "[7,8]"})
			if res.Failure != nil {
				t.Fatalf("%s\n%s", res.Failure.Message, log)
			}
			if got := string(res.Returns[0].Value.JSON); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	point := map[string]string{"point": `{"X":1,"Y":2}`}
	with := func(name, text string) map[string]string {
		return map[string]string{"point": point["point"], name: text}
	}
	for _, tt := range []struct {
		name    string
		task    *ir.Task
		params  map[string]string
		kind    engine.FailureKind
		message string
		log     string
	}{
		{"error", goTask("pipeline_test.fails"), nil, engine.KindError, "no luck", ""},
		{"panic", goTask("pipeline_test.panics"), nil, engine.KindError, "panic: oh no", "run_test.go"},
		{"exit", goTask("pipeline_test.exits"), nil, engine.KindError, "ended the process before it returned", ""},
		{"missing", goTask("pipeline_test.add"), point, engine.KindData, `there is no parameter "delta" for field By; visible are point`, ""},
		{"wrong type", goTask("pipeline_test.add"), with("delta", `"x"`), engine.KindData, `parameter "delta" does not fit field By of type float64: a string is not a float64`, ""},
		{"null", goTask("pipeline_test.add"), with("delta", "null"), engine.KindData, "it is null; make the field a pointer", ""},
		{"unknown return", goTask("pipeline_test.add", "nomr"), with("delta", "1"), engine.KindData, `returns no "nomr"`, ""},
		{"no JSON", goTask("pipeline_test.notNumber", "f"), nil, engine.KindData, `return "f" cannot be written as JSON`, ""},
		{"unknown function", goTask("pipeline_test.ad"), nil, engine.KindError, `"pipeline_test.ad"; did you mean "pipeline_test.add"?`, ""},
		{"time limit", &ir.Task{Command: &ir.GoFunc{Function: "pipeline_test.waits"}, Timeout: time.Second}, nil, engine.KindTimeout, "ran longer than 1s", "told to end"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res, log := execute(t, t.Context(), tt.task, tt.params)
			if res.Failure == nil {
				t.Fatal("it succeeded")
			}
			if res.Failure.Kind != tt.kind || !strings.Contains(res.Failure.Message, tt.message) {
				t.Errorf("got %s %q, want %s %q", res.Failure.Kind, res.Failure.Message, tt.kind, tt.message)
			}
			if !strings.Contains(log, tt.log) {
				t.Errorf("the log is %q, want %q in it", log, tt.log)
			}
		})
	}
}

// A run that is stopped ends the function's context.
func TestStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	self, _ := os.Executable()
	rt := step.New(step.Options{Programs: map[string]string{"go": self}})
	defer rt.Close()
	log := &stopper{cancel: cancel}
	res := rt.Execute(ctx, step.Job{Run: "r", Path: "s", Node: goTask("pipeline_test.waits"), Params: []engine.Named{}, Dir: t.TempDir(), Log: log})
	if res.Failure == nil || res.Failure.Kind != engine.KindKilled {
		t.Errorf("got %v", res.Failure)
	}
	if !strings.Contains(log.text.String(), "told to end") {
		t.Errorf("the log is %q", log.text.String())
	}
}

// stopper cancels when the function says that it waits.
type stopper struct {
	text   strings.Builder
	cancel func()
}

func (s *stopper) Write(p []byte) (int, error) {
	n, err := s.text.Write(p)
	if strings.Contains(s.text.String(), "waiting") {
		s.cancel()
	}
	return n, err
}

// Without a program of its own, a Go function is looked for on the step's PATH.
func TestNoProgram(t *testing.T) {
	t.Parallel()
	rt := step.New(step.Options{Environ: []string{"PATH=" + t.TempDir()}})
	defer rt.Close()
	res := rt.Execute(t.Context(), step.Job{Node: goTask("F"), Params: []engine.Named{}, Dir: t.TempDir()})
	if res.Failure == nil || !strings.Contains(res.Failure.Message, "runnable-render-task-go on the step's PATH") {
		t.Errorf("got %v", res.Failure)
	}
}

// Large parameters reach the function, though they are sent only when it asks for them.
func TestLarge(t *testing.T) {
	t.Parallel()
	numbers := make([]float64, 40000)
	for i := range numbers {
		numbers[i] = 1
	}
	text, err := json.Marshal(numbers)
	if err != nil {
		t.Fatal(err)
	}
	blobs := &memory{}
	blob, err := blobs.Put(text)
	if err != nil {
		t.Fatal(err)
	}
	self, _ := os.Executable()
	rt := step.New(step.Options{Programs: map[string]string{"go": self}})
	defer rt.Close()
	res := rt.Execute(t.Context(), step.Job{
		Run: "r", Path: "s", Node: goTask("pipeline_test.total", "total"), Dir: t.TempDir(), Blobs: blobs,
		Params: []engine.Named{{Name: "numbers", Value: engine.Value{Blob: &blob}}},
	})
	if res.Failure != nil {
		t.Fatal(res.Failure.Message)
	}
	if got := string(res.Returns[0].Value.JSON); got != "40000" {
		t.Errorf("got %s", got)
	}
}

// memory keeps one blob.
type memory struct{ data []byte }

func (m *memory) Put(data []byte) (engine.Blob, error) {
	m.data = data
	return engine.Blob{Hash: "x", Size: int64(len(data))}, nil
}

func (m *memory) Get(engine.Blob) ([]byte, error) { return m.data, nil }
