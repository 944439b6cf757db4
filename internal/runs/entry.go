package runs

import (
	"context"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// Entry is a run in short, as a list shows it.
type Entry struct {
	RunID    string        `json:"run_id"`
	Pipeline string        `json:"pipeline"`
	Target   string        `json:"target"`
	Status   engine.Status `json:"status"`
	Tags     []string      `json:"tags,omitempty"`
	Started  time.Time     `json:"started"`
	Ended    time.Time     `json:"ended,omitzero"`
	Failed   string        `json:"failed_step,omitempty"`
	Metrics  []Number      `json:"metrics,omitempty"` // the numbers among them
}

// Unread is a run that is in the store and cannot be read: its facts are damaged, or may not be read by this user, or a
// newer program wrote them.
type Unread struct {
	RunID string
	Err   error // says which object, and what to do
}

// Metric returns the value of a metric.
func (e Entry) Metric(name string) (float64, bool) {
	for _, n := range e.Metrics {
		if n.Name == name {
			return n.Value, true
		}
	}
	return 0, false
}

// Took is how long the run took, or has taken so far; zero where its end is not known.
func (e Entry) Took(now time.Time) time.Duration {
	switch {
	case !e.Ended.IsZero():
		return e.Ended.Sub(e.Started)
	case e.Status == engine.Running:
		return now.Sub(e.Started)
	}
	return 0
}

// EntryOf reads a run in short. final reports that only a retry can change it.
func EntryOf(ctx context.Context, s *store.Store, run string) (e Entry, final bool, err error) {
	h, err := s.Header(ctx, run)
	if err != nil {
		return e, false, err
	}
	e = Entry{RunID: h.Run, Pipeline: h.Pipeline, Target: h.Target, Tags: h.Tags, Started: h.Started}
	end, err := s.End(ctx, run)
	if err != nil {
		return e, false, err
	}
	if end != nil {
		e.Status, e.Ended, e.Metrics = end.Status, end.Ended, Numbers(end.Metrics)
		e.failed(end.Failure)
		return e, true, nil
	}
	owner, err := s.Owner(ctx, run)
	if err != nil {
		return e, false, err
	}
	if owner != nil || h.Target == "local" { // a local run without one has only just begun
		if e.Status, err = s.Status(ctx, run); err == nil && (e.Status == engine.Success || e.Status == engine.Failed) {
			return EntryOf(ctx, s, run) // it ended between the two looks
		}
		return e, false, err
	}
	// No process drives it: on Argo a run that succeeds ends with its last step, and its records alone tell.
	r, err := Of(ctx, s, run)
	if err != nil {
		return e, false, err
	}
	e.Status = r.Summary.Status
	if r.Replay.Outcome != nil {
		e.Ended, e.Metrics = r.Summary.Ended, Numbers(r.Summary.Metrics)
		e.failed(r.Summary.Failure)
	}
	return e, e.Status == engine.Success, nil
}

func (e *Entry) failed(f *engine.Failure) {
	if f != nil && e.Status == engine.Failed {
		e.Failed = f.Step
	}
}
