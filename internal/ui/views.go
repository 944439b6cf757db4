package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/report"
	"github.com/runnable-render/runnable-render/internal/runs"
)

// listView is the name of the view of all runs; no run has it.
const listView = ""

// view is what is told of a run, or of the list, at one time.
type view struct {
	body  []byte // JSON; equal bodies mean that nothing has changed
	extra []byte // what may change without the body: how long the logs are
	at    time.Time
	cost  time.Duration
}

func (v *view) same(o *view) bool {
	return bytes.Equal(v.body, o.body) && bytes.Equal(v.extra, o.extra)
}

// fresh is how long a view counts as new.
const fresh = 250 * time.Millisecond

// maxViews is the number of views that are kept.
const maxViews = 16

// views makes views, each at most once at a time, and shares them among those who watch.
type views struct {
	make func(ctx context.Context, name string) (*view, error)
	mu   sync.Mutex
	kept map[string]*slot
}

// slot is the place of one view.
type slot struct {
	mu   sync.Mutex
	last *view
	used time.Time
}

func (v *views) slot(name string) *slot {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kept == nil {
		v.kept = map[string]*slot{}
	}
	s := v.kept[name]
	if s == nil {
		for len(v.kept) >= maxViews {
			v.forgetOldest()
		}
		s = &slot{}
		v.kept[name] = s
	}
	s.used = time.Now()
	return s
}

func (v *views) forgetOldest() {
	oldest := ""
	for name, s := range v.kept {
		if o := v.kept[oldest]; o == nil || s.used.Before(o.used) {
			oldest = name
		}
	}
	delete(v.kept, oldest)
}

// get returns a view that is new enough: the more it costs to make, the longer it counts.
func (v *views) get(ctx context.Context, name string) (view, error) {
	s := v.slot(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil && time.Since(s.last.at) < max(fresh, 4*s.last.cost) {
		return *s.last, nil
	}
	began := time.Now()
	made, err := v.make(ctx, name)
	if err != nil {
		return view{}, err
	}
	made.at, made.cost = time.Now(), time.Since(began)
	s.last = made
	return *made, nil
}

// view makes the view of the list or of a run.
func (s *server) view(ctx context.Context, name string) (*view, error) {
	if name == listView {
		entries, err := s.Runs(ctx)
		if err != nil {
			return nil, err
		}
		if entries == nil {
			entries = []runs.Entry{}
		}
		body, err := json.Marshal(entries)
		return &view{body: body}, err
	}
	d, err := runs.Read(ctx, s.Store, name)
	if err != nil {
		return nil, err
	}
	if s.Commands != nil {
		d.Summary.Commands = s.Commands(d.Summary)
	}
	run := report.RunOf(d, time.Time{}) // the page goes by its own clock: what goes on is the same until it ends
	body, err := json.Marshal(run)
	if err != nil {
		return nil, err
	}
	sizes, err := s.logSizes(ctx, run)
	return &view{body: body, extra: sizes}, err
}

// maxFollowed is the number of running attempts whose logs are looked at.
const maxFollowed = 32

// logSizes are the sizes of the logs of what goes on.
func (s *server) logSizes(ctx context.Context, run *report.Run) ([]byte, error) {
	var sizes []int64
	for _, span := range run.Timeline.Spans {
		if span.Status != engine.Running || len(sizes) == maxFollowed {
			continue
		}
		kept, err := s.Store.OpenLog(ctx, run.Summary.RunID, span.Path, span.Attempt)
		if err != nil {
			continue // it has none yet
		}
		if seeker, ok := kept.(io.Seeker); ok {
			if n, err := seeker.Seek(0, io.SeekEnd); err == nil {
				sizes = append(sizes, n)
			}
		}
		err = kept.Close()
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	return json.Marshal(sizes)
}
