package target

import (
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The codes of what a pipeline says of its runs, for a target that cannot keep to it.
const (
	codeNoLimit  = "RR0380"
	codeNoEvents = "RR0381"
)

// Refused says why a target gets no rendering of a pipeline, before it is asked: the pipeline limits how many runs go on at a time, and
// the target starts any number; or events begin its runs, and the target knows none.
func Refused(t Target, p *ir.Pipeline) diag.List {
	var list diag.List
	if c := p.Concurrency; c != nil && !t.About().LimitsRuns {
		list.Add(diag.Errorf(codeNoLimit, c.Span, "%s does not limit how many runs go on at a time; leave out concurrency, or run the pipeline on this machine, in compose, as a Job of Kubernetes or on Argo", t.Name()))
	}
	for _, e := range p.Events {
		if !t.About().BeginsByEvents {
			list.Add(diag.Errorf(codeNoEvents, e.Span, "%s begins no runs by events (%s); leave them out, or render for Argo with -o DIR/", t.Name(), e))
		}
	}
	return list
}
