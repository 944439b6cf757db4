package airflow

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/pyout"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// params are the DAG's parameters, names and expressions: those that the pipeline declares, with what they take, and those
// that were given.
func (b *builder) params() pyout.Args {
	var out pyout.Args
	for i := range b.pipeline.Parameters {
		p := &b.pipeline.Parameters[i]
		out.Add(p.Name, b.param(p))
	}
	for _, given := range b.inputs.Parameters {
		if ir.Declared(b.pipeline.Parameters, given.Name) == nil {
			out.Add(given.Name, "Param("+b.literal(given.Name, b.pipeline.Span, given.Value)+")")
		}
	}
	b.used["Param"] = out != nil
	return out
}

// types are the types of JSON schemas.
var types = map[ir.ParameterType]string{
	ir.StrType: "string", ir.FileType: "string", ir.IntType: "integer", ir.FloatType: "number", ir.BoolType: "boolean", ir.ListType: "array", ir.ObjectType: "object",
}

// param is a declared parameter, for Airflow's form and its checks of what is given.
func (b *builder) param(p *ir.Parameter) string {
	var args pyout.Args
	add := func(name, value string) {
		if value != "" {
			args.Add(name, b.literal(p.Name, p.Span, []byte(value)))
		}
	}
	add("", string(b.initial(p.Name)))
	kind, choices := pyout.Quoted(types[p.Type]), "["+strings.Join(p.Choices, ",")+"]"
	if p.Initial() == "null" {
		kind, choices = `["null", `+kind+"]", "["+strings.Join(append(slices.Clone(p.Choices), "null"), ",")+"]"
	}
	args.Add("type", kind)
	if p.Type == ir.FileType {
		args.Text("format", "multiline")
	}
	args.Text("description", p.Help)
	if len(p.Choices) > 0 {
		add("enum", choices)
	}
	add("minimum", p.Minimum)
	add("maximum", p.Maximum)
	return pyout.Expression("Param", args)
}

// initial is the value that a parameter has where a run gives none; nil: a run has to.
func (b *builder) initial(name string) json.RawMessage {
	for _, given := range b.inputs.Parameters {
		if given.Name == name {
			return given.Value
		}
	}
	if p := ir.Declared(b.pipeline.Parameters, name); p != nil && !p.Required {
		return json.RawMessage(p.Initial())
	}
	return nil
}

// literal is a value of a parameter as Python has it.
func (b *builder) literal(name string, span diag.Span, value []byte) string {
	text, why := pyout.Literal(value)
	if why != "" {
		b.Refuse(codeValue, span, "the parameter %q cannot be a parameter of a DAG: %s", name, why)
	}
	return text
}

// given is the template, as a text of Python, of the JSON document with the parameters of a run. A value that Python might
// write in another way is what it was, unless the run has another one.
func (b *builder) given(parameters pyout.Args) string {
	var items []string
	size := 0
	for _, p := range parameters {
		key, _ := json.Marshal(p[0])               // a text always marshals
		in := "params[" + pyout.Quoted(p[0]) + "]" // a template takes a text as Python does
		value := "{{ " + in + " | tojson }}"
		if initial := string(b.initial(p[0])); pyout.Changes(initial) {
			text, _ := pyout.Literal([]byte(initial))
			value = "{% if " + in + " == " + text + " %}" + untagged(initial) + "{% else %}" + value + "{% endif %}"
		}
		items = append(items, untagged(string(key))+": "+value)
		size += len(key) + len(b.initial(p[0]))
	}
	if size > maxEnv {
		b.Refuse(codeLimit, b.pipeline.Span, "the parameters take %d bytes, and a task's variable holds %d; keep large values in a file of the catalog", size, maxEnv)
	}
	if items == nil {
		return pyout.Quoted("{}")
	}
	return "r'''{\n" + strings.ReplaceAll(strings.Join(items, ",\n"), "'''", `''\u0027`) + "\n}'''"
}

// What templates of Airflow find in a text, and at the end of one that they take for the name of a file.
var tag, fileName = regexp.MustCompile(`\{([{%#])`), regexp.MustCompile(`\.(sh|bash|env|json|ya?ml|j2)$|\n$`) // compiled once, by every import

// untagged is a text in which a template finds nothing of its own, and that is not taken for the name of a file.
func untagged(text string) string {
	text = tag.ReplaceAllString(text, "{{ '{' }}$1")
	if fileName.MatchString(text) {
		text += "{{ '' }}"
	}
	return text
}
