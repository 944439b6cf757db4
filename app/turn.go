package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// turn waits until a run may go on, as [local.Turn] does, and says what is in its way. A new run whose id is taken is refused at
// once: it would wait, or end another run, for nothing.
func (a *command) turn(ctx context.Context, st *store.Store, p *ir.Pipeline, run string, begins bool) (kept context.Context, release func(), err error) {
	if begins && p.Concurrency != nil {
		if err := unused(ctx, st, run); err != nil {
			return nil, nil, err
		}
	}
	kept, release, err = local.Turn(ctx, st, p, run, func(holders []store.Holder) { a.waits(p, holders) })
	var busy *store.BusyError
	switch {
	case errors.As(err, &busy):
		return nil, nil, fail(ExitBusy, "the run does not begin, as %s (concurrency: on_conflict is fail); %w", limitText(p), busy)
	case err != nil && ctx.Err() != nil:
		fmt.Fprintln(a.stderr, "interrupted while waiting; nothing has run")
		return nil, nil, told(ExitInterrupted)
	}
	return kept, release, storeError(err)
}

// unused refuses the id of a run that the store has.
func unused(ctx context.Context, st *store.Store, run string) error {
	switch h, err := st.Header(ctx, run); {
	case err == nil:
		return storeError(&store.RunExistsError{Header: h})
	case !errors.Is(err, store.ErrNoRun):
		return storeError(err)
	}
	return nil
}

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
