package runs

import (
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// Builder collects the steps of a summary, in start order, while a run goes on or is walked again.
type Builder struct {
	steps     []Step
	index     map[string]int
	succeeded map[string]bool // graphs that came to success
}

// Composite notes that a composite has begun or ended, or that a graph has; it is an observer of [engine.Machine].
func (b *Builder) Composite(o engine.Observation) {
	if o.Node == nil {
		if o.Outcome.Status.OK() {
			if b.succeeded == nil {
				b.succeeded = map[string]bool{}
			}
			b.succeeded[o.Path] = true
		}
		return
	}
	s := b.step(o.Path, o.Node)
	if o.Outcome == nil {
		s.Status = engine.Running
		return
	}
	s.Status = o.Outcome.Status
	if f := o.Outcome.Failure; f != nil && f.Step == o.Path {
		s.Message, s.Failure = f.Message, string(f.Kind)
	}
}

// Begin notes that an attempt of a leaf has begun.
func (b *Builder) Begin(path string, n ir.Node, attempt int, at time.Time) {
	s := b.step(path, n)
	s.Status, s.Attempts = engine.Running, attempt
	if s.Started.IsZero() {
		s.Started = at
	}
	b.spread(path, at, time.Time{})
}

// End notes the record of a leaf's last attempt.
func (b *Builder) End(n ir.Node, rec *engine.Record, kept bool) {
	s := b.step(rec.Path, n)
	s.Status, s.Attempts, s.Ended, s.Kept = rec.Status, rec.Attempt, rec.Ended, kept
	if s.Started.IsZero() {
		s.Started = rec.Started
	}
	if rec.Failure != nil {
		s.Message, s.Failure = rec.Failure.Message, string(rec.Failure.Kind)
	}
	b.spread(rec.Path, rec.Started, rec.Ended)
}

// Steps returns the steps in start order. A failed step of a graph that came to success was handled.
func (b *Builder) Steps() []Step {
	for i := range b.steps {
		s := &b.steps[i]
		s.Handled = s.Status == engine.Failed && b.succeeded[parent(s.Path)]
	}
	return b.steps
}

func (b *Builder) step(path string, n ir.Node) *Step {
	if i, ok := b.index[path]; ok {
		return &b.steps[i]
	}
	if b.index == nil {
		b.index = map[string]int{}
	}
	s := Step{Path: path, Kind: ir.Kind(n)}
	if t, ok := n.(*ir.Task); ok {
		s.Command = ir.CommandType(t.Command)
	}
	b.index[path] = len(b.steps)
	b.steps = append(b.steps, s)
	return &b.steps[len(b.steps)-1]
}

// spread widens the composites around a path to hold its times.
func (b *Builder) spread(path string, started, ended time.Time) {
	for {
		cut := strings.LastIndexByte(path, '.')
		if cut < 0 {
			return
		}
		path = path[:cut]
		i, ok := b.index[path]
		if !ok {
			continue // a branch, an item or an iteration
		}
		s := &b.steps[i]
		if s.Started.IsZero() || started.Before(s.Started) {
			s.Started = started
		}
		if ended.After(s.Ended) {
			s.Ended = ended
		}
	}
}
