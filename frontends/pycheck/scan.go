package pycheck

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token of Python.
type kind int

const (
	name kind = iota
	number
	str     // text holds what stands between the quotes, escapes as they are
	opaque  // a formatted or bytes string, whose value is not known here
	op      // one character, or one of the operators that tell statements apart
	newline // the end of a logical line
	indent
	dedent
)

// token is one word of Python with its place: line and column from 1, columns in characters.
type token struct {
	kind      kind
	text      string
	line, col int
	end       int // the column behind it, where it ends on its line
}

// scan splits Python source into tokens. Text that is no Python gives tokens all the same: what is wrong with it is
// the interpreter's to say.
func scan(src string) []token {
	s := &scanner{src: strings.TrimPrefix(src, "\ufeff"), line: 1, indents: []int{0}, fresh: true}
	for s.pos < len(s.src) {
		s.next()
	}
	s.endLine()
	for range s.indents[1:] {
		s.add(dedent, "", s.column())
	}
	return s.out
}

type scanner struct {
	src       string
	pos       int
	line      int
	lineStart int
	depth     int  // open brackets
	fresh     bool // at the start of a logical line
	indents   []int
	out       []token
}

func (s *scanner) column() int { return 1 + utf8.RuneCountInString(s.src[s.lineStart:s.pos]) }

func (s *scanner) add(k kind, text string, col int) {
	s.out = append(s.out, token{k, text, s.line, col, s.column()})
}

func (s *scanner) endLine() {
	if n := len(s.out); n > 0 && s.out[n-1].kind != newline && s.out[n-1].kind != dedent && s.out[n-1].kind != indent {
		s.add(newline, "", s.column())
	}
	s.fresh = true
}

// next reads one token, or what lies between two.
func (s *scanner) next() {
	if s.fresh && s.depth == 0 && !s.margin() {
		return
	}
	c := s.src[s.pos]
	switch {
	case c == '\n':
		if s.depth == 0 {
			s.endLine()
		}
		s.newLine()
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		s.pos++
	case c == '\\' && s.pos+1 < len(s.src) && (s.src[s.pos+1] == '\n' || s.src[s.pos+1] == '\r'):
		s.pos++
		if s.src[s.pos] == '\r' {
			s.pos++
		}
		if s.pos < len(s.src) && s.src[s.pos] == '\n' {
			s.newLine()
		}
	case c == '#':
		for s.pos < len(s.src) && s.src[s.pos] != '\n' {
			s.pos++
		}
	case c == '"' || c == '\'':
		s.text("")
	case c >= '0' && c <= '9' || c == '.' && s.pos+1 < len(s.src) && s.src[s.pos+1] >= '0' && s.src[s.pos+1] <= '9':
		s.number()
	default:
		s.word()
	}
}

func (s *scanner) newLine() {
	s.pos++
	s.line++
	s.lineStart = s.pos
}

// margin measures the indentation of a line, and reports whether there is something on it.
func (s *scanner) margin() bool {
	width, at := 0, s.pos
	for at < len(s.src) {
		switch s.src[at] {
		case ' ':
			width++
		case '\t':
			width += 8 - width%8
		case '\f':
			width = 0
		default:
			goto measured
		}
		at++
	}
measured:
	s.pos = at
	if at == len(s.src) || strings.IndexByte("\n\r#\\", s.src[at]) >= 0 {
		s.fresh = at < len(s.src) && s.src[at] != '\\'
		if at < len(s.src) && s.src[at] == '#' {
			for s.pos < len(s.src) && s.src[s.pos] != '\n' {
				s.pos++
			}
		}
		if s.pos < len(s.src) && s.src[s.pos] == '\r' {
			s.pos++
		}
		if s.pos < len(s.src) && s.src[s.pos] == '\n' {
			s.newLine()
			return false
		}
		return s.pos < len(s.src) && !s.fresh
	}
	s.fresh = false
	top := s.indents[len(s.indents)-1]
	if width > top {
		s.indents = append(s.indents, width)
		s.add(indent, "", s.column())
	}
	for width < s.indents[len(s.indents)-1] {
		s.indents = s.indents[:len(s.indents)-1]
		s.add(dedent, "", s.column())
	}
	return true
}

func (s *scanner) number() {
	start, col := s.pos, s.column()
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		isExponent := (c == '+' || c == '-') && s.pos > start && (s.src[s.pos-1] == 'e' || s.src[s.pos-1] == 'E') && !strings.HasPrefix(s.src[start:], "0x")
		if c != '.' && c != '_' && !isExponent && !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			break
		}
		s.pos++
	}
	s.add(number, s.src[start:s.pos], col)
}

// word reads a name, the prefix of a string, or an operator.
func (s *scanner) word() {
	start, col := s.pos, s.column()
	for s.pos < len(s.src) {
		r, size := utf8.DecodeRuneInString(s.src[s.pos:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		s.pos += size
	}
	if s.pos > start {
		w := s.src[start:s.pos]
		if s.pos < len(s.src) && (s.src[s.pos] == '"' || s.src[s.pos] == '\'') && len(w) <= 2 && strings.Trim(strings.ToLower(w), "rbuft") == "" {
			s.text(strings.ToLower(w))
			return
		}
		s.add(name, w, col)
		return
	}
	for _, long := range []string{"**", "->", ":=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "|=", "&="} {
		if strings.HasPrefix(s.src[s.pos:], long) {
			s.pos += 2
			s.add(op, long, col)
			return
		}
	}
	_, size := utf8.DecodeRuneInString(s.src[s.pos:])
	s.pos += size
	c := s.src[start:s.pos]
	switch c {
	case "(", "[", "{":
		s.depth++
	case ")", "]", "}":
		s.depth = max(0, s.depth-1)
	}
	s.add(op, c, col)
}

// text reads a string from its first quote on.
func (s *scanner) text(prefix string) {
	line, start, col := s.line, s.lineStart, s.column()-len(prefix)
	quote := s.src[s.pos : s.pos+1]
	if strings.HasPrefix(s.src[s.pos:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	s.pos += len(quote)
	begin, end := s.pos, len(s.src)
	braces, formatted := 0, strings.ContainsAny(prefix, "ft")
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '\\' && s.pos+1 < len(s.src):
			s.pos++
			if s.src[s.pos] == '\n' {
				s.newLine()
				continue
			}
			s.pos++
		case formatted && (strings.HasPrefix(s.src[s.pos:], "{{") || strings.HasPrefix(s.src[s.pos:], "}}")) && braces == 0:
			s.pos += 2
		case formatted && c == '{':
			braces++
			s.pos++
		case formatted && c == '}':
			braces = max(0, braces-1)
			s.pos++
		case braces == 0 && strings.HasPrefix(s.src[s.pos:], quote):
			end = s.pos
			s.pos += len(quote)
			s.addText(prefix, s.src[begin:end], line, start, col)
			return
		case c == '\n':
			if len(quote) == 1 { // a string that is not closed ends with its line
				s.addText(prefix, s.src[begin:s.pos], line, start, col)
				return
			}
			s.newLine()
		default:
			s.pos++
		}
	}
	s.addText(prefix, s.src[begin:end], line, start, col)
}

func (s *scanner) addText(prefix, text string, line, start, col int) {
	k := str
	if strings.ContainsAny(prefix, "fbt") || strings.Contains(text, "\\") && !strings.Contains(prefix, "r") {
		k = opaque
	}
	t := token{k, text, line, col, col + 1}
	if line == s.line {
		t.end = 1 + utf8.RuneCountInString(s.src[start:s.pos])
	}
	s.out = append(s.out, t)
}
