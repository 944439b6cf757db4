package yamldef

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// fields is a mapping with text keys, merge keys applied.
type fields struct {
	what    string     // what messages call the mapping: `task "train"`, or `"retry" of task "train"`
	subject string     // the step, graph or dag that it belongs to
	path    string     // the keys that lead from the subject to it: `retry`
	at      *yaml.Node // where it is named
	entries []entry
	byName  map[string]*yaml.Node
}

// entry is one key with its value, in source order.
type entry struct {
	name  string
	key   *yaml.Node
	value *yaml.Node // as written: an alias is not followed
}

// mapping reads a mapping that is a subject of its own: a graph, a step. at is the node to point at when something is
// missing in it.
func (r *reader) mapping(n *yaml.Node, what string, at *yaml.Node) (*fields, bool) {
	d := deref(n)
	if d.Kind != yaml.MappingNode {
		r.wrong(n, what, "a mapping")
		return nil, false
	}
	all := r.flatten(d)
	f := &fields{what: what, subject: what, at: at, entries: all[:0], byName: make(map[string]*yaml.Node, len(all))}
	for _, e := range all {
		if f.byName[e.name] == nil { // a duplicate was reported before
			f.byName[e.name] = e.value
			f.entries = append(f.entries, e)
		}
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
		if e.name == name {
			return e.key
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

// flatten lists a mapping's entries. What a merge key (<<) brings stands where the merge key stands; keys of the
// mapping itself win over merged ones, and an earlier merged mapping over a later one.
func (r *reader) flatten(n *yaml.Node) []entry {
	own := make([]entry, 0, len(n.Content)/2)
	merges := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if isMerge(key) {
			merges = true
			own = append(own, entry{name: "<<", key: key, value: value})
			continue
		}
		if name, ok := r.keyName(key); ok {
			own = append(own, entry{name: name, key: key, value: value})
		}
	}
	if !merges {
		return own
	}
	return r.merged(own)
}

// merged puts what the merge keys bring in their place.
func (r *reader) merged(own []entry) []entry {
	taken := map[string]bool{}
	for _, e := range own {
		if !isMerge(e.key) {
			taken[e.name] = true
		}
	}
	var out []entry
	for _, e := range own {
		if !isMerge(e.key) {
			out = append(out, e)
			continue
		}
		for _, from := range r.mergeSources(e.value) {
			for _, brought := range r.flatten(from) {
				if !taken[brought.name] {
					taken[brought.name] = true
					out = append(out, brought)
				}
			}
		}
	}
	return out
}

// mergeSources returns the mappings that a merge key names: one, or a list of them.
func (r *reader) mergeSources(n *yaml.Node) []*yaml.Node {
	d := deref(n)
	sources := []*yaml.Node{n}
	if d.Kind == yaml.SequenceNode {
		sources = d.Content
	}
	var out []*yaml.Node
	for _, s := range sources {
		if m := deref(s); m.Kind == yaml.MappingNode {
			out = append(out, m)
		} else {
			r.errorf("RR0011", s, "the merge key << takes a mapping or a list of mappings, not %s", describe(s))
		}
	}
	return out
}

// isMerge reports whether a key is the merge key: a plain <<.
func isMerge(key *yaml.Node) bool { return key.Kind == yaml.ScalarNode && key.Tag == "!!merge" }

// keyName returns the text of a key. A key of another type is an error: Runnable fails on it, and 1 and "1" would be
// two keys.
func (r *reader) keyName(key *yaml.Node) (string, bool) {
	d := deref(key)
	switch {
	case d.Kind != yaml.ScalarNode:
		r.errorf("RR0015", key, "a key must be text, not %s", describe(key))
	case kindOf(d) == isString:
		return d.Value, true
	case kindOf(d) == isNull:
		r.errorf("RR0015", key, "a key is empty; give it a name")
	default:
		r.errorf("RR0015", key, "the key %s is %s; put it in quotes: \"%s\"", d.Value, typeName(d), d.Value)
	}
	return "", false
}

// check reports the keys of f that the table does not hold, and the required ones that f lacks.
func (r *reader) check(f *fields, t table) { r.required(f, t, r.known(f, t)) }

// known reports the keys of f that the table does not hold, and returns those that were probably meant.
func (r *reader) known(f *fields, t table) (meant []string) {
	for _, e := range f.entries {
		if _, ok := t.find(e.name); !ok {
			r.errorf("RR0101", e.key, "unknown key %q in %s%s", e.name, f.what, t.instead(e.name))
			meant = append(meant, t.meant(e.name))
		}
	}
	return meant
}

// required reports the keys that must be there and are not, unless a misspelt one was meant to be it.
func (r *reader) required(f *fields, t table, meant []string) {
	for _, k := range t.keys() {
		if k.Required && !f.has(k.Name) && !slices.Contains(meant, k.Name) {
			r.add(diag.Errorf("RR0102", r.span(f.at), "%s has no %q; add it: %s", f.what, k.Name, firstSentence(k.Doc)))
		}
	}
}

// firstSentence shortens a description of a key for a message.
func firstSentence(doc string) string {
	first, _, _ := strings.Cut(doc, ". ")
	return strings.ToLower(first[:1]) + strings.TrimSuffix(first[1:], ".")
}
