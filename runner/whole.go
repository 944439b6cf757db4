package runner

import (
	"context"
	"errors"

	"github.com/runnable-render/runnable-render/internal/store"
)

// whole runs the pipeline in place, with the local engine, each step in a folder of its own; then it ends the run and does
// its hooks. Called again for a run that was cut off, it goes on: what succeeded is kept.
func whole(ctx context.Context, s *session, f flags) (int, error) {
	at, err := s.atOnce()
	if err != nil {
		return ExitEnvironment, err
	}
	ctx, release, err := s.turn(ctx)
	if errors.As(err, new(*store.BusyError)) {
		return ExitFailed, err
	}
	if err != nil {
		return ExitEnvironment, err
	}
	defer release()
	if _, err := s.all(ctx, at); err != nil { // the run goes on when it is started again
		if lost := store.LeaseLost(ctx); lost != nil {
			return ExitFailed, lost
		}
		return ExitEnvironment, err
	}
	if code, err := runHooks(ctx, s, f); err != nil {
		return code, err
	}
	return look(ctx, s)
}
