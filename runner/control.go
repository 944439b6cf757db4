package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// Control values that are neither a number nor a truth value.
const (
	notAsked   = "-" // nothing was asked for, or the run does not reach it
	cannotTell = "!" // the composite fails, and its record says why
)

// control evaluates the control value of a composite, or of a loop's iteration.
func control(ctx context.Context, s *session, f flags) (int, error) {
	value, err := s.controlValue(ctx, f.path)
	if err != nil {
		return ExitEnvironment, err
	}
	return ExitOK, s.emit(ctx, f, f.path, value)
}

func (s *session) controlValue(ctx context.Context, path string) (string, error) {
	node, err := engine.NodeAt(s.pipeline, path)
	if err != nil {
		done, failure, err := s.resolver.Iteration(path)
		switch {
		case errors.Is(err, engine.ErrNotReached):
			return notAsked, nil
		case failure != nil:
			fmt.Fprintf(s.stderr, "%s: %s\n", path, failure.Message)
			return cannotTell, nil
		}
		return strconv.FormatBool(done), err
	}
	job, err := s.arrive(ctx, path)
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

// controlFile is where a control value goes unless --out names a file.
const controlFile = "/runnable/out/control"

// emit writes the control value of the composite at a path to where the target reads it. A file that --out names goes
// before all else.
func (s *session) emit(ctx context.Context, f flags, path, value string) error {
	if s.can.Items == runnerenv.ItemsList {
		value = s.listed(path, value)
	}
	var err error
	switch {
	case f.out != "", s.can.Control == runnerenv.ControlFile:
		err = writeControl(cmp.Or(f.out, controlFile), value)
	case s.can.Control == runnerenv.ControlLine:
		err = appendControl(s.env[s.can.Line], value)
	case s.can.Control == runnerenv.ControlStore && path != "":
		err = s.store.PutControl(ctx, s.run, path, value)
	}
	if err != nil {
		return fmt.Errorf("control value: %w", err)
	}
	return nil
}

// listed is the control value of a map as the list of its items' indexes. It is empty where there is no number; the map's
// reduce or join then reports why.
func (s *session) listed(path, value string) string {
	node, err := engine.NodeAt(s.pipeline, path)
	if _, isMap := node.(*ir.Map); err != nil || !isMap {
		return value
	}
	n, _ := strconv.Atoi(value)
	indexes := make([]string, n)
	for i := range indexes {
		indexes[i] = strconv.Itoa(i)
	}
	return "[" + strings.Join(indexes, ",") + "]"
}

func writeControl(file, value string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(value), 0o644)
}

// appendControl adds a line to a file that another program reads, such as that of GITHUB_OUTPUT.
func appendControl(file, value string) error {
	if file == "" {
		return errors.New("the variable that names the file is not set")
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "control=%s\n", value)
	return errors.Join(err, f.Close())
}
