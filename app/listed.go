package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/runs/index"
	"github.com/runnable-render/runnable-render/internal/store"
)

// listed are runs of a store.
type listed struct {
	store   *store.Store
	entries []runs.Entry // those that are wanted, the newest first
	all     int          // how many there are
}

// withRuns opens the store that the flags and the configuration name, and lists the runs that are wanted.
func (a *command) withRuns(ctx context.Context, f *inputFlags, only *filterFlags, now time.Time, do func(listed) error) error {
	filter, err := only.filter(now)
	if err != nil {
		return err
	}
	return a.withStore(ctx, f, func(st *store.Store) error {
		all, unread, err := index.Runs(ctx, st)
		if err != nil {
			return err
		}
		a.tellUnread(unread)
		if err := a.settle(ctx, st, all); err != nil {
			return err
		}
		return do(listed{st, filter.Keep(all), len(all)})
	})
}

// shownUnread is the number of runs that cannot be read of which each is told.
const shownUnread = 5

// tellUnread warns of runs that cannot be read and are left out.
func (a *command) tellUnread(list []runs.Unread) {
	for i, u := range list {
		if i == shownUnread && len(list) > shownUnread+1 {
			fmt.Fprintf(a.stderr, "… and %s more that cannot be read\n", plural(len(list)-i, "run"))
			return
		}
		fmt.Fprintf(a.stderr, "warning: run %s is left out: %s\n", u.RunID, progress.Text(u.Err.Error()))
	}
}

// listOnce lists the runs of a store again and again, and warns of each that cannot be read when it is seen first.
func (a *command) listOnce(st *store.Store) func(context.Context) ([]runs.Entry, error) {
	var mu sync.Mutex
	told := map[string]bool{}
	return func(ctx context.Context) ([]runs.Entry, error) {
		entries, unread, err := index.Runs(ctx, st)
		mu.Lock()
		defer mu.Unlock()
		var news []runs.Unread
		for _, u := range unread {
			if !told[u.RunID] {
				told[u.RunID] = true
				news = append(news, u)
			}
		}
		a.tellUnread(news)
		return entries, err
	}
}
