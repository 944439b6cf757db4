package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// Store is what the cache needs of a store. Package store implements it.
type Store interface {
	GetCache(ctx context.Context, key string) (*store.Cached, error)
	PutCache(ctx context.Context, key string, c store.Cached) error
	GetLastKey(ctx context.Context, pipeline, path string) (*store.LastKey, error)
	PutLastKey(ctx context.Context, pipeline, path string, k store.LastKey) error
	HasBlob(ctx context.Context, b engine.Blob) (bool, error)
}

// Find returns the outcome of an earlier attempt with the key, or nil. One of which the store no longer holds
// everything does not count; lost then says what is missing.
func Find(ctx context.Context, st Store, k Key) (found *store.Cached, lost string, err error) {
	c, err := st.GetCache(ctx, k.Hash)
	if store.Corrupted(err) {
		return nil, "its entry in the cache cannot be read", nil
	}
	if err != nil || c == nil || c.Record.Status != engine.Success {
		return nil, "", err
	}
	for _, n := range c.Record.Returns {
		if ok, err := holdsValue(ctx, st, n.Value); err != nil || !ok {
			return nil, fmt.Sprintf("the value of %s is no longer in the store", n.Name), err
		}
	}
	for _, f := range c.Record.Files {
		if f.Stage != engine.StagePut || f.NoCopy {
			continue
		}
		if ok, err := st.HasBlob(ctx, engine.Blob{Hash: f.Hash, Size: f.Size}); err != nil || !ok {
			return nil, fmt.Sprintf("%s is no longer in the store", f.Path), err
		}
	}
	return c, "", nil
}

func holdsValue(ctx context.Context, st Store, v engine.Value) (bool, error) {
	pending := []engine.Value{v}
	for len(pending) > 0 {
		v, pending = pending[len(pending)-1], pending[:len(pending)-1]
		if v.Blob != nil {
			if ok, err := st.HasBlob(ctx, *v.Blob); err != nil || !ok {
				return false, err
			}
		}
		pending = append(pending, v.Items...)
	}
	return true, nil
}

// Note keeps the outcome of an attempt under its key, or that it was taken from there once more.
func Note(ctx context.Context, st Store, pipeline, path string, k Key, c store.Cached) error {
	c.Pipeline, c.Parts, c.Used = pipeline, k.Parts, time.Now().UTC()
	if err := st.PutCache(ctx, k.Hash, c); err != nil {
		return err
	}
	return st.PutLastKey(ctx, pipeline, path, store.LastKey{Key: k.Hash, Run: c.Run, Parts: k.Parts})
}

// Change is a part of a key that is not what it was.
type Change struct {
	Kind     string `json:"kind"`
	Name     string `json:"name,omitempty"`
	Old      string `json:"old,omitempty"` // hash; empty: it was not there
	New      string `json:"new,omitempty"` // hash; empty: it is not there any more
	OldShown string `json:"old_value,omitempty"`
	NewShown string `json:"new_value,omitempty"`
}

// Changes returns what differs between two keys, in the order of the parts.
func Changes(old, now []Part) []Change {
	type id struct{ kind, name string }
	name := func(p Part) id {
		if p.Kind == partImage || p.Kind == partPython || p.Kind == partFailure {
			return id{p.Kind, ""} // there is one of each, and its name is what changes
		}
		return id{p.Kind, p.Name}
	}
	before := map[id]Part{}
	for _, p := range old {
		before[name(p)] = p
	}
	var out []Change
	seen := map[id]bool{}
	for _, p := range now {
		was, known := before[name(p)]
		seen[name(p)] = true
		if known && was.Hash == p.Hash && was.Name == p.Name {
			continue
		}
		out = append(out, Change{Kind: p.Kind, Name: p.Name, Old: was.Hash, New: p.Hash, OldShown: was.Shown, NewShown: p.Shown})
	}
	for _, p := range old {
		if !seen[name(p)] {
			out = append(out, Change{Kind: p.Kind, Name: p.Name, Old: p.Hash, OldShown: p.Shown})
		}
	}
	return out
}

// String says in a line what changed.
func (c Change) String() string {
	subject := c.Kind
	if c.Name != "" {
		subject += " " + c.Name
	}
	switch {
	case c.Old == "" && c.New == "":
		return subject
	case c.Old == "":
		return fmt.Sprintf("%s is new (%s)", subject, side(c.NewShown, c.New))
	case c.New == "":
		return fmt.Sprintf("%s is gone (was %s)", subject, side(c.OldShown, c.Old))
	}
	return fmt.Sprintf("%s changed (%s → %s)", subject, side(c.OldShown, c.Old), side(c.NewShown, c.New))
}

// side is a value where it is short, with the beginning of its hash.
func side(shown, hash string) string {
	short := hash
	if len(short) > 8 {
		short = short[:8]
	}
	if shown == "" {
		return short
	}
	return shown + " " + short
}
