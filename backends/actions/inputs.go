package actions

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// moreInput is the input, a JSON document, that holds the parameters that have none of their own.
const moreInput = "parameters"

// inputName is a name that an input can have, and a variable of a shell.
var inputName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`) // compiled once, by every import

// dispatch is what somebody who starts a run is asked.
type dispatch struct {
	form *yamlout.Map
	env  *yamlout.Map // the answers, as the runner reads them
}

// dispatch asks for the parameters. Each has an input of its own as long as GitHub takes more of them.
func (b *builder) dispatch() dispatch {
	d := dispatch{yamlout.NewMap(), yamlout.NewMap()}
	all := b.parameters()
	room := maxInputs
	if len(all) > maxInputs {
		room-- // the document takes one
	}
	var more []target.Parameter
	for _, p := range all {
		declared := ir.Declared(b.pipeline.Parameters, p.Name)
		text := textOf(declared, p.Value)
		twin := slices.ContainsFunc(all, func(o target.Parameter) bool { return o.Name != p.Name && strings.EqualFold(o.Name, p.Name) })
		odd := !inputName.MatchString(p.Name) || strings.EqualFold(p.Name, moreInput) || twin || declared == nil && p.Name != strings.ToLower(p.Name)
		switch own := !odd && d.form.Len() < room && len(text) <= maxText; {
		case own:
			d.ask(p.Name, "RUNNABLE_PRM_"+p.Name, input(declared, p.Value, text))
		case len(p.Value) == 0:
			b.Refuse(codeLimit, declared.Span, "the parameter %q is required and cannot be an input of its own; give it a value: --param %[1]s=VALUE", p.Name)
		default:
			more = append(more, p)
		}
	}
	if len(more) > 0 {
		document := documentOf(more)
		if len(document) > maxDocument {
			b.Refuse(codeLimit, b.pipeline.Span, "the parameters that share an input have %d characters, and GitHub accepts %d; keep large values in files of the repository", len(document), maxDocument)
		}
		d.ask(moreInput, runnerenv.Parameters, yamlout.NewMap("description", "further parameters, as a JSON document", "type", "string", "default", document))
	}
	return d
}

// ask adds a field. Its answer is taken as it was written: a number of an expression may lose digits.
func (d dispatch) ask(name, variable string, field *yamlout.Map) {
	d.form.Add(name, field)
	d.env.Add(variable, "${{ github.event.inputs."+name+" || inputs."+name+" }}")
}

// parameters are those that have a value, and those that are required and have none yet.
func (b *builder) parameters() []target.Parameter {
	out := slices.Clone(b.inputs.Parameters)
	for _, p := range b.pipeline.Parameters {
		if !slices.ContainsFunc(out, func(have target.Parameter) bool { return have.Name == p.Name }) {
			out = append(out, target.Parameter{Name: p.Name})
		}
	}
	return out
}

// input is one field of the form. A value without a text, null for example, can be written in a field for texts alone.
func input(p *ir.Parameter, value json.RawMessage, text string) *yamlout.Map {
	if p == nil {
		return yamlout.NewMap("description", "JSON where it parses, else a text", "type", "string", "default", text)
	}
	m := yamlout.NewMap("description", shown(strings.TrimPrefix(p.Help+"; "+p.Standing(), "; ")))
	null := string(value) == "null"
	switch {
	case len(p.Choices) > 0:
		var options []string
		if null {
			options = append(options, text)
		}
		for _, c := range p.Choices {
			options = append(options, textOf(p, json.RawMessage(c)))
		}
		m.Add("type", "choice").Add("options", yamlout.Flow{Value: options})
	case p.Type == ir.BoolType && !null:
		m.Add("type", "boolean")
	case (p.Type == ir.IntType || p.Type == ir.FloatType) && !null:
		m.Add("type", "number")
	default:
		m.Add("type", "string")
	}
	switch {
	case len(value) == 0:
		return m.Add("required", true)
	case m.Get("type") == "boolean":
		return m.Add("default", text == "true")
	}
	return m.Add("default", text)
}

// textOf is a text that is read as a value: the value of a string where that can stand by itself, else JSON.
func textOf(p *ir.Parameter, value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) != nil || len(value) == 0 || value[0] != '"' {
		return harmless(string(value))
	}
	plain := s != "" && s == strings.TrimSpace(s) && !strings.Contains(s, "{{") && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\ufffd' })
	switch {
	case !plain:
	case p != nil && ir.Unquoted(p.FromText(s)) == s, p == nil && !json.Valid([]byte(s)):
		return s
	}
	return harmless(string(value))
}

// harmless is a JSON text in which GitHub finds no expression: two braces follow one another in strings alone.
func harmless(text string) string { return strings.ReplaceAll(text, "{{", `{\u007b`) }

// documentOf is a JSON document of parameters.
func documentOf(all []target.Parameter) string { return harmless(target.Document(all)) }
