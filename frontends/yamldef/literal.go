package yamldef

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// json writes a value as JSON text: integers exact at any size, 1.0 as 1.0, keys in the order written.
func (r *reader) json(n *yaml.Node, what string) (string, bool) {
	var b strings.Builder
	ok := r.writeJSON(&b, n, what)
	return b.String(), ok
}

// jsonObject writes the entries as a JSON object.
func (r *reader) jsonObject(entries []entry, what string) (string, bool) {
	var b strings.Builder
	ok := r.writeObject(&b, entries, what)
	return b.String(), ok
}

// object reads an optional mapping as JSON text; empty where there is none.
func (r *reader) object(f *fields, name string) string {
	n := f.get(name)
	if n == nil || isNullNode(n) {
		return ""
	}
	m, ok := r.part(f, name, n, f.key(name))
	if !ok || len(m.entries) == 0 {
		return ""
	}
	text, _ := r.jsonObject(m.entries, f.of(name))
	return text
}

func (r *reader) writeJSON(b *strings.Builder, n *yaml.Node, what string) bool {
	switch d := deref(n); {
	case d.Kind == yaml.SequenceNode:
		ok := true
		b.WriteByte('[')
		for i, item := range d.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			ok = r.writeJSON(b, item, what) && ok
		}
		b.WriteByte(']')
		return ok
	case d.Kind == yaml.MappingNode:
		m, ok := r.mapping(n, what, n)
		return ok && r.writeObject(b, m.entries, what)
	}
	return r.writeScalar(b, n, what)
}

func (r *reader) writeObject(b *strings.Builder, entries []entry, what string) bool {
	ok := true
	b.WriteByte('{')
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(e.name))
		b.WriteByte(':')
		ok = r.writeJSON(b, e.value, what) && ok
	}
	b.WriteByte('}')
	return ok
}

func (r *reader) writeScalar(b *strings.Builder, n *yaml.Node, what string) bool {
	d := deref(n)
	if !fits(d) {
		return false // reported before
	}
	switch kindOf(d) {
	case isNull:
		b.WriteString("null")
	case isBool:
		fmt.Fprintf(b, "%t", boolean(d.Value))
	case isInt:
		b.WriteString(integer(d.Value).String())
	case isFloat:
		number, ok := float(d.Value)
		if !ok {
			r.errorf("RR0120", n, "%s holds %s, which is not a JSON number; quote it to make it text", what, d.Value)
			return false
		}
		b.WriteString(number)
	case isString:
		b.WriteString(quote(d.Value))
	}
	return true
}

// quote writes text as a JSON string, without the escapes that only HTML needs.
func quote(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		panic("yamldef: a string has no JSON form: " + err.Error()) // a string always has one
	}
	return strings.TrimSuffix(b.String(), "\n")
}
