package app

import (
	"context"
	"time"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// The time that targets have to say whether runs go on: of one run, and of all in a list.
const (
	probeLimit = 5 * time.Second
	listLimit  = 2 * time.Second
)

// probe asks the target of a run whether it goes on, and by what command a person finds out.
func (a *command) probe(ctx context.Context, h engine.Header) (target.State, string) {
	t, err := a.target(ctx, h.Target)
	if err != nil {
		return target.Unknown, h.Target
	}
	p, ok := t.(target.Prober)
	if !ok {
		return target.Unknown, h.Target
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	return p.Probe(ctx, target.Header{Run: h.Run, Code: h.Code})
}

// over reports whether a run without a recorded end is over all the same: no process of ours drives it, and its target
// says that it has ended.
func (a *command) over(ctx context.Context, st *store.Store, run string) bool {
	h, err := st.Header(ctx, run)
	if err != nil || h.Target == local.Name {
		return false
	}
	if owner, err := st.Owner(ctx, run); err != nil || owner != nil {
		return false
	}
	state, _ := a.probe(ctx, h)
	return state == target.Ended
}

// settle marks as interrupted the runs of a list that are over without a recorded end.
func (a *command) settle(ctx context.Context, st *store.Store, entries []runs.Entry) error {
	asked, cancel := context.WithTimeout(ctx, listLimit)
	defer cancel()
	return st.Each(ctx, len(entries), func(ctx context.Context, i int) error {
		e := &entries[i]
		if e.Status != engine.Running || !a.over(asked, st, e.RunID) {
			return nil
		}
		again, _, err := runs.EntryOf(ctx, st, e.RunID) // it may have ended between the two looks
		if err == nil {
			*e = again
		}
		if e.Status == engine.Running {
			e.Status = engine.Interrupted
		}
		return nil
	})
}

// readRun reads a run with its details.
func (a *command) readRun(ctx context.Context, st *store.Store, run string) (*runs.Details, error) {
	d, err := runs.Read(ctx, st, run)
	if err != nil || d.Summary.Status != engine.Running || !a.over(ctx, st, run) {
		return d, err
	}
	if d, err = runs.Read(ctx, st, run); err == nil { // it may have ended between the two looks
		d.Summary.Interrupt()
	}
	return d, err
}
