package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/store"
)

// soon are times for tests.
var soon = store.LeaseTimes{Renew: 20 * time.Millisecond, Dead: 5 * time.Second, Ask: 10 * time.Millisecond}

func leaseOf(run, conflict string, limit int) store.LeaseOptions {
	return store.LeaseOptions{Run: run, Pipeline: "p", Group: "g", Limit: limit, OnConflict: conflict, Times: soon}
}

// TestLeasesLimitRuns lets many runs at the places of a group: never more than the limit have one, and all get one in the end.
func TestLeasesLimitRuns(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		const limit = 2
		var going, most, done atomic.Int32
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				l, err := s.Lease(t.Context(), leaseOf(fmt.Sprint("r", i), "wait", limit))
				if err != nil {
					t.Error(err)
					return
				}
				l.Keep(t.Context())
				if n := going.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(15 * time.Millisecond)
				going.Add(-1)
				done.Add(1)
				if err := l.Release(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most.Load() > limit || done.Load() != 12 {
			t.Errorf("%d runs at a time, %d in all", most.Load(), done.Load())
		}
	})
}

// TestLeaseConflicts: a run that is one too many says whom it waits for, does not begin, or ends the other.
func TestLeaseConflicts(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		first, err := s.Lease(t.Context(), leaseOf("first", "wait", 1))
		must(t, err)
		kept := first.Keep(t.Context())

		var busy *store.BusyError
		if _, err := s.Lease(t.Context(), leaseOf("second", "fail", 1)); !errors.As(err, &busy) || busy.Holders[0].Run != "first" {
			t.Errorf("fail: %v", err)
		}
		other, err := s.Lease(t.Context(), store.LeaseOptions{Run: "x", Group: "h", Limit: 1, OnConflict: "fail", Times: soon})
		must(t, err)
		must(t, other.Release(t.Context()))

		waiting, stop := context.WithCancel(t.Context())
		told := ""
		o := leaseOf("third", "wait", 1)
		o.Waiting = func(holders []store.Holder) {
			told += holders[0].String()
			stop()
		}
		if _, err := s.Lease(waiting, o); !errors.Is(err, context.Canceled) || strings.Count(told, `run first of "p" (process `) != 1 {
			t.Errorf("wait: %v, told %q", err, told)
		}
		if kept.Err() != nil {
			t.Error("the first run has lost its place to runs that only wait")
		}

		go func() {
			<-kept.Done()
			_ = first.Release(context.WithoutCancel(t.Context()))
		}()
		next, err := s.Lease(t.Context(), leaseOf("fourth", "cancel", 1))
		must(t, err)
		if by, ok := errors.AsType[*store.CancelledError](store.LeaseLost(kept)); !ok || by.By != "fourth" {
			t.Errorf("the reason is %v", context.Cause(kept))
		}
		must(t, next.Release(t.Context()))
	})
}

// TestLeaseOfTheDead: whoever says nothing for long enough has no place any more, and learns of it.
func TestLeaseOfTheDead(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		quick := soon
		quick.Dead = 100 * time.Millisecond
		o := leaseOf("first", "wait", 1)
		o.Times = quick
		first, err := s.Lease(t.Context(), o) // and it does not keep it
		must(t, err)
		o.Run, o.OnConflict = "second", "fail"
		if _, err := s.Lease(t.Context(), o); err == nil {
			t.Error("a second run has the place at once")
		}
		o.OnConflict = "wait"
		second, err := s.Lease(t.Context(), o)
		must(t, err)
		second.Keep(t.Context())
		kept := first.Keep(t.Context())
		select {
		case <-kept.Done():
		case <-time.After(10 * time.Second):
		}
		if !errors.Is(store.LeaseLost(kept), store.ErrLeaseLost) {
			t.Errorf("the reason is %v", context.Cause(kept))
		}
		must(t, first.Release(t.Context()))
		if _, err := s.Lease(t.Context(), leaseOf("third", "fail", 1)); err == nil {
			t.Error("the end of the first run has given away the place of the second")
		}
		must(t, second.Release(t.Context()))
	})
}

// TestLeaseOfASleeper: a run that slept while several others had its place, one after the other, learns that it has none.
func TestLeaseOfASleeper(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		o := leaseOf("sleeper", "wait", 1)
		o.Times.Dead = 50 * time.Millisecond
		sleeper, err := s.Lease(t.Context(), o)
		must(t, err)
		for _, run := range []string{"second", "third"} {
			o.Run = run
			l, err := s.Lease(t.Context(), o)
			must(t, err)
			must(t, l.Release(t.Context()))
		}
		kept := sleeper.Keep(t.Context())
		select {
		case <-kept.Done():
		case <-time.After(10 * time.Second):
		}
		if !errors.Is(store.LeaseLost(kept), store.ErrLeaseLost) {
			t.Errorf("the reason is %v", context.Cause(kept))
		}
		must(t, sleeper.Release(t.Context()))
	})
}

// TestLeaseAfterSleep: a run that waited, and slept with its machine, leaves the place to the run that has it and slept as well.
func TestLeaseAfterSleep(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		o := leaseOf("first", "wait", 1)
		o.Times = store.LeaseTimes{Renew: 50 * time.Millisecond, Dead: 2 * time.Second, Ask: 10 * time.Millisecond}
		first, err := s.Lease(t.Context(), o)
		must(t, err)
		var kept context.Context
		waits, slept := o, false
		waits.Run = "second"
		waiting, stop := context.WithCancel(t.Context())
		defer stop()
		waits.Waiting = func([]store.Holder) {
			if !slept {
				slept = true
				time.Sleep(3 * time.Second) // neither says anything
				kept = first.Keep(t.Context())
				time.AfterFunc(time.Second, stop)
			}
		}
		if _, err := s.Lease(waiting, waits); !errors.Is(err, context.Canceled) || kept.Err() != nil {
			t.Errorf("the second run: %v, the first: %v", err, context.Cause(kept))
		}
		must(t, first.Release(t.Context()))
	})
}

// TestLeaseOfAPlantedPlace: nobody waits for ever for a place that comes after all others.
func TestLeaseOfAPlantedPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), dir)
	must(t, err)
	defer s.Close()
	must(t, os.MkdirAll(filepath.Join(dir, "leases", "g", "0"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "leases", "g", "0", "9223372036854775807.json"), []byte("{}"), 0o600))
	if _, err := s.Lease(t.Context(), leaseOf("r", "wait", 1)); !store.Corrupted(err) {
		t.Errorf("got %v", err)
	}
}

// TestHeldByOthers: other processes of a run hold on to its place, and none does to one that is given back, lost or somebody else's.
func TestHeldByOthers(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		held := func(run string) *store.Lease {
			t.Helper()
			l, err := s.Held(t.Context(), leaseOf(run, "wait", 1))
			must(t, err)
			return l
		}
		_, err := s.Lease(t.Context(), leaseOf("first", "wait", 1)) // begins the run, and ends
		must(t, err)
		if held("second") != nil {
			t.Error("another run holds the place of the first")
		}
		step, last := held("first"), held("first")
		must(t, step.Renew(t.Context()))
		step.Keep(t.Context())
		step.Leave()
		if _, err := s.Lease(t.Context(), leaseOf("second", "fail", 1)); err == nil {
			t.Error("the place is free although the run has only left it to the next of its processes")
		}
		next := make(chan *store.Lease)
		go func() {
			l, err := s.Lease(t.Context(), leaseOf("second", "cancel", 1))
			if err != nil {
				t.Error(err)
			}
			next <- l
		}()
		kept := last.Keep(t.Context())
		<-kept.Done()
		if _, asked := errors.AsType[*store.CancelledError](held("first").Renew(t.Context())); !asked {
			t.Error("a process that starts later does not learn that the run is to end")
		}
		must(t, last.Release(t.Context()))
		second := <-next
		if held("first") != nil {
			t.Error("the run holds a place that it has given back")
		}
		if err := step.Renew(t.Context()); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("the place is another's, and the reason is %v", err)
		}
		must(t, second.Release(t.Context()))
	})
}

// TestLimitsOfTheirOwn: each run goes by its own limit, whatever the others have.
func TestLimitsOfTheirOwn(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *store.Store) {
		var held []*store.Lease
		for i, limit := range []int{3, 3, 3} {
			l, err := s.Lease(t.Context(), leaseOf(fmt.Sprint("r", i), "fail", limit))
			must(t, err)
			held = append(held, l)
		}
		must(t, held[0].Release(t.Context()))
		if _, err := s.Lease(t.Context(), leaseOf("one", "fail", 1)); err == nil {
			t.Error("a run that is to go on alone goes on beside others")
		}
		for _, l := range slices.Backward(held[1:]) {
			must(t, l.Release(t.Context()))
		}
		alone, err := s.Lease(t.Context(), leaseOf("one", "fail", 1))
		must(t, err)
		must(t, alone.Release(t.Context()))
	})
}
