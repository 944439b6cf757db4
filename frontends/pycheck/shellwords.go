package pycheck

import (
	"strings"
)

// command is a simple command of a shell script, as far as it stands in the text: a word that the shell would expand is
// empty.
type command struct {
	words    []string
	from, to []string // the files that it is redirected from and to
}

// commands splits a script into its commands, those inside of $(…) included. What is no proper shell gives commands all
// the same: it is the shell's to say what is wrong.
func commands(script string) []command {
	l := &shellLexer{src: script}
	l.list(0)
	return l.out
}

// shellLexer reads a script from left to right.
type shellLexer struct {
	src  string
	pos  int
	out  []command
	docs []string // the delimiters of here-documents whose text begins with the next line
	bash string   // what stands in the script of bash's own grammar
}

// nesting bounds how deep $(…) is followed.
const nesting = 50

// list reads commands up to the end of the script, or to the parenthesis that closes a $(…).
func (l *shellLexer) list(depth int) {
	var c command
	end := func() {
		if len(c.words) > 0 || len(c.from) > 0 || len(c.to) > 0 {
			l.out = append(l.out, c)
		}
		c = command{}
	}
	defer end()
	for l.pos < len(l.src) {
		switch b := l.src[l.pos]; {
		case b == ' ' || b == '\t' || b == '\r':
			l.pos++
		case b == '#':
			l.pos += strings.IndexByte(l.src[l.pos:]+"\n", '\n')
		case b == '\n':
			end()
			l.pos++
			l.skipDocuments()
		case b == ')':
			l.pos++
			if depth > 0 {
				return
			}
			end()
		case b == '&' && strings.HasPrefix(l.src[l.pos:], "&>"):
			l.bash = "&>"
			l.pos++
		case b == '(' && l.array(c):
			l.bash = "arrays"
			end()
			l.pos++
		case strings.IndexByte(";|&(", b) >= 0:
			end()
			l.pos++
		case b == '<' || b == '>':
			l.redirection(&c, depth)
		default:
			l.argument(&c, depth)
		}
	}
}

// array reports whether a parenthesis begins the items of an array: it stands right behind NAME=.
func (l *shellLexer) array(c command) bool {
	return len(c.words) > 0 && l.pos > 0 && l.src[l.pos-1] == '=' && assignment.MatchString(c.words[len(c.words)-1])
}

// argument adds a word to a command, unless it is the number of a file that is redirected.
func (l *shellLexer) argument(c *command, depth int) {
	word := l.word(depth)
	if l.pos < len(l.src) && (l.src[l.pos] == '<' || l.src[l.pos] == '>') && word != "" && strings.Trim(word, "0123456789") == "" {
		return
	}
	c.words = append(c.words, word)
}

// redirection reads an operator and the word behind it.
func (l *shellLexer) redirection(c *command, depth int) {
	start := l.pos
	for l.pos < len(l.src) && strings.IndexByte("<>|&-", l.src[l.pos]) >= 0 {
		l.pos++
	}
	operator := l.src[start:l.pos]
	for l.pos < len(l.src) && (l.src[l.pos] == ' ' || l.src[l.pos] == '\t') {
		l.pos++
	}
	if operator == "<<<" || len(operator) == 1 && strings.HasPrefix(l.src[l.pos:], "(") && l.src[l.pos-1] == operator[0] {
		l.bash = operator
	}
	word := l.word(depth)
	switch {
	case strings.HasPrefix(operator, "<<"):
		if word != "" && operator != "<<<" {
			l.docs = append(l.docs, word)
		}
	case strings.Contains(operator, "&"): // to another open file
	case operator[0] == '<':
		c.from = append(c.from, word)
	default:
		c.to = append(c.to, word)
	}
}

// skipDocuments passes over the texts of here-documents.
func (l *shellLexer) skipDocuments() {
	for _, delimiter := range l.docs {
		for l.pos < len(l.src) {
			line, _, _ := strings.Cut(l.src[l.pos:], "\n")
			l.pos = min(len(l.src), l.pos+len(line)+1)
			if strings.TrimLeft(line, "\t") == delimiter {
				break
			}
		}
	}
	l.docs = nil
}

// word reads a word. One that the shell would expand comes out empty, except that what is in a $(…) is read too.
func (l *shellLexer) word(depth int) string {
	var b strings.Builder
	plain := true
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case strings.IndexByte(" \t\r\n;|&()<>", c) >= 0:
			goto done
		case c == '\'':
			text, _, _ := strings.Cut(l.src[l.pos+1:], "'")
			b.WriteString(text)
			l.pos = min(len(l.src), l.pos+len(text)+2)
		case c == '"':
			plain = l.quoted(&b, depth) && plain
		case c == '\\':
			if l.pos+1 < len(l.src) && l.src[l.pos+1] != '\n' {
				b.WriteByte(l.src[l.pos+1])
			}
			l.pos = min(len(l.src), l.pos+2)
		case c == '$':
			plain = l.expansion(depth) && plain
		default:
			plain = plain && strings.IndexByte("`*?[~", c) < 0
			b.WriteByte(c)
			l.pos++
		}
	}
done:
	if text := b.String(); text == "[" || text == "[[" {
		return text
	}
	if !plain {
		return ""
	}
	return b.String()
}

// quoted reads what stands between double quotes, and reports whether it stays as it is.
func (l *shellLexer) quoted(b *strings.Builder, depth int) bool {
	plain := true
	l.pos++
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == '"':
			l.pos++
			return plain
		case c == '\\' && l.pos+1 < len(l.src):
			b.WriteByte(l.src[l.pos+1])
			l.pos += 2
		case c == '$':
			plain = l.expansion(depth) && plain
		default:
			plain = plain && c != '`'
			b.WriteByte(c)
			l.pos++
		}
	}
	return plain
}

// expansion passes a dollar sign and, where it begins a $(…), reads the commands in it. It reports false: the word is
// not what stands in the text.
func (l *shellLexer) expansion(depth int) bool {
	l.pos++
	if strings.HasPrefix(l.src[l.pos:], "(") && !strings.HasPrefix(l.src[l.pos:], "((") && depth < nesting {
		l.pos++
		l.list(depth + 1)
	}
	return false
}
