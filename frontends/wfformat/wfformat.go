// Package wfformat reads recorded executions of workflows in WfCommons' WfFormat 1.5, a JSON form that traces of
// Pegasus, Nextflow, Makeflow and others are published in.
//
// A task becomes a shell step that needs the steps of its parents. It gets the files that its parents wrote from the
// catalog, and puts its own there; cores and memory become resources (docs/wfformat.md). The package is pure.
package wfformat

import (
	"bytes"
	"fmt"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Version is the version of WfFormat that this package reads.
const Version = "1.5"

// The codes of this package's diagnostics; diag.Lookup explains them.
const (
	codeNotJSON    = "RR0601"
	codeNotFormat  = "RR0602"
	codeVersion    = "RR0603"
	codeType       = "RR0604"
	codeExecution  = "RR0605"
	codeChild      = "RR0606"
	codeFile       = "RR0607"
	codeNoCommand  = "RR0608"
	codeQuantities = "RR0609"
)

// Options say what stands in place of the recorded commands. The zero value keeps them.
type Options struct {
	// AsStubs keeps the tasks and their order alone: every step is a stub.
	AsStubs bool
	// Scale, where it is above 0, lets every step sleep for this fraction of its recorded time.
	Scale float64
}

// Validate returns an error where the options contradict each other or make no sense.
func (o Options) Validate() error {
	switch {
	case o.AsStubs && o.Scale != 0:
		return fmt.Errorf("a step is either a stub or sleeps; give only one of --as-stubs and --scale")
	case !(o.Scale >= 0 && o.Scale <= maxScale):
		return fmt.Errorf("--scale %v: want a fraction of the recorded time, above 0 and at most %d; --as-stubs leaves time out", o.Scale, maxScale)
	}
	return nil
}

// maxScale keeps times within what sleep and Go's durations hold.
const maxScale = 1_000_000

// Parse reads one instance. file is the name under which diagnostics know it; nothing is read from disk.
//
// The pipeline is nil where the text is no WfFormat of this version; otherwise it has every task that could be
// understood, and may be used if the list has no errors. Unknown parents, cycles and ids given twice are for
// [ir.Check] to find, as in every definition.
func Parse(file string, src []byte, o Options) (*ir.Pipeline, diag.List) {
	r := newReader(file, bytes.TrimPrefix(src, []byte("\ufeff")))
	in := r.instance()
	if in == nil {
		return nil, r.diags.Sorted()
	}
	b := builder{instance: in, options: o, diags: r.diags}
	p := b.pipeline()
	return p, b.diags.Sorted()
}
