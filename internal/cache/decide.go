package cache

import (
	"context"
	"strings"
)

// Decision says whether a step would run, and why.
type Decision struct {
	Path    string   `json:"path"` // of a run
	Cached  bool     `json:"cached"`
	Waits   bool     `json:"waits,omitempty"` // it cannot be told: a step before it runs
	Why     string   `json:"why"`
	Key     string   `json:"key,omitempty"`
	Parts   []Part   `json:"parts,omitempty"`
	Changes []Change `json:"changes,omitempty"`
	Since   string   `json:"since,omitempty"` // the run that the changes are since
}

// Explain fills why a step whose key nothing has would run: what changed since it ran last.
func (d *Decision) Explain(ctx context.Context, st Store, pipeline string, k Key, lost string) error {
	if lost != "" {
		d.Why = lost
		return nil
	}
	last, err := st.GetLastKey(ctx, pipeline, d.Path)
	if err != nil {
		return err
	}
	switch {
	case last == nil:
		d.Why = "it has not run with caching yet"
		return nil
	case last.Key == k.Hash:
		d.Why = "its entry is no longer in the cache"
		return nil
	}
	d.Since, d.Changes = last.Run, Changes(last.Parts, k.Parts)
	texts := make([]string, len(d.Changes))
	for i, c := range d.Changes {
		texts[i] = c.String()
	}
	d.Why = strings.Join(texts, "; ")
	return nil
}

// Word is the decision in one word.
func (d Decision) Word() string {
	switch {
	case d.Cached:
		return "cached"
	case d.Waits:
		return "unknown"
	}
	return "runs"
}
