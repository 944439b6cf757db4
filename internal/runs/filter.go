package runs

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Filter says which runs are wanted. The zero Filter wants all.
type Filter struct {
	Pipelines []string        // any of these names, or of these patterns with * and ?
	Statuses  []engine.Status // any of these
	Tags      []string        // all of these
	Since     time.Time       // started then or later
	Until     time.Time       // started before then
}

// Keep returns the entries that are wanted.
func (f Filter) Keep(entries []Entry) []Entry {
	out := []Entry{}
	for _, e := range entries {
		if f.wants(e) {
			out = append(out, e)
		}
	}
	return out
}

func (f Filter) wants(e Entry) bool {
	named := func(pattern string) bool {
		ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(e.Pipeline, "/", "\x00"))
		return pattern == e.Pipeline || ok && err == nil
	}
	switch {
	case len(f.Pipelines) > 0 && !slices.ContainsFunc(f.Pipelines, named):
		return false
	case len(f.Statuses) > 0 && !slices.Contains(f.Statuses, e.Status):
		return false
	case e.Started.Before(f.Since), !f.Until.IsZero() && !e.Started.Before(f.Until):
		return false
	}
	for _, tag := range f.Tags {
		if !slices.Contains(e.Tags, tag) {
			return false
		}
	}
	return true
}

// Orders are the names of what [Sort] sorts by, beside the names of metrics.
var orders = map[string]func(a, b Entry, now time.Time) int{
	"started":  func(a, b Entry, _ time.Time) int { return b.Started.Compare(a.Started) }, // the newest first
	"took":     func(a, b Entry, now time.Time) int { return cmp.Compare(b.Took(now), a.Took(now)) },
	"pipeline": func(a, b Entry, _ time.Time) int { return cmp.Compare(a.Pipeline, b.Pipeline) },
	"status":   func(a, b Entry, _ time.Time) int { return cmp.Compare(a.Status, b.Status) },
	"run":      func(a, b Entry, _ time.Time) int { return cmp.Compare(a.RunID, b.RunID) },
}

// Orders are the names that [Sort] knows beside those of metrics.
func Orders() []string { return []string{"started", "took", "pipeline", "status", "run"} }

// Sort sorts entries: by start and duration the greatest first, by name in order, by a metric the greatest first and
// those without it last. reverse turns that round, but for those without the metric. An order that is neither known nor
// a metric of any entry is an error.
func Sort(entries []Entry, by string, reverse bool, now time.Time) error {
	order := orders[by]
	has := func(e Entry) bool { return true }
	if order == nil {
		has = func(e Entry) bool { _, ok := e.Metric(by); return ok }
		if len(entries) > 0 && !slices.ContainsFunc(entries, has) {
			return fmt.Errorf("no run has a metric %q; runs are sorted by %s, or by a metric", by, strings.Join(Orders(), ", "))
		}
		order = func(a, b Entry, _ time.Time) int {
			x, _ := a.Metric(by)
			y, _ := b.Metric(by)
			return cmp.Compare(y, x)
		}
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		if has(a) != has(b) {
			if has(a) {
				return -1
			}
			return 1
		}
		c := order(a, b, now)
		if reverse {
			c = -c
		}
		return c
	})
	return nil
}
