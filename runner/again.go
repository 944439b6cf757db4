package runner

import (
	"fmt"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// What a run that goes on finds of before, where the command begin chooses the run.

// stands reports whether the record of a failed step stays as it is: the step had the same scope, nobody asks for a
// retry, and it was not the end of an earlier start that stopped it.
func (s *session) stands(rec *engine.Record, before *engine.Scope) bool {
	if rec == nil || rec.Status != engine.Failed || s.retry() || s.resolver.Careful && !s.chosen() || rec.Before != before.Digest() || rec.Failure == nil {
		return false
	}
	return rec.Failure.Kind != engine.KindKilled && rec.Failure.Kind != engine.KindLost
}

// keptExit reports whether a composite that runs in place has ended before. A retry looks at each of its steps.
func (s *session) keptExit(job *engine.Job) (bool, error) {
	e, err := s.facts.Exit(job.Path)
	if err != nil || e == nil || s.retry() || e.Before != job.Before.Digest() {
		return false, err
	}
	fmt.Fprintf(s.stderr, "%s: kept, it had ended before (%s)\n", job.Path, e.Status)
	return true, nil
}
