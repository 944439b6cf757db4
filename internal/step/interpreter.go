package step

import (
	"cmp"
	"context"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/python"
)

// interpreter chooses the Python of an attempt: the step's own, the run's, else as [python.Finder] does.
func (a *attempt) interpreter(ctx context.Context) (string, *failure) {
	found, err := a.rt.pythons.Find(ctx, python.Choice{
		Set: cmp.Or(a.Python, a.rt.opts.Python), Env: a.environ.base, Dir: a.Dir, Folders: []string{a.rt.opts.Definition, a.Dir},
	})
	if err != nil {
		return "", fail(engine.KindError, "%v", err)
	}
	if found.Note != "" {
		a.out.note("%s", found.Note)
	}
	return found.Path, nil
}
