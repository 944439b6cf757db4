package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// both runs a test on a folder and on a bucket of gocloud.dev, in memory and, where one is named, a real one.
func both(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, kind := range []string{"folder", "mem"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			where := "mem://"
			if kind == "folder" {
				where = filepath.Join(t.TempDir(), "store")
			}
			test(t, open(t, where))
		})
	}
	if where, openers := testBuckets(t); where != "" {
		t.Run("bucket", func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), where, openers...)
			if err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

func open(t testing.TB, where string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func header(run string) engine.Header {
	return engine.Header{Run: run, Pipeline: "p", Target: "local", Owner: "me", Started: time.Unix(1, 0).UTC(),
		Definition: json.RawMessage(`{"a":"<b>& \u2028"}`), Parameters: []engine.Named{{Name: "n", Value: engine.Int(1)}}}
}

func record(path string, attempt int) engine.Record {
	return engine.Record{Version: engine.RecordVersion, Path: path, Attempt: attempt, Kind: "shell", Status: engine.Success,
		Started: time.Unix(1, 0).UTC(), Ended: time.Unix(2, 0).UTC(),
		Returns: []engine.Named{{Name: "x", Value: engine.Value{JSON: json.RawMessage(`{"z":1.0,"a":123456789012345678901234567890,"h":"<&>"}`)}}}}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if runs, err := s.Runs(ctx); err != nil || len(runs) != 0 {
			t.Errorf("empty store: %v, %v", runs, err)
		}
		if _, err := s.Header(ctx, "none"); !errors.Is(err, store.ErrNoRun) {
			t.Errorf("no run: %v", err)
		}
		h := header("My.run-1")
		must(t, s.CreateRun(ctx, h))
		must(t, s.CreateRun(ctx, h)) // the same is no conflict
		other := h
		other.Owner = "you"
		err := s.CreateRun(ctx, other)
		var exists *store.RunExistsError
		if !errors.Is(err, store.ErrRunExists) || !errors.As(err, &exists) || exists.Header.Owner != "me" || !strings.Contains(err.Error(), "by me") {
			t.Errorf("second creation: %v", err)
		}
		must(t, s.CreateRun(ctx, header("my.run-1")))
		got, err := s.Header(ctx, "My.run-1")
		must(t, err)
		h.Version = store.HeaderVersion
		if d := cmp.Diff(h, got); d != "" {
			t.Error(d)
		}
		runs, err := s.Runs(ctx)
		must(t, err)
		if !slices.Equal(runs, []string{"My.run-1", "my.run-1"}) {
			t.Error(runs)
		}
		end, err := s.End(ctx, "My.run-1")
		if err != nil || end != nil {
			t.Errorf("no end: %v, %v", end, err)
		}
		must(t, s.PutEnd(ctx, "My.run-1", store.End{Status: engine.Failed, Failure: &engine.Failure{Step: "a", Kind: engine.KindError, Message: "m"}}))
		if st, err := s.Status(ctx, "My.run-1"); err != nil || st != engine.Failed {
			t.Errorf("status %s, %v", st, err)
		}
		if retried, err := s.Retried(ctx, "My.run-1"); err != nil || !retried {
			t.Errorf("it ended and goes on: %t, %v", retried, err)
		}
		must(t, s.Reopen(ctx, "My.run-1"))
		must(t, s.Reopen(ctx, "My.run-1"))
		if retried, err := s.Retried(ctx, "My.run-1"); err != nil || !retried {
			t.Errorf("reopened: %t, %v", retried, err)
		}
		if retried, err := s.Retried(ctx, "my.run-1"); err != nil || retried {
			t.Errorf("first time: %t, %v", retried, err)
		}
		if st, err := s.Status(ctx, "My.run-1"); err != nil || st != engine.Running {
			t.Errorf("status %s, %v", st, err)
		}
	})
}

func TestRecords(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if rec, err := s.Latest(ctx, "r", "m.0.Child"); err != nil || rec != nil {
			t.Errorf("nothing there: %v, %v", rec, err)
		}
		var want []engine.Record
		for i := 1; i <= 11; i++ {
			n, err := s.Claim(ctx, "r", "m.0.Child")
			must(t, err)
			if n != i {
				t.Fatalf("attempt %d, want %d", n, i)
			}
			if i == 2 {
				continue // died
			}
			want = append(want, record("m.0.Child", n))
			must(t, s.PutRecord(ctx, "r", want[len(want)-1]))
		}
		got, err := s.Records(ctx, "r", "m.0.Child")
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		last, err := s.Latest(ctx, "r", "m.0.Child")
		must(t, err)
		if last.Attempt != 11 {
			t.Errorf("latest is %d", last.Attempt)
		}
		must(t, s.PutRecord(ctx, "r", want[0]))
		changed := want[0]
		changed.Status = engine.Failed
		if err := s.PutRecord(ctx, "r", changed); !errors.Is(err, fs.ErrExist) {
			t.Errorf("a record was changed: %v", err)
		}
		must(t, s.PutRecord(ctx, "r", record("m.0.child", 1)))
		must(t, s.PutExit(ctx, "r", "m.0", &engine.Exit{Before: "1"}))
		all, err := s.ListRecords(ctx, "r")
		must(t, err)
		if len(all) != 11 || all[10].Path != "m.0.child" {
			t.Errorf("%d records", len(all))
		}
		starts, err := s.ListStarts(ctx, "r")
		must(t, err)
		if len(starts) != 11 || starts[1].Path != "m.0.Child" || starts[1].Attempt != 2 {
			t.Errorf("starts: %+v", starts)
		}
	})
}

func TestValuesKeepTheirText(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		rec := record("a", 1)
		rec.Returns[0].Value.JSON = json.RawMessage("{\"z\":1.0,\"e\":1e3,\"h\":\"<&>\u2028\",\"u\":\"\\u00e9\"}")
		must(t, s.PutRecord(t.Context(), "r", rec))
		got, err := s.Latest(t.Context(), "r", "a")
		must(t, err)
		if a, b := string(rec.Returns[0].Value.JSON), string(got.Returns[0].Value.JSON); a != b {
			t.Errorf("%s became %s", a, b)
		}
	})
}

func TestClaimRace(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		seen := map[int]bool{}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				n, err := s.Claim(t.Context(), "r", "a")
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[n] {
					t.Errorf("attempt %d twice, or %v", n, err)
				}
				seen[n] = true
			})
		}
		wg.Wait()
		for n := 1; n <= 20; n++ {
			if !seen[n] {
				t.Errorf("attempt %d is missing", n)
			}
		}
	})
}

func TestCreateRunRace(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		for round := range 20 {
			var won, lost sync.Map
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					h := header(fmt.Sprint("r", round))
					h.Owner = fmt.Sprint(i)
					switch err := s.CreateRun(t.Context(), h); {
					case err == nil:
						won.Store(i, true)
					case errors.Is(err, store.ErrRunExists):
						lost.Store(i, true)
					default:
						t.Error(err)
					}
				})
			}
			wg.Wait()
			n := 0
			won.Range(func(any, any) bool { n++; return true })
			if n != 1 {
				t.Fatalf("%d creators won", n)
			}
		}
	})
}

func TestExits(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		f := s.Facts(ctx, "r")
		if e, err := f.Exit("p"); err != nil || e != nil {
			t.Errorf("none: %v, %v", e, err)
		}
		for _, tt := range []struct{ before, status, want string }{{"1", "FAIL", "FAIL"}, {"1", "SUCCESS", "SUCCESS"}, {"2", "FAIL", "FAIL"}} {
			must(t, f.KeepExit("p", &engine.Exit{Before: tt.before, Status: engine.Status(tt.status)}))
			e, err := f.Exit("p")
			must(t, err)
			if e.Before != tt.before || string(e.Status) != tt.want {
				t.Errorf("%v: %+v", tt, e)
			}
		}
		must(t, s.PutEntry(ctx, "r", "p", engine.ScopeRef{Digest: "d"}))
		must(t, s.PutEntry(ctx, "r", "p", engine.ScopeRef{Digest: "e"}))
		ref, err := s.Entry(ctx, "r", "p")
		must(t, err)
		if ref.Digest != "d" {
			t.Error(ref)
		}
	})
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		for _, size := range []int{0, 1, 100_000} {
			data := make([]byte, size)
			_, _ = rand.Read(data)
			b, err := s.PutBlob(t.Context(), data)
			must(t, err)
			again, err := s.PutBlob(t.Context(), data)
			must(t, err)
			got, err := s.GetBlob(t.Context(), b)
			must(t, err)
			if b != again || !bytes.Equal(got, data) {
				t.Errorf("size %d: %v %v", size, b, again)
			}
		}
		_, err := s.GetBlob(t.Context(), engine.Blob{Hash: strings.Repeat("ab", 32)})
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("missing blob: %v", err)
		}
		for _, h := range []string{"", "abc", strings.Repeat("AB", 32), "../" + strings.Repeat("a", 61)} {
			if _, err := s.GetBlob(t.Context(), engine.Blob{Hash: h}); err == nil {
				t.Errorf("hash %q was taken", h)
			}
		}
	})
}

func TestFiles(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		src := filepath.Join(t.TempDir(), "src")
		data := make([]byte, 3<<20+17)
		_, _ = rand.Read(data)
		must(t, os.WriteFile(src, data, 0o644))
		b, err := s.PutFile(ctx, src)
		must(t, err)
		if b.Size != int64(len(data)) {
			t.Errorf("size %d", b.Size)
		}
		dst := filepath.Join(t.TempDir(), "a", "b", "dst")
		must(t, s.GetFile(ctx, b, dst))
		got, err := os.ReadFile(dst)
		must(t, err)
		if !bytes.Equal(got, data) {
			t.Error("content differs")
		}
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if err := s.GetFile(cancelled, b, dst+"2"); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if names := ls(t, filepath.Dir(dst)); !slices.Equal(names, []string{"dst"}) {
			t.Errorf("left behind: %v", names)
		}
		r, err := s.OpenBlob(ctx, b)
		must(t, err)
		all, err := io.ReadAll(r)
		must(t, errors.Join(err, r.Close()))
		if !bytes.Equal(all, data) {
			t.Error("content differs")
		}
		if _, err := s.PutFile(ctx, src+"x"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("missing file: %v", err)
		}
	})
}

func ls(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestLogs(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		w, err := s.LogWriter(ctx, "r", "a.b", 1)
		must(t, err)
		_, err = io.WriteString(w, "one\n")
		must(t, err)
		cancel()
		_, err = io.WriteString(w, "two\n")
		must(t, err)
		must(t, w.Close())
		r, err := s.OpenLog(t.Context(), "r", "a.b", 1)
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, errors.Join(err, r.Close()))
		if string(text) != "one\ntwo\n" {
			t.Errorf("%q", text)
		}
		if _, err := s.OpenLog(t.Context(), "r", "a.b", 2); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("missing log: %v", err)
		}
	})
}

func TestCache(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if c, err := s.GetCache(ctx, "k"); err != nil || c != nil {
			t.Errorf("%v, %v", c, err)
		}
		must(t, s.PutCache(ctx, "k", store.Cached{Run: "r", Record: record("a", 1)}))
		c, err := s.GetCache(ctx, "k")
		must(t, err)
		if c.Run != "r" || c.Record.Path != "a" {
			t.Errorf("%+v", c)
		}
	})
}
