package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// lookEvery is the time between two looks at the facts of a run that goes on elsewhere.
const lookEvery = 300 * time.Millisecond

// watch shows a run that other processes drive, by what their facts tell.
type watch struct {
	store    *store.Store
	run      string
	pipeline *ir.Pipeline
	display  progress.Display
	begun    func(context.Context, engine.Header) error // called when the run has a header; nil afterwards
	shown    map[string]bool                            // starts and records, by step and attempt
	open     map[string]*openLog
}

// newWatch begins to watch. What an earlier walk of the run has left is no news.
func newWatch(ctx context.Context, r *started) (*watch, error) {
	w := &watch{
		store: r.store, run: r.run, pipeline: r.in.pipeline, display: r.command.display(), begun: r.begun,
		shown: map[string]bool{}, open: map[string]*openLog{},
	}
	starts, records, err := w.facts(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	for _, s := range starts {
		w.shown[key("start", s.Path, s.Attempt)] = true
	}
	for _, rec := range records {
		w.shown[key("record", rec.Path, rec.Attempt)] = true
	}
	w.display.Show(progress.RunStarted{Run: r.run, Pipeline: w.pipeline.Name, Steps: ir.Leaves(w.pipeline), Retry: len(records) > 0})
	return w, nil
}

func key(what, path string, attempt int) string { return fmt.Sprintf("%s %s#%d", what, path, attempt) }

// until looks at the facts until the run's driver has ended. When ctx ends, stop is called once.
func (w *watch) until(ctx, keep context.Context, ended <-chan struct{}, stop func()) error {
	stopping := ctx.Done()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return w.look(keep)
		case <-stopping:
			stopping = nil
			w.display.Show(progress.Stopping{})
			stop()
		case <-tick.C:
			if err := w.look(keep); err != nil {
				stop()
				return err
			}
		}
	}
}

func (w *watch) facts(ctx context.Context) ([]store.Start, []engine.Record, error) {
	starts, err := w.store.ListStarts(ctx, w.run)
	if err != nil {
		return nil, nil, err
	}
	records, err := w.store.ListRecords(ctx, w.run)
	return starts, records, err
}

// look shows what is new.
func (w *watch) look(ctx context.Context) error {
	if err := w.header(ctx); err != nil {
		return err
	}
	starts, records, err := w.facts(ctx)
	if err != nil {
		return err
	}
	for _, n := range news(starts, records) {
		if n.record == nil {
			w.started(n.start)
		} else if err := w.ended(ctx, n.record); err != nil {
			return err
		}
	}
	for _, l := range w.open {
		if err := w.lines(ctx, l, false); err != nil {
			return err
		}
	}
	return nil
}

// header waits for the run to begin.
func (w *watch) header(ctx context.Context) error {
	if w.begun == nil {
		return nil
	}
	h, err := w.store.Header(ctx, w.run)
	if errors.Is(err, store.ErrNoRun) {
		return nil
	}
	if err == nil {
		err = w.begun(ctx, h)
		w.begun = nil
	}
	return err
}

// fact is a start, or a record.
type fact struct {
	start  *store.Start
	record *engine.Record
}

func (f fact) at() time.Time {
	if f.record != nil {
		return f.record.Ended
	}
	return f.start.Started
}

// news puts starts and records into the order in which they came to be.
func news(starts []store.Start, records []engine.Record) []fact {
	var all []fact
	for i := range starts {
		all = append(all, fact{start: &starts[i]})
	}
	for i := range records {
		all = append(all, fact{record: &records[i]})
	}
	slices.SortStableFunc(all, func(a, b fact) int { return a.at().Compare(b.at()) })
	return all
}

// started shows an attempt that is new.
func (w *watch) started(s *store.Start) {
	k := key("start", s.Path, s.Attempt)
	if w.shown[k] {
		return
	}
	w.shown[k] = true
	w.open[key("record", s.Path, s.Attempt)] = &openLog{path: s.Path, attempt: s.Attempt}
	w.display.Show(progress.StepStarted{Path: s.Path, Attempt: s.Attempt, At: s.Started})
}

// ended shows a record that is new.
func (w *watch) ended(ctx context.Context, rec *engine.Record) error {
	k := key("record", rec.Path, rec.Attempt)
	if w.shown[k] {
		return nil
	}
	w.shown[k] = true
	if l := w.open[k]; l != nil {
		delete(w.open, k)
		if err := w.lines(ctx, l, true); err != nil {
			return err
		}
	}
	if node, err := engine.NodeAt(w.pipeline, rec.Path); err == nil {
		if t, ok := node.(*ir.Task); ok && rec.Failure != nil {
			if again, wait := step.Retry(t.Retry, rec.Failure, rec.Attempt); again {
				w.display.Show(progress.StepRetrying{Path: rec.Path, Attempt: rec.Attempt, Failure: *rec.Failure, Wait: wait})
				return nil
			}
		}
	}
	w.display.Show(progress.StepEnded{Path: rec.Path, Status: rec.Status, Failure: rec.Failure, Took: rec.Ended.Sub(rec.Started)})
	return nil
}

// lines shows the lines that a log has got; at its end also one that has no end.
func (w *watch) lines(ctx context.Context, l *openLog, end bool) error {
	return l.lines(ctx, w.store, w.run, end, func(line []byte, _ bool) error {
		w.display.Show(progress.LogLine{Path: l.path, Text: progress.Settled(string(line))})
		return nil
	})
}
