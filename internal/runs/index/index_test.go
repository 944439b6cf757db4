package index_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/runs/index"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, where string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), where)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// both runs a test on a folder and on a bucket.
func both(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) { t.Parallel(); test(t, open(t, filepath.Join(t.TempDir(), "s"))) })
	t.Run("bucket", func(t *testing.T) { t.Parallel(); test(t, open(t, "mem://")) })
}

func begin(t testing.TB, s *store.Store, id string, started time.Time) {
	t.Helper()
	must(t, s.CreateRun(context.Background(), engine.Header{
		Run: id, Pipeline: "p", Target: "local", Started: started, Parameters: []engine.Named{},
		Definition: []byte(`{"version":1,"name":"p","graph":{"start":"success","steps":[]}}`),
	}))
	must(t, s.Own(context.Background(), id))
}

func end(t testing.TB, s *store.Store, id string, status engine.Status, score float64) {
	t.Helper()
	must(t, s.PutEnd(context.Background(), id, store.End{Status: status, Ended: noon.Add(time.Hour), Metrics: []engine.Named{
		{Name: "score", Value: engine.Value{Kind: ir.Metric, JSON: fmt.Appendf(nil, "%g", score)}},
	}}))
}

// text is the list in short.
func text(t testing.TB, s *store.Store) string {
	t.Helper()
	entries, _, err := index.Runs(context.Background(), s)
	must(t, err)
	var out []string
	for _, e := range entries {
		score, _ := e.Metric("score")
		out = append(out, fmt.Sprintf("%s %s %g", e.RunID, e.Status, score))
	}
	return strings.Join(out, ", ")
}

func expect(t testing.TB, s *store.Store, want string) {
	t.Helper()
	if got := text(t, s); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestListFollowsTheRuns(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		expect(t, s, "")
		begin(t, s, "a", noon)
		begin(t, s, "B", noon.Add(time.Minute))
		expect(t, s, "B RUNNING 0, a RUNNING 0")
		end(t, s, "a", engine.Failed, 1)
		expect(t, s, "B RUNNING 0, a FAIL 1")
		must(t, s.Reopen(ctx, "a"))
		expect(t, s, "B RUNNING 0, a RUNNING 0")
		end(t, s, "a", engine.Success, 2)
		expect(t, s, "B RUNNING 0, a SUCCESS 2")
		h, err := s.Header(ctx, "a")
		must(t, err)
		h.Tags = []string{"x"}
		must(t, s.PutHeader(ctx, h))
		entries, _, err := index.Runs(ctx, s)
		must(t, err)
		if len(entries[1].Tags) != 1 {
			t.Errorf("the tag is not listed: %+v", entries[1])
		}
		must(t, s.RemoveRun(ctx, "a"))
		expect(t, s, "B RUNNING 0")
		begin(t, s, "a", noon.Add(time.Hour)) // the name is free again
		expect(t, s, "a RUNNING 0, B RUNNING 0")
	})
}

// A writer that is killed between the note of a change and the change, or after it, leaves a list that is right.
func TestListSeesWhatAStaleIndexDoesNot(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		begin(t, s, "a", noon)
		end(t, s, "a", engine.Failed, 1)
		expect(t, s, "a FAIL 1")
		stale, err := s.ReadIndex(ctx)
		must(t, err)
		must(t, s.Reopen(ctx, "a"))
		end(t, s, "a", engine.Success, 2)
		expect(t, s, "a SUCCESS 2")
		must(t, s.WriteIndex(ctx, stale)) // by a list that began long ago
		expect(t, s, "a SUCCESS 2")
	})
}

func TestBrokenIndexIsRebuilt(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		begin(t, s, "a", noon)
		end(t, s, "a", engine.Success, 1)
		expect(t, s, "a SUCCESS 1")
		good, err := s.ReadIndex(ctx)
		must(t, err)
		for _, bad := range []string{"", "{", "[]", "null", `{"version":99,"runs":[{"run_id":"z"}]}`, string(good[:len(good)/2])} {
			must(t, s.WriteIndex(ctx, []byte(bad)))
			expect(t, s, "a SUCCESS 1")
			again, err := s.ReadIndex(ctx)
			must(t, err)
			if string(again) != string(good) {
				t.Errorf("after %q the index is %s, want %s", bad, again, good)
			}
		}
		n, err := index.Rebuild(ctx, s)
		must(t, err)
		if n != 1 {
			t.Errorf("%d runs", n)
		}
	})
}

func TestIndexNeedNotBeWritten(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "s")
	s := open(t, root)
	begin(t, s, "a", noon)
	end(t, s, "a", engine.Success, 1)
	must(t, os.MkdirAll(filepath.Join(root, "index", "runs.json"), 0o700)) // a folder where the file should be
	entries, _, err := index.Runs(context.Background(), s)
	if err != nil || len(entries) != 1 {
		t.Errorf("got %v, %v", entries, err)
	}
}

// Writers begin, end, retry and remove runs while others list; a list never shows what was not so at any time, and the
// last one shows how it is.
func TestListBesideWriters(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		var writers, lists sync.WaitGroup
		done := make(chan struct{})
		for w := range 4 {
			writers.Go(func() {
				for i := range 12 {
					id := fmt.Sprintf("%d-%d", w, i)
					begin(t, s, id, noon.Add(time.Duration(w*100+i)*time.Second))
					end(t, s, id, engine.Failed, 1)
					if i%2 == 0 {
						must(t, s.Reopen(ctx, id))
						end(t, s, id, engine.Success, 2)
					}
					if i%3 == 0 {
						must(t, s.RemoveRun(ctx, id))
					}
				}
			})
		}
		for range 3 {
			lists.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					entries, _, err := index.Runs(ctx, s)
					if err != nil {
						t.Error(err)
						return
					}
					for _, e := range entries {
						if v, _ := e.Metric("score"); e.Status == engine.Success && v != 2 || e.Status == engine.Failed && v != 1 {
							t.Errorf("never so: %+v", e)
						}
					}
				}
			})
		}
		writers.Wait()
		close(done)
		lists.Wait()
		with := text(t, s)
		_, err := index.Rebuild(ctx, s)
		must(t, err)
		if without := text(t, s); with != without {
			t.Errorf("with the index %s, without %s", with, without)
		}
		if n := strings.Count(with, "SUCCESS"); n != 4*4 {
			t.Errorf("%d succeeded, want 16: %s", n, with)
		}
	})
}

// BenchmarkList lists 5,000 runs, with the index and without.
func BenchmarkList(b *testing.B) {
	const n = 5000
	for _, where := range []string{"folder", "bucket"} {
		s := open(b, map[string]string{"folder": filepath.Join(b.TempDir(), "s"), "bucket": "mem://"}[where])
		for i := range n {
			id := fmt.Sprintf("run-%05d", i)
			begin(b, s, id, noon.Add(time.Duration(i)*time.Second))
			end(b, s, id, engine.Success, float64(i))
		}
		list := func(b *testing.B) []runs.Entry {
			entries, _, err := index.Runs(context.Background(), s)
			must(b, err)
			if len(entries) != n {
				b.Fatalf("%d runs", len(entries))
			}
			return entries
		}
		b.Run(where+"/without", func(b *testing.B) {
			for b.Loop() {
				must(b, s.WriteIndex(context.Background(), []byte("{}")))
				list(b)
			}
		})
		b.Run(where+"/with", func(b *testing.B) {
			for b.Loop() {
				list(b)
			}
		})
	}
}
