package engine

import (
	"fmt"

	"github.com/runnable-render/runnable-render/ir"
)

// Missing returns the leaves of the node at path that would run next: they are reached and have no record. On a
// target that has given the node up they are lost.
func (r *Resolver) Missing(path string) ([]Job, error) {
	at, err := locate(r.Pipeline, path)
	if err != nil {
		return nil, err
	}
	job, err := r.step(at)
	if err != nil {
		return nil, err
	}
	if ir.IsLeaf(at.node) {
		rec, err := r.Facts.Latest(path)
		if err != nil || rec != nil && rec.Before == job.Before.Digest() {
			return nil, err
		}
		return []Job{*job}, nil
	}
	done, err := replay(r.compositeMachine(job), r.Facts)
	if err != nil {
		return nil, err
	}
	return done.Missing, nil
}

// Handled returns the paths of the nodes whose failure the node at path handles.
func (r *Resolver) Handled(path string) ([]string, error) {
	at, err := locate(r.Pipeline, path)
	if err != nil {
		return nil, err
	}
	plan, i := r.plan(at.graph), at.graph.Index(at.node.Base().Name)
	var out []string
	for j, to := range plan.OnFailure {
		if to == i {
			out = append(out, ir.Join(at.above.path, at.graph.Nodes[j].Base().Name))
		}
	}
	return out, nil
}

// Reduce does the last act of the map at path and keeps its outcome. python calls the reducer where it is a
// Python function.
func (r *Resolver) Reduce(path string, python CallPython) (*Outcome, error) {
	job, err := r.Step(path)
	if err != nil {
		return nil, err
	}
	if _, ok := job.Node.(*ir.Map); !ok {
		return nil, fmt.Errorf("%q is not a map", path)
	}
	m := r.machine()
	if kept := m.reduced; kept != nil {
		m.reduced = func(at string, before *Scope) (*Outcome, error) {
			o, err := kept(at, before)
			if o != nil && at == path && !o.Status.OK() {
				o = nil // a reducer that failed is called again
			}
			return o, err
		}
	}
	m.openJob(job)
	done, err := replay(m, r.Facts)
	if err != nil {
		return nil, err
	}
	if done.Outcome != nil {
		return done.Outcome, r.Keep(job, done.Outcome)
	}
	if len(done.Missing) != 1 || done.Missing[0].Path != path {
		return nil, ErrNotReached
	}
	last := done.Missing[0]
	values, err := last.Reduce.Call(python)
	m.Reduced(last, values, err)
	return m.Result(), r.Keep(&last, m.Result())
}

// Composite makes a machine that walks the composite at path alone, for a runner that runs it in place.
func (r *Resolver) Composite(path string, items int) (*Machine, *Job, error) {
	job, err := r.Step(path)
	if err != nil {
		return nil, nil, err
	}
	if ir.IsLeaf(job.Node) {
		return nil, nil, fmt.Errorf("%q is not a composite", path)
	}
	m := newMachine(r.Blobs)
	m.LimitItems(items)
	m.openJob(job)
	return m, job, nil
}

// Keep keeps the outcome of a composite that was run in place, or of a map that a Python function reduced.
func (r *Resolver) Keep(job *Job, o *Outcome) error {
	kept := *o
	if job.Reduce != nil {
		kept.reduced = job.Reduce.digest()
	}
	return r.keep(job.Path, job.Before, &kept)
}

func (r *Resolver) keep(path string, before *Scope, o *Outcome) error {
	e, err := o.exit(before, r.Blobs)
	if err != nil {
		return err
	}
	return r.Facts.KeepExit(path, e)
}

func (r *Resolver) compositeMachine(job *Job) *Machine {
	m := r.machine()
	m.openJob(job)
	return m
}

// openJob begins a composite that no graph holds.
func (m *Machine) openJob(job *Job) {
	m.open(&nest{node: job.Node, path: job.Path, before: job.Before, handling: job.Handling, vars: job.Vars})
}
