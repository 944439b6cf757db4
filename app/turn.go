package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// turn waits until a run may go on, as [local.Turn] does, and says what is in its way.
func (a *command) turn(ctx context.Context, st *store.Store, p *ir.Pipeline, run string) (kept context.Context, release func(), err error) {
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
