package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// Run is a run as its facts tell it.
type Run struct {
	Header   engine.Header
	Pipeline *ir.Pipeline
	Replay   *engine.Replay
	Summary  *Summary
}

// Of walks a run again by its records, whatever target ran it, and says what it came to.
func Of(ctx context.Context, s *store.Store, run string) (*Run, error) {
	h, err := s.Header(ctx, run)
	if err != nil {
		return nil, err
	}
	p, err := irjson.Load(h.Definition)
	if err != nil {
		return nil, fmt.Errorf("run %s: its definition: %w", run, err)
	}
	var b Builder
	blobs := s.Blobs(ctx)
	replay, err := engine.ReplayRun(p, engine.InitialScope(h.Parameters), s.Facts(ctx, run), blobs, b.Composite)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", run, err)
	}
	r := &Run{Header: h, Pipeline: p, Replay: replay, Summary: &Summary{
		RunID: h.Run, Pipeline: h.Pipeline, Target: h.Target, Tags: h.Tags, Started: h.Started, Store: s.String(),
	}}
	return r, r.fill(ctx, s, &b)
}

// fill completes the summary.
func (r *Run) fill(ctx context.Context, s *store.Store, b *Builder) error {
	sum := r.Summary
	for _, seen := range r.Replay.Seen {
		b.End(seen.Job.Node, seen.Record, false)
		if seen.Record.Ended.After(sum.Ended) {
			sum.Ended = seen.Record.Ended
		}
	}
	sum.Steps = inStartOrder(b.Steps())
	end, err := s.End(ctx, sum.RunID)
	if err != nil {
		return err
	}
	if end != nil {
		sum.Ended, sum.Hooks = end.Ended, end.Hooks
	}
	owner, err := s.Owner(ctx, sum.RunID)
	if err != nil {
		return err
	}
	// A local run that was stopped has records of failed steps, and yet did not fail: it has no end.
	if r.Replay.Outcome != nil && (end != nil || owner == nil) {
		if err := sum.Finish(r.Replay.Outcome, s.Blobs(ctx)); err != nil {
			return err
		}
		return sum.ReadFailedLog(ctx, s)
	}
	if sum.Status, err = s.Status(ctx, sum.RunID); err != nil {
		return err
	}
	sum.Parameters, sum.Metrics = Values{}, Values{}
	if err := r.begun(ctx, s, b); err != nil {
		return err
	}
	sum.Steps = inStartOrder(b.Steps())
	return nil
}

// begun adds the steps that have begun and left no record yet: they go on, or were interrupted with the run.
func (r *Run) begun(ctx context.Context, s *store.Store, b *Builder) error {
	starts, err := s.ListStarts(ctx, r.Header.Run)
	if err != nil {
		return err
	}
	last := map[string]store.Start{}
	for _, start := range starts { // by attempt
		last[start.Path] = start
	}
	for _, job := range r.Replay.Missing {
		start, ok := last[job.Path]
		if !ok || job.Reduce != nil {
			continue
		}
		rec, err := s.Record(ctx, r.Header.Run, start.Path, start.Attempt)
		if err != nil {
			return err
		}
		if rec == nil {
			b.Begin(job.Path, job.Node, start.Attempt, start.Started)
		}
	}
	stand(b.steps, r.Summary.Status)
	return nil
}

// stand gives the steps that go on the status of their run.
func stand(steps []Step, status engine.Status) {
	for i := range steps {
		if steps[i].Status == engine.Running {
			steps[i].Status = status
		}
	}
}

// Interrupt says of a run that goes on by its facts, and of its steps, that it was interrupted.
func (s *Summary) Interrupt() {
	if s.Status == engine.Running {
		s.Status = engine.Interrupted
		stand(s.Steps, s.Status)
	}
}

// inStartOrder sorts steps by their start, a composite before what is inside it; steps without times come last.
func inStartOrder(steps []Step) []Step {
	slices.SortStableFunc(steps, func(x, y Step) int {
		if x.Started.IsZero() != y.Started.IsZero() {
			return y.Started.Compare(x.Started)
		}
		return cmp.Or(x.Started.Compare(y.Started), strings.Compare(x.Path, y.Path))
	})
	return steps
}

// failedLines is the number of lines of the failed step's log that a summary shows.
const failedLines = 10

// ReadFailedLog fills the last lines of the failed step's log, as far as there is one.
func (s *Summary) ReadFailedLog(ctx context.Context, st *store.Store) error {
	step := s.Failed()
	if step == nil || step.Attempts == 0 || s.Status == engine.Success {
		return nil
	}
	kept, err := st.OpenLog(ctx, s.RunID, step.Path, step.Attempts)
	if err != nil {
		return nil //nolint:nilerr // a step that said nothing has no log, and its message says why
	}
	defer kept.Close()
	s.FailedAt = store.LogKey(s.RunID, step.Path, step.Attempts)
	lines, err := tail(kept, failedLines)
	if err != nil {
		return err
	}
	s.FailedLog = lines
	return nil
}

// tail returns the last n lines of a log of any length; of a line of any length the end.
func tail(r io.Reader, n int) ([]string, error) {
	const keep = 64 << 10
	if file, ok := r.(io.Seeker); ok { // else all of it is read
		if size, err := file.Seek(0, io.SeekEnd); err == nil {
			if _, err := file.Seek(max(0, size-keep), io.SeekStart); err != nil {
				return nil, err
			}
		}
	}
	var end []byte
	buf := make([]byte, keep)
	for {
		k, err := r.Read(buf)
		end = append(end, buf[:k]...)
		if len(end) > keep {
			end = append(end[:0], end[len(end)-keep:]...)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	text := strings.TrimRight(string(end), "\n")
	if text == "" {
		return nil, nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-n):], nil
}
