package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/runs/index"
	"github.com/runnable-render/runnable-render/internal/store"
)

// withNamed opens the store that holds runs, and finds them by what the command line writes for each (docs/cli.md).
func (a *command) withNamed(ctx context.Context, f *inputFlags, refs []string, do func(st *store.Store, ids []string) error) error {
	st, err := a.openStore(ctx, f, refs[0])
	if err != nil {
		return err
	}
	defer st.Close()
	ids := make([]string, len(refs))
	for i, ref := range refs {
		if ids[i], err = a.runOf(ctx, st, ref); err != nil {
			return err
		}
	}
	return storeError(do(st, ids))
}

// withRun is withNamed for one run.
func (a *command) withRun(ctx context.Context, f *inputFlags, ref string, do func(st *store.Store, run string) error) error {
	return a.withNamed(ctx, f, []string{ref}, func(st *store.Store, ids []string) error { return do(st, ids[0]) })
}

// runOf returns the id of the run that a reference names, and tells it where the reference is another text.
func (a *command) runOf(ctx context.Context, st *store.Store, ref string) (string, error) {
	id, unread, err := findRun(ctx, st, ref)
	if err != nil || id != ref {
		a.tellUnread(unread)
	}
	if err == nil && id != ref {
		fmt.Fprintf(a.stderr, "%s is run %s\n", progress.Text(ref), id)
	}
	return id, err
}

// findRun returns the run of a store that a reference names, and the runs that could not be read in search of it.
func findRun(ctx context.Context, st *store.Store, ref string) (string, []runs.Unread, error) {
	if err := runs.CheckReference(ref); err != nil {
		return "", nil, &exit{ExitInvalid, err}
	}
	malformed := store.CheckRunID(ref)
	if malformed == nil {
		if _, err := st.Header(ctx, ref); !errors.Is(err, store.ErrNoRun) {
			return ref, nil, nil // a header that cannot be read is reported by what reads it
		}
	}
	entries, unread, err := index.Runs(ctx, st)
	if err != nil {
		return "", nil, storeError(err)
	}
	id, err := runs.Find(entries, unread, ref)
	var several *runs.AmbiguousError
	switch {
	case err == nil:
		return id, unread, nil
	case errors.As(err, &several):
		return "", unread, &exit{ExitInvalid, err}
	case malformed != nil && ref[0] != '@':
		return "", unread, &exit{ExitInvalid, malformed}
	}
	return "", unread, storeError(&store.Error{Store: st.String(), Op: "find", Key: "run " + ref, Err: err, Hint: "list the runs, or name the store that holds it"})
}

// knows reports whether a reference means something in the store of a folder: a run, or several.
func knows(ctx context.Context, folder, ref string) bool {
	st, err := store.Open(ctx, folder)
	if err != nil {
		return false
	}
	defer st.Close()
	_, _, err = findRun(ctx, st, ref)
	var several *runs.AmbiguousError
	return err == nil || errors.As(err, &several)
}

// distinct refuses a run that is named twice.
func distinct(ids []string) error {
	for i, run := range ids {
		if slices.Contains(ids[:i], run) {
			return fail(ExitInvalid, "run %s is given twice", run)
		}
	}
	return nil
}
