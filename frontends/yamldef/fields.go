package yamldef

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// fields is a mapping with text keys, merge keys applied.
type fields struct {
	what    string     // what messages call the mapping: `task "train"`, or `"retry" of task "train"`
	subject string     // the step, graph or dag that it belongs to
	path    string     // the keys that lead from the subject to it: `retry`
	at      *yaml.Node // where it is named
	entries []yaml12.Pair
	byName  map[string]*yaml.Node
}

// mapping reads a mapping that is a subject of its own: a graph, a step. at is the node to point at when something is
// missing in it.
func (r *reader) mapping(n *yaml.Node, what string, at *yaml.Node) (*fields, bool) {
	d := yaml12.Deref(n)
	if d.Kind != yaml.MappingNode {
		r.wrong(n, what, "a mapping")
		return nil, false
	}
	all := r.Pairs(d)
	f := &fields{what: what, subject: what, at: at, entries: all, byName: make(map[string]*yaml.Node, len(all))}
	for _, e := range all {
		f.byName[e.Name] = e.Value
	}
	return f, true
}

// part reads a mapping that belongs to the subject of f: the value of one of its keys, or an entry of it.
func (r *reader) part(f *fields, name string, n, at *yaml.Node) (*fields, bool) {
	p, ok := r.mapping(n, f.of(name), at)
	if ok {
		p.subject, p.path = f.subject, f.to(name)
	}
	return p, ok
}

// get returns the value of a key, or nil where the key is not there.
func (f *fields) get(name string) *yaml.Node { return f.byName[name] }

// has reports whether the key is there.
func (f *fields) has(name string) bool { return f.byName[name] != nil }

// key returns the node of a key that is there.
func (f *fields) key(name string) *yaml.Node {
	for _, e := range f.entries {
		if e.Name == name {
			return e.Key
		}
	}
	return f.at
}

// to is the path of a key from the subject on.
func (f *fields) to(name string) string {
	if f.path == "" {
		return name
	}
	return f.path + "." + name
}

// of names a key in messages: `"retry.limit" of task "train"`.
func (f *fields) of(name string) string { return fmt.Sprintf("%q of %s", f.to(name), f.subject) }

// check reports the keys of f that the table does not hold, and the required ones that f lacks.
func (r *reader) check(f *fields, t table) { r.required(f, t, r.known(f, t)) }

// known reports the keys of f that the table does not hold, and returns those that were probably meant.
func (r *reader) known(f *fields, t table) (meant []string) {
	for _, e := range f.entries {
		if _, ok := t.find(e.Name); !ok {
			r.Errorf("RR0101", e.Key, "unknown key %q in %s%s", e.Name, f.what, t.instead(e.Name))
			meant = append(meant, t.meant(e.Name))
		}
	}
	return meant
}

// required reports the keys that must be there and are not, unless a misspelt one was meant to be it.
func (r *reader) required(f *fields, t table, meant []string) {
	for _, k := range t.keys() {
		if k.Required && !f.has(k.Name) && !f.has(ir.Instead(k.Name)) && !slices.Contains(meant, k.Name) {
			r.Diags.Add(diag.Errorf("RR0102", r.Span(f.at), "%s has no %q; add it: %s", f.what, k.Name, firstSentence(k.Doc)))
		}
	}
}

// firstSentence shortens a description of a key for a message.
func firstSentence(doc string) string {
	first, _, _ := strings.Cut(doc, ". ")
	return strings.ToLower(first[:1]) + strings.TrimSuffix(first[1:], ".")
}
