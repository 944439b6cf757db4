package compose

import (
	"cmp"
	"encoding/json"
	"net/url"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The codes of this package's diagnostics; diag.Lookup explains them.
const (
	codeNoImage    = "RR2001"
	codeTwoImages  = "RR2002"
	codeTooMany    = "RR2003"
	codeDefinition = "RR2004"
	codeParameters = "RR2005"
	codeStore      = "RR2006"
	codeQuantity   = "RR2007"
	codeSecretName = "RR2008"
	codeOverride   = "RR2009"
	codeRefused    = "RR2010"
	codeConfig     = "RR2011"
	codeImage      = "RR2012"
	codeTwoExtras  = "RR2013"
	codeNoMeans    = "RR2014"
	codeNoLimit    = "RR2015"
)

// Render makes the plan of a pipeline that ir.Check found free of errors: [FileName] and its bytes. Where the list
// holds an error, the map is nil.
func Render(p *ir.Pipeline, o Options) (map[string][]byte, diag.List) {
	o.RunnerImage = cmp.Or(o.RunnerImage, target.RunnerImage(o.Release))
	b := &builder{
		Options: o, pipeline: p, settings: ir.Settings(p), flows: map[*ir.Graph]*flow{},
		initial: map[string]json.RawMessage{}, images: map[string]bool{}, external: map[string]bool{}, plan: plan{fixed: map[string]bool{}},
	}
	for _, param := range o.Parameters {
		b.initial[param.Name] = param.Value
	}
	b.checkStore()
	b.checkImage("the runner", p.Span, o.RunnerImage)
	b.checkShared()
	b.build()
	load := b.load()
	if b.diags.HasErrors() {
		return nil, b.diags.Sorted()
	}
	b.name()
	text := b.yaml(load)
	if err := b.verify(text, load); err != nil {
		b.diags.Add(diag.Errorf(codeRefused, p.Span, "compose: the plan for %q would be read differently: %v; this is a defect of the renderer, please report it", p.Name, err))
		return nil, b.diags.Sorted()
	}
	return map[string][]byte{FileName: text}, b.diags.Sorted()
}

// name gives every service its name.
func (b *builder) name() {
	var paths []string
	for _, s := range b.services {
		if s.name == "" && s.extra == "" {
			paths = append(paths, s.path)
		}
	}
	n := newNamer(paths, b.fixedNames()...)
	for _, s := range b.services {
		switch {
		case s.name != "":
		case s.extra == "":
			s.name = n.give(s.path)
		default:
			s.name = n.more(s.path, s.extra)
		}
	}
}

// fixedNames are the names of services that are no steps.
func (b *builder) fixedNames() []string {
	names := []string{runnerService, beginService, resultService}
	for _, s := range b.services {
		if s.name != "" {
			names = append(names, s.name)
		}
	}
	return names
}

// checkStore refuses a store that containers cannot share.
func (b *builder) checkStore() {
	if b.Store == "" {
		return
	}
	u, err := url.Parse(b.Store)
	switch {
	case err != nil || u.Scheme == "":
		b.diags.Add(diag.Errorf(codeStore, b.pipeline.Span, "compose: the store %q is not a bucket URL such as s3://bucket; leave it out to keep facts in a volume", b.Store))
	case u.Scheme == "file" || u.Scheme == "mem":
		b.diags.Add(diag.Errorf(codeStore, b.pipeline.Span, "compose: containers cannot share the store %s; leave it out to keep facts in a volume of the project, or name a bucket (s3://, gs://, azblob://)", b.Store))
	}
}
