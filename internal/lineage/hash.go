package lineage

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// Use is a place where something with a hash was made or used.
type Use struct {
	Run     string    `json:"run"`
	Step    string    `json:"step,omitempty"` // empty: the run itself, as an initial parameter
	Attempt int       `json:"attempt,omitempty"`
	What    string    `json:"what"` // made, used
	Kind    string    `json:"kind"` // parameter, file, key of the cache, commit
	Name    string    `json:"name"`
	Hash    string    `json:"sha256"`
	At      time.Time `json:"at"`
}

// What was done with it.
const (
	Made = "made"
	Used = "used"
)

// MinPrefix is the least number of digits of a hash that is searched for.
const MinPrefix = 7

// IsHash reports whether a text can be the beginning of a hash.
func IsHash(text string) bool {
	return len(text) >= MinPrefix && len(text) <= 64 && strings.Trim(text, "0123456789abcdef") == ""
}

// Search returns where anything whose hash begins so was made or used, in any run, by time; and the runs that cannot be
// read, where it may have been too.
func Search(ctx context.Context, s *store.Store, prefix string) ([]Use, []runs.Unread, error) {
	names, err := s.Runs(ctx)
	if err != nil {
		return nil, nil, err
	}
	var out []Use
	var unread []runs.Unread
	for _, run := range names {
		uses, err := usesInRun(ctx, s, run, prefix)
		switch {
		case errors.Is(err, store.ErrNoRun):
		case ctx.Err() != nil:
			return nil, nil, err
		case err != nil:
			unread = append(unread, runs.Unread{RunID: run, Err: err})
		}
		out = append(out, uses...)
	}
	slices.SortStableFunc(out, func(a, b Use) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Run, b.Run)) })
	return out, unread, nil
}

// usesInRun are the uses in one run.
func usesInRun(ctx context.Context, s *store.Store, run, prefix string) ([]Use, error) {
	h, err := s.Header(ctx, run)
	if err != nil {
		return nil, err
	}
	var out []Use
	for _, p := range h.Parameters {
		if sum := hashOf(p.Value); strings.HasPrefix(sum, prefix) {
			out = append(out, Use{Run: run, What: Made, Kind: Parameter, Name: p.Name, Hash: sum, At: h.Started})
		}
	}
	records, err := s.ListRecords(ctx, run)
	for _, rec := range records {
		out = append(out, usesIn(run, rec, prefix)...)
	}
	return out, err
}

// usesIn are the uses in one record.
func usesIn(run string, rec engine.Record, prefix string) []Use {
	var out []Use
	add := func(what, kind, name, sum string) {
		if strings.HasPrefix(sum, prefix) {
			out = append(out, Use{run, rec.Path, rec.Attempt, what, kind, name, sum, rec.Started})
		}
	}
	for _, n := range rec.Inputs {
		add(Used, Parameter, n.Name, hashOf(n.Value))
	}
	for _, f := range rec.Files {
		if f.Stage == engine.StageGet {
			add(Used, File, f.Path, f.Hash)
		} else {
			add(Made, File, f.Path, f.Hash)
		}
	}
	for _, n := range rec.Returns {
		add(Made, Parameter, n.Name, hashOf(n.Value))
	}
	add(Used, "cache key", "cache_key", rec.Code["cache_key"])
	add(Used, "commit", "git", rec.Code["git"])
	return out
}
