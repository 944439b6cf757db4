package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/step"
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
		return fmt.Errorf("%w: install wants a folder", errUsage)
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

// begin does nothing more than what every command does first: it makes sure of the header.
func begin(_ context.Context, s *session, _ flags) (int, error) {
	fmt.Fprintln(s.stdout, s.run)
	return ExitOK, nil
}

// run runs the leaf at a path: one attempt on Argo, which repeats the pod by itself, all of them elsewhere.
func run(ctx context.Context, s *session, f flags) (int, error) {
	job, err := s.reach(ctx, f.path)
	if err == nil && s.target == targetCompose {
		err = s.stillWanted(f.path)
	}
	if errors.Is(err, engine.ErrNotReached) {
		return ExitOK, s.emit(f.out, notAsked)
	}
	if err != nil {
		return ExitEnvironment, err
	}
	rec, err := s.leaf(ctx, job)
	if err != nil {
		return ExitEnvironment, err
	}
	if s.target == "argo" && !rec.Status.OK() {
		if retriable(job.Node, rec.Failure) {
			return ExitRetry, nil
		}
		return ExitFailed, nil
	}
	if s.target == targetCompose && ctx.Err() != nil { // nothing that waits for this one may start
		return ExitEnvironment, context.Cause(ctx)
	}
	value := notAsked
	if f.control != "" && rec.Status.OK() {
		if value, err = s.controlValue(f.control); err != nil {
			return ExitEnvironment, err
		}
	}
	return ExitOK, s.emit(f.out, value)
}

// reach derives what the step at a path sees. Argo starts a handler also when the step that it handles left no
// record: then that one is lost, and recorded so first.
func (s *session) reach(ctx context.Context, path string) (*engine.Job, error) {
	refused, err := s.resolver.Refused(path)
	switch {
	case refused:
		return nil, engine.ErrNotReached
	case err != nil && !errors.Is(err, engine.ErrNotReached):
		return nil, err
	}
	job, err := s.resolver.Step(path)
	if s.target != "argo" || !errors.Is(err, engine.ErrNotReached) {
		return job, err
	}
	handled, err := s.resolver.Handled(path)
	if err != nil {
		return nil, err
	}
	for _, p := range handled {
		missing, err := s.resolver.Missing(p)
		if errors.Is(err, engine.ErrNotReached) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, m := range missing {
			if err := s.lost(ctx, m); err != nil {
				return nil, err
			}
		}
	}
	return s.resolver.Step(path)
}

// retriable reports whether the step's own policy wants another attempt; how many there are, Argo counts.
func retriable(n ir.Node, f *engine.Failure) bool {
	t, ok := n.(*ir.Task)
	if !ok || t.Retry.Limit == 0 {
		return false
	}
	again, _ := step.Retry(t.Retry, f, 1)
	return again
}

// leaf runs a leaf, unless it has succeeded already with the same scope: then its record stands (DESIGN 3).
func (s *session) leaf(ctx context.Context, job *engine.Job) (*engine.Record, error) {
	rec, err := s.facts.Latest(job.Path)
	if err != nil {
		return nil, err
	}
	if engine.Current(rec, job.Before) {
		fmt.Fprintf(s.stderr, "%s: kept, it succeeded before\n", job.Path)
		return rec, nil
	}
	if s.target == targetCompose && s.stands(rec, job.Before) {
		fmt.Fprintf(s.stderr, "%s: kept, it failed before; %s=1 runs it again\n", job.Path, runnerenv.Retry)
		return rec, nil
	}
	l := local.Leaf{Job: *job, Run: s.run, Log: func(line string) { fmt.Fprintln(s.stdout, line) }}
	if s.target == "argo" {
		return s.steps().Once(ctx, l)
	}
	return s.steps().Run(ctx, l)
}

// steps runs leaves of this run.
func (s *session) steps() *local.Steps {
	return &local.Steps{Runtime: s.runtime, Store: s.store, Pipeline: s.pipeline, Dir: s.dir, Target: s.target, Image: s.env[runnerenv.Image]}
}

// Control values that are no number and no truth value.
const (
	notAsked   = "-" // nothing was asked for, or the run does not come to it
	cannotTell = "!" // the composite fails, and its record says why
)

// control evaluates the control value of a composite, or of a loop's iteration.
func control(_ context.Context, s *session, f flags) (int, error) {
	value, err := s.controlValue(f.path)
	if err != nil {
		return ExitEnvironment, err
	}
	return ExitOK, s.emit(f.out, value)
}

func (s *session) controlValue(path string) (string, error) {
	node, err := engine.NodeAt(s.pipeline, path)
	if err != nil {
		_, done, err := s.resolver.Iteration(path)
		if errors.Is(err, engine.ErrNotReached) {
			return notAsked, nil
		}
		return strconv.FormatBool(done), err
	}
	job, err := s.resolver.Step(path)
	if errors.Is(err, engine.ErrNotReached) {
		return notAsked, nil
	}
	if err != nil {
		return "", err
	}
	var n int
	var failure *engine.Failure
	switch node := node.(type) {
	case *ir.Map:
		var items []engine.Value
		items, failure = engine.Items(node, path, job.Before, s.resolver.Blobs)
		n = len(items)
	case *ir.Conditional:
		n, failure = engine.Arm(node, path, job.Before, s.resolver.Blobs)
	default:
		return notAsked, nil
	}
	if failure == nil {
		return strconv.Itoa(n), nil
	}
	fmt.Fprintf(s.stderr, "%s: %s\n", path, failure.Message)
	return cannotTell, nil
}

// reduce does the last act of a map, and fails when the map did.
func reduce(ctx context.Context, s *session, f flags) (int, error) {
	out, err := s.resolver.Reduce(f.path, func(function string, values []engine.Value) (engine.Value, error) {
		return s.steps().Reduce(ctx, engine.Job{Path: f.path}, function, values)
	})
	if s.target == targetCompose && errors.Is(err, engine.ErrNotReached) {
		return ExitOK, nil
	}
	if err != nil {
		return ExitEnvironment, err
	}
	if out.Status.OK() {
		return ExitOK, nil
	}
	s.say(out.Failure)
	if s.target == targetCompose { // what follows finds it in the records
		return ExitOK, nil
	}
	return ExitFailed, nil
}

// join does nothing: in compose, services wait for it in place of all the ends of a wide composite.
func join(context.Context, *session, flags) (int, error) { return ExitOK, nil }

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
