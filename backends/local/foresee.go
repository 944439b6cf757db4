package local

import (
	"cmp"
	"context"
	"sync"

	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// Foresee says for each leaf that a run would come to whether it runs or is cached, and why. It walks the pipeline
// from the cache alone, so what follows a step that runs is unknown; it runs nothing and writes nothing.
func (s *Steps) Foresee(ctx context.Context, initial *engine.Scope) ([]cache.Decision, error) {
	m := engine.NewMachine(s.Pipeline, initial, &scratch{under: s.Store.Blobs(ctx)})
	var out []cache.Decision
	seen := map[string]bool{}
	blocked := ""
	queue := m.Start()
	for len(queue) > 0 {
		job := queue[0]
		queue = queue[1:]
		if job.Reduce != nil {
			continue // only a run can tell what its Python function makes of the values
		}
		d, rec, err := s.foresee(ctx, job)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
		seen[engine.StaticPath(s.Pipeline, job.Path)] = true
		if rec == nil {
			if n, stub := job.Node.(*ir.Stub); !stub || n.Catalog != nil {
				blocked = cmp.Or(blocked, job.Path)
				continue
			}
			rec = &engine.Record{Path: job.Path, Status: engine.Success}
		}
		queue = append(queue, m.Done(job.Path, engine.LeafOutcome(job.Before, rec))...)
	}
	return append(out, s.waiting(seen, blocked)...), nil
}

// waiting are the leaves that the walk did not come to, by their path in the definition.
func (s *Steps) waiting(seen map[string]bool, blocked string) []cache.Decision {
	var out []cache.Decision
	for v := range ir.Walk(s.Pipeline) {
		if !ir.IsLeaf(v.Node) || seen[v.Path] {
			continue
		}
		d := cache.Decision{Path: v.Path, Waits: true, Why: "it depends on the result of " + blocked}
		if blocked == "" {
			d.Why = "the run does not reach it, or a function of a map decides"
		}
		out = append(out, d)
	}
	return out
}

func (s *Steps) foresee(ctx context.Context, job engine.Job) (cache.Decision, *engine.Record, error) {
	j, done := s.job(Leaf{Job: job})
	defer done()
	return s.Runtime.Foresee(ctx, j, s.Store)
}

// scratch is a store's blobs with what is written kept in memory.
type scratch struct {
	under engine.Blobs
	mu    sync.Mutex
	own   map[string][]byte
}

// Get implements [engine.Blobs].
func (s *scratch) Get(b engine.Blob) ([]byte, error) {
	s.mu.Lock()
	data, ok := s.own[b.Hash]
	s.mu.Unlock()
	if ok {
		return data, nil
	}
	return s.under.Get(b)
}

// Put implements [engine.Blobs].
func (s *scratch) Put(data []byte) (engine.Blob, error) {
	b := engine.BlobOf(data)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own == nil {
		s.own = map[string][]byte{}
	}
	s.own[b.Hash] = data
	return b, nil
}
