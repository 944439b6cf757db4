package target

import (
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// codeNoLimit is the code of a pipeline that limits its runs, for a target that does not.
const codeNoLimit = "RR0380"

// Refused says why a target gets no rendering of a pipeline, before it is asked: it starts any number of runs, and the pipeline
// limits how many go on at a time.
func Refused(t Target, p *ir.Pipeline) diag.List {
	var list diag.List
	if c := p.Concurrency; c != nil && !t.About().LimitsRuns {
		list.Add(diag.Errorf(codeNoLimit, c.Span, "%s does not limit how many runs go on at a time; leave out concurrency, or run the pipeline on this machine, as a Job of Kubernetes or on Argo", t.Name()))
	}
	return list
}
