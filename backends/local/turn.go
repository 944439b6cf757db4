package local

import (
	"context"
	"time"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// leaveTime is how long the end of a run waits for a store that does not answer.
const leaveTime = 10 * time.Second

// Turn waits until a run may go on beside others, where its pipeline limits how many do (SEMANTICS 6); waiting is told whom it waits
// for. The context that it returns ends when the run loses its place ([store.LeaseLost]); release gives the place to the next
// run.
func Turn(ctx context.Context, st *store.Store, p *ir.Pipeline, run string, waiting func([]store.Holder)) (kept context.Context, release func(), err error) {
	if p.Concurrency == nil {
		return ctx, func() {}, nil
	}
	lease, err := st.Lease(ctx, LeaseOptions(p, run, waiting))
	if err != nil {
		return nil, nil, err
	}
	return lease.Keep(ctx), func() { Release(ctx, lease) }, nil
}

// LeaseOptions are those of a run of a pipeline that limits its runs.
func LeaseOptions(p *ir.Pipeline, run string, waiting func([]store.Holder)) store.LeaseOptions {
	c := p.Concurrency
	return store.LeaseOptions{Run: run, Pipeline: p.Name, Group: p.Group(), Limit: c.Runs(), OnConflict: c.Conflict(), Waiting: waiting}
}

// Release gives a place to the next run, also when ctx has ended. A place that cannot be given back ends by itself.
func Release(ctx context.Context, l *store.Lease) {
	ending, stop := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer stop()
	_ = l.Release(ending)
}
