package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/store"
)

// A watcher hears of the hashing, the storing and the fetching of a file, of each up to its end.
func TestWatch(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "f")
	must(t, os.WriteFile(file, make([]byte, 3<<20), 0o600))
	var heard []string
	tell := func(m store.Moved) {
		if n := len(heard); n == 0 || heard[n-1] != m.String() { // the end is read twice
			heard = append(heard, m.String())
		}
	}
	ctx := store.Watch(t.Context(), 0, tell)
	b, err := s.PutFile(ctx, file)
	must(t, err)
	must(t, s.GetFile(ctx, b, file+"2"))
	var want []string
	for _, what := range []string{"hashed", "stored", "fetched"} {
		want = append(want, what+" 1.0 MiB of 3.0 MiB", what+" 2.0 MiB of 3.0 MiB", what+" 3.0 MiB of 3.0 MiB")
	}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = s.PutFile(store.Watch(t.Context(), time.Hour, func(m store.Moved) { t.Errorf("told of %v at once", m) }), file)
	must(t, err)
}

func TestMoveFiles(t *testing.T) {
	t.Parallel()
	one := func(int) int64 { return 1 }
	bad := errors.New("bad file")
	var moved atomic.Int64
	err := store.MoveFiles(100, one, func(i int) error {
		moved.Add(1)
		if i%10 == 3 {
			return bad
		}
		return nil
	})
	if !errors.Is(err, bad) || moved.Load() != 100 {
		t.Errorf("a bad file keeps the others: %v, %d moved", err, moved.Load())
	}
	moved.Store(0)
	err = store.MoveFiles(100_000, one, func(int) error {
		moved.Add(1)
		return &store.Error{Op: "write", Err: context.DeadlineExceeded}
	})
	if err == nil || moved.Load() > 1000 {
		t.Errorf("a store that fails is asked on: %v, %d moved", err, moved.Load())
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[store.Size]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 5 << 30: "5.0 GiB", 1 << 62: "4.0 EiB"} {
		if got := n.String(); got != want {
			t.Errorf("%d: got %s, want %s", int64(n), got, want)
		}
	}
}
