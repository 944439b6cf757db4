package runner

import (
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// What a compose plan finds of an earlier `up`, and of steps that failed beside the one that is about to start.

// stands reports whether the record of a failed step stays as it is: the step had the same scope, nobody asks for a
// retry, and it was not the end of an earlier `up` that stopped it.
func (s *session) stands(rec *engine.Record, before *engine.Scope) bool {
	if rec == nil || rec.Status != engine.Failed || s.retry() || rec.Before != before.Digest() || rec.Failure == nil {
		return false
	}
	return rec.Failure.Kind != engine.KindKilled && rec.Failure.Kind != engine.KindLost
}

// keptExit reports whether a composite that runs in place has come to its end before.
func (s *session) keptExit(job *engine.Job) (bool, error) {
	e, err := s.facts.Exit(job.Path)
	if err != nil || e == nil || e.Before != job.Before.Digest() || s.retry() && !e.Status.OK() {
		return false, err
	}
	fmt.Fprintf(s.stderr, "%s: kept, it came to its end before (%s)\n", job.Path, e.Status)
	return true, nil
}

// stillWanted returns [engine.ErrNotReached] for a step of a composite that says fail_fast and in which a step has
// failed: nothing new starts then (SEMANTICS 2.10). Compose has started the service all the same.
func (s *session) stillWanted(path string) error {
	for above := parent(path); above != ""; above = parent(above) {
		node, err := engine.NodeAt(s.pipeline, above)
		if err != nil || !ir.FailsFast(node) { // a branch, an item or an iteration is no node
			continue
		}
		missing, err := s.resolver.Missing(above)
		if err != nil {
			return err
		}
		rec, err := s.facts.Latest(path)
		if err != nil || rec != nil {
			return err // it has begun before, and whether it stays is not for here to say
		}
		if !anyWithin(missing, path) {
			return engine.ErrNotReached
		}
	}
	return nil
}

func parent(path string) string {
	i := strings.LastIndexByte(path, '.')
	return path[:max(i, 0)]
}

// anyWithin reports whether one of the jobs is the step at path or lies inside it.
func anyWithin(jobs []engine.Job, path string) bool {
	for _, j := range jobs {
		if j.Path == path || strings.HasPrefix(j.Path, path+".") {
			return true
		}
	}
	return false
}
