package step

import (
	"cmp"
	"context"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/pyenv"
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
	if len(a.Packages) == 0 {
		return found.Path, nil
	}
	return a.withPackages(ctx, found.Path)
}

// withPackages is the interpreter of an environment that holds the step's packages and nothing else (SEMANTICS 3). What is made
// for it is made before the step's time begins.
func (a *attempt) withPackages(ctx context.Context, interpreter string) (string, *failure) {
	program, err := pyenv.Python(ctx, pyenv.Want{
		Python: interpreter, Packages: a.Packages, Environ: a.rt.user().base, Look: a.Look, Fallback: a.rt.temp,
		Note: func(text string) { a.out.note("%s", text) },
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return "", fail(engine.KindKilled, "the run was stopped while the step's environment was made")
	case err != nil:
		return "", fail(engine.KindError, "%v", err)
	}
	return program, nil
}
