package pipetest

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The codes of what is wrong with a test file.
const (
	codeKey     = "RR0801" // an unknown key, or one that is missing
	codeValue   = "RR0802" // a value of another type or form
	codeStep    = "RR0803" // a path or pattern without a step
	codeReturns = "RR0804" // a mock returns other names than the step
	codeExpect  = "RR0805" // expectations that contradict one another
	codeNoMock  = "RR0806" // a step would run the user's code
	codeUnmet   = "RR0807" // an expectation that is not met
	codeEndless = "RR0808" // a case that takes too many attempts
)

// maxCount bounds every count in a test file.
const maxCount = 1_000_000_000

// reader reads values out of a test file and collects what is wrong with them. Reading goes on after a mistake, so that
// all come in one go.
type reader struct{ *yaml12.Reader }

// fields is a mapping with the node of each key that is there.
type fields struct {
	what   string // what messages call the mapping
	byName map[string]yaml12.Pair
}

// mapping reads a mapping by the table of its keys; free says which further keys it takes.
func (r *reader) mapping(n *yaml.Node, what string, t table, free func(name string) bool) (*fields, bool) {
	pairs, ok := r.pairs(n, what)
	if !ok {
		return nil, false
	}
	f := &fields{what, map[string]yaml12.Pair{}}
	names := t.names()
	meant := map[string]bool{}
	for _, p := range pairs {
		f.byName[p.Name] = p
		if oneOf(p.Name, names) != "" && (free == nil || !free(p.Name)) {
			r.Errorf(codeKey, p.Key, "unknown key %q in %s%s", p.Name, what, t.instead(p.Name))
			meant[diag.Nearest(p.Name, names)] = true
		}
	}
	for _, k := range t.keys {
		if k.required && f.get(k.name) == nil && !meant[k.name] {
			r.Errorf(codeKey, n, "%s has no %q; add it: %s", what, k.name, strings.ToLower(k.doc[:1])+strings.TrimSuffix(k.doc[1:], "."))
		}
	}
	return f, true
}

// pairs reads a mapping whose keys are names.
func (r *reader) pairs(n *yaml.Node, what string) ([]yaml12.Pair, bool) {
	if d := yaml12.Deref(n); d.Kind == yaml.MappingNode {
		return r.Pairs(d), true
	}
	r.wrong(n, what, "a mapping")
	return nil, false
}

// get returns the value of a key, or nil.
func (f *fields) get(name string) *yaml.Node { return f.byName[name].Value }

// of names a key in messages.
func (f *fields) of(name string) string { return fmt.Sprintf("%q of %s", name, f.what) }

func (r *reader) wrong(n *yaml.Node, what, want string) {
	d := yaml12.Deref(n)
	is := "a " + yaml12.KindName(n)
	if d.Kind == yaml.ScalarNode && !yaml12.IsNull(n) && len(d.Value) <= 40 {
		is += ", " + d.Value
	}
	r.Errorf(codeValue, n, "%s must be %s, not %s", what, want, is)
}

func isScalar(n *yaml.Node, kinds ...yaml12.Kind) bool {
	n = yaml12.Deref(n)
	if n.Kind != yaml.ScalarNode || !yaml12.Fits(n) {
		return false
	}
	for _, k := range kinds {
		if yaml12.KindOf(n) == k {
			return true
		}
	}
	return false
}

// text reads a text; of a key that is not there, none.
func (r *reader) text(f *fields, name string) ir.Ref {
	if f.get(name) == nil {
		return ir.Ref{}
	}
	return r.string(f.get(name), f.of(name))
}

func (r *reader) string(n *yaml.Node, what string) ir.Ref {
	if !isScalar(n, yaml12.String) {
		r.wrong(n, what, "text (in quotes, where it looks like something else)")
		return ir.Ref{}
	}
	return ir.Ref{Name: yaml12.Deref(n).Value, Span: r.Span(n)}
}

// name reads a text that is not empty.
func (r *reader) name(n *yaml.Node, what string) ir.Ref {
	ref := r.string(n, what)
	if ref.Name == "" && !ref.Span.IsZero() {
		r.Errorf(codeValue, n, "%s is empty; give a name, or delete it", what)
	}
	return ref
}

// word reads a text that is one of those known.
func (r *reader) word(f *fields, name string, known []string) ir.Ref {
	ref := r.text(f, name)
	if !ref.Span.IsZero() {
		if problem := oneOf(ref.Name, known); problem != "" {
			r.Errorf(codeValue, f.get(name), "%s: %s", f.of(name), problem)
			return ir.Ref{}
		}
	}
	return ref
}

// names reads a list of names.
func (r *reader) names(f *fields, name string) []ir.Ref {
	n := f.get(name)
	if n == nil {
		return nil
	}
	var out []ir.Ref
	for _, item := range r.list(n, f.of(name)) {
		if ref := r.name(item, "an entry of "+f.of(name)); ref.Name != "" {
			out = append(out, ref)
		}
	}
	return out
}

func (r *reader) patterns(f *fields, name string) []pattern {
	var out []pattern
	for _, ref := range r.names(f, name) {
		out = append(out, pattern{ref})
	}
	return out
}

func (r *reader) list(n *yaml.Node, what string) []*yaml.Node {
	d := yaml12.Deref(n)
	if d.Kind != yaml.SequenceNode {
		r.wrong(n, what, "a list")
		return nil
	}
	return d.Content
}

// values reads JSON values by name.
func (r *reader) values(f *fields, name string) []Value {
	if f.get(name) == nil {
		return nil
	}
	pairs, _ := r.pairs(f.get(name), f.of(name))
	var out []Value
	for _, p := range pairs {
		if text := r.JSON(p.Value); text != nil {
			out = append(out, Value{Name: p.Name, Span: r.Span(p.Key), JSON: text})
		}
	}
	return out
}

// contents reads texts of files, or null, by path.
func (r *reader) contents(f *fields, name string) []Content {
	if f.get(name) == nil {
		return nil
	}
	pairs, _ := r.pairs(f.get(name), f.of(name))
	var out []Content
	for _, p := range pairs {
		c := Content{Path: p.Name, Span: r.Span(p.Key), Null: yaml12.IsNull(p.Value)}
		if !fs.ValidPath(p.Name) || p.Name == "." {
			r.Errorf(codeValue, p.Key, "%q is no path of a file below the working folder, such as out/report.txt", p.Name)
		}
		if !c.Null {
			c.Text = r.string(p.Value, fmt.Sprintf("the content of %q", p.Name)).Name
		}
		out = append(out, c)
	}
	return out
}

func (r *reader) count(n *yaml.Node, what string, most int) int {
	if isScalar(n, yaml12.Int) {
		if v := yaml12.Integer(yaml12.Deref(n).Value); v.IsInt64() && v.Int64() >= 1 && v.Int64() <= int64(most) {
			return int(v.Int64())
		}
	}
	r.wrong(n, what, fmt.Sprintf("a whole number from 1 to %d", most))
	return 0
}

// duration reads a time span, as a definition's: text such as 30s, or a number of seconds.
func (r *reader) duration(f *fields, name string) (time.Duration, bool) {
	n := f.get(name)
	if n == nil {
		return 0, false
	}
	out, err := time.Duration(-1), error(nil)
	switch text := yaml12.Deref(n).Value; {
	case isScalar(n, yaml12.String):
		out, err = time.ParseDuration(text)
	case isScalar(n, yaml12.Int, yaml12.Float):
		var seconds float64
		if seconds, err = strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds <= ir.MaxDuration.Seconds() {
			out = time.Duration(seconds * float64(time.Second))
		}
	}
	if err != nil || out < 0 || out > ir.MaxDuration {
		r.wrong(n, f.of(name), fmt.Sprintf("a time such as 30s, 5m or 1h30m, or a number of seconds, of at most %.0f seconds", ir.MaxDuration.Seconds()))
		return 0, false
	}
	return out, true
}

func (r *reader) add(d diag.Diagnostic) { r.Diags.Add(d) }
