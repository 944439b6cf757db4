package runner

import (
	"context"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
)

// whole runs the pipeline in place, with the local engine, each step in a folder of its own; then it ends the run and does
// its hooks. Called again for a run that was cut off, it goes on: what succeeded is kept.
func whole(ctx context.Context, s *session, f flags) (int, error) {
	steps := s.steps()
	steps.Folder = s.ownFolder
	_, _, err := local.Drive(ctx, engine.NewMachine(s.pipeline, s.initial, s.store.Blobs(ctx)), local.Options{
		Run: s.run, Facts: s.store, Runner: steps, Retry: true, Definitions: steps.Definitions(), Display: progress.NewPlain(s.stdout), Keep: s.resolver.Keep,
	})
	if err != nil { // the run goes on when it is started again
		return ExitEnvironment, err
	}
	if code, err := runHooks(ctx, s, f); err != nil {
		return code, err
	}
	return look(ctx, s)
}
