package store_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// age makes a blob of a store in a folder as old as that.
func age(t *testing.T, s *store.Store, b engine.Blob, d time.Duration) {
	t.Helper()
	root, _ := s.Folder()
	key, err := store.BlobKey(b)
	must(t, err)
	at := time.Now().Add(-d)
	must(t, os.Chtimes(filepath.Join(root, key), at, at))
}

func put(t *testing.T, s *store.Store, text string) engine.Blob {
	t.Helper()
	b, err := s.PutBlob(context.Background(), []byte(text))
	must(t, err)
	return b
}

func TestCollectRemovesWhatNothingRefersTo(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "s"))
	must(t, err)
	defer s.Close()
	returned, inScope, cached, lost, young := put(t, s, "returned"), put(t, s, "in a scope"), put(t, s, "cached"), put(t, s, "lost"), put(t, s, "young")

	must(t, s.CreateRun(ctx, engine.Header{Run: "r", Pipeline: "p"}))
	rec := record("a", 1)
	rec.Returns = []engine.Named{{Name: "x", Value: engine.Value{Blob: &returned}}}
	part := put(t, s, `[{"key":"p:y","value":{"blob":{"sha256":"`+inScope.Hash+`","size":10}}}]`)
	rec.After = engine.ScopeRef{Segments: []engine.Blob{part}}
	must(t, s.PutRecord(ctx, "r", rec))
	other := record("b", 1)
	other.Files = []engine.File{{Path: "f", Hash: cached.Hash, Size: cached.Size, Stage: engine.StagePut}}
	must(t, s.PutCache(ctx, "key", store.Cached{Run: "gone", Record: other}))
	for _, b := range []engine.Blob{returned, inScope, cached, lost, part} {
		age(t, s, b, 48*time.Hour)
	}

	if _, err := s.Collect(ctx, store.CollectOptions{OlderThan: time.Minute}); err == nil {
		t.Error("it takes blobs of steps that run")
	}
	want := store.Collected{Blobs: 6, Bytes: 8 + 10 + 6 + 4 + 5 + part.Size, Needed: 4, Young: 1, Removed: 1, Freed: 4}
	for _, dry := range []bool{true, false} {
		got, err := s.Collect(ctx, store.CollectOptions{OlderThan: 24 * time.Hour, DryRun: dry})
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	for b, kept := range map[engine.Blob]bool{returned: true, inScope: true, cached: true, young: true, lost: false} {
		if has, err := s.HasBlob(ctx, b); err != nil || has != kept {
			t.Errorf("%v: got %v, %v, want %v", b, has, err, kept)
		}
	}
	must(t, s.RemoveCache(ctx, "key"))
	got, err := s.Collect(ctx, store.CollectOptions{OlderThan: 24 * time.Hour})
	must(t, err)
	if got.Removed != 1 {
		t.Errorf("what only the cache needed stays: %+v", got)
	}
	root, _ := s.Folder()
	must(t, os.RemoveAll(filepath.Join(root, "runs", "r")))
	got, err = s.Collect(ctx, store.CollectOptions{OlderThan: 24 * time.Hour})
	must(t, err)
	if got.Removed != 3 || got.Blobs != 4 {
		t.Errorf("what only a run needed that was removed stays: %+v", got)
	}
}

// A large JSON value, returned or in a scope, can name blobs: the artifacts of a flow do.
func TestCollectLooksIntoLargeValues(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "s"))
	artifact, cut, inherited, lost := put(t, s, "artifact"), put(t, s, "cut"), put(t, s, "inherited"), put(t, s, "lost")
	names := func(b engine.Blob, at int) engine.Blob {
		return put(t, s, `"`+strings.Repeat("x", at)+`",{"sha256":"`+b.Hash+`","size":1}`+strings.Repeat(" ", 3<<20))
	}
	returned, beyond, inScope := names(artifact, 10), names(cut, 1<<20), names(inherited, 10)
	must(t, s.CreateRun(ctx, engine.Header{Run: "r", Pipeline: "p"}))
	rec := record("a", 1)
	rec.Returns = []engine.Named{{Name: "x", Value: engine.Value{Blob: &returned}}, {Name: "y", Value: engine.Value{Items: []engine.Value{{Blob: &beyond}}}}}
	part, err := json.Marshal(engine.Value{Blob: &inScope})
	must(t, err)
	rec.After = engine.ScopeRef{Segments: []engine.Blob{put(t, s, `[{"key":"p:z","value":`+string(part)+`}]`)}}
	must(t, s.PutRecord(ctx, "r", rec))
	for _, b := range []engine.Blob{artifact, cut, inherited, lost} {
		age(t, s, b, 48*time.Hour)
	}
	_, err = s.Collect(ctx, store.CollectOptions{OlderThan: 24 * time.Hour})
	must(t, err)
	for b, kept := range map[engine.Blob]bool{artifact: true, cut: true, inherited: true, lost: false} {
		if has, err := s.HasBlob(ctx, b); err != nil || has != kept {
			t.Errorf("%v: got %v, %v, want %v", b, has, err, kept)
		}
	}
}

// A put of bytes that are there already makes them young: the step that put them may not have its record yet.
func TestCollectLeavesWhatAPutFound(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "s"))
	must(t, err)
	defer s.Close()
	byValue, byFile := put(t, s, "value"), put(t, s, "file")
	age(t, s, byValue, 48*time.Hour)
	age(t, s, byFile, 48*time.Hour)
	put(t, s, "value")
	file := filepath.Join(t.TempDir(), "f")
	must(t, os.WriteFile(file, []byte("file"), 0o600))
	_, err = s.PutFile(ctx, file)
	must(t, err)
	got, err := s.Collect(ctx, store.CollectOptions{OlderThan: 24 * time.Hour})
	must(t, err)
	if got.Removed != 0 || got.Young != 2 {
		t.Errorf("got %+v", got)
	}
}
