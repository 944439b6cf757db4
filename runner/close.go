package runner

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/runs"
)

// subtree runs the composite at a path in place, with the local engine, each step in a folder of its own. With no path it
// runs the pipeline, and leaves the end of the run to the target.
func subtree(ctx context.Context, s *session, f flags) (int, error) {
	at, err := s.atOnce()
	if err != nil {
		return ExitEnvironment, err
	}
	if f.path == "" {
		out, err := s.all(ctx, at)
		if err != nil {
			return ExitEnvironment, err
		}
		return s.verdict(out, nil)
	}
	if err := s.refused(f.path); err != nil {
		return s.verdict(nil, err)
	}
	if _, err := s.arrive(ctx, f.path); err != nil {
		return s.verdict(nil, err)
	}
	machine, job, err := s.resolver.Composite(f.path, at.items)
	if err != nil {
		return s.verdict(nil, err)
	}
	if s.chosen() {
		if kept, err := s.keptExit(job); err != nil || kept {
			return ExitOK, err
		}
	}
	out, err := s.inPlace(ctx, machine, at)
	if err != nil {
		return ExitEnvironment, err
	}
	if err := s.resolver.Keep(job, out); err != nil {
		return ExitEnvironment, err
	}
	return s.verdict(out, nil)
}

// all runs the whole pipeline in place.
func (s *session) all(ctx context.Context, at atOnce) (*engine.Outcome, error) {
	m := engine.NewMachine(s.pipeline, s.initial, s.store.Blobs(ctx))
	m.LimitItems(at.items)
	return s.inPlace(ctx, m, at)
}

// inPlace drives a machine with the local engine. What has succeeded before is kept.
func (s *session) inPlace(ctx context.Context, m *engine.Machine, at atOnce) (*engine.Outcome, error) {
	steps := s.steps()
	steps.Folder = s.ownFolder
	out, _, err := local.Drive(ctx, m, local.Options{
		Run: s.run, Facts: s.store, Runner: steps, Retry: true, Definitions: steps.Definitions(), Display: progress.NewPlain(s.stdout),
		Stands: s.stands, Keep: s.resolver.Keep, Workers: at.steps,
	})
	return out, err
}

// atOnce is how many steps of a container run at a time, and how many items of a map that says no parallelism; 0: as many as
// there are processors, and all.
type atOnce struct{ steps, items int }

// atOnce reads what the target says of the container: it has the resources for so many.
func (s *session) atOnce() (atOnce, error) {
	text := s.env[runnerenv.Workers]
	if text == "" {
		return atOnce{}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return atOnce{}, fmt.Errorf("%s must be a number of steps, 1 or more, not %q", runnerenv.Workers, text)
	}
	return atOnce{n, runnerenv.ItemsAtOnce}, nil
}

// closeRun ends a run that the target says did not succeed: steps that it started and that left no record are lost.
func closeRun(ctx context.Context, s *session, f flags) (int, error) {
	r, err := s.settle(ctx)
	if err != nil {
		return ExitEnvironment, err
	}
	if err := s.end(ctx, r); err != nil {
		return ExitEnvironment, err
	}
	fmt.Fprintf(s.stdout, "run %s: %s (the target says %s)\n", s.run, r.Summary.Status, f.status)
	return ExitOK, nil
}

// result prints the run's result and exits with its status.
func result(ctx context.Context, s *session, _ flags) (int, error) {
	if s.hooksWait() {
		return look(ctx, s)
	}
	r, err := s.settle(ctx)
	if err != nil {
		return ExitEnvironment, err
	}
	if s.ended == nil {
		if err := s.end(ctx, r); err != nil {
			return ExitEnvironment, err
		}
	}
	return s.printed(r), nil
}

// settle reads the run; as long as it is unfinished, the steps that it waits for are lost. What the run came to is in
// the summary, also where another process, that starts the containers, is known to drive the run.
func (s *session) settle(ctx context.Context) (*runs.Run, error) {
	lost := map[string]string{} // by path, with the scope before it
	for {
		r, err := runs.Of(ctx, s.store, s.run)
		if err != nil || r.Replay.Outcome == nil && len(r.Replay.Missing) == 0 {
			return r, err
		}
		if r.Replay.Outcome != nil {
			if err := r.Summary.Finish(r.Replay.Outcome, s.store.Blobs(ctx)); err != nil {
				return nil, err
			}
			return r, r.Summary.ReadFailedLog(ctx, s.store)
		}
		for _, job := range r.Replay.Missing {
			if before, again := lost[job.Path]; again && before == job.Before.Digest() {
				return nil, fmt.Errorf("run %s: the note about the lost step %s cannot be read", s.run, job.Path)
			}
			lost[job.Path] = job.Before.Digest()
			if err := s.lost(ctx, job); err != nil {
				return nil, err
			}
		}
	}
}

// lost records that a step left no record (SEMANTICS 6).
func (s *session) lost(ctx context.Context, job engine.Job) error {
	if job.Reduce != nil {
		return s.resolver.Keep(&job, &engine.Outcome{Status: engine.Failed, After: job.Before, Failure: lostFailure(job.Path)})
	}
	_, err := s.steps().Lost(ctx, s.run, job, time.Now().UTC(), lostFailure(job.Path))
	return err
}

func lostFailure(path string) *engine.Failure {
	return &engine.Failure{Step: path, Kind: engine.KindLost, Message: "the step left no record: its container never ran, or was killed with its runner"}
}

// end writes how the run ended.
func (s *session) end(ctx context.Context, r *runs.Run) error {
	sum := r.Summary
	if sum.Status == engine.Running || sum.Status == engine.Interrupted {
		sum.Status = engine.Failed
	}
	sum.Ended = time.Now().UTC()
	return s.store.PutEnd(ctx, s.run, sum.End())
}
