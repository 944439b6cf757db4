package wfformat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// reader goes through the tokens of a JSON text once, and knows the place of each. Its methods return the errors of
// the text itself, after which there is nothing more to read; a value of a wrong type is reported and skipped.
type reader struct {
	file  string
	src   []byte
	dec   *jsontext.Decoder
	at    cursor
	diags diag.List
}

func newReader(file string, src []byte) *reader {
	return &reader{file: file, src: src, dec: jsontext.NewDecoder(bytes.NewBuffer(src)), at: cursor{line: 1, col: 1}}
}

func (r *reader) errorf(code string, span diag.Span, format string, args ...any) {
	r.diags.Add(diag.Errorf(code, span, format, args...))
}

// cursor is a place in the text. It moves forward alone, so that all places of a text cost one pass over it, however
// long its lines are. A line ends where [diag.SplitLines] ends it.
type cursor struct {
	offset    int
	line, col int // from 1; columns in code points
}

func (c *cursor) moveTo(src []byte, offset int) {
	from := c.offset
	for i := from; i < offset; i++ {
		if src[i] == '\n' || src[i] == '\r' && !bytes.HasPrefix(src[i+1:], []byte("\n")) {
			c.line, c.col = c.line+1, 1
			from = i + 1
		}
	}
	c.col += utf8.RuneCount(src[from:offset])
	c.offset = offset
}

// next returns the kind of the next value and the place where it begins.
func (r *reader) next() (jsontext.Kind, diag.Span) {
	kind := r.dec.PeekKind()
	from := int(r.dec.InputOffset())
	for from < len(r.src) && between(r.src[from]) {
		from++
	}
	r.at.moveTo(r.src, max(from, r.at.offset))
	return kind, diag.Span{File: r.file, Line: r.at.line, Col: r.at.col}
}

// between reports whether a byte may stand between two tokens.
func between(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', ':':
		return true
	}
	return false
}

// read reads one token and returns its place.
func (r *reader) read() (jsontext.Token, diag.Span, error) {
	_, span := r.next()
	token, err := r.dec.ReadToken()
	if err != nil {
		return token, span, err
	}
	r.at.moveTo(r.src, int(r.dec.InputOffset()))
	span.EndLine, span.EndCol = r.at.line, r.at.col
	return token, span, nil
}

// skip passes over a value.
func (r *reader) skip() error { return r.dec.SkipValue() }

// is reports whether the next value is of a kind; if not, that is reported and the value skipped.
func (r *reader) is(want jsontext.Kind, what string) (bool, error) {
	kind, span := r.next()
	if kind == want {
		return true, nil
	}
	err := r.skip()
	if err == nil {
		code := codeType
		if r.dec.StackDepth() == 0 {
			code = codeNotFormat
		}
		r.errorf(code, span, "%s must be %s, not %s", what, kindName(want), kindName(kind))
	}
	return false, err
}

// object reads an object; member is called for each of its keys and reads the value.
func (r *reader) object(what string, member func(key ir.Ref) error) error {
	if ok, err := r.is('{', what); !ok {
		return err
	}
	return r.within(func() error {
		key, span, err := r.read()
		if err != nil {
			return err
		}
		return member(ir.Ref{Name: key.String(), Span: span})
	})
}

// list reads a list; item reads each of its values.
func (r *reader) list(what string, item func() error) error {
	if ok, err := r.is('[', what); !ok {
		return err
	}
	return r.within(item)
}

// within reads what stands between two brackets.
func (r *reader) within(each func() error) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for {
		if kind := r.dec.PeekKind(); kind == '}' || kind == ']' {
			_, err := r.dec.ReadToken()
			return err
		}
		if err := each(); err != nil {
			return err
		}
	}
}

// refTo reads a text with its place. It leaves the zero Ref where there is none.
func (r *reader) refTo(to *ir.Ref, what string) error {
	if ok, err := r.is('"', what); !ok {
		return err
	}
	token, span, err := r.read()
	*to = ir.Ref{Name: token.String(), Span: span}
	return err
}

func (r *reader) textTo(to *string, what string) error {
	var ref ir.Ref
	err := r.refTo(&ref, what)
	*to = ref.Name
	return err
}

func (r *reader) numberTo(to *number, what string) error {
	if ok, err := r.is('0', what); !ok {
		return err
	}
	token, span, err := r.read()
	if err != nil {
		return err
	}
	value, outside := token.Float()
	if outside != nil || value < 0 {
		r.errorf(codeQuantities, span, "%s must be a finite number of 0 or more, not %s", what, token.String())
		return nil
	}
	*to = number{value, span}
	return nil
}

// end demands that nothing follows the one value.
func (r *reader) end() error {
	r.next()
	switch _, err := r.dec.ReadToken(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return &jsontext.SyntacticError{ByteOffset: int64(r.at.offset), Err: errors.New("the file continues after its one value; remove the rest")}
}

// longestPointer is how long a JSON pointer may be that a message shows: those of deep nesting fill screens.
const longestPointer = 200

// syntax reports an error of the text at the place where the decoder saw it.
func (r *reader) syntax(err error) {
	text, offset := err.Error(), int(r.dec.InputOffset())
	var wrong *jsontext.SyntacticError
	if errors.As(err, &wrong) {
		text, offset = wrong.Err.Error(), int(wrong.ByteOffset)
		if p := wrong.JSONPointer; p != "" && len(p) <= longestPointer {
			text += fmt.Sprintf(", in %s", p)
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		text, offset = "it ends too early", len(r.src)
	}
	at := cursor{line: 1, col: 1}
	at.moveTo(r.src, min(offset, len(r.src)))
	r.errorf(codeNotJSON, diag.Span{File: r.file, Line: at.line, Col: at.col}, "this is not JSON: %s", text)
}
