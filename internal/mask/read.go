package mask

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// depth is how many escapes may be nested, as in JSON that is a string of JSON.
const depth = 4

// reader reads a text in which any letter may be escaped: it says what may stand at a place.
type reader struct {
	text []byte
	end  bool // nothing follows
	memo map[place]answer
}

type place struct{ at, depth int }

// reading is what the text up to end may stand for.
type reading struct {
	text string
	end  int
}

type answer struct {
	readings []reading
	cut      bool
}

func newReader(text []byte, end bool) *reader {
	return &reader{text: text, end: end, memo: map[place]answer{}}
}

// forget keeps the memory of what was read small.
func (r *reader) forget() {
	if len(r.memo) > 4<<10 {
		clear(r.memo)
	}
}

// escapes reports whether an escape may begin at a place.
func escapes(text []byte, at int) bool {
	switch text[at] {
	case '\\', '+':
		return true
	case '%', '&', '\'':
	default:
		return false
	}
	if at+1 == len(text) {
		return true
	}
	next := text[at+1]
	switch text[at] {
	case '%':
		return isHex(next) || next == 'u'
	case '&':
		return next == '#' || isLetter(next)
	}
	return strings.IndexByte(`\"%&`, next) >= 0
}

// at returns what may stand at a place, the byte itself first. cut says that the text ends within what may be an
// escape.
func (r *reader) at(at, depth int) ([]reading, bool) {
	if at >= len(r.text) {
		return nil, !r.end
	}
	if depth == 0 || !escapes(r.text, at) {
		return []reading{{string(r.text[at : at+1]), at + 1}}, false
	}
	key := place{at, depth}
	if a, ok := r.memo[key]; ok {
		return a.readings, a.cut
	}
	flat, cut := r.at(at, depth-1)
	a := answer{slices.Clone(flat), cut}
	for _, begin := range flat { // an escape may itself be escaped
		switch begin.text {
		case `\`:
			r.backslash(begin.end, depth-1, &a)
		case "%":
			r.percent(begin.end, &a)
		case "&":
			r.entity(begin.end, &a)
		case "'":
			r.quote(begin.end, depth-1, &a)
		case "+":
			a.add(" ", begin.end)
		}
	}
	r.memo[key] = a
	return a.readings, a.cut
}

func (a *answer) add(text string, end int) {
	if r := (reading{text, end}); !slices.Contains(a.readings, r) {
		a.readings = append(a.readings, r)
	}
}

// letters are the escapes of one letter behind a backslash.
var letters = map[string]string{"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b", "E": "\x1b"}

// backslash reads what follows one: escapes of JSON, Python, C and the shell.
func (r *reader) backslash(at, depth int, a *answer) {
	next, cut := r.at(at, depth)
	a.cut = a.cut || cut
	for _, n := range next {
		c := n.text[0]
		switch text, known := letters[n.text]; {
		case known:
			a.add(text, n.end)
		case c == 'u':
			r.utf16(n.end, depth, a)
		case c == 'U':
			if code, end, ok := r.number(n.end, 8, 16, a); ok {
				a.add(string(rune(code)), end)
			}
		case c == 'x':
			if code, end, ok := r.number(n.end, 2, 16, a); ok {
				a.addByte(code, end)
			}
		case c >= '0' && c <= '7':
			r.octal(n.end-1, a)
		case c < utf8.RuneSelf && !isLetter(c):
			a.add(n.text, n.end)
		}
	}
}

// addByte adds a byte, which some mean as a character.
func (a *answer) addByte(code uint64, end int) {
	a.add(string([]byte{byte(code)}), end)
	if code >= utf8.RuneSelf {
		a.add(string(rune(code)), end)
	}
}

// utf16 reads \uXXXX, of which characters above U+FFFF have two.
func (r *reader) utf16(at, depth int, a *answer) {
	code, end, ok := r.number(at, 4, 16, a)
	if !ok {
		return
	}
	if !utf16.IsSurrogate(rune(code)) {
		a.add(string(rune(code)), end)
		return
	}
	next, cut := r.at(end, depth)
	a.cut = a.cut || cut
	for _, n := range next {
		switch {
		case n.text != `\`:
		case n.end == len(r.text):
			a.cut = a.cut || !r.end
		case r.text[n.end] == 'u':
			if low, end, ok := r.number(n.end+1, 4, 16, a); ok {
				a.add(string(utf16.DecodeRune(rune(code), rune(low))), end)
			}
		}
	}
}

// octal reads up to three digits.
func (r *reader) octal(at int, a *answer) {
	for n := 1; n <= 3; n++ {
		code, end, ok := r.number(at, n, 8, a)
		if !ok || code > 0xff {
			return
		}
		a.addByte(code, end)
	}
}

// number reads so many digits.
func (r *reader) number(at, digits, base int, a *answer) (code uint64, end int, ok bool) {
	end = at + digits
	code, err := strconv.ParseUint(string(r.text[at:min(end, len(r.text))]), base, 32)
	if end > len(r.text) {
		a.cut = a.cut || !r.end && (err == nil || at == len(r.text))
		return 0, 0, false
	}
	return code, end, err == nil
}

// percent reads what follows a percent sign in a URL.
func (r *reader) percent(at int, a *answer) {
	if at < len(r.text) && r.text[at] == 'u' { // JavaScript's escape()
		if code, end, ok := r.number(at+1, 4, 16, a); ok {
			a.add(string(rune(code)), end)
		}
		return
	}
	if code, end, ok := r.number(at, 2, 16, a); ok {
		a.add(string([]byte{byte(code)}), end)
	}
}

// longestEntity bounds the name of an XML or HTML entity.
const longestEntity = 12

// entity reads what follows an ampersand in XML or HTML.
func (r *reader) entity(at int, a *answer) {
	for end := at; end < at+longestEntity; end++ {
		switch {
		case end >= len(r.text):
			a.cut = a.cut || !r.end
			return
		case r.text[end] == ';':
			escaped := "&" + string(r.text[at:end+1])
			if text := html.UnescapeString(escaped); text != escaped {
				a.add(text, end+1)
			}
			return
		case r.text[end] != '#' && !isLetter(r.text[end]) && !isHex(r.text[end]):
			return
		}
	}
}

// quoted are the ways in which shells write a quote within quotes, behind the first sign.
var quoted = []string{`\''`, `"'"'`}

// quote reads what follows a quote that may end a shell's string so that a quote can stand in it.
func (r *reader) quote(at, depth int, a *answer) {
	for _, way := range quoted {
		ends := []int{at}
		for _, c := range way {
			var next []int
			for _, from := range ends {
				readings, cut := r.at(from, depth)
				a.cut = a.cut || cut
				for _, n := range readings {
					if n.text == string(c) {
						next = append(next, n.end)
					}
				}
			}
			ends = next
		}
		for _, end := range ends {
			a.add("'", end)
		}
	}
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
