package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/step"
)

// install copies the program itself into a folder, for the containers that share it.
func install(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	in, err := os.Open(self)
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
	job, err := s.resolver.Step(f.path)
	if errors.Is(err, engine.ErrNotReached) {
		return ExitOK, emit(f.out, notAsked)
	}
	if err != nil {
		return ExitEnvironment, err
	}
	rec, err := s.leaf(ctx, job)
	if err != nil {
		return ExitEnvironment, err
	}
	if s.target == "argo" && !rec.Status.OK() {
		if step.Retriable(job.Node, rec.Failure) {
			return ExitRetry, nil
		}
		return ExitFailed, nil
	}
	value := notAsked
	if f.control != "" && rec.Status.OK() {
		if value, err = s.controlValue(f.control); err != nil {
			return ExitEnvironment, err
		}
	}
	return ExitOK, emit(f.out, value)
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
	j := s.job(job)
	if s.target == "argo" {
		return s.runtime.Run(ctx, s.store, j)
	}
	return s.runtime.RunAll(ctx, s.store, j, step.Observer{})
}

// job is an engine's job as package step takes it.
func (s *session) job(job *engine.Job) step.Job {
	j := step.FromEngine(job, s.pipeline)
	j.Run, j.Target, j.Dir, j.Log, j.Image = s.run, s.target, s.dir, s.stdout, s.env[envImage]
	return j
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
	return ExitOK, emit(f.out, value)
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
		return s.runtime.Reduce(ctx, s.store, s.dir, function, values)
	})
	if err != nil {
		return ExitEnvironment, err
	}
	if out.Status.OK() {
		return ExitOK, nil
	}
	s.say(out.Failure)
	return ExitFailed, nil
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
