package runner

import (
	"context"
	"errors"
	"fmt"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/store"
)

// A pipeline may limit how many runs go on at a time (SEMANTICS 6). A run has a place among those. Where one process runs the whole
// pipeline, it keeps the place. Where begin chooses the run and others run its steps, begin takes it, each of the others renews it
// while it lives, and the one that ends the run gives it back.

// turn waits until the run may go on, as [local.Turn] does.
func (s *session) turn(ctx context.Context) (kept context.Context, release func(), err error) {
	return local.Turn(ctx, s.store, s.pipeline, s.run, s.waits)
}

func (s *session) waits(holders []store.Holder) {
	for _, h := range holders {
		fmt.Fprintf(s.stdout, "run %s waits for %s (concurrency)\n", s.run, h)
	}
}

// goesOn reports whether containers of a run hold its place.
func (s *session) goesOn(ctx context.Context, run string) (bool, error) {
	if s.pipeline.Concurrency == nil {
		return false, nil
	}
	held, err := s.store.Held(ctx, local.LeaseOptions(s.pipeline, run, nil))
	return held != nil, err
}

// takePlace waits for a place that the run keeps when this process has ended. giveBack is for a run that does not begin after all.
func (s *session) takePlace(ctx context.Context) (giveBack func(), err error) {
	if s.pipeline.Concurrency == nil {
		return func() {}, nil
	}
	o := local.LeaseOptions(s.pipeline, s.run, s.waits)
	held, err := s.store.Held(ctx, o)
	if err != nil || held != nil && held.Renew(ctx) == nil { // of the process that started this plan, or of its last start
		return func() {}, err
	}
	lease, err := s.store.Lease(ctx, o)
	switch {
	case errors.As(err, new(*store.BusyError)):
		return nil, fmt.Errorf("run %s does not begin (concurrency: on_conflict is fail); %w", s.run, err)
	case err != nil && ctx.Err() != nil:
		return nil, errors.New("interrupted while waiting; nothing has run")
	case err != nil:
		return nil, err
	}
	return func() { local.Release(ctx, lease) }, nil
}

// keepPlace renews the place that begin took, until the command is done. The context that it returns ends when the run loses it.
func (s *session) keepPlace(ctx context.Context, command string) (kept context.Context, done func(), err error) {
	looks := command == "result" && s.hooksWait()
	if s.pipeline.Concurrency == nil || !s.chosen() || command == "begin" || looks {
		return ctx, func() {}, nil
	}
	held, err := s.store.Held(ctx, local.LeaseOptions(s.pipeline, s.run, nil))
	switch {
	case err != nil:
		return nil, nil, err
	case held == nil && command == "result": // which may be asked at any time
		return ctx, func() {}, nil
	case held == nil:
		return nil, nil, fmt.Errorf("run %s has lost its place among the runs of the group %q: none of its containers was there to renew it; start the plan again to go on", s.run, s.pipeline.Group())
	case command == "hooks", command == "result":
		return held.Keep(ctx), func() { local.Release(ctx, held) }, nil
	}
	if err := held.Renew(ctx); err != nil {
		return nil, nil, err
	}
	return held.Keep(ctx), held.Leave, nil
}
