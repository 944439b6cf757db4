package target

import (
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// codeNoLimit is the code of a pipeline that limits its runs, for a target that does not.
const codeNoLimit = "RR0380"

// NoConcurrency refuses a pipeline that limits how many of its runs go on at a time, for a target that starts any number.
func NoConcurrency(name string, p *ir.Pipeline) diag.List {
	var list diag.List
	if c := p.Concurrency; c != nil {
		list.Add(diag.Errorf(codeNoLimit, c.Span, "%s does not limit how many runs go on at a time; leave out concurrency, or run the pipeline on this machine, as a Job of Kubernetes or on Argo", name))
	}
	return list
}
