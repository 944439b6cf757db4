package engine

import "github.com/runnable-render/runnable-render/ir"

// Refused reports whether a composite around the step at path has failed already and said fail_fast, so that the
// step must not start (SEMANTICS 2.10). Where nothing around it says so, nothing is read.
func (r *Resolver) Refused(path string) (bool, error) {
	at, err := locate(r.Pipeline, path)
	if err != nil {
		return false, err
	}
	for up := at.above; up != nil && up.above != nil; up = up.above.above {
		if !ir.FailsFast(up.above.node) {
			continue
		}
		job, err := r.step(up.above)
		if err != nil {
			return false, err
		}
		m := r.machine()
		c := &nest{node: job.Node, path: job.Path, before: job.Before, handling: job.Handling, vars: job.Vars}
		m.open(c)
		if _, err := replay(m, r.Facts); err != nil || c.stopped {
			return c.stopped, err
		}
	}
	return false, nil
}
