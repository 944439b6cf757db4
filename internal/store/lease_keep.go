package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Lease is the place of a run among those that go on. Its methods belong to one goroutine.
type Lease struct {
	store *Store
	place place
	times LeaseTimes
	stop  func()
}

// ErrLeaseLost is the reason of a run that ends because another one has its place.
var ErrLeaseLost = errors.New("another run has taken its place: the store was out of reach for too long")

// CancelledError is the reason of a run that ends because another one wants its place.
type CancelledError struct{ By string }

func (e *CancelledError) Error() string {
	return fmt.Sprintf("ended by run %s (concurrency: on_conflict is cancel)", e.By)
}

// LeaseLost is why a run has lost its place, if the context that [Lease.Keep] returned ended for that.
func LeaseLost(ctx context.Context) error {
	cause := context.Cause(ctx)
	if _, asked := errors.AsType[*CancelledError](cause); asked || errors.Is(cause, ErrLeaseLost) {
		return cause
	}
	return nil
}

// Keep holds on to the place until [Lease.Release]. The context that it returns ends with ctx, or when the place is lost;
// its cause is then [ErrLeaseLost] or a [CancelledError].
func (l *Lease) Keep(ctx context.Context) context.Context {
	kept, lose := context.WithCancelCause(ctx)
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() { l.renew(context.WithoutCancel(ctx), stop, lose) })
	l.stop = sync.OnceFunc(func() {
		close(stop)
		done.Wait()
		lose(nil)
	})
	return kept
}

// renew says again and again that the holder lives, and looks whether it still is one.
func (l *Lease) renew(ctx context.Context, stop <-chan struct{}, lose func(error)) {
	tick := time.NewTicker(l.times.Renew)
	defer tick.Stop()
	heard := time.Now()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		reason, err := l.look(ctx)
		switch {
		case reason != nil:
			lose(reason) // and go on: the place is free when the run has ended
		case err == nil:
			heard = time.Now()
		case time.Since(heard) > l.times.Dead:
			lose(ErrLeaseLost)
			return
		}
		if errors.Is(reason, ErrLeaseLost) {
			return
		}
	}
}

// look says why the run must end, if it must, and that it lives. Of a run that slept for long, several may have had the place since.
func (l *Lease) look(ctx context.Context) (reason, err error) {
	last, err := l.store.last(ctx, l.place)
	if err != nil {
		return nil, err
	}
	if last.generation > l.place.generation {
		return ErrLeaseLost, nil
	}
	if err := l.beat(ctx, false); err != nil {
		return nil, err
	}
	var c cancelled
	if asked, err := l.store.readJSON(ctx, l.place.key(cancelExt), &c); err != nil || !asked {
		return nil, err
	}
	if CheckRunID(c.By) != nil {
		return nil, nil
	}
	return &CancelledError{c.By}, nil
}

// Renew says that the run lives, and returns why it must end where it must: [ErrLeaseLost] or a [CancelledError].
func (l *Lease) Renew(ctx context.Context) error {
	reason, err := l.look(ctx)
	return errors.Join(reason, err)
}

func (l *Lease) beat(ctx context.Context, released bool) error {
	return l.store.writeJSON(ctx, l.place.key(beatExt), beat{released})
}

// Release gives the place to the next run.
func (l *Lease) Release(ctx context.Context) error {
	l.Leave()
	return l.beat(ctx, true)
}

// Leave stops holding on to the place and does not give it away: another process of the run will go on with it.
func (l *Lease) Leave() {
	if l.stop != nil {
		l.stop()
	}
}

// clear removes what earlier generations have left. What stays does no harm.
func (l *Lease) clear(ctx context.Context) {
	folder := l.place.folder()
	for name, err := range l.store.bucket.list(ctx, folder) {
		if err != nil {
			return
		}
		text, _, _ := strings.Cut(name, ".")
		if n, err := strconv.Atoi(text); err == nil && n < l.place.generation {
			_ = l.store.bucket.remove(ctx, folder+name)
		}
	}
}
