// Package index lists the runs of a store without opening each of them. What it keeps is derived and never the truth:
// it may be lost, broken or out of date at any time, and the list is right all the same.
//
// A run that has ended changes only when it is retried, tagged or removed, and whoever does that notes it first
// ([store.Change]). So an entry counts when the run is there and no change of it is noted; every other run is read.
package index

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// version is the version of the index's form. Another one is as good as none.
const version = 1

// file is the form of the index.
type file struct {
	Version int          `json:"version"`
	Runs    []runs.Entry `json:"runs"` // of runs that have ended, by id
}

// Runs returns all runs of a store in short, the newest first, and brings the index up to date where it may write it.
// Runs that cannot be read are returned beside them; where not one can be read, that is the error.
func Runs(ctx context.Context, s *store.Store) ([]runs.Entry, []runs.Unread, error) {
	// In this order: an index that is older than a change is met by a list that has seen the change.
	changes, err := s.Changes(ctx)
	if err != nil {
		return nil, nil, err
	}
	was, err := load(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	ids, err := s.Runs(ctx)
	if err != nil {
		return nil, nil, err
	}
	l := &list{store: s, known: was, changed: map[string]bool{}}
	for _, c := range changes {
		l.changed[c.Run] = true
	}
	if err := l.read(ctx, ids); err != nil {
		return nil, nil, err
	}
	l.save(ctx, changes)
	slices.SortStableFunc(l.entries, func(x, y runs.Entry) int { return y.Started.Compare(x.Started) })
	return l.entries, l.unread, nil
}

// Rebuild makes the index anew from the runs.
func Rebuild(ctx context.Context, s *store.Store) (int, error) {
	if err := s.WriteIndex(ctx, []byte("{}\n")); err != nil {
		return 0, err
	}
	entries, _, err := Runs(ctx, s)
	return len(entries), err
}

// load reads the index, by run. One that cannot be read holds nothing.
func load(ctx context.Context, s *store.Store) (map[string]runs.Entry, error) {
	data, err := s.ReadIndex(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	var f file
	if err != nil || json.Unmarshal(data, &f) != nil || f.Version != version {
		return nil, nil //nolint:nilerr // the runs themselves are there
	}
	known := make(map[string]runs.Entry, len(f.Runs))
	for _, e := range f.Runs {
		known[e.RunID] = e
	}
	return known, nil
}

// list is a list that is being made.
type list struct {
	store   *store.Store
	known   map[string]runs.Entry
	changed map[string]bool
	entries []runs.Entry
	unread  []runs.Unread
	keep    []runs.Entry // those that have ended
	fresh   bool         // keep is not what the index holds
}

// read makes the entries, from the index where that may be.
func (l *list) read(ctx context.Context, ids []string) error {
	var open []string
	for _, id := range ids {
		e, ok := l.known[id]
		if !ok || l.changed[id] {
			open = append(open, id)
			continue
		}
		l.entries, l.keep = append(l.entries, e), append(l.keep, e)
	}
	type found struct {
		entry runs.Entry
		final bool
		err   error
	}
	read := make([]found, len(open))
	err := l.store.Each(ctx, len(open), func(ctx context.Context, i int) error {
		e, final, err := runs.EntryOf(ctx, l.store, open[i])
		read[i] = found{e, final, err}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for i, r := range read {
		switch {
		case errors.Is(r.err, store.ErrNoRun): // begun and killed, or removed
			continue
		case r.err != nil:
			l.unread = append(l.unread, runs.Unread{RunID: open[i], Err: r.err})
			continue
		}
		l.entries = append(l.entries, r.entry)
		if r.final {
			l.keep = append(l.keep, r.entry)
			l.fresh = l.fresh || !same(l.known[r.entry.RunID], r.entry)
		}
	}
	l.fresh = l.fresh || len(l.keep) != len(l.known)
	if len(l.entries) == 0 && len(l.unread) > 0 {
		return l.unread[0].Err
	}
	return nil
}

func same(a, b runs.Entry) bool {
	x, _ := json.Marshal(a) // an entry always marshals
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// save writes the index where it has changed. A store that may not be written to, or is full, has lists all the same.
func (l *list) save(ctx context.Context, changes []store.Change) {
	if l.fresh {
		slices.SortFunc(l.keep, func(x, y runs.Entry) int { return strings.Compare(x.RunID, y.RunID) })
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(file{version, l.keep}) != nil || l.store.WriteIndex(ctx, b.Bytes()) != nil {
			return
		}
	}
	_ = l.store.ForgetChanges(ctx, changes)
}
