package target

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Shapes is what options implement that hold pieces of another API as they are ([Raw]).
type Shapes interface {
	// Shape returns the type that the other API has for what a tag names; nil: it is not looked at.
	Shape(is string) reflect.Type
}

func (d *decoder) shapeOf(o Option) reflect.Type {
	own, ok := d.options.(Shapes)
	if !ok || o.Is == "" || o.Type != reflect.TypeFor[*Raw]() {
		return nil
	}
	return own.Shape(o.Is)
}

// shaped holds a node against a type of another API, by the names that its fields have in JSON.
func (d *decoder) shaped(n *yaml.Node, t reflect.Type, key string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Tag == "!!null" || t.Kind() == reflect.Interface:
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		text, err := json.Marshal(d.plain(n))
		if err != nil || json.Unmarshal(text, reflect.New(t).Interface()) != nil {
			d.wrong(n, key, "a "+t.Name())
		}
	case t.Kind() == reflect.Struct:
		d.shapedFields(n, t, key)
	case t.Kind() == reflect.Map:
		for _, pair := range d.pairs(n, key) {
			d.shaped(pair[1], t.Elem(), key+"."+pair[0].Value)
		}
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		if n.Kind != yaml.SequenceNode {
			d.wrong(n, key, "a list")
			return
		}
		for i, item := range n.Content {
			d.shaped(item, t.Elem(), itemKey(key, i))
		}
	case n.Kind != yaml.ScalarNode || n.Tag != scalarTag(t):
		d.wrong(n, key, map[string]string{"!!str": "a text (in quotes)", "!!bool": "true or false", "!!int": "a whole number", "!!float": "a number"}[scalarTag(t)])
	}
}

// plain is a scalar as encoding/json takes it; nil for anything else.
func (d *decoder) plain(n *yaml.Node) any {
	if n.Kind != yaml.ScalarNode {
		return nil
	}
	return d.raw(n, 0)
}

// scalarTag is the tag of scalars that a type takes.
func scalarTag(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "!!bool"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64:
		return "!!int"
	case reflect.Float32, reflect.Float64:
		return "!!float"
	}
	return "!!str"
}

func (d *decoder) pairs(n *yaml.Node, key string) (out [][2]*yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, key, "a mapping")
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
	}
	return out
}

func (d *decoder) shapedFields(n *yaml.Node, t reflect.Type, key string) {
	fields := jsonFields(t)
	for _, pair := range d.pairs(n, key) {
		name := pair[0].Value
		i := slices.IndexFunc(fields, func(f reflect.StructField) bool { return jsonName(f) == name })
		switch {
		case strings.HasPrefix(name, "$"): // a directive of a strategic patch, such as $patch: delete
		case i < 0:
			var known []string
			for _, f := range fields {
				known = append(known, jsonName(f))
			}
			d.list.Add(diag.Errorf(d.key, d.span(pair[0]), "unknown key %q in %s%s", name, key, diag.DidYouMean(name, known)))
		default:
			d.shaped(pair[1], fields[i].Type, name)
		}
	}
}

// jsonFields are the fields of a struct with those of structs that JSON has inline.
func jsonFields(t reflect.Type) []reflect.StructField {
	var out []reflect.StructField
	for i := range t.NumField() {
		switch f := t.Field(i); {
		case f.Anonymous && jsonName(f) == "":
			out = append(out, jsonFields(f.Type)...)
		case jsonName(f) != "" && jsonName(f) != "-":
			out = append(out, f)
		}
	}
	return out
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
