// Package local runs a pipeline on this machine: the engine driven in process by a bounded pool of workers.
package local

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/ir"
)

// Name is what records call this target.
const Name = "local"

// ErrInterrupted is the error of a run that was told to stop. What has finished is recorded; a retry goes on.
var ErrInterrupted = errors.New("interrupted")

// Facts is what a run reads and writes in the store.
type Facts interface {
	// Blobs are the blobs of the store, with a context for all calls.
	Blobs(ctx context.Context) engine.Blobs
	// Latest returns the record of the last attempt of a leaf, or nil.
	Latest(ctx context.Context, run, path string) (*engine.Record, error)
}

// Leaf is one leaf to run.
type Leaf struct {
	engine.Job
	Run   string
	Fresh bool // run it whatever the cache holds
	// Attempt is called when an attempt begins, Retrying when one failed and another follows, Log for each line
	// that the step writes. They may be called from any goroutine.
	Attempt  func(n int, at time.Time)
	Retrying func(n int, f engine.Failure, wait time.Duration)
	Log      func(line string)
	Open     func(line string) // the line that it is still writing, a progress bar; nil: nobody watches
}

// Runner runs leaves. Package step implements it.
type Runner interface {
	// Run runs a leaf until no further attempt is due and returns the record of the last. An error is one of the
	// store or of this machine, never of the task.
	Run(ctx context.Context, l Leaf) (*engine.Record, error)
	// Reduce calls a Python function with the values that a map's items returned.
	Reduce(ctx context.Context, j engine.Job, function string, values []engine.Value) (engine.Value, error)
}

// MapReducer is a [Runner] that calls a Python reducer itself, for all that a map returns, and tells what the map came to.
type MapReducer interface {
	ReduceMap(ctx context.Context, j engine.Job) (*engine.Outcome, error)
}

// Options says how a run goes. Facts and Runner are required.
type Options struct {
	Run     string
	Initial *engine.Scope
	Facts   Facts
	Runner  Runner
	Workers int              // leaves at a time; 0: as many as the machine has processors
	Display progress.Display // nil: silent
	Retry   bool             // keep what succeeded with the same scope before it and the same definition
	// Stands is asked of each failed step whether a run that was cut off and goes on keeps the failure; nil: it keeps none.
	Stands func(rec *engine.Record, before *engine.Scope) bool
	// Definitions are those of the pipeline's leaves. [Drive] requires them with Retry, [Run] makes them.
	Definitions *engine.Definitions
	From        []string // Retry: paths of steps that run again whatever they came to; * stands for an index
	// Stale is asked of each step that a retry would keep whether it is to run again, as its code may have changed since;
	// nil: none is.
	Stale   func(ctx context.Context, job engine.Job, rec *engine.Record) bool
	Folders *Folders // of steps that Runner runs; nil: they need none
	// Keep keeps the outcome of a map that a Python function reduced, which no walk over the records can tell
	// again; nil: it is not kept.
	Keep func(job *engine.Job, o *engine.Outcome) error
}

// Run runs the pipeline and returns what it came to: the outcome and the steps; the caller completes the summary
// with what it knows of the run. The error is [ErrInterrupted], or one of the store or of this machine.
func Run(ctx context.Context, p *ir.Pipeline, o Options) (*engine.Outcome, []runs.Step, error) {
	o.Definitions = engine.NewDefinitions(p)
	return Drive(ctx, engine.NewMachine(p, o.Initial, o.Facts.Blobs(context.WithoutCancel(ctx))), o)
}

// Drive is [Run] for a machine that is at its start.
func Drive(ctx context.Context, m *engine.Machine, o Options) (*engine.Outcome, []runs.Step, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.NumCPU()
	}
	if o.Display == nil {
		o.Display = progress.Silent{}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := &driver{Options: o, machine: m, results: make(chan result), jobs: make(chan engine.Job, 1)}
	defer close(d.jobs)
	m.Observe(d.composite)
	err := d.loop(ctx, cancel)
	return m.Result(), d.builder.Steps(), err
}

// driver owns the machine: all it does happens on the goroutine of Run.
type driver struct {
	Options
	machine  *engine.Machine
	mu       sync.Mutex // of builder, which workers tell of attempts that begin
	builder  runs.Builder
	reduced  *engine.Outcome // of the map at path reducing, which ends as soon as it has its values
	reducing string
	queue    []engine.Job
	running  int
	workers  int             // that were started; each does one job after the other, as its stack has grown by then
	jobs     chan engine.Job // to the workers
	results  chan result
}

// result is what a worker brings back.
type result struct {
	job    engine.Job
	record *engine.Record // of a leaf
	kept   bool
	values []engine.Value // of a reducer
	err    error          // of a reducer: the map's failure; of a leaf: of the store or the machine
}

// loop runs jobs until none is left. After the first error nothing new starts; what runs is stopped and waited for.
func (d *driver) loop(ctx context.Context, cancel context.CancelFunc) error {
	failure := d.enqueue(d.machine.Start())
	for {
		for failure == nil && d.running < d.Workers && len(d.queue) > 0 {
			job := d.queue[0]
			d.queue = d.queue[1:]
			if d.running++; d.running > d.workers {
				d.workers++
				go d.work(ctx)
			}
			d.jobs <- job
		}
		if d.running == 0 {
			return failure
		}
		select {
		case r := <-d.results:
			d.running--
			if err := d.take(r); err != nil && failure == nil {
				failure = err
				cancel()
			}
		case <-done(ctx, failure):
			failure = ErrInterrupted
		}
	}
}

// done is closed when the run is to stop; once it is stopping, never.
func done(ctx context.Context, failure error) <-chan struct{} {
	if failure != nil {
		return nil
	}
	return ctx.Done()
}

// take tells the machine what a job came to.
func (d *driver) take(r result) error {
	if r.job.Reduce != nil {
		if errors.Is(r.err, context.Canceled) {
			return ErrInterrupted
		}
		return d.takeReduced(r)
	}
	if r.err != nil {
		if errors.Is(r.err, context.Canceled) {
			return ErrInterrupted
		}
		return fmt.Errorf("step %s: %w", r.job.Path, r.err)
	}
	d.build(func(b *runs.Builder) { b.End(r.job.Node, r.record, r.kept) })
	d.Display.Show(progress.StepEnded{
		Path: r.job.Path, Status: r.record.Status, Failure: r.record.Failure,
		Took: r.record.Ended.Sub(r.record.Started), Kept: r.kept,
	})
	o := engine.LeafOutcome(r.job.Before, r.record)
	return d.went(r.job, o, !r.kept, d.machine.Done(r.job.Path, o))
}

// enqueue has jobs run.
func (d *driver) enqueue(jobs []engine.Job) error {
	d.queue = append(d.queue, jobs...)
	if d.Folders == nil {
		return nil
	}
	return d.Folders.Reached(jobs)
}

// went has what follows a job run, and lets go of the folders that nothing runs in any more.
func (d *driver) went(job engine.Job, o engine.Outcome, ran bool, next []engine.Job) error {
	err := d.enqueue(next)
	if d.Folders == nil {
		return err
	}
	return errors.Join(err, d.Folders.Ended(job, o, ran))
}

// takeReduced tells the machine what a reducer made and keeps what the map then came to.
func (d *driver) takeReduced(r result) error {
	d.reducing, d.reduced = r.job.Path, nil
	if err := d.went(r.job, engine.Outcome{}, true, d.machine.Reduced(r.job, r.values, r.err)); err != nil {
		return err
	}
	if d.Keep == nil || d.reduced == nil {
		return nil
	}
	return d.Keep(&r.job, d.reduced)
}

// composite is told of every composite that begins or ends.
func (d *driver) composite(o engine.Observation) {
	d.build(func(b *runs.Builder) { b.Composite(o) })
	if o.Outcome != nil && o.Path == d.reducing {
		d.reduced = o.Outcome
	}
}

// work does jobs until there are no more.
func (d *driver) work(ctx context.Context) {
	for job := range d.jobs {
		r := result{job: job}
		if all, ok := d.Runner.(MapReducer); ok && job.Reduce != nil {
			var out *engine.Outcome
			if out, r.err = all.ReduceMap(ctx, job); r.err == nil {
				r.values, r.err = job.Reduce.Of(out)
			}
		} else if job.Reduce != nil {
			r.values, r.err = job.Reduce.Call(func(function string, values []engine.Value) (engine.Value, error) {
				return d.Runner.Reduce(ctx, job, function, values)
			})
		} else {
			r.record, r.kept, r.err = d.leaf(ctx, job)
		}
		d.results <- r
	}
}

// leaf runs a leaf, unless a retry may keep what it came to (SEMANTICS 6).
func (d *driver) leaf(ctx context.Context, job engine.Job) (rec *engine.Record, kept bool, err error) {
	if d.Retry && !d.again(job.Path) {
		rec, err := d.Facts.Latest(ctx, d.Run, job.Path)
		if err != nil {
			return nil, false, err
		}
		if d.Definitions.Current(&job, rec) && (d.Stale == nil || !d.Stale(ctx, job, rec)) {
			return rec, true, nil
		}
		if d.Stands != nil && d.Stands(rec, job.Before) {
			return rec, true, nil
		}
	}
	rec, err = d.Runner.Run(ctx, Leaf{
		Job: job, Run: d.Run, Fresh: d.Retry && d.again(job.Path),
		Attempt: func(n int, at time.Time) {
			d.build(func(b *runs.Builder) { b.Begin(job.Path, job.Node, n, at) })
			d.Display.Show(progress.StepStarted{Path: job.Path, Attempt: n, At: at})
		},
		Retrying: func(n int, f engine.Failure, wait time.Duration) {
			d.Display.Show(progress.StepRetrying{Path: job.Path, Attempt: n, Failure: f, Wait: wait})
		},
		Log:  func(line string) { d.Display.Show(progress.LogLine{Path: job.Path, Text: line}) },
		Open: func(line string) { d.Display.Show(progress.OpenLine{Path: job.Path, Text: line}) },
	})
	return rec, false, err
}

// again reports whether a retry was asked to run the step at path again.
func (d *driver) again(path string) bool {
	return slices.ContainsFunc(d.From, func(from string) bool { return engine.Within(path, from) })
}

// build changes what is known of the steps.
func (d *driver) build(f func(*runs.Builder)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(&d.builder)
}
