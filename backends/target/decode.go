package target

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Codes is what options implement whose section has codes of its own for an unknown key and for a wrong value.
type Codes interface{ Codes() (key, value string) }

// Decode reads a section of the configuration into options, by the tags of their fields. Keys may be in snake_case or
// camelCase. Every unknown key and every value of a wrong kind is an error with its place and the nearest known key. The
// section is what messages call the whole.
func Decode(options any, file, section string, n *yaml.Node) diag.List {
	d := &decoder{options: options, file: file, key: "RR0404", value: "RR0405"}
	if own, ok := options.(Codes); ok {
		d.key, d.value = own.Codes()
	}
	d.decode(n, structOf(options), section)
	return d.list
}

// Raw is a piece of configuration that goes into what is rendered as it is.
type Raw struct {
	Value any
	JSON  []byte // the same; nil: it has no such form
}

// Checked is what a struct of options implements, or a piece of one, that has more to say against its values than
// their tags do.
type Checked interface {
	// Wrong says what is wrong, and which of its keys holds that; empty: it is what is missing, or the whole.
	Wrong() (key, why string)
}

// Short is what a piece of options implements that can be written shorter than as a mapping.
type Short interface {
	// Short takes the text or the list of texts that stands for it, and reports whether it is one.
	Short(texts []string) bool
}

type decoder struct {
	options    any
	file       string
	key, value string                   // codes
	spans      map[*yaml.Node]diag.Span // where nodes were written; nil: as they say themselves
	list       diag.List
}

func (d *decoder) span(n *yaml.Node) diag.Span {
	if d.spans != nil {
		return d.spans[n]
	}
	return diag.Span{File: d.file, Line: n.Line, Col: n.Column}
}

func (d *decoder) wrong(n *yaml.Node, key, want string, hint ...string) {
	d.list.Add(diag.Errorf(d.value, d.span(n), "%q must be %s, not %s%s", key, want, nodeKind(n), strings.Join(hint, "")))
}

func nodeKind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return fmt.Sprintf("%q", n.Value)
}

// decode reads a node into a value: text, whole number, truth value, list, mapping, struct with tags, [Raw].
func (d *decoder) decode(n *yaml.Node, v reflect.Value, key string) {
	for n.Kind == yaml.DocumentNode || n.Kind == yaml.AliasNode {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		} else {
			n = n.Content[0]
		}
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), key)
		return
	}
	wrong := len(d.list)
	if short, ok := v.Addr().Interface().(Short); ok && short.Short(textsOf(n)) {
		d.checkShort(n, v, key)
	} else {
		d.whole(n, v, key)
	}
	if checked, ok := v.Addr().Interface().(Checked); ok && len(d.list) == wrong {
		if at, why := checked.Wrong(); why != "" {
			d.list.Add(diag.Errorf(d.value, d.span(keyIn(n, at)), "%q %s", cmp.Or(at, key), why))
		}
	}
}

// checkShort reports what a short form stands for that is not what the tags of the fields say.
func (d *decoder) checkShort(n *yaml.Node, v reflect.Value, key string) {
	if v.Kind() != reflect.Struct {
		return
	}
	for _, o := range optionsIn(v.Type(), nil) {
		field := v.FieldByIndex(o.index)
		if field.Kind() != reflect.String || field.String() == "" {
			continue
		}
		if k := KindOf(d.options, o.Is); !k.Fits(field.String()) {
			d.wrong(n, key, k.Want, k.Explain(field.String()))
		}
	}
}

// keyIn is the node of a key in a mapping; the mapping itself where it has none of that name.
func keyIn(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if fold(n.Content[i].Value) == fold(key) {
			return n.Content[i]
		}
	}
	return n
}

// textsOf are the texts of a scalar, or of a list of scalars; nil: it is neither.
func textsOf(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var out []string
	for _, item := range n.Content {
		if n.Kind != yaml.SequenceNode || item.Kind != yaml.ScalarNode {
			return nil
		}
		out = append(out, item.Value)
	}
	return out
}

// whole reads a node that is no short form.
func (d *decoder) whole(n *yaml.Node, v reflect.Value, key string) {
	switch v.Kind() {
	case reflect.Struct:
		if _, ok := v.Interface().(Raw); ok {
			v.Set(reflect.ValueOf(Raw{d.raw(n, 0), jsonOf(n)}))
			return
		}
		d.structure(n, v, key)
	case reflect.Map:
		d.mapping(n, v, key)
	case reflect.Slice:
		d.list_(n, v, key)
	default:
		d.scalar(n, v, key)
	}
}

func jsonOf(n *yaml.Node) []byte {
	var value any
	if n.Decode(&value) != nil {
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return text
}

// fold makes snake_case and camelCase one.
func fold(key string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, key, "a mapping")
		return
	}
	var known []string
	var options []Option
	for _, o := range optionsIn(v.Type(), nil) {
		if o.Key != "" {
			options, known = append(options, o), append(known, o.Key)
		}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		at := slices.IndexFunc(known, func(name string) bool { return fold(name) == fold(k.Value) })
		switch {
		case at < 0:
			d.list.Add(diag.Errorf(d.key, d.span(k), "unknown key %q in %s%s", k.Value, key, diag.DidYouMean(k.Value, known)))
		case options[at].Refused != "":
			d.list.Add(diag.Errorf(d.key, d.span(k), "%q is refused in %s: %s", k.Value, key, options[at].Refused))
		case seen[known[at]]:
			d.list.Add(diag.Errorf(d.key, d.span(k), "the key %q appears twice in %s", k.Value, key))
		default:
			seen[known[at]] = true
			wrong := len(d.list)
			d.decode(n.Content[i+1], v.FieldByIndex(options[at].index), known[at])
			if shape := d.shapeOf(options[at]); shape != nil {
				d.shaped(n.Content[i+1], shape, known[at])
			} else if len(d.list) == wrong {
				d.check(n.Content[i+1], known[at], options[at])
			}
		}
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, key, "a mapping")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(n.Content); i += 2 {
		e := reflect.New(v.Type().Elem()).Elem()
		d.decode(n.Content[i+1], e, key+"."+n.Content[i].Value)
		v.SetMapIndex(reflect.ValueOf(n.Content[i].Value), e)
	}
}

func (d *decoder) list_(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.SequenceNode {
		d.wrong(n, key, "a list")
		return
	}
	for i, item := range n.Content {
		e := reflect.New(v.Type().Elem()).Elem()
		d.decode(item, e, itemKey(key, i))
		v.Set(reflect.Append(v, e))
	}
}

func itemKey(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.ScalarNode {
		d.wrong(n, key, map[reflect.Kind]string{reflect.String: "a text", reflect.Int: "a whole number", reflect.Bool: "true or false"}[v.Kind()])
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if err != nil {
			d.wrong(n, key, "a whole number")
			return
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		if n.Tag != "!!bool" {
			d.wrong(n, key, "true or false")
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	default:
		panic("target: a configuration has no " + v.Kind().String())
	}
}

// raw turns a node into output, as it is.
func (d *decoder) raw(n *yaml.Node, depth int) any {
	if depth > 50 {
		d.wrong(n, "value", "nested less than 50 deep")
		return nil
	}
	switch n.Kind {
	case yaml.AliasNode:
		return d.raw(n.Alias, depth+1)
	case yaml.MappingNode:
		m := yamlout.NewMap()
		for i := 0; i+1 < len(n.Content); i += 2 {
			m.Add(n.Content[i].Value, d.raw(n.Content[i+1], depth+1))
		}
		return m
	case yaml.SequenceNode:
		l := yamlout.NewList()
		for _, item := range n.Content {
			l.Add(d.raw(item, depth+1))
		}
		return l
	}
	switch n.Tag {
	case "!!int":
		if i, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
			return i
		}
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!null":
		return nil
	}
	return n.Value
}

// check reports each text or number in a node that is not what the tags of its field say. A key may be left empty, an
// item of a list and a key of labels may not.
func (d *decoder) check(n *yaml.Node, key string, o Option) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			d.checkText(item, key, o.Is)
		}
	case yaml.MappingNode: // labels and annotations
		for i := 0; i+1 < len(n.Content); i += 2 {
			d.checkText(n.Content[i], "a key of "+key, o.Keys)
			d.checkText(n.Content[i+1], key+"."+n.Content[i].Value, o.Is)
		}
	case yaml.ScalarNode:
		if n.Tag != "!!null" && n.Value != "" {
			d.checkText(n, key, o.Is)
		}
	}
}

func (d *decoder) checkText(n *yaml.Node, key, is string) {
	text := n
	if n.Kind == yaml.AliasNode {
		text = n.Alias
	}
	value := text.Value
	if text.Tag == "!!null" {
		value = ""
	}
	k := KindOf(d.options, is)
	switch why := k.doubt(value); {
	case why != "":
		d.list.Add(diag.Errorf(ir.CodeImplausible, d.span(n), "%q %s", key, why))
	case !k.Fits(value):
		d.wrong(n, key, k.Want, k.Explain(value))
	}
}
