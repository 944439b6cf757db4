package yamldef

import (
	"fmt"
	"math/big"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// reader reads values out of a document and collects what is wrong with them. A method that finds a value of the
// wrong type says so and returns false; reading goes on with the next value, so that all problems come in one go.
type reader struct {
	*yaml12.Reader
	kinds map[string]table // the kinds of step by `type`
}

func newReader(file string) *reader {
	r := &reader{Reader: &yaml12.Reader{File: file}, kinds: map[string]table{}}
	for _, t := range stepTables() {
		r.kinds[t.kind] = t
	}
	return r
}

func (r *reader) warnf(code string, n *yaml.Node, format string, args ...any) {
	r.Diags.Add(diag.Warningf(code, r.Span(n), format, args...))
}

// wrong reports a value of another type than the one wanted. what names the value: `"timeout" of task "train"`.
func (r *reader) wrong(n *yaml.Node, what, want string) {
	r.Errorf("RR0103", n, "%s must be %s, not %s", what, want, describe(n))
}

// describe names a value's type, and the value itself where it is short.
func describe(n *yaml.Node) string {
	n = yaml12.Deref(n)
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	}
	switch yaml12.KindOf(n) {
	case yaml12.Null:
		return "empty"
	case yaml12.Bool:
		return "the boolean " + n.Value
	case yaml12.Int, yaml12.Float:
		return "the number " + n.Value
	case yaml12.String:
	}
	text, long := n.Value, 40
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i] + "…"
	}
	if runes := []rune(text); len(runes) > long {
		text = string(runes[:long]) + "…"
	}
	return fmt.Sprintf("the text %q", text)
}

func isScalar(n *yaml.Node, kinds ...yaml12.Kind) bool {
	n = yaml12.Deref(n)
	if n.Kind != yaml.ScalarNode {
		return false
	}
	k := yaml12.KindOf(n)
	for _, want := range kinds {
		if k == want {
			return true
		}
	}
	return false
}

// texts reads the strings of those keys that are there.
func (r *reader) texts(f *fields, to map[string]*string) {
	for name, text := range to {
		if v := f.get(name); v != nil {
			*text, _ = r.text(v, f.of(name))
		}
	}
}

// text reads a string. Numbers and booleans are not turned into text: 014 and no would not survive it.
func (r *reader) text(n *yaml.Node, what string) (string, bool) {
	switch {
	case isScalar(n, yaml12.String):
		return yaml12.Deref(n).Value, true
	case isScalar(n, yaml12.Bool, yaml12.Int, yaml12.Float):
		r.Errorf("RR0103", n, "%s must be text, and %s is %s; put it in quotes", what, yaml12.Deref(n).Value, typeName(yaml12.Deref(n)))
	default:
		r.wrong(n, what, "text")
	}
	return "", false
}

func typeName(n *yaml.Node) string {
	if yaml12.KindOf(n) == yaml12.Bool {
		return "a boolean"
	}
	return "a number"
}

// scalarText reads any scalar as the text it was written as; empty is "".
func (r *reader) scalarText(n *yaml.Node, what string) (string, bool) {
	d := yaml12.Deref(n)
	if d.Kind != yaml.ScalarNode {
		r.wrong(n, what, "text, a number or a boolean")
		return "", false
	}
	return d.Value, true
}

// ref reads a string that names something; the empty string names nothing and is refused.
func (r *reader) ref(n *yaml.Node, what string) (ir.Ref, bool) {
	name, ok := r.text(n, what)
	if ok && name == "" {
		r.Errorf("RR0103", n, "%s is empty; give a name, or delete the key", what)
		return ir.Ref{}, false
	}
	return ir.Ref{Name: name, Span: r.Span(n)}, ok
}

// refs reads a list of strings.
func (r *reader) refs(n *yaml.Node, what string) []ir.Ref {
	items, ok := r.list(n, what)
	if !ok {
		return nil
	}
	out := make([]ir.Ref, 0, len(items))
	for _, item := range items {
		if ref, ok := r.ref(item, "an entry of "+what); ok {
			out = append(out, ref)
		}
	}
	return out
}

// list returns the items of a list.
func (r *reader) list(n *yaml.Node, what string) ([]*yaml.Node, bool) {
	d := yaml12.Deref(n)
	if d.Kind == yaml.SequenceNode {
		return d.Content, true
	}
	if isScalar(n, yaml12.String) {
		r.Errorf("RR0103", n, "%s must be a list, not %s; write [%s]", what, describe(n), flowText(d.Value))
	} else {
		r.wrong(n, what, "a list")
	}
	return nil, false
}

// flowText writes text as an item of a flow list.
func flowText(text string) string {
	if text == "" || strings.ContainsAny(text, "[]{},:#&*!|>'\"%@`\n") {
		return fmt.Sprintf("%q", text)
	}
	return text
}

func (r *reader) boolean(n *yaml.Node, what string) bool {
	if isScalar(n, yaml12.Bool) {
		return yaml12.Boolean(yaml12.Deref(n).Value)
	}
	if d := yaml12.Deref(n); isScalar(n, yaml12.String) && isYes(d.Value) {
		r.Errorf("RR0103", n, "%s must be true or false; %q is text in YAML 1.2", what, d.Value)
	} else {
		r.wrong(n, what, "true or false")
	}
	return false
}

// isYes reports whether YAML 1.1 read text as a boolean.
func isYes(text string) bool {
	switch strings.ToLower(text) {
	case "yes", "no", "on", "off", "y", "n":
		return true
	}
	return false
}

// count reads a whole number of at least least.
func (r *reader) count(n *yaml.Node, what string, least int) (int, bool) {
	if !isScalar(n, yaml12.Int) {
		r.wrong(n, what, "a whole number")
		return 0, false
	}
	if !yaml12.Fits(yaml12.Deref(n)) {
		return 0, false // reported before
	}
	v := yaml12.Integer(yaml12.Deref(n).Value)
	switch {
	case v.Cmp(big.NewInt(int64(least))) < 0:
		r.Errorf("RR0109", n, "%s must be at least %d, not %s", what, least, v)
	case v.Cmp(big.NewInt(maxCount)) > 0:
		r.Errorf("RR0109", n, "%s must be at most %d", what, maxCount)
	default:
		return int(v.Int64()), true
	}
	return 0, false
}

// maxCount bounds every count in a definition.
const maxCount = 1_000_000_000
