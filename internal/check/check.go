// Package check reports everything that is wrong with a pipeline before it runs, whichever frontend read it.
package check

import (
	"github.com/runnable-render/runnable-render/frontends/pycheck"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Options say what is known besides the pipeline.
type Options struct {
	Read    diag.List        // what the frontend said of the definition
	Sources *pycheck.Options // to compare the steps with the code that they call; nil: no source is read
}

// Result is what was found, and the sources that the messages point into, by name.
type Result = pycheck.Result

// Check finishes a pipeline, as [ir.Check] does, and then looks at its reducers and at the sources of its steps. Each looks
// only at what those before it found free of errors.
func Check(p *ir.Pipeline, o Options) Result {
	found := ir.Check(p)
	if o.Read.HasErrors() {
		return Result{Diags: namesAndEdges(found)}
	}
	if !found.HasErrors() {
		found = append(found, engine.Check(p)...)
	}
	if o.Sources == nil || found.HasErrors() {
		return Result{Diags: found}
	}
	r := pycheck.Check(p, *o.Sources)
	r.Diags = append(found, r.Diags...)
	return r
}

// namesAndEdges are the errors of names and edges (RR0104, RR015x, RR020x). They hold also where parts of a
// definition could not be read, so that all errors show in one go; other checks would report what follows from the part
// that is missing.
func namesAndEdges(list diag.List) diag.List {
	var out diag.List
	for _, d := range list {
		area := d.Code[:len("RR000")]
		if d.Severity == diag.Error && (d.Code == "RR0104" || area == "RR015" || area == "RR020") {
			out.Add(d)
		}
	}
	return out
}
