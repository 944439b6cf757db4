package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Moved is how far the content of a file has come.
type Moved struct {
	What  string // hashed, stored or fetched
	Done  int64  // bytes
	Total int64
}

// String is as in "stored 1.2 GiB of 5.0 GiB".
func (m Moved) String() string {
	return fmt.Sprintf("%s %s of %s", m.What, Size(m.Done), Size(m.Total))
}

// Size is a number of bytes as a person says it.
type Size int64

// String is as in "1.2 GiB".
func (n Size) String() string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", int64(n))
	}
	value, i := float64(n)/unit, 0
	for value >= unit && i < len("KMGTPE")-1 {
		value, i = value/unit, i+1
	}
	return fmt.Sprintf("%.1f %ciB", value, "KMGTPE"[i])
}

// watchKey is that of the watcher in a context.
type watchKey struct{}

type watcher struct {
	every time.Duration
	tell  func(Moved)
}

// Watch returns a context in which [HashFile], [Store.PutFile] and [Store.GetFile] tell how far they have come, at most
// so often, from the goroutine that moves the bytes: shorter transfers are not reported. A transfer that is tried
// again begins at 0.
func Watch(ctx context.Context, every time.Duration, tell func(Moved)) context.Context {
	return context.WithValue(ctx, watchKey{}, watcher{every, tell})
}

// mover reads a content: it ends when the context does, and tells who watches how far it has come.
type mover struct {
	ctx  context.Context //nolint:containedctx // a reader takes none
	r    io.Reader
	w    watcher
	at   Moved
	last time.Time
}

func moving(ctx context.Context, r io.Reader, what string, total int64) *mover {
	w, _ := ctx.Value(watchKey{}).(watcher)
	return &mover{ctx: ctx, r: r, w: w, at: Moved{What: what, Total: total}, last: time.Now()}
}

func (m *mover) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	m.at.Done += int64(n)
	if m.w.tell != nil && time.Since(m.last) >= m.w.every {
		m.last = time.Now()
		m.w.tell(m.at)
	}
	return n, err
}

// How many files are moved at a time. Small ones wait mostly for answers; a large one keeps a processor busy and holds
// some parts of it in memory.
const (
	smallAtOnce = 16
	largeFile   = 8 << 20
)

// MoveFiles does move for the numbers below n, several at a time, and returns the first error by number. size is the
// number of bytes that one moves. Once the store has failed nothing more is begun; what is wrong with one file does
// not keep the others.
func MoveFiles(n int, size func(i int) int64, move func(i int) error) error {
	errs := make([]error, n)
	small, large := make(chan struct{}, smallAtOnce), make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))
	var failed atomic.Bool
	var wg sync.WaitGroup
	for i := 0; i < n && !failed.Load(); i++ {
		slots := small
		if size(i) > largeFile {
			slots = large
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = move(i)
			var ours *Error
			if errors.As(errs[i], &ours) {
				failed.Store(true)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
