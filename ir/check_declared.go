package ir

import (
	"cmp"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

const codeDeclaration = "RR0319"

// CheckParameters checks the parameters that a pipeline declares alone, and brings their values into one form: [Check] does
// this too, but later than values are read.
func CheckParameters(p *Pipeline) diag.List {
	c := &checker{p: p}
	c.declared()
	return c.list
}

// declared checks the parameters that the pipeline declares, and brings their values into one form.
func (c *checker) declared() { c.declarations(c.p.Parameters, c.p.Span) }

// declarations checks declared parameters; at stands for a place that is not known.
func (c *checker) declarations(all []Parameter, at diag.Span) {
	seen := map[string]diag.Span{}
	for i := range all {
		p := &all[i]
		p.Span = cmp.Or(p.Span, at)
		switch first, twice := seen[p.Name]; {
		case p.Name == "":
			c.errorf(codeParameterName, p.Span, "a parameter is declared without a name; give it one")
		case twice:
			c.list.Add(diag.Errorf(codeDeclaration, p.Span, "the parameter %q is declared twice; delete one", p.Name).With(first, "first here"))
		}
		c.parameter(Ref{p.Name, p.Span})
		seen[p.Name] = p.Span
		if c.parameterType(p) && c.bounds(p) {
			c.declaredValues(p)
		}
	}
}

// parameterType fills the type of a parameter that has a default alone.
func (c *checker) parameterType(p *Parameter) bool {
	if p.Type == "" {
		p.Type = TypeOf(p.Default)
	}
	for _, t := range ParameterTypes() {
		if p.Type == t {
			return true
		}
	}
	names := make([]string, 0, len(ParameterTypes()))
	for _, t := range ParameterTypes() {
		names = append(names, string(t))
	}
	if p.Type == "" {
		c.errorf(codeDeclaration, p.Span, "the parameter %q has neither a type nor a default that has one; give the type, one of %s", p.Name, strings.Join(names, ", "))
	} else {
		c.errorf(codeDeclaration, p.Span, "the parameter %q has the unknown type %q%s; the types are %s", p.Name, string(p.Type), diag.DidYouMean(string(p.Type), names), strings.Join(names, ", "))
	}
	return false
}

// bounds checks the minimum and the maximum.
func (c *checker) bounds(p *Parameter) bool {
	for _, b := range []struct {
		key   string
		value *string
	}{{"minimum", &p.Minimum}, {"maximum", &p.Maximum}} {
		switch {
		case *b.value == "":
		case p.Type != IntType && p.Type != FloatType:
			c.errorf(codeDeclaration, p.Span, "the parameter %q has a %s, which is for numbers, and the type %s; delete it", p.Name, b.key, p.Type)
			return false
		case !isNumber(*b.value) || p.Type == IntType && TypeOf(*b.value) != IntType:
			c.errorf(codeDeclaration, p.Span, "the %s of the parameter %q must be %s, not %s", b.key, p.Name, p.Type.described(), shown(*b.value))
			return false
		}
	}
	if p.Minimum != "" && p.Maximum != "" && compareNumbers(p.Minimum, p.Maximum) > 0 {
		c.errorf(codeDeclaration, p.Span, "the parameter %q has the minimum %s, which is more than its maximum, %s; no value fits", p.Name, p.Minimum, p.Maximum)
		return false
	}
	return true
}

// declaredValues checks the choices and the default. A file's default is a path, and read later.
func (c *checker) declaredValues(p *Parameter) {
	choices := p.Choices
	p.Choices = nil
	for i := range choices {
		text, err := CompactJSON(choices[i])
		if err == nil {
			text, err = p.Accept(text)
		}
		if err != nil || text == "null" {
			c.errorf(codeDeclaration, p.Span, "choice %d of the parameter %q, %s, must be %s", i+1, p.Name, shown(choices[i]), p.Type.described())
			return
		}
		choices[i] = text
	}
	if p.Choices = choices; len(choices) > 0 && p.Type == FileType {
		c.errorf(codeDeclaration, p.Span, "the parameter %q is a file and has choices; delete them, or make it a str", p.Name)
		return
	}
	if p.Required && p.Default != "" {
		c.errorf(codeDeclaration, p.Span, "the parameter %q is required but has a default, which would never be used; delete one of the two", p.Name)
		return
	}
	if p.Default == "" {
		return
	}
	text, err := CompactJSON(p.Default)
	if err == nil {
		text, err = p.Accept(text)
	}
	if err != nil {
		c.errorf(codeDeclaration, p.Span, "the default of %s", err)
		return
	}
	p.Default = text
}

// parameter writes one declaration.
func (d *dumper) parameter(p Parameter) {
	text := "parameter " + Bare(p.Name) + ": " + string(p.Type)
	switch {
	case p.Required:
		text += ", required"
	default:
		text += " = " + jsonText(p.Initial())
	}
	if p.Minimum != "" {
		text += ", minimum " + p.Minimum
	}
	if p.Maximum != "" {
		text += ", maximum " + p.Maximum
	}
	if len(p.Choices) > 0 {
		text += ", one of " + list(p.Choices, jsonText)
	}
	d.line("%s", text)
	if !d.outcome {
		d.inner(p.Help)
	}
}
