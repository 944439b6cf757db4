package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// turn waits until a run may go on beside others, where its pipeline limits how many do. The context that it returns ends when
// the run loses its place; release gives the place to the next run.
func (a *command) turn(ctx context.Context, st *store.Store, p *ir.Pipeline, run string) (kept context.Context, release func(), err error) {
	if p.Concurrency == nil {
		return ctx, func() {}, nil
	}
	lease, err := st.Lease(ctx, store.LeaseOptions{
		Run: run, Pipeline: p.Name, Group: p.Group(), Limit: p.Concurrency.Runs(), OnConflict: p.Concurrency.Conflict(),
		Waiting: func(holders []store.Holder) { a.waits(p, holders) },
	})
	var busy *store.BusyError
	switch {
	case errors.As(err, &busy):
		return nil, nil, fail(ExitBusy, "the run does not begin, as %s (concurrency: on_conflict is fail); %w", limitText(p), busy)
	case ctx.Err() != nil:
		fmt.Fprintln(a.stderr, "interrupted while waiting; nothing has run")
		return nil, nil, told(ExitInterrupted)
	case err != nil:
		return nil, nil, storeError(err)
	}
	return lease.Keep(ctx), func() {
		ending, stop := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
		defer stop()
		_ = lease.Release(ending) // else it ends by itself
	}, nil
}

// leaveTime is how long the end of a run waits for a store that does not answer.
const leaveTime = 10 * time.Second

// waits says whom the run waits for.
func (a *command) waits(p *ir.Pipeline, holders []store.Holder) {
	what := "waiting for"
	if p.Concurrency.Conflict() == ir.ConflictCancel {
		what = "ending"
	}
	for _, h := range holders {
		fmt.Fprintf(a.stderr, "%s %s, as %s\n", what, h, limitText(p))
		if what == "ending" {
			return
		}
	}
}

// limitText says what the limit is.
func limitText(p *ir.Pipeline) string {
	if n := p.Concurrency.Runs(); n > 1 {
		return fmt.Sprintf("%d runs of the group %q go on at a time", n, p.Group())
	}
	return fmt.Sprintf("one run of the group %q goes on at a time", p.Group())
}
