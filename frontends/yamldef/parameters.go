package yamldef

import (
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
)

// parameters reads the parameters that the pipeline declares; what their values must be is for [ir.Check].
func (r *reader) parameters(f *fields) []ir.Parameter {
	n := f.get("parameters")
	if n == nil || yaml12.IsNull(n) {
		return nil
	}
	m, ok := r.part(f, "parameters", n, f.key("parameters"))
	if !ok {
		return nil
	}
	var out []ir.Parameter
	for _, e := range m.entries {
		if one, ok := r.part(m, e.Name, e.Value, e.Key); ok {
			out = append(out, r.declaration(e, one))
		}
	}
	return out
}

func (r *reader) declaration(e yaml12.Pair, f *fields) ir.Parameter {
	r.check(f, parameterTable())
	p := ir.Parameter{Name: e.Name, Span: r.Span(e.Key)}
	if n := f.get("type"); n != nil {
		text, _ := r.text(n, f.of("type"))
		p.Type = ir.ParameterType(text)
	}
	if n := f.get("help"); n != nil {
		p.Help, _ = r.text(n, f.of("help"))
	}
	p.Required = r.flag(f, "required")
	p.Default = r.jsonOf(f.get("default"))
	p.Minimum, p.Maximum = r.jsonOf(f.get("minimum")), r.jsonOf(f.get("maximum"))
	if n := f.get("choices"); n != nil {
		items, _ := r.list(n, f.of("choices"))
		for _, item := range items {
			p.Choices = append(p.Choices, r.jsonOf(item))
		}
	}
	return p
}

// jsonOf is the JSON text of a value; empty where there is none, or it has no such form.
func (r *reader) jsonOf(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return string(r.JSON(n))
}
