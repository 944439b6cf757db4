// Package yaml12 reads YAML 1.2 documents into nodes and JSON, exactly and with places.
//
// It stands on the nodes of yaml.v3 and answers for what that lets through or gets wrong by YAML 1.2: keys given
// twice, 014 read as octal, 1_000 as a number, dates as times, errors without a line.
package yaml12

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Codes are the codes of what a [Reader] reports.
type Codes struct {
	Syntax    string // the text is no YAML or JSON
	Duplicate string // a mapping has a key twice
	Value     string // a value or key has no JSON form
}

// Reader reads one file and collects what is wrong with it.
type Reader struct {
	File  string // as it is shown
	Codes Codes
	Diags diag.List

	nodes int // visited so far, aliases as often as they are used
}

func (r *Reader) errorf(code string, span diag.Span, format string, args ...any) {
	r.Diags.Add(diag.Errorf(code, span, format, args...))
}

// Parse returns the root node of the one document in src: nil when there is none, or when it cannot be read.
func (r *Reader) Parse(src []byte) *yaml.Node {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if !r.checkBytes(src) {
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		r.syntax(err)
		return nil
	}
	switch err := dec.Decode(&more); {
	case errors.Is(err, io.EOF):
	case err != nil:
		r.syntax(err)
		return nil
	default:
		r.errorf(r.Codes.Syntax, r.Span(&more), "the file holds more than one YAML document; keep one, without a line of ---")
		return nil
	}
	if doc.Kind == yaml.DocumentNode {
		return doc.Content[0]
	}
	return &doc
}

// checkBytes finds what yaml.v3 would refuse without saying where.
func (r *Reader) checkBytes(src []byte) bool {
	for i := 0; i < len(src); {
		c, size := utf8.DecodeRune(src[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			r.errorf(r.Codes.Syntax, r.at(src, i), "byte 0x%02x is not UTF-8; save the file as UTF-8", src[i])
			return false
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r', c == 0x7f, c >= 0x80 && c <= 0x9f && c != 0x85, c == 0xfffe, c == 0xffff:
			r.errorf(r.Codes.Syntax, r.at(src, i), "the control character U+%04X is not allowed here; remove it, or write it as an escape in double quotes", c)
			return false
		}
		i += size
	}
	return true
}

// at is the place of a byte.
func (r *Reader) at(src []byte, offset int) diag.Span {
	before := src[:offset]
	line := bytes.Count(before, []byte("\n"))
	col := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return diag.Span{File: r.File, Line: line + 1, Col: col + 1}
}

var (
	lineOf = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)
	// What the library's parser says, unlike its scanner: it counts those lines from 0, and says none for line 0.
	fromZero = regexp.MustCompile(`^did not find expected (<document start>|node content|',' or|key$|'-' indicator)`)
)

func (r *Reader) syntax(err error) {
	text := err.Error()
	span := diag.Span{File: r.File, Line: 1} // the library names no line where it is the first
	m := lineOf.FindStringSubmatch(text)
	if m[1] != "" {
		span.Line, _ = strconv.Atoi(m[1])
	}
	if m[1] != "" && fromZero.MatchString(text[len(m[0]):]) {
		span.Line++
	}
	r.errorf(r.Codes.Syntax, span, "this is not YAML: %s", text[len(m[0]):])
}

// Span is the place of a node.
func (r *Reader) Span(n *yaml.Node) diag.Span {
	s := diag.Span{File: r.File, Line: n.Line, Col: n.Column}
	if n.Kind != yaml.ScalarNode && n.Kind != yaml.AliasNode || strings.Contains(n.Value, "\n") || n.Value == "" {
		return s
	}
	width := utf8.RuneCountInString(n.Value)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		return s
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		width += 2
	case n.Kind == yaml.AliasNode:
		width++
	}
	s.EndLine, s.EndCol = s.Line, s.Col+width
	return s
}

// Pair is a key of a mapping with its value.
type Pair struct {
	Name  string
	Key   *yaml.Node
	Value *yaml.Node
}

// Pairs returns the keys of a mapping with merge keys (<<) resolved, in the order of the file. A key that is given
// twice is reported; the first counts.
func (r *Reader) Pairs(n *yaml.Node) []Pair { return r.pairs(Deref(n), nil) }

func (r *Reader) pairs(n *yaml.Node, path []*yaml.Node) []Pair {
	for _, p := range path {
		if p == n {
			r.errorf(r.Codes.Value, r.Span(n), "the mapping merges itself")
			return nil
		}
	}
	own := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		name, ok := r.key(key)
		if !ok || isMerge(key) {
			continue
		}
		if first := own[name]; first != nil {
			r.Diags.Add(diag.Errorf(r.Codes.Duplicate, r.Span(key), "key %q is given twice; remove one", name).With(r.Span(first), "the first is here"))
			continue
		}
		own[name] = key
	}
	var out []Pair
	merged := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !isMerge(key) {
			if name := Deref(key).Value; own[name] == key {
				out = append(out, Pair{name, key, value})
			}
			continue
		}
		for _, p := range r.merge(value, append(path, n)) {
			if own[p.Name] == nil && !merged[p.Name] {
				merged[p.Name] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// merge returns the pairs that a merge key brings; of several mappings the first that has a key counts.
func (r *Reader) merge(value *yaml.Node, path []*yaml.Node) []Pair {
	target := Deref(value)
	switch target.Kind {
	case yaml.MappingNode:
		if !r.count(target) {
			return nil
		}
		return r.pairs(target, path)
	case yaml.SequenceNode:
		var out []Pair
		for _, item := range target.Content {
			if Deref(item).Kind != yaml.MappingNode {
				r.errorf(r.Codes.Value, r.Span(item), "a merge key (<<) takes a mapping or a list of mappings")
				continue
			}
			out = append(out, r.merge(item, path)...)
		}
		return out
	}
	r.errorf(r.Codes.Value, r.Span(value), "a merge key (<<) takes a mapping or a list of mappings")
	return nil
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.Style&^yaml.FlowStyle == 0
}

func (r *Reader) key(key *yaml.Node) (string, bool) {
	n := Deref(key)
	if n.Kind != yaml.ScalarNode {
		r.errorf(r.Codes.Value, r.Span(key), "a key must be a single value, not a %s", KindName(n))
		return "", false
	}
	return n.Value, true
}

// Deref returns the node that an alias stands for.
func Deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// KindName says what a node is.
func KindName(n *yaml.Node) string {
	switch n = Deref(n); n.Kind {
	case yaml.MappingNode:
		return "mapping"
	case yaml.SequenceNode:
		return "list"
	case yaml.ScalarNode:
		if v, err := Resolve(n); err == nil {
			return v.Kind.String()
		}
	}
	return "value"
}

// The limits keep a small file from becoming a large value by aliases of aliases.
const (
	maxNodes = 1_000_000
	maxDepth = 1_000
)

func (r *Reader) count(n *yaml.Node) bool {
	if r.nodes++; r.nodes == maxNodes+1 {
		r.errorf(r.Codes.Value, r.Span(n), "the file stands for more than %d values; aliases of aliases multiply", maxNodes)
	}
	return r.nodes <= maxNodes
}

// Kind is the type of a scalar.
type Kind int

// The kinds of scalars.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
)

func (k Kind) String() string {
	return [...]string{"null", "boolean", "whole number", "number", "string"}[k]
}

// Scalar is the value of a scalar node.
type Scalar struct {
	Kind Kind
	JSON string // of a [String] empty: its value is the node's
}

func notA(tag, value string) error {
	return fmt.Errorf("%q is not of type %s", value, strings.TrimPrefix(tag, "!!"))
}
