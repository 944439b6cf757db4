package runner

import (
	"context"
	"fmt"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/hooks"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/runs"
)

// runHooks ends the run and does what the definition wants done then, as a local run does (SEMANTICS 6). It fails where
// the store does, and never because of a hook.
func runHooks(ctx context.Context, s *session, _ flags) (int, error) {
	r, err := s.settle(ctx)
	if err != nil {
		return ExitEnvironment, err
	}
	sum := r.Summary
	sum.Hooks = nil // those of an end before a retry
	if err := s.end(ctx, r); err != nil {
		return ExitEnvironment, err
	}
	folder, _ := s.store.Folder()
	sum.Hooks, err = hooks.Run(ctx, hooks.Options{
		Pipeline: s.pipeline, Summary: sum, Runtime: s.runtime, Secrets: s.runtime.Secrets(), Environ: s.environ,
		Dir: s.dir, Image: s.env[runnerenv.Image], Store: folder, Log: s.stdout,
	})
	if err != nil {
		return ExitEnvironment, err
	}
	s.tellHooks(sum)
	if len(sum.Hooks) == 0 {
		return ExitOK, nil
	}
	if err := s.store.PutEnd(context.WithoutCancel(ctx), s.run, sum.End()); err != nil {
		return ExitEnvironment, err
	}
	return ExitOK, nil
}

// tellHooks writes the result of each hook to the log.
func (s *session) tellHooks(sum *runs.Summary) {
	fmt.Fprintf(s.stdout, "run %s: %s\n", s.run, sum.Status)
	for _, h := range sum.Hooks {
		if h.OK {
			fmt.Fprintf(s.stdout, "%s (%s): done in %.1f s\n", h.Name, h.Kind, h.Seconds)
		} else {
			fmt.Fprintf(s.stderr, "%s (%s): FAILED: %s; the run's status does not change\n", h.Name, h.Kind, h.Message)
		}
	}
}

// hooksWait reports whether the run has yet to be ended by the service that runs hooks: nothing else may end it, else
// they would never run.
func (s *session) hooksWait() bool {
	return s.ended == nil && s.chosen() && len(s.pipeline.Hooks()) > 0
}

// look prints a run's result so far, and ends nothing.
func look(ctx context.Context, s *session) (int, error) {
	r, err := runs.Of(ctx, s.store, s.run)
	if err != nil {
		return ExitEnvironment, err
	}
	return s.printed(r), nil
}

// printed prints the summary and returns the exit code for the run's status.
func (s *session) printed(r *runs.Run) int {
	r.Summary.Print(s.stdout, runs.PrintOptions{})
	if r.Summary.Status != engine.Success {
		return ExitFailed
	}
	return ExitOK
}
