package irjson

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// reader reads JSON text value by value. The first failure stays, and ends every loop: after it all methods return
// zero values at once.
type reader struct {
	src  string
	pos  int
	path []string // keys and indexes of the value that is being read
	err  *Error
}

// fail records what is wrong at a place of the text.
func (r *reader) fail(at int, format string, args ...any) {
	if r.err == nil {
		line := 1 + strings.Count(r.src[:min(at, len(r.src))], "\n")
		path := strings.TrimPrefix(strings.Join(r.path, ""), ".")
		r.err = &Error{Line: line, Path: shortened(path), Message: shortened(fmt.Sprintf(format, args...))}
	}
}

// shortened is a text for people, who need no more of a key or a value that has megabytes.
func shortened(text string) string {
	const longest = 400 // bytes
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}

func (r *reader) space() {
	for r.pos < len(r.src) {
		switch r.src[r.pos] {
		case ' ', '\t', '\r', '\n':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the next significant byte, 0 at the end.
func (r *reader) peek() byte {
	r.space()
	if r.err != nil || r.pos >= len(r.src) {
		return 0
	}
	return r.src[r.pos]
}

// take reads one punctuation byte.
func (r *reader) take(b byte) bool {
	if r.peek() != b {
		return false
	}
	r.pos++
	return true
}

// expect reports that the next value is not of the wanted kind.
func (r *reader) expect(want string) {
	r.fail(r.pos, "want %s, got %s", want, r.found())
}

// found names what stands next.
func (r *reader) found() string {
	switch b := r.peek(); {
	case b == 0:
		return "the end of the text"
	case b == '{':
		return "a mapping"
	case b == '[':
		return "a list"
	case b == '"':
		return "a string"
	case b == '-' || b >= '0' && b <= '9':
		return "a number"
	}
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(r.src[r.pos:], word) {
			return word
		}
	}
	c, _ := utf8.DecodeRuneInString(r.src[r.pos:])
	return strconv.QuoteRune(c)
}

// object reads a mapping and calls each with every key; each must read the value.
func (r *reader) object(each func(key string)) {
	if !r.take('{') {
		r.expect("a mapping")
		return
	}
	if r.take('}') {
		return
	}
	var seen keys
	for r.err == nil {
		at := r.pos
		if r.peek() != '"' {
			r.expect("a key in double quotes")
			return
		}
		key := r.str()
		r.path = append(r.path, "."+key)
		if !seen.add(key) {
			r.fail(at, "this key appears twice here")
		}
		if !r.take(':') {
			r.expect("a colon")
		}
		if r.err == nil {
			each(key)
		}
		r.path = r.path[:len(r.path)-1]
		if r.take('}') {
			return
		}
		if !r.take(',') {
			r.expect("a comma or the end of the mapping")
		}
	}
}

// keys is the set of an object's keys: a list while it is short.
type keys struct {
	few  []string
	many map[string]bool
}

// add reports whether the key is new.
func (k *keys) add(key string) bool {
	if k.many[key] {
		return false
	}
	for _, have := range k.few {
		if have == key {
			return false
		}
	}
	if len(k.few) < 32 {
		k.few = append(k.few, key)
		return true
	}
	if k.many == nil {
		k.many = map[string]bool{}
	}
	k.many[key] = true
	return true
}

// array reads a list and calls each for every element; each must read it.
func (r *reader) array(each func(i int)) {
	if !r.take('[') {
		r.expect("a list")
		return
	}
	if r.take(']') {
		return
	}
	for i := 0; r.err == nil; i++ {
		r.path = append(r.path, "["+strconv.Itoa(i)+"]")
		each(i)
		r.path = r.path[:len(r.path)-1]
		if r.take(']') {
			return
		}
		if !r.take(',') {
			r.expect("a comma or the end of the list")
		}
	}
}

// str reads a string.
func (r *reader) str() string {
	if r.peek() != '"' {
		r.expect("a string")
		return ""
	}
	end := r.pos + 1
	for end < len(r.src) && r.src[end] != '"' && r.src[end] >= ' ' {
		if r.src[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(r.src) || r.src[end] != '"' {
		r.fail(r.pos, "a string does not end on its line")
		return ""
	}
	s, end := unquote(r.src, r.pos)
	if !utf8.ValidString(s) {
		r.fail(r.pos, "a string has a broken escape or is not UTF-8")
		return ""
	}
	r.pos = end
	return s
}

// unquote reads the string that begins at i and has an end, and returns the index behind it. What is broken in it
// makes the result invalid UTF-8.
func unquote(src string, i int) (s string, end int) {
	i++
	from := i
	for src[i] != '"' && src[i] != '\\' {
		i++
	}
	if src[i] == '"' {
		return src[from:i], i + 1
	}
	var b strings.Builder
	b.WriteString(src[from:i])
	for src[i] != '"' {
		if src[i] != '\\' {
			b.WriteByte(src[i])
			i++
			continue
		}
		if n := strings.IndexByte(`"\/bfnrt`, src[i+1]); n >= 0 {
			b.WriteByte("\"\\/\b\f\n\r\t"[n])
			i += 2
			continue
		}
		c, size := unicodeEscape(src[i:])
		if size == 0 {
			b.WriteByte(0xff)
			size = 1
		} else {
			b.WriteRune(c)
		}
		i += size
	}
	return b.String(), i + 1
}

// unicodeEscape reads \uXXXX, or two of them that make a surrogate pair; a size of 0 says that it is none.
func unicodeEscape(s string) (c rune, size int) {
	c, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(c) {
		return c, 6
	}
	low, ok := hex4(s[6:])
	if c = utf16.DecodeRune(c, low); !ok || c == utf8.RuneError {
		return 0, 0
	}
	return c, 12
}

func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}

// strings reads a list of strings; an empty list is not nil.
func (r *reader) strings() []string {
	out := []string{}
	r.array(func(int) { out = append(out, r.str()) })
	return out
}

// bool reads true or false.
func (r *reader) bool() bool {
	switch word := r.word(); word {
	case "true", "false":
		r.pos += len(word)
		return word == "true"
	}
	r.expect("true or false")
	return false
}

// word returns the run of letters, digits and number signs that stands next.
func (r *reader) word() string {
	r.space()
	end := r.pos
	for end < len(r.src) && (r.src[end] >= '0' && r.src[end] <= '9' || r.src[end] >= 'a' && r.src[end] <= 'z' ||
		strings.IndexByte("+-.E", r.src[end]) >= 0) {
		end++
	}
	return r.src[r.pos:end]
}

// int reads a whole number.
func (r *reader) int() int {
	word := r.word()
	n, err := strconv.Atoi(word)
	if err != nil || strconv.Itoa(n) != word {
		r.expect("a whole number")
		return 0
	}
	r.pos += len(word)
	return n
}

// float reads a number.
func (r *reader) float() float64 {
	word := r.word()
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || !json.Valid([]byte(word)) {
		r.expect("a number")
		return 0
	}
	r.pos += len(word)
	return f
}

// raw reads any value and returns its text.
func (r *reader) raw() string {
	r.space()
	from, depth := r.pos, 0
	for r.pos < len(r.src) && r.err == nil {
		switch r.src[r.pos] {
		case '"':
			r.str()
		case '{', '[':
			depth++
			r.pos++
		case '}', ']':
			depth--
			r.pos++
		case ',':
			r.pos++
		default:
			r.pos += max(1, len(r.word()))
		}
		r.space()
		if depth <= 0 && (r.pos >= len(r.src) || strings.IndexByte(",}]", r.src[r.pos]) >= 0) {
			break
		}
	}
	if r.err != nil {
		return ""
	}
	return r.src[from:r.pos]
}

// place reads the position of a key.
func (r *reader) place(files []string) diag.Span {
	var n []int
	r.array(func(int) { n = append(n, r.int()) })
	file := 0
	if len(n) == 3 || len(n) == 5 {
		file, n = n[0], n[1:]
	}
	if r.err != nil || len(n) != 2 && len(n) != 4 || file < 0 || file > 0 && file >= len(files) {
		r.fail(r.pos, "want a place: [line, column] or [line, column, end line, end column], with the index of a file before it where there are several")
		return diag.Span{}
	}
	s := diag.Span{Line: n[0], Col: n[1]}
	if file < len(files) {
		s.File = files[file]
	}
	if len(n) == 4 {
		s.EndLine, s.EndCol = n[2], n[3]
	}
	return s
}
