package container

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// Runner runs the leaves of one run. It implements [local.Runner].
type Runner struct {
	Options
	*client
	settings map[string]ir.Effective
}

var (
	_ local.Runner     = (*Runner)(nil)
	_ local.MapReducer = (*Runner)(nil)
)

// Open makes sure of the engine and brings the runner. Close the Runner.
func Open(ctx context.Context, o Options) (*Runner, error) {
	r := &Runner{Options: o, settings: ir.Settings(o.Pipeline)}
	var err error
	r.client, err = connect(ctx, o.Run, o.RunnerImage, o.Environ)
	return r, err
}

// Run implements [local.Runner].
func (r *Runner) Run(ctx context.Context, l local.Leaf) (*engine.Record, error) {
	s := r.of(l.Path)
	if stub, ok := l.Node.(*ir.Stub); s.Here || ok && stub.Catalog == nil {
		return r.Steps.Run(ctx, l)
	}
	before, err := r.Store.Latest(ctx, r.Options.Run, l.Path)
	if err != nil {
		return nil, err
	}
	began := time.Now().UTC()
	if l.Attempt != nil {
		l.Attempt(attempt(before)+1, began)
	}
	c := r.command(l, s, "run")
	if err := r.secrets(l, &c); err != nil {
		return nil, err
	}
	end, err := r.start(ctx, c, l.Log)
	if err != nil {
		return nil, err
	}
	keep := context.WithoutCancel(ctx)
	rec, err := r.Store.Latest(keep, r.Options.Run, l.Path)
	switch {
	case err != nil:
		return nil, err
	case attempt(rec) > attempt(before):
		return rec, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case end.code == exitEngine || end.code == exitNotRun || end.code == exitNoCommand || end.code == exitEnvironment:
		return nil, fmt.Errorf("its container could not run it (exit code %d): %s", end.code, end.last)
	}
	return r.Steps.Lost(keep, r.Options.Run, l.Job, began, end.failure(l.Path))
}

// attempt is the number of a record; 0: there is none.
func attempt(rec *engine.Record) int {
	if rec == nil {
		return 0
	}
	return rec.Attempt
}

// ReduceMap implements [local.MapReducer]: the function runs in the image of the map.
func (r *Runner) ReduceMap(ctx context.Context, j engine.Job) (*engine.Outcome, error) {
	s := r.of(j.Path)
	var said string
	end, err := r.start(ctx, r.command(local.Leaf{Job: j}, s, "reduce"), func(line string) { said = line })
	if err != nil {
		return nil, err
	}
	resolver := &engine.Resolver{Pipeline: r.Pipeline, Initial: r.Initial, Facts: r.Store.Facts(ctx, r.Options.Run), Blobs: r.Store.Blobs(ctx)}
	out, err := resolver.Outcome(j.Path)
	if errors.Is(err, engine.ErrNotReached) {
		return nil, fmt.Errorf("its container ended with exit code %d: %s", end.code, said)
	}
	return out, err
}

// Reduce implements [local.Runner]; ReduceMap goes before it.
func (r *Runner) Reduce(ctx context.Context, j engine.Job, function string, values []engine.Value) (engine.Value, error) {
	return r.Steps.Reduce(ctx, j, function, values)
}

// command is what a container is made of and does.
func (r *Runner) command(l local.Leaf, s Settings, verb string) spec {
	c := spec{path: l.Path, image: s.Image, keep: s.Keep, args: []string{verb, l.Path}, env: map[string]string{}}
	for _, v := range s.Env {
		c.env[v.Name] = v.Value
	}
	c.env[runnerenv.Target] = Name
	c.env[runnerenv.CapabilitiesVariable] = runnerenv.Capabilities{
		Exit: runnerenv.ExitCode, Attempts: runnerenv.AttemptsAll, Begin: runnerenv.BeginTarget, Control: runnerenv.ControlNone,
	}.String()
	c.env[runnerenv.Run], c.env[runnerenv.Image] = r.Options.Run, s.Image
	if r.Source != "" {
		c.env[runnerenv.Source] = r.Source
	}
	if folder, ok := r.Store.Folder(); ok {
		c.store, c.env[runnerenv.Store] = folder, "file://"+storeDir
	} else {
		c.env[runnerenv.Store] = r.Store.String()
		c.pass = append(c.pass, credentials...)
	}
	return c
}

// secrets hands on those that the step declares.
func (r *Runner) secrets(l local.Leaf, c *spec) error {
	t, ok := l.Node.(*ir.Task)
	if !ok {
		return nil
	}
	for _, s := range t.Secrets {
		if r.Secrets == nil {
			c.pass = append(c.pass, s.Name)
			continue
		}
		value, ok, err := r.Secrets.Secret(s.Name)
		if err != nil {
			return fmt.Errorf("secret %s from %s: %w", s.Name, r.Secrets.Source(), err)
		}
		if ok {
			c.env[s.Name] = value
		}
	}
	return nil
}
