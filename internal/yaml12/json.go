package yaml12

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// JSON returns the compact JSON text that a node stands for, keys in the order of the file, integers exact at any size
// and 1.0 as 1.0; nil when something in it has no JSON form, which is reported.
func (r *Reader) JSON(n *yaml.Node) json.RawMessage {
	var b bytes.Buffer
	if !r.write(&b, n) {
		return nil
	}
	return b.Bytes()
}

// JSONObject is [Reader.JSON] for the pairs of a mapping.
func (r *Reader) JSONObject(pairs []Pair) json.RawMessage {
	var b bytes.Buffer
	if !r.writeObject(&b, pairs) {
		return nil
	}
	return b.Bytes()
}

func (r *Reader) write(b *bytes.Buffer, used *yaml.Node) bool {
	switch n := Deref(used); n.Kind {
	case yaml.MappingNode:
		before := len(r.Diags)
		return r.writeObject(b, r.Pairs(n)) && len(r.Diags) == before
	case yaml.SequenceNode:
		return r.writeList(b, n)
	default:
		return r.writeScalar(b, n, used)
	}
}

func (r *Reader) writeObject(b *bytes.Buffer, pairs []Pair) bool {
	ok := true
	b.WriteByte('{')
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quote(p.Name))
		b.WriteByte(':')
		ok = r.write(b, p.Value) && ok
	}
	b.WriteByte('}')
	return ok
}

func (r *Reader) writeList(b *bytes.Buffer, n *yaml.Node) bool {
	ok := true
	b.WriteByte('[')
	for i, item := range n.Content {
		if i > 0 {
			b.WriteByte(',')
		}
		ok = r.write(b, item) && ok
	}
	b.WriteByte(']')
	return ok
}

func (r *Reader) writeScalar(b *bytes.Buffer, n, used *yaml.Node) bool {
	if !Fits(n) {
		return false // reported before
	}
	switch KindOf(n) {
	case Null:
		b.WriteString("null")
	case Bool:
		fmt.Fprintf(b, "%t", Boolean(n.Value))
	case Int:
		b.WriteString(integerJSON(n.Value))
	case Float:
		number, ok := FloatJSON(n.Value)
		if !ok {
			r.Errorf("RR0120", used, "%s is not a JSON number; quote it to make it text", n.Value)
		}
		b.WriteString(number)
		return ok
	case String:
		b.Write(quote(n.Value))
	}
	return true
}

// integerJSON is -0 where that was written, which a program may tell from 0.
func integerJSON(text string) string {
	if i := Integer(text); i.Sign() != 0 || !strings.HasPrefix(text, "-") {
		return i.String()
	}
	return "-0"
}

// quote returns s as a JSON string with nothing escaped that need not be.
func quote(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Member is a key of a JSON object with the text of its value.
type Member struct {
	Name string
	Span diag.Span
	JSON json.RawMessage
}

// Object reads a JSON file whose value is an object. It takes what JSON allows and YAML does not (surrogate pairs,
// tabs), and refuses keys given twice at any depth, with their place.
func (r *Reader) Object(src []byte) []Member {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if !r.checkText(src) {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	w := jsonWalk{r: r, src: src, dec: dec}
	if err := w.value(0); err != nil {
		w.syntax(err)
		return nil
	}
	rest := w.here()
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		r.error(r.Codes.Syntax, rest, "the file continues after its one JSON value; remove the rest")
		return nil
	}
	if w.failed {
		return nil
	}
	if !w.object {
		r.error(r.Codes.Value, diag.Span{File: r.File, Line: 1, Col: 1}, "the file must hold an object of names and values")
		return nil
	}
	return w.members
}

// jsonWalk visits the tokens of a JSON text.
type jsonWalk struct {
	r       *Reader
	src     []byte
	dec     *json.Decoder
	object  bool
	failed  bool // something in it is reported
	members []Member
	seen    place // how far the text has been counted
	open    []opened
}

// opened is an object or a list that is not closed yet.
type opened struct {
	delim json.Delim
	at    diag.Span
}

// place is where a byte stands: its offset, and line and column of it from 0.
type place struct{ offset, line, col int }

// past is the place that many bytes on.
func (p place) past(part []byte) place {
	if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
		return place{p.offset + len(part), p.line + bytes.Count(part, []byte("\n")), utf8.RuneCount(part[i+1:])}
	}
	return place{p.offset + len(part), p.line, p.col + utf8.RuneCount(part)}
}

// Check reports what a JSON text may not hold although it parses: keys given twice and numbers out of range.
func (r *Reader) Check(text []byte) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	w := jsonWalk{r: r, src: text, dec: dec}
	if err := w.value(0); err != nil {
		w.syntax(err)
	}
}

// here is the place of the next token.
func (w *jsonWalk) here() diag.Span {
	i := int(w.dec.InputOffset())
	for i < len(w.src) && bytes.IndexByte([]byte(" \t\r\n,:"), w.src[i]) >= 0 {
		i++
	}
	return w.at(i)
}

// at is the place of a byte. It counts on from the last one that was asked for: tokens come in order, and a large text
// counted from its start for each of them takes time by the square of its size.
func (w *jsonWalk) at(offset int) diag.Span {
	if offset < w.seen.offset {
		w.seen = place{}
	}
	w.seen = w.seen.past(w.src[w.seen.offset:offset])
	return diag.Span{File: w.r.File, Line: w.seen.line + 1, Col: w.seen.col + 1}
}

func (w *jsonWalk) value(depth int) error {
	if depth > w.r.maxDepth() {
		return fmt.Errorf("values are nested more than %d levels deep", w.r.maxDepth())
	}
	span := w.here()
	t, err := w.dec.Token()
	if err != nil {
		return err
	}
	if n, ok := t.(json.Number); ok && !inRange(string(n)) {
		w.failed = true
		w.r.error(w.r.Codes.Value, span, "%s is larger than any number that programs share; write it as a string", n)
	}
	delim, compound := t.(json.Delim)
	if !compound {
		return nil
	}
	w.open = append(w.open, opened{delim, span})
	if delim == '{' {
		w.object = w.object || depth == 0
		err = w.objectMembers(depth)
	} else {
		err = w.list(depth)
	}
	if err == nil {
		w.open = w.open[:len(w.open)-1]
	}
	return err
}

func (w *jsonWalk) list(depth int) error {
	for w.dec.More() {
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

func (w *jsonWalk) objectMembers(depth int) error {
	seen := map[string]diag.Span{}
	for w.dec.More() {
		span := w.here()
		t, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // the decoder takes nothing else for a key
		first, twice := seen[name]
		if twice {
			w.failed = true
			w.r.Diags.Add(diag.Errorf(w.r.Codes.Duplicate, span, "key %q is given twice; remove one", name).With(first, "the first is here"))
		}
		seen[name] = span
		from := w.dec.InputOffset()
		if err := w.value(depth + 1); err != nil {
			return err
		}
		if depth == 0 && !twice {
			var b bytes.Buffer
			text := bytes.TrimLeft(w.src[from:w.dec.InputOffset()], " \t\r\n:")
			if err := json.Compact(&b, text); err != nil {
				return err
			}
			w.members = append(w.members, Member{name, span, b.Bytes()})
		}
	}
	_, err := w.dec.Token()
	return err
}

// syntax reports an error of the decoder, which stands before the token that it could not read. Where the text ends too
// early, what is not closed is of more use.
func (w *jsonWalk) syntax(err error) {
	span, text := w.here(), "this is not JSON: "+err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		span, text = w.at(len(w.src)), "this is not JSON: it ends too early"
		if len(w.open) > 0 {
			last := w.open[len(w.open)-1]
			what, closing := "object", "}"
			if last.delim == '[' {
				what, closing = "list", "]"
			}
			w.r.Diags.Add(diag.Errorf(w.r.Codes.Syntax, last.at, "the %s that begins here is not closed; add a `%s`, or the missing `,`", what, closing).With(span, "the text ends here"))
			return
		}
	}
	w.r.error(w.r.Codes.Syntax, span, "%s", text)
}

func (r *Reader) error(code string, span diag.Span, format string, args ...any) {
	r.Diags.Add(diag.Errorf(code, span, format, args...))
}

// inRange reports whether a JSON number is a whole one, or no infinity as a double.
func inRange(number string) bool {
	if !strings.ContainsAny(number, ".eE") {
		return true
	}
	_, err := strconv.ParseFloat(number, 64)
	return err == nil
}
