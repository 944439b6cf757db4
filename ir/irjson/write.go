package irjson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// encoder writes JSON with the layout of this package. The first failure stays.
type encoder struct {
	out   strings.Builder
	first bool       // nothing stands in the open object yet
	files *fileTable // nil: places are left out
	where string     // the step that is being written
	err   error
}

func (e *encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf("step %q: %s", e.where, fmt.Sprintf(format, args...))
	}
}

// join closes the document's head and returns the first failure of head and body.
func (e *encoder) join(body error) error {
	if e.err != nil {
		return e.err
	}
	return body
}

func (e *encoder) open() {
	e.out.WriteByte('{')
	e.first = true
}

func (e *encoder) close() {
	e.out.WriteByte('}')
	e.first = false
}

// newLine begins the line of a list's element.
func (e *encoder) newLine(i, indent int) {
	if i > 0 {
		e.out.WriteByte(',')
	}
	e.out.WriteByte('\n')
	e.out.WriteString(strings.Repeat(" ", indent))
}

func (e *encoder) key(key string) {
	if !e.first {
		e.out.WriteByte(',')
	}
	e.first = false
	e.quote(key)
	e.out.WriteByte(':')
}

// str writes a string that is left out when it is empty.
func (e *encoder) str(key, value string) {
	if value != "" {
		e.must(key, value)
	}
}

// must writes a string, be it empty.
func (e *encoder) must(key, value string) {
	e.key(key)
	e.quote(value)
}

func (e *encoder) int(key string, n int) {
	e.key(key)
	e.out.WriteString(strconv.Itoa(n))
}

// count writes a number that is left out when it is zero.
func (e *encoder) count(key string, n int) {
	if n != 0 {
		e.int(key, n)
	}
}

func (e *encoder) flag(key string, set bool) {
	if set {
		e.key(key)
		e.out.WriteString("true")
	}
}

func (e *encoder) strings(list []string) {
	e.out.WriteByte('[')
	for i, s := range list {
		if i > 0 {
			e.out.WriteByte(',')
		}
		e.quote(s)
	}
	e.out.WriteByte(']')
}

// lines writes a list of objects, one a line, and nothing where it is empty.
func (e *encoder) lines(key string, n int, write func(i int)) {
	if n == 0 {
		return
	}
	e.key(key)
	e.out.WriteByte('[')
	for i := range n {
		e.newLine(i, 0)
		e.open()
		write(i)
		e.close()
	}
	e.out.WriteString("\n]")
}

// list writes a list of objects.
func (e *encoder) list(key string, n int, write func(i int)) {
	e.key(key)
	e.out.WriteByte('[')
	for i := range n {
		if i > 0 {
			e.out.WriteByte(',')
		}
		e.open()
		write(i)
		e.close()
	}
	e.out.WriteByte(']')
}

// quote writes a JSON string in ASCII, with no two opening braces in a row.
func (e *encoder) quote(s string) {
	if !utf8.ValidString(s) {
		e.fail("%.40q is not UTF-8", s)
		return
	}
	e.out.WriteByte('"')
	if asItIs(s) {
		e.out.WriteString(s)
		e.out.WriteByte('"')
		return
	}
	brace := false // the last character written is an opening brace
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			e.out.WriteByte('\\')
			e.out.WriteByte(byte(r))
		case r == '\n':
			e.out.WriteString(`\n`)
		case r == '\t':
			e.out.WriteString(`\t`)
		case r == '{' && brace:
			e.out.WriteString(`\u007b`)
			brace = false
			continue
		case r >= ' ' && r < 0x7f:
			e.out.WriteByte(byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&e.out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&e.out, `\u%04x`, r)
		}
		brace = r == '{'
	}
	e.out.WriteByte('"')
}

// fileTable numbers the files that spans name.
type fileTable struct{ names []string }

func (t *fileTable) index(name string) int {
	if i := slices.Index(t.names, name); i >= 0 {
		return i
	}
	t.names = append(t.names, name)
	return len(t.names) - 1
}

// fieldSpan is the place of one key of an object.
type fieldSpan struct {
	key  string
	span diag.Span
}

// spans writes the places that are known, unless they are left out altogether.
func (e *encoder) spans(places ...target) {
	if e.files == nil {
		return
	}
	places = slices.DeleteFunc(places, func(p target) bool { return p.span.IsZero() })
	if len(places) == 0 {
		return
	}
	e.key("spans")
	e.open()
	for _, p := range places {
		e.key(p.key)
		numbers := []int{p.span.Line, p.span.Col}
		if file := e.files.index(p.span.File); file > 0 {
			numbers = slices.Insert(numbers, 0, file)
		}
		if p.span.EndLine != 0 || p.span.EndCol != 0 {
			numbers = append(numbers, p.span.EndLine, p.span.EndCol)
		}
		for i, n := range numbers {
			e.out.WriteByte("[,"[min(i, 1)])
			e.out.WriteString(strconv.Itoa(n))
		}
		e.out.WriteByte(']')
	}
	e.close()
}

// asItIs reports whether a string needs no escape, as nearly all do.
func asItIs(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '{' {
			return false
		}
	}
	return true
}
