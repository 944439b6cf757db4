package runs

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// Timeline is when each attempt of a run waited and worked, and on which chain of attempts the run's length hangs.
type Timeline struct {
	RunID   string        `json:"run_id"`
	Status  engine.Status `json:"status"`
	Started time.Time     `json:"started"`
	Ended   time.Time     `json:"ended"` // of a run that goes on: the time of asking
	Spans   []Span        `json:"attempts"`
}

// Span is one attempt of a leaf.
type Span struct {
	Path    string             `json:"path"`
	Attempt int                `json:"attempt"`
	Kind    string             `json:"kind"` // as in its record; empty where it has none
	Status  engine.Status      `json:"status"`
	Failure engine.FailureKind `json:"failure_kind,omitempty"`
	// Ready is when what the attempt followed had ended. From then to Started it waited: for a free worker, for a
	// container, or for the pause before a repetition.
	Ready   time.Time `json:"ready"`
	Started time.Time `json:"started"`
	// Ended is equal to Started for an attempt that left no record in a run that does not go on: nobody saw its end.
	Ended    time.Time `json:"ended"`
	After    string    `json:"after,omitempty"`    // the attempt that it followed, "path#attempt"; empty: the run's start
	Critical bool      `json:"critical,omitempty"` // it is on the chain of attempts that ends last
}

// Waited is the time from when the attempt could have started to when it did.
func (s Span) Waited() time.Duration { return s.Started.Sub(s.Ready) }

// Took is the time that the attempt worked.
func (s Span) Took() time.Duration { return s.Ended.Sub(s.Started) }

// ID names the attempt as records do.
func (s Span) ID() string { return engine.Writer(s.Path, s.Attempt) }

// MarshalJSON adds the durations, in seconds.
func (s Span) MarshalJSON() ([]byte, error) {
	type plain Span // without this method
	return json.Marshal(struct {
		plain
		Waited float64 `json:"waited_seconds"`
		Took   float64 `json:"took_seconds"`
	}{plain(s), s.Waited().Seconds(), s.Took().Seconds()})
}

// Critical returns the attempts of the critical path, the first first.
func (t *Timeline) Critical() []Span {
	var out []Span
	for _, s := range t.Spans {
		if s.Critical {
			out = append(out, s)
		}
	}
	return out
}

// Timeline lays out the run's attempts in time. now is the end of what goes on.
func (d *Details) Timeline(now time.Time) *Timeline {
	sum := d.Summary
	t := &Timeline{RunID: sum.RunID, Status: sum.Status, Started: sum.Started, Ended: sum.Ended}
	going := sum.Status == engine.Running
	if going {
		t.Ended = now
	}
	for _, rec := range d.Records {
		t.Spans = append(t.Spans, spanOf(rec))
	}
	for _, s := range unrecorded(d.Starts, d.Records) {
		span := Span{Path: s.Path, Attempt: s.Attempt, Status: engine.Interrupted, Started: s.Started, Ended: s.Started}
		if going && !s.Started.Before(d.Reopened) {
			span.Status, span.Ended = engine.Running, later(now, s.Started)
		}
		t.Spans = append(t.Spans, span)
	}
	for _, s := range t.Spans {
		t.Started, t.Ended = earlier(t.Started, s.Started), later(t.Ended, s.Ended)
	}
	c := chains{timeline: t, after: d.Replay.After, reopened: d.Reopened}
	c.index()
	for i := range t.Spans {
		c.follow(&t.Spans[i])
	}
	c.mark()
	slices.SortStableFunc(t.Spans, func(x, y Span) int {
		return cmp.Or(x.Started.Compare(y.Started), cmp.Compare(x.Path, y.Path), cmp.Compare(x.Attempt, y.Attempt))
	})
	return t
}

func spanOf(rec engine.Record) Span {
	s := Span{Path: rec.Path, Attempt: rec.Attempt, Kind: rec.Kind, Status: rec.Status, Started: rec.Started, Ended: later(rec.Ended, rec.Started)}
	if rec.Failure != nil {
		s.Failure = rec.Failure.Kind
	}
	return s
}

// unrecorded are the starts of attempts that have no record.
func unrecorded(starts []store.Start, records []engine.Record) []store.Start {
	has := make(map[string]bool, len(records))
	for _, r := range records {
		has[engine.Writer(r.Path, r.Attempt)] = true
	}
	var out []store.Start
	for _, s := range starts {
		if !has[engine.Writer(s.Path, s.Attempt)] {
			out = append(out, s)
		}
	}
	return out
}

// chains finds for each attempt the one that it followed.
type chains struct {
	timeline *Timeline
	after    map[string]string // by leaf: the leaf whose end let it start
	reopened time.Time
	byPath   map[string][]int // the attempts of a leaf, in order
}

func (c *chains) index() {
	c.byPath = map[string][]int{}
	for i, s := range c.timeline.Spans {
		c.byPath[s.Path] = append(c.byPath[s.Path], i)
	}
	for _, at := range c.byPath {
		slices.SortFunc(at, func(a, b int) int { return cmp.Compare(c.timeline.Spans[a].Attempt, c.timeline.Spans[b].Attempt) })
	}
}

// follow tells what an attempt waited for: the leaf before it, the attempt before it, or that the run was retried.
func (c *chains) follow(s *Span) {
	s.Ready, s.After = c.timeline.Started, ""
	leaf, known := c.after[s.Path]
	if !known { // only an earlier walk came here
		s.Ready = s.Started
	}
	for _, path := range []string{leaf, s.Path} {
		for _, i := range c.byPath[path] {
			before := c.timeline.Spans[i]
			if before.Path == s.Path && before.Attempt >= s.Attempt {
				break
			}
			if !before.Ended.After(s.Started) && !before.Ended.Before(s.Ready) {
				s.Ready, s.After = before.Ended, before.ID()
			}
		}
	}
	if c.reopened.After(s.Ready) && !c.reopened.After(s.Started) {
		s.Ready, s.After = c.reopened, "" // nobody drove the run in between
	}
	s.Ready = earlier(s.Ready, s.Started)
}

// mark marks the chain that ends with the attempt that ended last.
func (c *chains) mark() {
	spans := c.timeline.Spans
	last := -1
	for i, s := range spans {
		if last < 0 || s.Ended.After(spans[last].Ended) {
			last = i
		}
	}
	at := map[string]int{}
	for i, s := range spans {
		at[s.ID()] = i
	}
	for i, ok := last, last >= 0; ok && !spans[i].Critical; i, ok = at[spans[i].After] {
		spans[i].Critical = true
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
