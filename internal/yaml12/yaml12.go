// Package yaml12 reads YAML 1.2 documents into nodes and JSON, exactly and with places.
//
// It builds on the nodes of yaml.v3 and corrects what that accepts or reads wrongly by YAML 1.2: keys given twice, 014
// read as octal, 1_000 as a number, dates as times, errors without a line.
package yaml12

import (
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Codes are the codes of what a [Reader] reports of data: of parameters and configurations. A definition has a code for
// each kind of mistake.
type Codes struct {
	Syntax    string // the text is not YAML or JSON
	Duplicate string // a mapping has a key twice
	Value     string // a value or key has no JSON form
}

// Reader reads one file and collects what is wrong with it.
type Reader struct {
	File  string // as it is shown
	Codes Codes  // zero: those of a definition
	Diags diag.List

	lines []string
	twice bool // some mapping holds a key twice, which is reported
}

// isData reports whether the file holds values for programs. Then a key may be a number, whose text it is.
func (r *Reader) isData() bool { return r.Codes != Codes{} }

// report adds a diagnostic under the file's own code.
func (r *Reader) report(d diag.Diagnostic) {
	if r.isData() {
		switch d.Code {
		case "RR0007":
			d.Code = r.Codes.Duplicate
		case "RR0008", "RR0009", "RR0010", "RR0011", "RR0013", "RR0015", "RR0120":
			d.Code = r.Codes.Value
		default:
			d.Code = r.Codes.Syntax
		}
	}
	r.Diags.Add(d)
}

// Errorf reports what is wrong with a node, under a code of definitions.
func (r *Reader) Errorf(code string, n *yaml.Node, format string, args ...any) {
	r.report(diag.Errorf(code, r.Span(n), format, args...))
}

// Pair is a key of a mapping with its value: an alias is not followed.
type Pair struct {
	Name  string
	Key   *yaml.Node
	Value *yaml.Node
}

// Pairs lists a mapping's entries. What a merge key (<<) brings stands where the merge key stands; keys of the
// mapping itself win over merged ones, and an earlier merged mapping over a later one.
func (r *Reader) Pairs(n *yaml.Node) []Pair {
	n = Deref(n)
	own := make([]Pair, 0, len(n.Content)/2)
	var seen map[string]bool
	if r.twice {
		seen = make(map[string]bool, len(n.Content)/2)
	}
	merges := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if isMerge(key) {
			merges = true
			own = append(own, Pair{"<<", key, value})
			continue
		}
		if name, ok := r.keyName(key); ok && !seen[name] {
			if r.twice {
				seen[name] = true
			}
			own = append(own, Pair{name, key, value})
		}
	}
	if !merges {
		return own
	}
	return r.merged(own)
}

// merged puts what the merge keys bring in their place.
func (r *Reader) merged(own []Pair) []Pair {
	taken := map[string]bool{}
	for _, e := range own {
		if !isMerge(e.Key) {
			taken[e.Name] = true
		}
	}
	var out []Pair
	for _, e := range own {
		if !isMerge(e.Key) {
			out = append(out, e)
			continue
		}
		for _, from := range r.mergeSources(e.Value) {
			for _, brought := range r.Pairs(from) {
				if !taken[brought.Name] {
					taken[brought.Name] = true
					out = append(out, brought)
				}
			}
		}
	}
	return out
}

// mergeSources returns the mappings that a merge key names: one, or a list of them.
func (r *Reader) mergeSources(n *yaml.Node) []*yaml.Node {
	d := Deref(n)
	sources := []*yaml.Node{n}
	if d.Kind == yaml.SequenceNode {
		sources = d.Content
	}
	var out []*yaml.Node
	for _, s := range sources {
		if m := Deref(s); m.Kind == yaml.MappingNode {
			out = append(out, m)
		} else {
			r.Errorf("RR0011", s, "the merge key << needs a mapping or a list of mappings, not a %s", KindName(s))
		}
	}
	return out
}

// isMerge reports whether a key is the merge key: a plain <<.
func isMerge(key *yaml.Node) bool { return key.Kind == yaml.ScalarNode && key.Tag == "!!merge" }

// keyName returns the text of a key. A key of another type is an error: Runnable fails on it, and 1 and "1" would be
// two keys.
func (r *Reader) keyName(key *yaml.Node) (string, bool) {
	d := Deref(key)
	switch {
	case d.Kind != yaml.ScalarNode:
		r.Errorf("RR0015", key, "a key must be text, not a %s", KindName(key))
	case r.isData(), KindOf(d) == String:
		return d.Value, true
	case KindOf(d) == Null:
		r.Errorf("RR0015", key, "a key is empty; give it a name")
	default:
		r.Errorf("RR0015", key, "the key %s is a %s; put it in quotes: \"%s\"", d.Value, KindOf(d), d.Value)
	}
	return "", false
}
