package engine

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/ir"
)

// task makes a step that returns the names.
func task(name string, returns ...string) *ir.Task {
	t := &ir.Task{Common: ir.Common{Name: name}, Command: &ir.Shell{Script: "true"}}
	for _, r := range returns {
		t.Returns = append(t.Returns, ir.Return{Name: r, Kind: ir.JSON})
	}
	return t
}

// checked is a pipeline of the nodes that ir.Check has finished.
func checked(t *testing.T, nodes ...ir.Node) *ir.Pipeline {
	t.Helper()
	p := &ir.Pipeline{Name: "p", Graph: &ir.Graph{Nodes: nodes}}
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	return p
}

// drive walks a machine; act tells what each leaf returns, or nil for a failure.
func drive(t *testing.T, m *Machine, act func(j Job) map[string]string) (*Outcome, []string) {
	t.Helper()
	var ran []string
	queue := m.Start()
	for len(queue) > 0 {
		j := queue[0]
		queue = queue[1:]
		ran = append(ran, j.Path)
		rec := &Record{Path: j.Path, Attempt: 1, Status: Success}
		values := act(j)
		if values == nil {
			rec.Status, rec.Failure = Failed, &Failure{Step: j.Path, Kind: KindError, Message: "no"}
		}
		if n, ok := j.Node.(*ir.Task); ok {
			for _, r := range n.Returns {
				if v, ok := values[r.Name]; ok {
					rec.Returns = append(rec.Returns, Named{r.Name, Value{JSON: []byte(v)}})
				}
			}
		}
		queue = append(queue, m.Done(j.Path, LeafOutcome(j.Before, rec))...)
	}
	if m.Result() == nil {
		t.Fatal("the machine stopped before the end")
	}
	return m.Result(), ran
}

func graph(nodes ...ir.Node) *ir.Graph { return &ir.Graph{Nodes: nodes} }

func TestMachineMapOfLoops(t *testing.T) {
	t.Parallel()
	loop := &ir.Loop{
		Common: ir.Common{Name: "l"}, Body: graph(task("w", "n", "stop")),
		MaxIterations: 5, BreakOn: ir.Ref{Name: "stop"}, IndexAs: ir.Ref{Name: "i"},
	}
	each := &ir.Map{
		Common: ir.Common{Name: "m"}, Body: graph(loop),
		IterateOn: ir.Ref{Name: "limits"}, IterateAs: ir.Ref{Name: "limit"},
	}
	p := checked(t, each)
	m := NewMachine(p, InitialScope([]Named{{"limits", Value{JSON: []byte("[0,2]")}}}), memory{})
	out, ran := drive(t, m, func(j Job) map[string]string {
		i, _ := j.Before.Param("i")
		limit, _ := j.Before.Param("limit")
		return map[string]string{"n": string(i.JSON), "stop": fmt.Sprint(string(i.JSON) == string(limit.JSON))}
	})
	if diff := cmp.Diff([]string{"m.0.l.0.w", "m.1.l.0.w", "m.1.l.1.w", "m.1.l.2.w"}, ran); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{"limits": "[0,2]", "n": "[0,2]", "stop": "[true,true]"}
	if diff := cmp.Diff(want, params(out.After)); diff != "" {
		t.Error(diff)
	}
}

// A long chain and a wide map neither grow the stack nor take more than linear work.
func TestMachineIsIterative(t *testing.T) {
	t.Parallel()
	const n = 100_000
	nodes := make([]ir.Node, n)
	for i := range nodes {
		nodes[i] = &ir.Stub{Common: ir.Common{Name: fmt.Sprint("s", i)}}
	}
	out, ran := drive(t, NewMachine(checked(t, nodes...), nil, memory{}), func(Job) map[string]string { return map[string]string{} })
	if !out.Status.OK() || len(ran) != n {
		t.Errorf("%s after %d steps", out.Status, len(ran))
	}
}

func TestReplayAgreesWithTheWalk(t *testing.T) {
	t.Parallel()
	p := checked(t,
		task("a", "x"),
		&ir.Parallel{Common: ir.Common{Name: "p", OnFailure: ir.Ref{Name: "h"}}, Branches: []ir.Branch{
			{Name: "l", Graph: graph(task("b", "y"))}, {Name: "r", Graph: graph(task("c", "z"))},
		}},
		task("d"), task("h", "handled"),
	)
	facts := &recorded{records: map[string]*Record{}, exits: map[string]*Exit{}}
	blobs := memory{}
	m := NewMachine(p, nil, blobs)
	queue := m.Start()
	for len(queue) > 0 {
		j := queue[0]
		queue = queue[1:]
		rec := &Record{Path: j.Path, Attempt: 1, Status: Success, Before: j.Before.Digest()}
		if j.Path == "p.r.c" {
			rec.Status, rec.Failure = Failed, &Failure{Step: j.Path, Kind: KindError, Message: "no"}
		} else {
			for _, r := range j.Node.(*ir.Task).Returns {
				rec.Returns = append(rec.Returns, Named{r.Name, String(j.Path)})
			}
		}
		o := LeafOutcome(j.Before, rec)
		var err error
		if rec.After, err = o.After.Save(blobs); err != nil {
			t.Fatal(err)
		}
		// What the walk gives to a step, the resolver derives from the facts alone.
		r := &Resolver{Pipeline: p, Facts: facts, Blobs: blobs}
		got, err := r.Step(j.Path)
		if err != nil {
			t.Fatalf("%s: %v", j.Path, err)
		}
		if diff := cmp.Diff(params(j.Before), params(got.Before)); diff != "" || j.Before.Digest() != got.Before.Digest() {
			t.Errorf("%s:\n%s", j.Path, diff)
		}
		if diff := cmp.Diff(j.Handling, got.Handling); diff != "" {
			t.Errorf("%s handles\n%s", j.Path, diff)
		}
		facts.records[j.Path] = rec
		queue = append(queue, m.Done(j.Path, o)...)
	}
	replay, err := ReplayRun(p, nil, facts, blobs, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"x": `"a"`, "handled": `"h"`}
	if diff := cmp.Diff(want, params(replay.Outcome.After)); diff != "" {
		t.Error(diff)
	}
}

// recorded is a run's facts in memory.
type recorded struct {
	records map[string]*Record
	exits   map[string]*Exit
}

func (r *recorded) Latest(path string) (*Record, error) { return r.records[path], nil }
func (r *recorded) Exit(path string) (*Exit, error)     { return r.exits[path], nil }
func (r *recorded) KeepExit(path string, e *Exit) error { r.exits[path] = e; return nil }

// A machine with a limit begins so many items of a map that says no parallelism; one that says it goes by that.
func TestLimitItems(t *testing.T) {
	t.Parallel()
	for parallelism, want := range map[int]int{0: 4, 2: 2, 9: 6} {
		body := &ir.Graph{Nodes: []ir.Node{&ir.Stub{Common: ir.Common{Name: "s"}}}}
		n := &ir.Map{Common: ir.Common{Name: "m"}, Body: body, IterateOn: ir.Ref{Name: "xs"}, IterateAs: ir.Ref{Name: "x"}, Parallelism: parallelism}
		p := &ir.Pipeline{Graph: &ir.Graph{Nodes: []ir.Node{n}}}
		if list := ir.Check(p); list.HasErrors() {
			t.Fatal(list)
		}
		m := NewMachine(p, InitialScope([]Named{{Name: "xs", Value: Value{JSON: []byte(`[1,2,3,4,5,6]`)}}}), nil)
		m.LimitItems(4)
		if got := len(m.Start()); got != want {
			t.Errorf("parallelism %d: %d items at a time, want %d", parallelism, got, want)
		}
	}
}
