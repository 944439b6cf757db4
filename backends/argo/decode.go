package argo

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// ParseConfig reads a Config from YAML or JSON text, with the places of what is wrong with it. file is for messages.
func ParseConfig(file string, src []byte) (Config, diag.List) {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return Config{}, diag.List{diag.Errorf("RR1001", yamlErrorSpan(file, err), "the configuration is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	if doc.Kind == 0 {
		return Config{}, nil
	}
	return DecodeConfig(file, &doc)
}

var lineOfError = regexp.MustCompile(`line (\d+)`)

func yamlErrorSpan(file string, err error) diag.Span {
	span := diag.Span{File: file}
	var typeErr *yaml.TypeError
	if m := lineOfError.FindStringSubmatch(err.Error()); m != nil && !errors.As(err, &typeErr) {
		span.Line, _ = strconv.Atoi(m[1])
	}
	return span
}

// DecodeConfig reads a Config from a YAML node. Every unknown key and every value of a wrong kind is an error with
// its place and the nearest known key.
func DecodeConfig(file string, node *yaml.Node) (Config, diag.List) {
	var c Config
	d := &decoder{file: file}
	d.decode(node, reflect.ValueOf(&c).Elem(), "config")
	return c, d.list
}

type decoder struct {
	file string
	list diag.List
}

func (d *decoder) span(n *yaml.Node) diag.Span {
	return diag.Span{File: d.file, Line: n.Line, Col: n.Column}
}

func (d *decoder) wrong(n *yaml.Node, key, want string) {
	d.list.Add(diag.Errorf("RR1003", d.span(n), "%q must be %s, not %s", key, want, kindOf(n)))
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return fmt.Sprintf("%q", n.Value)
}

// decode reads a node into a value of one of the types that Config is made of.
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
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), key)
	case reflect.Struct:
		if _, ok := v.Interface().(Raw); ok {
			v.Set(reflect.ValueOf(Raw{d.raw(n, 0)}))
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

// fold makes snake_case and camelCase one.
func fold(key string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, key, "a mapping")
		return
	}
	t := v.Type()
	var known []string
	for i := range t.NumField() {
		known = append(known, t.Field(i).Tag.Get("cfg"))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		at := slices.IndexFunc(known, func(name string) bool { return fold(name) == fold(k.Value) })
		switch {
		case at < 0:
			d.list.Add(diag.Errorf("RR1002", d.span(k), "unknown key %q in %s%s", k.Value, key, diag.DidYouMean(k.Value, known)))
		case seen[known[at]]:
			d.list.Add(diag.Errorf("RR1002", d.span(k), "the key %q stands twice in %s", k.Value, key))
		default:
			seen[known[at]] = true
			wrong := len(d.list)
			d.decode(n.Content[i+1], v.Field(at), known[at])
			if is := t.Field(at).Tag.Get("is"); is != "" && len(d.list) == wrong {
				d.check(n.Content[i+1], known[at], is)
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
		d.decode(item, e, fmt.Sprintf("%s[%d]", key, i))
		v.Set(reflect.Append(v, e))
	}
}

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
		panic("argo: a configuration has no " + v.Kind().String())
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
