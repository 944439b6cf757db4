package app

import (
	"context"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// mayGoOn refuses a run that goes on, or may: two walks of one run would run its steps twice. Of a process of this machine
// it is known whether it lives; where nobody can tell, force says that the run has ended.
func (a *command) mayGoOn(ctx context.Context, st *store.Store, r *runs.Run, force bool) error {
	id := r.Header.Run
	end, err := st.End(ctx, id)
	if err != nil || end != nil {
		return storeError(err)
	}
	owner, err := st.Owner(ctx, id)
	switch {
	case err != nil:
		return storeError(err)
	case owner != nil && owner.Known() && owner.Alive():
		return fail(ExitInvalid, "run %s is going on in process %d on this machine; wait for it or stop it first", id, owner.PID)
	case owner != nil && owner.Alive() && !force:
		return fail(ExitInvalid, "run %s is going on in process %d on %s, as far as is known; wait for it or stop it first, or pass --force if you know that it has ended", id, owner.PID, owner.Host)
	case owner != nil || force || r.Summary.Status == engine.Success:
		return nil
	}
	state, hint := a.probe(ctx, r.Header)
	switch state {
	case target.Ended:
		return nil
	case target.Going:
		return fail(ExitInvalid, "run %s is going on on %s: see `%s`; wait for it or stop it first", id, r.Header.Target, hint)
	case target.Unknown:
	}
	return fail(ExitInvalid, "run %s on %s has no recorded end, so it may still be running: see `%s`; wait for it or stop it first, or pass --force if you know that it has ended", id, r.Header.Target, hint)
}

// edits refuses an edit of a step that succeeded, unless the step runs again anyway (SEMANTICS 6).
func edits(was *runs.Run, is *ir.Pipeline, from string) error {
	e, err := runs.Edited(was, is, func(path string) bool { return from != "" && within(path, from) })
	switch {
	case err != nil:
		return fail(ExitEnvironment, "%w", err)
	case e == nil:
		return nil
	case e.Is == "":
		return fail(ExitInvalid, "step %s succeeded in this run and is no longer in the definition; put it back, or start a new run", e.Path)
	}
	return fail(ExitInvalid, "step %s succeeded in this run and has been edited since:\n%s\nto run it again, with what depends on it: --from %s", e.Path, difference(e.Was, e.Is), quoteArg(e.Path))
}
