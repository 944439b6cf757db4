package store

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Fork begins a run with what succeeded in another one: the latest record of each step that did, with its log. The blobs
// are the same.
func (s *Store) Fork(ctx context.Context, origin string, h engine.Header) error {
	if err := s.Begin(ctx, h); err != nil {
		return err
	}
	records, err := s.ListRecords(ctx, origin)
	if err != nil {
		return err
	}
	latest := map[string]engine.Record{}
	for _, rec := range records {
		if rec.Attempt >= latest[rec.Path].Attempt {
			latest[rec.Path] = rec
		}
	}
	kept := make([]engine.Record, 0, len(latest))
	for _, rec := range latest {
		if rec.Status.OK() {
			kept = append(kept, rec)
		}
	}
	return s.Each(ctx, len(kept), func(ctx context.Context, i int) error { return s.keep(ctx, origin, h.Run, kept[i]) })
}

// keep copies a record and its log to another run.
func (s *Store) keep(ctx context.Context, origin, run string, rec engine.Record) error {
	if rec.Log != "" {
		if err := s.copyLog(ctx, origin, run, rec); err != nil {
			return err
		}
		rec.Log = LogKey(run, rec.Path, rec.Attempt)
	}
	return s.PutRecord(ctx, run, rec)
}

func (s *Store) copyLog(ctx context.Context, origin, run string, rec engine.Record) error {
	r, err := s.OpenLog(ctx, origin, rec.Path, rec.Attempt)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := s.LogWriter(ctx, run, rec.Path, rec.Attempt)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}
