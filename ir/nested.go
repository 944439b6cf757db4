package ir

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Nested runs the pipeline of another definition, which has a scope of its own (SEMANTICS 2.12).
type Nested struct {
	Common
	Definition Ref      // the file, as the definition that names it writes it
	Inputs     []Input  // what its parameters are bound to
	Returns    []Return // what it leaves to the graph around it

	// What is read from the file.
	Parameters []Parameter // those that it declares; none: any may be given
	Body       *Graph      // nil until the file has been read
}

// InnerGraph is the name of a nested pipeline's graph in paths: train.pipeline.fit.
const InnerGraph = "pipeline"

func (n *Nested) graphs() []Branch {
	if n.Body == nil {
		return nil
	}
	return []Branch{{Name: InnerGraph, Graph: n.Body, Span: n.Span}}
}

func (n *Nested) reads() []Ref { return sources(n.Inputs) }

// Inside is the name that a return has in the nested pipeline.
func (r Return) Inside() string { return cmp.Or(r.Key, r.Name) }

// Gives reports whether a nested pipeline's inputs have a value for a parameter.
func Gives(n *Nested, parameter string) bool {
	return slices.ContainsFunc(n.Inputs, func(in Input) bool { return in.Arg == parameter })
}

// SucceedsRefused reports whether a nested pipeline's graph can succeed although it refuses its inputs, in which case each job in it
// fails: a failure leads to its success, or it has no step. In a map, conditional or loop the task for its value fails then, and a nested
// pipeline tells its outcome itself.
func SucceedsRefused(g *Graph) bool {
	e := EdgesOf(g)
	if len(g.Nodes) == 0 || g.Style == Chain && e.Start == ToSuccess || slices.Contains(e.OnFailure, ToSuccess) {
		return true
	}
	for _, n := range g.Nodes {
		if p, ok := n.(*Parallel); ok {
			for _, br := range p.Branches {
				if SucceedsRefused(br.Graph) {
					return true
				}
			}
		}
	}
	return false
}

const (
	codeNestedInput  = "RR0323"
	codeNestedReturn = "RR0324"
)

// nested checks what a nested pipeline is given against what it declares, and what it returns against what its graph can
// return.
func (c *checker) nested(n *Nested) {
	c.returnNames(&n.Common, n.Returns)
	for i := range n.Returns {
		c.inside(n, &n.Returns[i])
	}
	c.bindings(&n.Common, "parameter", n.Inputs)
	c.declarations(n.Parameters, n.Span)
	if len(n.Parameters) == 0 {
		return
	}
	names := make([]string, len(n.Parameters))
	for i := range n.Parameters {
		p := &n.Parameters[i]
		names[i] = p.Name
		if p.Required && !Gives(n, p.Name) {
			c.list.Add(diag.Errorf(codeNestedInput, n.Span, "%q gives no value for %q, which %s requires; bind it in inputs", n.Name, p.Name, n.Definition.Name).
				With(p.Span, "it is declared here"))
		}
	}
	for i := range n.Inputs {
		c.fits(n, &n.Inputs[i], names)
	}
}

// fits checks one input against its declaration.
func (c *checker) fits(n *Nested, in *Input, names []string) {
	span := cmp.Or(in.Span, n.Span)
	p := Declared(n.Parameters, in.Arg)
	if p == nil {
		hint := cmp.Or(diag.DidYouMean(in.Arg, names), "; it declares "+strings.Join(names, ", "))
		c.errorf(codeNestedInput, span, "%q gives %s a value for %q, which is not one of its parameters%s", n.Name, n.Definition.Name, in.Arg, hint)
		return
	}
	if in.Value == "" {
		return
	}
	if p.Type == FileType && in.Value != "null" {
		c.list.Add(diag.Errorf(codeNestedInput, span, "%q gives the file %q a value that would be its content; declare a parameter of type file here, and give its value in inputs", n.Name, p.Name).
			With(p.Span, "it is declared here"))
		return
	}
	if text, err := CompactJSON(in.Value); err == nil { // else it is told already
		if _, err := p.Accept(text); err != nil {
			c.list.Add(diag.Errorf(codeNestedInput, span, "%q: %v", n.Name, err).With(p.Span, "it is declared here"))
		}
	}
}

// inside checks that a nested pipeline has a name that it is to return: one that a step returns, or a parameter.
func (c *checker) inside(n *Nested, r *Return) {
	if r.Kind != JSON {
		c.errorf(codeReturnKind, cmp.Or(r.Span, n.Span), "%q returns %q with the kind %s; delete it: a value keeps the kind that it has in %s", n.Name, r.Name, r.Kind, n.Definition.Name)
	}
	if n.Body == nil || r.Name == "" {
		return
	}
	var known []string
	for _, inner := range Returnable(n.Body) {
		known = append(known, inner.Name)
	}
	for _, p := range n.Parameters {
		known = append(known, p.Name)
	}
	for _, in := range n.Inputs {
		known = append(known, in.Arg)
	}
	if !slices.Contains(known, r.Inside()) {
		hint := diag.DidYouMean(r.Inside(), known)
		if hint == "" && len(known) > 0 {
			hint = "; it has " + list(known, strconv.Quote)
		}
		c.errorf(codeNestedReturn, cmp.Or(r.Span, n.Span), "%q returns %q, which is neither returned by a step of %s nor one of its parameters%s", n.Name, r.Inside(), n.Definition.Name, hint)
	}
}

// nestedReturns is what a nested pipeline can return, each with the kind that it has inside.
func (r *returner) nestedReturns(n *Nested) []Return {
	kinds := map[string]ValueKind{}
	if n.Body != nil {
		for _, inner := range r.graph(n.Body) {
			kinds[inner.Name] = inner.Kind
		}
	}
	out := make([]Return, len(n.Returns))
	for i, ret := range n.Returns {
		out[i] = Return{Name: ret.Name, Kind: cmp.Or(kinds[ret.Inside()], JSON), Span: ret.Span}
	}
	return out
}
