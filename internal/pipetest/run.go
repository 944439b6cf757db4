package pipetest

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// A case is bounded: a loop that nothing ends would otherwise take its billion iterations.
const (
	mostAttempts = 100_000
	mostEvents   = 2 * mostAttempts // of steps and composites that begin or end
)

// Result is what a case came to.
type Result struct {
	Case    *Case
	Status  engine.Status
	Failure *engine.Failure // of a run that failed
	Path    []string        // the leaves that ran, in the order in which they started
	Steps   map[string]*Step
	Graphs  map[string]bool // branches, items and iterations that have ended, by their paths
	After   *engine.Scope
	Took    time.Duration
	Unmet   diag.List // what differs from the expectations, or kept the case from its end

	blobs blobs
}

// Step is what a step of a case came to.
type Step struct {
	Node     ir.Node
	Status   engine.Status // empty: it has begun and not ended
	Failure  *engine.Failure
	Failures []*engine.Failure // of all its attempts that failed
	Attempts int               // of a leaf
	Handling *engine.Failure   // that a leaf handles
	Size     int               // of a composite: its branches or items

	before     *engine.Scope
	returns    []engine.Named
	files      []engine.File
	begun, end int // places in the order of events; 0: not yet
}

// OK reports whether the case met its expectations.
func (r *Result) OK() bool { return !r.Unmet.HasErrors() }

// Initial returns the parameters that a run of the case starts with. from holds what the definition itself brings.
func (f *File) Initial(c *Case, from params.Sources) ([]engine.Named, diag.List) {
	for _, list := range [][]Value{f.Parameters, c.Parameters} {
		for _, v := range list {
			from.Placed = append(from.Placed, params.Placed(v))
		}
	}
	return params.Load(from)
}

// Run runs a case of the file over a pipeline that has passed its checks, and holds the result against the expectations.
func (f *File) Run(ctx context.Context, p *ir.Pipeline, c *Case, initial []engine.Named) *Result {
	d := &drive{
		pipeline: p, file: f,
		Result: &Result{Case: c, Steps: map[string]*Step{}, Graphs: map[string]bool{}, blobs: blobs{}},
	}
	d.machine = engine.NewMachine(p, engine.InitialScope(initial), d.blobs)
	d.machine.Observe(func(o engine.Observation) {
		d.observe(o)
		if d.events > mostEvents || ctx.Err() != nil {
			d.machine.Halt()
		}
	})
	if problem := d.loop(ctx); problem != nil {
		d.Unmet.Add(*problem)
		return d.Result
	}
	out := d.machine.Result()
	d.Status, d.Failure, d.After, d.Took = out.Status, out.Failure, out.After, d.clock
	d.compare()
	return d.Result
}

// drive walks one case.
type drive struct {
	*Result
	pipeline *ir.Pipeline
	file     *File
	machine  *engine.Machine
	clock    time.Duration
	going    timeline
	events   int
	attempts int
}

// going is a job that runs, with its end in virtual time.
type going struct {
	job    engine.Job
	end    time.Duration
	turn   int // in which it began
	record *engine.Record
	values []engine.Value // of a reducer
	err    error          // of a reducer
}

// timeline holds what runs, as a heap: what ends first is first, of several what began first.
type timeline []*going

func (t timeline) Len() int      { return len(t) }
func (t timeline) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t timeline) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(t[i].end, t[j].end), cmp.Compare(t[i].turn, t[j].turn)) < 0
}
func (t *timeline) Push(x any) { *t = append(*t, x.(*going)) }
func (t *timeline) Pop() any {
	last := len(*t) - 1
	x := (*t)[last]
	*t = (*t)[:last]
	return x
}

func (d *drive) loop(ctx context.Context) *diag.Diagnostic {
	jobs := d.machine.Start()
	for {
		for _, job := range jobs {
			g, problem := d.begin(job)
			if problem != nil {
				return problem
			}
			heap.Push(&d.going, g)
		}
		switch {
		case ctx.Err() != nil:
			p := diag.Errorf(codeEndless, d.Case.Span, "the case was stopped")
			return &p
		case len(d.going) > 0:
		case d.machine.Result() == nil:
			return d.endless("")
		default:
			return nil
		}
		g := heap.Pop(&d.going).(*going)
		d.clock = g.end
		jobs = d.end(g)
	}
}

// begin begins a job: its end is known from the start.
func (d *drive) begin(job engine.Job) (*going, *diag.Diagnostic) {
	g := &going{job: job, end: d.clock, turn: d.next()}
	if job.Reduce != nil {
		return g, d.reduce(g)
	}
	s := &Step{Node: job.Node, Handling: job.Handling, before: job.Before, begun: g.turn}
	d.Steps[job.Path] = s
	d.Path = append(d.Path, job.Path)
	for n := 1; ; n++ {
		if d.attempts++; d.attempts > mostAttempts {
			return nil, d.endless(", at " + job.Path)
		}
		rec, took, problem := d.attempt(job, n)
		if problem != nil {
			return nil, problem
		}
		g.record, g.end, s.Attempts = rec, later(g.end, took), n
		if rec.Status.OK() {
			return g, nil
		}
		s.Failures = append(s.Failures, rec.Failure)
		again, wait := step.Retry(retryOf(job.Node), rec.Failure, n)
		if !again {
			return g, nil
		}
		g.end = later(g.end, wait)
	}
}

func (d *drive) endless(where string) *diag.Diagnostic {
	p := diag.Errorf(codeEndless, d.Case.Span, "the case goes on after %d attempts%s; let a mock end the loop, or take fewer items", mostAttempts, where)
	return &p
}

func retryOf(n ir.Node) ir.Retry {
	if t, ok := n.(*ir.Task); ok {
		return t.Retry
	}
	return ir.Retry{}
}

// later adds times without going beyond what a time can be.
func later(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// attempt is one attempt of a leaf, as its mock answers it.
func (d *drive) attempt(job engine.Job, n int) (rec *engine.Record, took time.Duration, problem *diag.Diagnostic) {
	rec = &engine.Record{Version: engine.RecordVersion, Path: job.Path, Attempt: n, Status: engine.Success, Before: job.Before.Digest()}
	got, failure := step.Got(job.Node, job.Path, job.Before)
	if rec.Files = got; failure != nil { // the command has not run
		rec.Status, rec.Failure = engine.Failed, failure
		return rec, 0, nil
	}
	a, problem := d.answerOf(job, n)
	if problem != nil {
		return nil, 0, problem
	}
	if took, rec.Failure = d.ending(a, job); rec.Failure != nil {
		rec.Status = engine.Failed
	} else if rec.Returns, problem = d.returns(a, job); problem != nil {
		return nil, 0, problem
	}
	d.put(rec, a, job.Node)
	return rec, took, nil
}

// ending is how long an attempt takes, and why it fails: as its answer says, or because its time is over.
func (d *drive) ending(a *Answer, job engine.Job) (time.Duration, *engine.Failure) {
	if t, ok := job.Node.(*ir.Task); ok && t.Timeout > 0 && a.Delay > t.Timeout {
		return t.Timeout, &engine.Failure{Step: job.Path, Kind: engine.KindTimeout, Message: fmt.Sprintf("%s ran longer than %s and was stopped", job.Path, t.Timeout)}
	}
	if a.Fails == nil {
		return a.Delay, nil
	}
	f := *a.Fails
	f.Step, f.Message = job.Path, cmp.Or(f.Message, "the mock lets it fail")
	return a.Delay, &f
}

// put puts files of those that the step got and left into the catalog.
func (d *drive) put(rec *engine.Record, a *Answer, n ir.Node) {
	there := map[string]engine.File{}
	for _, f := range rec.Files {
		there[f.Path] = f
	}
	for _, c := range a.Files {
		if c.Null {
			delete(there, c.Path)
			continue
		}
		b, _ := d.blobs.Put([]byte(c.Text)) // in memory
		there[c.Path] = engine.File{Path: c.Path, Hash: b.Hash, Size: b.Size}
	}
	names := make([]string, 0, len(there))
	for name := range there {
		names = append(names, name)
	}
	put, folders, failure := step.Puts(n, rec.Path, names, rec.Status.OK())
	if failure != nil {
		rec.Status, rec.Failure, rec.Returns = engine.Failed, failure, nil
		return
	}
	rec.Folders = folders
	for _, name := range put {
		f := there[name]
		f.Stage, f.Item, f.NoCopy = engine.StagePut, "", ir.CatalogOf(n).NoCopy
		rec.Files = append(rec.Files, f)
	}
}

// reduce makes what the Python reducer of a map would.
func (d *drive) reduce(g *going) (problem *diag.Diagnostic) {
	a, problem := d.answerOf(g.job, 1)
	if problem != nil {
		return problem
	}
	g.end = later(g.end, a.Delay)
	if a.Fails != nil {
		g.err = errors.New(cmp.Or(a.Fails.Message, "the mock lets the reducer fail"))
		return nil
	}
	g.values, g.err = g.job.Reduce.With(func(name string) (engine.Value, error) {
		for _, v := range a.Returns {
			if v.Name == name {
				return d.value(v, ir.JSON)
			}
		}
		p := diag.Errorf(codeReturns, a.Span, "%s", lacks(g.job.Path, []string{name}))
		problem = &p
		return engine.Null(), nil
	})
	return problem
}

// end tells the machine what a job came to.
func (d *drive) end(g *going) []engine.Job {
	if g.job.Reduce != nil {
		return d.machine.Reduced(g.job, g.values, g.err)
	}
	s := d.Steps[g.job.Path]
	s.Status, s.Failure, s.returns, s.files, s.end = g.record.Status, g.record.Failure, g.record.Returns, g.record.Files, d.next()
	return d.machine.Done(g.job.Path, engine.LeafOutcome(g.job.Before, g.record))
}

// observe is told of composites that begin or end, and of graphs that end.
func (d *drive) observe(o engine.Observation) {
	if o.Node == nil {
		d.Graphs[o.Path] = true
		d.events++
		return
	}
	s := d.Steps[o.Path]
	if s == nil {
		s = &Step{Node: o.Node, Size: o.Size, begun: d.next()}
		d.Steps[o.Path] = s
	}
	if o.Outcome != nil {
		s.Status, s.Failure, s.end = o.Outcome.Status, o.Outcome.Failure, d.next()
	}
}

// next is the place of an event in their order.
func (d *drive) next() int {
	d.events++
	return d.events
}

// blobs are the blobs of a case, in memory.
type blobs map[string][]byte

// Get implements [engine.Blobs].
func (b blobs) Get(x engine.Blob) ([]byte, error) {
	if data, ok := b[x.Hash]; ok {
		return data, nil
	}
	return nil, errors.New("no such blob")
}

// Put implements [engine.Blobs].
func (b blobs) Put(data []byte) (engine.Blob, error) {
	blob := engine.BlobOf(data)
	b[blob.Hash] = data
	return blob, nil
}
