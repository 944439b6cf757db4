package ir

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// parameters checks the names that nodes give to parameters, what tasks return and how their arguments are bound.
// It fills the kind of returns and brings JSON text and reducers into one form.
func (c *checker) parameters() {
	for _, at := range c.graphs {
		for _, n := range at.graph.Nodes {
			c.parameter(OwnName(n))
			switch n := n.(type) {
			case *Task:
				c.returnNames(&n.Common, n.Returns)
				c.returnKinds(n)
				c.inputs(n)
			case *Map:
				n.Reducer = strings.TrimSpace(n.Reducer) // of a block of several lines, which ends in a line end
			case *Nested:
				c.nested(n)
			case *Stub, *Parallel, *Conditional, *Loop:
			}
		}
	}
}

// parameter checks a name that a node gives to a parameter; an empty one is reported by shape.
func (c *checker) parameter(ref Ref) {
	if !printable(ref.Name) {
		c.errorf(codeParameterName, ref.Span, "the parameter name %s has a control character or broken UTF-8 in it; use printable characters", strconv.QuoteToASCII(ref.Name))
	}
}

// returnNames checks the names that a step returns.
func (c *checker) returnNames(n *Common, returns []Return) {
	seen := make(map[string]diag.Span, len(returns))
	for i := range returns {
		r := &returns[i]
		if r.Kind == "" {
			r.Kind = JSON
		}
		if r.Name == "" {
			c.errorf(codeParameterName, cmp.Or(r.Span, n.Span), "%q returns a parameter without a name; give it one", n.Name)
			continue
		}
		c.parameter(Ref{r.Name, cmp.Or(r.Span, n.Span)})
		if first, twice := seen[r.Name]; twice {
			c.list.Add(diag.Errorf(codeReturnTwice, cmp.Or(r.Span, n.Span), "%q returns %q twice; name each value once", n.Name, r.Name).With(first, "first here"))
			continue
		}
		seen[r.Name] = r.Span
	}
}

func (c *checker) returnKinds(n *Task) {
	for i := range n.Returns {
		c.returnKind(n, &n.Returns[i])
	}
}

func (c *checker) returnKind(n *Task, r *Return) {
	switch r.Kind {
	case JSON, Text, Metric:
	case Object:
		if kind, _ := CommandKindNamed(CommandType(n.Command)); !kind.Objects {
			c.errorf(codeReturnKind, cmp.Or(r.Span, n.Span), "%q is a %s task and cannot return %q as an object; use kind json or text", n.Name, kind.Name, r.Name)
		}
	default:
		kinds := []string{string(JSON), string(Text), string(Metric), string(Object)}
		c.errorf(codeReturnKind, cmp.Or(r.Span, n.Span), "%q returns %q as the unknown kind %q%s; the kinds are %s", n.Name, r.Name, string(r.Kind),
			diag.DidYouMean(string(r.Kind), kinds), strings.Join(kinds, ", "))
	}
}

// inputs checks how a task's arguments are bound, and brings literals into one form.
func (c *checker) inputs(n *Task) {
	c.bindings(&n.Common, "argument", n.Inputs)
	p := PartsOf(n.Command)
	if kind, _ := CommandKindNamed(p.Type); kind.Object && p.Option != nil {
		c.jsonObject(p.Option, n, kind.Option+" of the command")
	}
}

// bindings checks what the arguments of a task, or the parameters of a nested pipeline, are bound to.
func (c *checker) bindings(n *Common, what string, inputs []Input) {
	seen := make(map[string]diag.Span, len(inputs))
	for i := range inputs {
		in := &inputs[i]
		span := cmp.Or(in.Span, n.Span)
		if first, twice := seen[in.Arg]; twice {
			c.list.Add(diag.Errorf(codeInput, span, "%q binds the %s %q twice in inputs; bind it once", n.Name, what, in.Arg).With(first, "first here"))
		}
		seen[in.Arg] = span
		switch {
		case in.Arg == "":
			c.errorf(codeInput, span, "%q has an input without %s's name", n.Name, withArticle(what))
		case len(in.From) > 0 && in.Value != "":
			c.errorf(codeInput, span, "%q binds the %s %q to parameters and to a value; give one of them", n.Name, what, in.Arg)
		case len(in.From) == 0 && !in.List && in.Value == "":
			c.errorf(codeInput, span, "%q binds the %s %q to nothing; give a parameter's name, a list of names or {value: …}", n.Name, what, in.Arg)
		case in.Value != "":
			_ = c.json(&in.Value, span, n.Name, "the value of input "+strconv.Quote(in.Arg))
		}
	}
}

func withArticle(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

// json brings JSON text into its compact form, or reports that it is none.
func (c *checker) json(text *string, span diag.Span, step, what string) bool {
	compact, err := CompactJSON(*text)
	if err != nil {
		c.errorf(codeNotJSON, span, "%q: %s is not JSON: %v", step, what, err)
		return false
	}
	*text = compact
	return true
}

func (c *checker) jsonObject(text *string, n *Task, what string) {
	if *text == "" {
		return
	}
	if c.json(text, n.Span, n.Name, what) && !strings.HasPrefix(*text, "{") {
		c.errorf(codeNotJSON, n.Span, "%q: %s must be a mapping", n.Name, what)
	}
}
