package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
		return fail(ExitInvalid, "run %s is still running on %s: see `%s`; wait for it or stop it first", id, r.Header.Target, hint)
	case target.Unknown:
	}
	return fail(ExitInvalid, "run %s on %s has no recorded end, so it may still be running: see `%s`; wait for it or stop it first, or pass --force if you know that it has ended", id, r.Header.Target, hint)
}

// again are the paths of the steps that run again although they succeeded: that of --from, and in a new run or with
// --changed those that have been edited, but for those whose own records tell it. In a run that goes on such an edit is
// refused otherwise (SEMANTICS 6).
func (a *command) again(was *runs.Run, is *ir.Pipeline, f *retryFlags) ([]string, error) {
	var from []string
	if f.from != "" {
		var err error
		if from, err = pathsOf(is, f.from); err != nil {
			return nil, fail(ExitInvalid, "--from %s: %w", f.from, err)
		}
	}
	asked := slices.Clone(from)
	edits, err := runs.Edited(was, is, func(path string) bool {
		return slices.ContainsFunc(asked, func(outer string) bool { return engine.Within(path, outer) })
	})
	if err != nil {
		return nil, fail(ExitEnvironment, "%w", err)
	}
	for _, e := range edits {
		switch {
		case f.fresh && e.Is == "": // nothing is left to run again
			continue
		case !e.Accepted && !f.fresh && (e.Is == "" || !f.changed):
			return nil, refusedEdit(&e, f.line)
		}
		fmt.Fprintf(a.stderr, "note: step %s has been edited since run %s and runs again\n", e.Path, was.Header.Run)
		if !e.Recorded {
			from = append(from, e.Path)
		}
	}
	return from, nil
}

// pathsOf are the paths that --from names: that of a step, or of the steps of a flow that are called so, wherever they are.
// A step that several cases of a switch share is there for each.
func pathsOf(p *ir.Pipeline, from string) ([]string, error) {
	_, err := engine.NodeAt(p, strings.ReplaceAll(from, ir.AnyItem, "0"))
	if err == nil {
		return []string{from}, nil
	}
	var named []string
	for v := range ir.Walk(p) {
		if v.Node.Base().Name == from && isFlow(v.Node) {
			named = append(named, v.Path)
		}
	}
	if named != nil {
		return named, nil
	}
	return nil, err
}

// refusedEdit is the error of a retry after an edit of a step that succeeded. line is a command that goes on with the run
// where this one takes no flags for that.
func refusedEdit(e *runs.Edit, line string) error {
	if e.Is == "" {
		return fail(ExitInvalid, "step %s succeeded in this run and is no longer in the definition; put it back, or start a new run", e.Path)
	}
	if line != "" {
		line += " "
	}
	return fail(ExitInvalid, "step %s succeeded in this run and has been edited since:\n%s\nto run again all steps that have changed: %s--changed\nto run it again, with what depends on it: %s--from %s", e.Path, difference(e.Was, e.Is), line, line, quoteArg(e.Path))
}
