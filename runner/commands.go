package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// fullProgram is the runner with every bucket driver; the runner image holds it beside this one.
const fullProgram = "runnable-step-full"

// program is the runner that the run's store asks for: this one, or the one with every driver.
func program(env environment) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	scheme, _, _ := strings.Cut(env[runnerenv.Store], "://")
	full := filepath.Join(filepath.Dir(self), fullProgram)
	if _, err := os.Stat(full); err == nil && (scheme == "gs" || scheme == "azblob") {
		return full, nil
	}
	return self, nil
}

// install copies the runner into a folder, for the containers that share it.
func install(dir string, env environment) error {
	if dir == "" {
		return fmt.Errorf("%w: install needs a folder", errUsage)
	}
	source, err := program(env)
	if err != nil {
		return err
	}
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	target := filepath.Join(dir, "runnable-step")
	tmp, err := os.CreateTemp(dir, ".install-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := io.Copy(tmp, in); err != nil {
		return err
	}
	if err := errors.Join(tmp.Chmod(0o755), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), target)
}

// begin only does what every command does first: it writes the header if it is missing.
func begin(_ context.Context, s *session, _ flags) (int, error) {
	fmt.Fprintln(s.stdout, s.run)
	return ExitOK, nil
}

// publish keeps the definition in the store and prints what names it there, for targets that cannot carry a long one.
func publish(ctx context.Context, s *session, _ flags) (int, error) {
	digest, err := s.store.PutDefinition(ctx, s.header.Definition)
	if err != nil {
		return ExitEnvironment, err
	}
	fmt.Fprintf(s.stdout, "%s=%s%s\n", runnerenv.Definition, store.DefinitionPrefix, digest)
	return ExitOK, nil
}

// run runs the leaf at a path: one attempt where the target repeats them by itself, else all.
func run(ctx context.Context, s *session, f flags) (int, error) {
	job, err := s.reach(ctx, f.path)
	if errors.Is(err, engine.ErrNotReached) {
		return s.skipped(err), s.emit(ctx, f, f.control, notAsked)
	}
	if err != nil {
		return ExitEnvironment, err
	}
	rec, err := s.leaf(ctx, job)
	switch {
	case err != nil:
		return ExitEnvironment, err
	case s.byCode() && !rec.Status.OK():
		if s.can.Attempts == runnerenv.AttemptsOne && retriable(job.Node, rec.Failure) {
			return ExitRetry, nil
		}
		return ExitFailed, nil
	case !s.byCode() && ctx.Err() != nil: // nothing that waits for this one may start
		return ExitEnvironment, context.Cause(ctx)
	}
	value := notAsked
	if f.control != "" && rec.Status.OK() {
		if value, err = s.controlValue(ctx, f.control); err != nil {
			return ExitEnvironment, err
		}
	}
	return ExitOK, s.emit(ctx, f, f.control, value)
}

// reach derives what the step at a path sees, and refuses one that fail_fast keeps from starting (SEMANTICS 2.10).
func (s *session) reach(ctx context.Context, path string) (*engine.Job, error) {
	if err := s.refused(path); err != nil {
		return nil, err
	}
	return s.arrive(ctx, path)
}

// arrive derives what the node at a path sees. A target that goes by exit codes starts a handler, and what is inside one, also
// when the step that it handles left no record: then that one is lost, and recorded so first.
func (s *session) arrive(ctx context.Context, path string) (*engine.Job, error) {
	job, err := s.resolver.Step(path)
	if !s.byCode() || !errors.Is(err, engine.ErrNotReached) {
		return job, err
	}
	names := strings.Split(path, ".")
	for n := 1; n <= len(names); n += 2 { // the composites around it, the outermost first, and the node itself
		handled, err := s.resolver.Handled(strings.Join(names[:n], "."))
		if err != nil {
			return nil, err
		}
		for _, p := range handled {
			if err := s.giveUp(ctx, p); err != nil && !errors.Is(err, engine.ErrNotReached) {
				return nil, err
			}
		}
	}
	return s.resolver.Step(path)
}

// refused returns [engine.ErrNotReached] for a step that fail_fast keeps from starting.
func (s *session) refused(path string) error {
	refused, err := s.resolver.Refused(path)
	switch {
	case refused:
		return engine.ErrNotReached
	case errors.Is(err, engine.ErrNotReached):
		return nil // told by what follows
	}
	return err
}

// giveUp records what was to run in the node at a path, and left no record, as lost: the target has ended it.
func (s *session) giveUp(ctx context.Context, path string) error {
	for {
		missing, err := s.resolver.Missing(path)
		if err != nil || len(missing) == 0 {
			return err
		}
		for _, m := range missing {
			if err := s.lost(ctx, m); err != nil {
				return err
			}
		}
	}
}

// retriable reports whether the step's own policy wants another attempt; how many there are, the target counts.
func retriable(n ir.Node, f *engine.Failure) bool {
	t, ok := n.(*ir.Task)
	if !ok || t.Retry.Limit == 0 {
		return false
	}
	again, _ := step.Retry(t.Retry, f, 1)
	return again
}

// leaf runs a leaf, unless it has succeeded already with the same scope: then its record stands (SEMANTICS 6).
func (s *session) leaf(ctx context.Context, job *engine.Job) (*engine.Record, error) {
	rec, err := s.facts.Latest(job.Path)
	if err != nil {
		return nil, err
	}
	if s.steps().Definitions().Current(job, rec) {
		fmt.Fprintf(s.stderr, "%s: kept, it succeeded before\n", job.Path)
		if changed := s.runtime.ChangedSources(ctx, step.Job{Path: job.Path, Node: job.Node, Before: job.Before, Dir: s.dir}, rec); len(changed) > 0 {
			fmt.Fprintf(s.stderr, "warning: %s was kept although its code has changed since it ran: %s\n", job.Path, strings.Join(changed, ", "))
		}
		return rec, nil
	}
	if s.chosen() && s.stands(rec, job.Before) {
		fmt.Fprintf(s.stderr, "%s: kept, it failed before; %s=1 runs it again\n", job.Path, runnerenv.Retry)
		return rec, nil
	}
	l := local.Leaf{Job: *job, Run: s.run, Log: func(line string) { fmt.Fprintln(s.stdout, line) }}
	if s.can.Attempts == runnerenv.AttemptsOne {
		return s.steps().Once(ctx, l)
	}
	return s.steps().Run(ctx, l)
}

// steps runs leaves of this run.
func (s *session) steps() *local.Steps {
	return &local.Steps{
		Runtime: s.runtime, Store: s.store, Pipeline: s.pipeline, Dir: s.dir, Target: s.target, Image: s.env[runnerenv.Image],
		Origin: s.header.Origin, Tags: s.header.Tags,
	}
}

// reduce does the last act of a map, and fails when the map did. Items that left no record are lost by then.
func reduce(ctx context.Context, s *session, f flags) (int, error) {
	last := func() (*engine.Outcome, error) {
		return s.resolver.Reduce(f.path, func(function string, values []engine.Value) (engine.Value, error) {
			return s.steps().Reduce(ctx, engine.Job{Path: f.path}, function, values)
		})
	}
	out, err := last()
	if s.byCode() && errors.Is(err, engine.ErrNotReached) {
		if err = s.giveUp(ctx, f.path); err == nil {
			out, err = last()
		}
	}
	return s.verdict(out, err)
}

// join reports the outcome of a composite. Where the records hold it, targets use it as one thing to wait for in place of all
// the ends of a wide composite.
func join(ctx context.Context, s *session, f flags) (int, error) {
	if !s.byCode() {
		return ExitOK, nil
	}
	out, err := s.resolver.Outcome(f.path)
	if errors.Is(err, engine.ErrNotReached) {
		if err = s.giveUp(ctx, f.path); err == nil {
			out, err = s.resolver.Outcome(f.path)
		}
	}
	return s.verdict(out, err)
}

// verdict is the exit code for a composite's outcome.
func (s *session) verdict(out *engine.Outcome, err error) (int, error) {
	switch {
	case errors.Is(err, engine.ErrNotReached):
		return s.skipped(err), nil
	case err != nil:
		return ExitEnvironment, err
	}
	s.say(out.Failure)
	if s.byCode() && !out.Status.OK() { // else what follows finds it in the records
		return ExitFailed, nil
	}
	return ExitOK, nil
}

// skipped is the exit code for what the run does not reach. Where a nested pipeline refuses what it is given, no step of it
// runs, and a target that goes by exit codes learns of the failure by those.
func (s *session) skipped(err error) int {
	var refused *engine.RefusedError
	if s.byCode() && errors.As(err, &refused) { // else what follows finds it in the records
		s.say(refused.Failure)
		return ExitFailed
	}
	return s.can.SkippedCode()
}

func (s *session) say(f *engine.Failure) {
	if f != nil {
		fmt.Fprintf(s.stderr, "%s failed (%s): %s\n", f.Step, f.Kind, f.Message)
	}
}

// failGraph fails: the graph at a path reached `fail`, or a control value could not be told.
func failGraph(_ context.Context, s *session, f flags) (int, error) {
	fmt.Fprintf(s.stderr, "%s reached fail\n", f.path)
	return ExitFailed, nil
}
