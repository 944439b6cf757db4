package irjson

import (
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// fields is what is read of a step besides the fields of its node.
type fields struct {
	named, commanded bool

	commandType, command string
	options              map[string]string // by the key of the kind of command that has it
	spans                spanList
}

// keysOf returns the names of the keys that a step of a kind may have.
func keysOf(kind ir.NodeKind) []string {
	names := []string{"name", "spans"}
	for _, k := range kind.Keys {
		if k.Field != nil || k.Name == "type" {
			names = append(names, k.Name)
		}
	}
	if kind.Name == "task" {
		names = append(names, "command_type", "config")
		for _, c := range ir.CommandKinds() {
			if c.Option != "" {
				names = append(names, c.Option)
			}
		}
	}
	return names
}

// step reads one step; nil after a failure.
func (d *decoder) step() ir.Node {
	start := d.pos
	kind, ok := d.kind()
	if !ok {
		return nil
	}
	n := kind.New(ir.Common{})
	s := &fields{options: map[string]string{}}
	d.object(func(key string) { d.stepKey(kind, n, s, key) })
	if t, ok := n.(*ir.Task); ok {
		t.Command = d.makeCommand(s, start)
	}
	for _, k := range kind.Keys {
		if k.Field == nil {
			continue
		}
		if body, ok := k.Field(n).(**ir.Graph); ok && *body == nil && k.Required {
			d.fail(start, "%s is missing", k.Name)
		}
	}
	if !s.named {
		d.fail(start, "name is missing")
	}
	if d.err != nil {
		return nil
	}
	if s.spans != nil {
		d.placeAll(s.spans, targetsOf(n))
	}
	return n
}

// kind looks for the key type of the step that begins here, which need not be the first.
func (d *decoder) kind() (ir.NodeKind, bool) {
	start, word := d.pos, ""
	if text, ok := strings.CutPrefix(d.src[d.pos:], `{"type":"`); ok {
		word, _, _ = strings.Cut(text, `"`)
	} else {
		d.object(func(key string) {
			if key == "type" {
				word = d.str()
			} else {
				d.raw()
			}
		})
		d.pos = start
	}
	k, known := ir.KindNamed(word)
	if d.err != nil || known {
		return k, d.err == nil
	}
	var kinds []string
	for _, k := range ir.NodeKinds() {
		kinds = append(kinds, k.Name)
	}
	if word == "" {
		d.fail(start, "type is missing; the types are %s", strings.Join(kinds, ", "))
	} else {
		d.fail(start, "unknown type %q%s; the types are %s", word, diag.DidYouMean(word, kinds), strings.Join(kinds, ", "))
	}
	return k, false
}

// stepKey reads the value of one key.
func (d *decoder) stepKey(kind ir.NodeKind, n ir.Node, s *fields, key string) {
	switch key {
	case "type":
		d.str()
		return
	case "name":
		s.named, n.Base().Name = true, d.str()
		return
	case "spans":
		s.spans = d.spanList()
		return
	}
	if kind.Name == "task" && d.commandKey(s, key) {
		return
	}
	i := slices.IndexFunc(kind.Keys, func(k ir.Key) bool { return k.Name == key && k.Field != nil })
	if i < 0 {
		d.fail(d.pos, "a %s has no key %q%s", kind.Name, key, diag.DidYouMean(key, keysOf(kind)))
		return
	}
	d.value(kind.Keys[i].Field(n))
}

// value reads the value of a key into its field.
func (d *decoder) value(field any) {
	switch v := field.(type) {
	case *ir.Ref:
		v.Name = d.str()
	case *string:
		*v = d.str()
	case ir.SpannedText:
		*v.Value = d.str()
	case *int:
		*v = d.int()
	case *bool:
		*v = d.bool()
	case *time.Duration:
		*v = d.duration()
	case *[]ir.Ref:
		*v = d.refs()
	case *[]ir.EnvVar:
		d.object(func(name string) { *v = append(*v, ir.EnvVar{Name: name, Value: d.str()}) })
	case *[]ir.Override:
		d.object(func(name string) { *v = append(*v, ir.Override{Executor: name, Key: d.str()}) })
	case *[]ir.TargetSettings:
		d.object(func(name string) {
			*v = append(*v, ir.TargetSettings{Target: name, Settings: d.json("{", "a mapping")})
		})
	case *[]ir.Input:
		d.array(func(int) { *v = append(*v, d.input()) })
	case *[]ir.Return:
		d.array(func(int) { *v = append(*v, d.returned()) })
	case *[]ir.Parameter:
		*v = d.parameters()
	case *ir.Resources:
		d.resources(v)
	case *ir.Retry:
		d.retry(v)
	case **ir.Catalog:
		*v = d.catalog()
	case *[]ir.Branch:
		d.nested(func() { d.array(func(int) { *v = append(*v, d.branch()) }) })
	case **ir.Graph:
		d.nested(func() { *v = d.body() })
	default:
		panic("irjson: a key whose value cannot be read")
	}
}

// commandKey reads one of the keys that make a command together.
func (d *decoder) commandKey(s *fields, key string) bool {
	switch key {
	case "command_type":
		s.commandType = d.str()
		return true
	case "command":
		s.commanded, s.command = true, d.str()
		return true
	}
	plugin, _ := ir.CommandKindNamed("")
	for _, c := range append(ir.CommandKinds(), plugin) {
		switch {
		case c.Option == "" || c.Option != key:
			continue
		case c.Object:
			s.options[key] = d.json("{", "a mapping")
		default:
			s.options[key] = d.str()
		}
		return true
	}
	return false
}

// makeCommand makes the command of a task. A key that belongs to another type of command is refused.
func (d *decoder) makeCommand(s *fields, start int) ir.Command {
	if s.commandType == "" {
		d.fail(start, "command_type is missing")
	}
	if !s.commanded {
		d.fail(start, "command is missing")
	}
	kind, _ := ir.CommandKindNamed(s.commandType)
	c := kind.New()
	p := ir.PartsOf(c)
	*p.Text = s.command
	for key, value := range s.options {
		switch {
		case value == "":
		case key == kind.Option:
			*p.Option = value
		default:
			d.fail(start, "a task of command_type %q has no key %q", s.commandType, key)
		}
	}
	return c
}

// target is what the place of a key belongs to.
type target struct {
	key  string
	span *diag.Span
}

// targetsOf lists what of a node can have a place.
func targetsOf(n ir.Node) []target {
	var out []target
	for _, p := range ir.Places(n) {
		out = append(out, target{p.Key, p.Span})
	}
	return out
}
