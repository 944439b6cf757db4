package yamldef

import (
	"fmt"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// step reads one step. It returns nil for a terminal, which every graph has anyway, and for what is no step.
func (r *reader) step(e yaml12.Pair) ir.Node {
	f, ok := r.mapping(e.Value, fmt.Sprintf("step %q", e.Name), e.Key)
	if !ok {
		return nil
	}
	kind, ok := r.kind(f)
	if !ok {
		return nil
	}
	if kind == ir.Success || kind == ir.Fail {
		r.terminal(f, e, kind)
		return nil
	}
	f.what = fmt.Sprintf("%s %q", kind, e.Name)
	f.subject = f.what
	t := r.kinds[kind]
	switch kind {
	case "stub":
		r.nearMisses(f, t)
	case "task":
		// which keys it takes is for its command to say
	default:
		r.check(f, t)
	}
	k, _ := ir.KindNamed(kind)
	n := k.New(ir.Common{Name: e.Name, Span: r.Span(e.Key)})
	for _, key := range k.Keys {
		if key.Field != nil && key.Shape != "" {
			r.key(f, key, n)
		}
	}
	return n
}

// key reads the value of one key of a step into its field; a key that is not there leaves it as it is. Keys come in the
// order of the table: what a command returns is read after the command.
func (r *reader) key(f *fields, k ir.Key, n ir.Node) {
	switch v := k.Field(n).(type) {
	case *ir.Ref:
		*v = r.reference(f, k)
	case *[]ir.Ref:
		r.references(f, k, v)
	case *string:
		if k.Shape == "default" {
			r.defaultBranch(f, n.(*ir.Conditional))
		} else {
			*v = r.named(f, k.Name).Name
		}
	case ir.SpannedText:
		if value := f.get(k.Name); value != nil && !yaml12.IsNull(value) {
			ref, _ := r.ref(value, f.of(k.Name))
			*v.Value, *v.Span = ref.Name, ref.Span
		}
	case *int:
		if k.Required {
			*v = r.iterations(f, k.Name)
		} else {
			*v = r.positive(f, k.Name)
		}
	case *bool:
		*v = r.flag(f, k.Name)
	case *time.Duration:
		*v = r.duration(f, k.Name)
	case *ir.Command:
		*v = r.command(f)
	case *[]ir.Input:
		if k.Shape == "bindings" {
			*v = r.bindings(f)
		} else {
			*v = r.inputs(f)
		}
	case *[]ir.Return:
		if t, ok := n.(*ir.Task); ok {
			*v = r.returns(f, t.Command)
		} else {
			*v = r.results(f)
		}
	case **ir.Catalog:
		*v = r.catalog(f)
	case *ir.Retry:
		*v = r.retry(f)
	case *[]ir.EnvVar:
		*v = r.env(f)
	case *ir.Resources:
		*v = r.resources(f)
	case *[]ir.Override:
		*v = r.overrides(f)
	case *[]ir.TargetSettings:
		*v = r.targets(f)
	case *[]ir.Branch:
		*v = r.branches(f)
	case **ir.Graph:
		*v = r.body(f)
	default:
		panic("yamldef: the key " + k.Name + " has a value without a reader")
	}
}

// kind reads the key type.
func (r *reader) kind(f *fields) (string, bool) {
	n := f.get("type")
	if n == nil {
		r.Diags.Add(diag.Errorf("RR0102", r.Span(f.at), "%s has no \"type\"; add one of %s", f.what, strings.Join(stepKinds(), ", ")))
		return "", false
	}
	kind, ok := r.text(n, f.of("type"))
	if !ok {
		return "", false
	}
	if _, known := r.kinds[kind]; known || kind == ir.Success || kind == ir.Fail {
		return kind, true
	}
	hint := diag.DidYouMean(kind, stepKinds())
	if kind == "dag" {
		hint = "; for the pipeline of another file use the type \"pipeline\", for one in this file a branch of a parallel, map, conditional or loop"
	}
	if hint == "" {
		hint = "; it is one of " + strings.Join(stepKinds(), ", ")
	}
	r.Errorf("RR0106", n, "unknown type %q of %s%s", kind, f.what, hint)
	return "", false
}

// terminal checks an explicit success or fail node. Runnable allows them under their own names only.
func (r *reader) terminal(f *fields, e yaml12.Pair, kind string) {
	f.what = fmt.Sprintf("the terminal %q", e.Name)
	f.subject = f.what
	r.check(f, terminalTable(kind))
	if e.Name != kind {
		r.Errorf("RR0115", e.Key, "%q is a second %s terminal; every graph has one, called %q: delete this step and point `next` at %[3]q", e.Name, kind, kind)
	}
}

// nearMisses warns of ignored keys of a stub that look like keys it would take.
func (r *reader) nearMisses(f *fields, t table) {
	for _, e := range f.entries {
		if _, ok := t.find(e.Name); ok || len(kindsWith(e.Name)) > 0 {
			continue
		}
		if hint := diag.DidYouMean(e.Name, t.names()); hint != "" {
			r.warnf("RR0111", e.Key, "the key %q of %s is ignored, as a stub ignores unknown keys%s", e.Name, f.what, hint)
		}
	}
}

// reference reads a key that names something. Runnable's default for on_failure is the empty text, and next has
// another name.
func (r *reader) reference(f *fields, k ir.Key) ir.Ref {
	name := k.Name
	if name == "next" && f.has("next_node") {
		if f.has("next") {
			r.Diags.Add(diag.Errorf("RR0110", r.Span(f.key("next_node")), "%s has both \"next\" and \"next_node\", which are the same; delete one", f.what).
				With(r.Span(f.key("next")), "the other is here"))
		}
		name = "next_node"
	}
	if n := f.get(name); k.Shape == "text" && n != nil && isScalar(n, yaml12.String) && yaml12.Deref(n).Value == "" {
		return ir.Ref{}
	}
	return r.named(f, name)
}

// references reads a list of names. An empty list of needs says something: the graph is one of needs.
func (r *reader) references(f *fields, k ir.Key, out *[]ir.Ref) {
	if n := f.get(k.Name); n != nil {
		if *out = r.refs(n, f.of(k.Name)); *out == nil {
			*out = []ir.Ref{}
		}
	}
}

// catalog reads the key catalog.
func (r *reader) catalog(f *fields) *ir.Catalog {
	n := f.get("catalog")
	if n == nil || yaml12.IsNull(n) {
		return nil
	}
	cf, ok := r.part(f, "catalog", n, f.key("catalog"))
	if !ok {
		return nil
	}
	r.check(cf, catalogTable())
	c := &ir.Catalog{Span: r.Span(f.key("catalog"))}
	if g := cf.get("get"); g != nil {
		c.Get = r.refs(g, cf.of("get"))
	}
	if p := cf.get("put"); p != nil {
		c.Put = r.refs(p, cf.of("put"))
	}
	c.NoCopy = cf.has("store_copy") && !r.flag(cf, "store_copy")
	return c
}

// flag reads an optional boolean.
func (r *reader) flag(f *fields, name string) bool {
	n := f.get(name)
	return n != nil && r.boolean(n, f.of(name))
}

// named reads an optional name.
func (r *reader) named(f *fields, name string) ir.Ref {
	n := f.get(name)
	if n == nil {
		return ir.Ref{}
	}
	ref, _ := r.ref(n, f.of(name))
	return ref
}

// positive reads an optional whole number of at least 1; 0 where there is none.
func (r *reader) positive(f *fields, name string) int {
	n := f.get(name)
	if n == nil {
		return 0
	}
	v, _ := r.count(n, f.of(name), 1)
	return v
}

// children are the entries of an optional mapping.
func (r *reader) children(f *fields, name string) []yaml12.Pair {
	n := f.get(name)
	if n == nil {
		return nil
	}
	m, ok := r.part(f, name, n, f.key(name))
	if !ok {
		return nil
	}
	return m.entries
}

// choice suggests a word of a fixed set, or lists them.
func choice(word string, known []string) string {
	if hint := diag.DidYouMean(word, known); hint != "" {
		return hint
	}
	return "; it is one of " + strings.Join(known, ", ")
}
