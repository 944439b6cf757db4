package yamlout

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scalar prints a string so that every reader, in block and in flow style, gets that string back. Bytes that are not
// UTF-8 come out as U+FFFD.
func Scalar(s string) string {
	switch {
	case plain(s):
		return s
	case strings.ContainsFunc(s, unprintable) || !utf8.ValidString(s):
		return doubleQuoted(s)
	case strings.ContainsAny(s, `"\`) && !strings.Contains(s, "'"):
		return "'" + s + "'"
	default:
		return doubleQuoted(s)
	}
}

// words are the plain scalars that are no strings to some reader (YAML 1.1: y, n, yes, no, on, off).
var words = map[string]bool{
	"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "true": true, "false": true,
	"null": true, "nan": true, "inf": true, "infinity": true,
}

// plain reports whether s needs no quotes. It says no to much that would not need them: everything that starts with a
// digit, a sign or a dot (numbers, dates, times, versions), and every character with a meaning anywhere in YAML.
func plain(s string) bool {
	if s == "" || words[strings.ToLower(s)] || strings.HasSuffix(s, " ") || strings.HasSuffix(s, ":") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', c == '/':
		case i > 0 && ('0' <= c && c <= '9' || strings.IndexByte("-.+=@()^;<>|&$%", c) >= 0):
		case i > 0 && c == ' ':
		case i > 0 && c == ':' && s[i+1] != ' ': // there is a next one: s does not end in a colon
		default:
			return false
		}
	}
	return true
}

// unprintable reports whether r may not stand in YAML as it is, or ends a line for some reader.
func unprintable(r rune) bool {
	switch {
	case r < 0x20, 0x7f <= r && r <= 0x9f, r == 0x2028, r == 0x2029, r == 0xfeff, r == utf8.RuneError:
		return true
	}
	return !unicode.IsPrint(r) && r != 0xa0
}

func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case !unprintable(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// literal reports whether text can be a literal block: printable, in whole lines.
func literal(text string) bool {
	return strings.Contains(text, "\n") && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return unprintable(r) && r != '\n' && r != '\t' }) &&
		strings.Trim(text, "\n \t") != ""
}

// literal prints text as a literal block with its lines at column indent.
func (w *writer) literal(text, tail string, indent int) {
	w.WriteByte('|')
	if text[0] == ' ' || text[0] == '\n' || text[0] == '\t' {
		w.WriteByte('2')
	}
	body := strings.TrimRight(text, "\n")
	switch len(text) - len(body) {
	case 0:
		w.WriteByte('-')
	case 1:
	default:
		w.WriteByte('+')
		body = text[:len(text)-1]
	}
	if tail != "" {
		w.WriteString(" # " + tail)
	}
	w.WriteByte('\n')
	for line := range strings.SplitSeq(strings.TrimSuffix(body, "\n"), "\n") {
		if line != "" {
			w.indent(indent)
		}
		w.WriteString(line)
		w.WriteByte('\n')
	}
	if len(text)-len(strings.TrimRight(text, "\n")) > 1 && strings.HasSuffix(body, "\n") {
		w.WriteByte('\n')
	}
}

// commentLines splits text into lines that can stand in a comment: what does not print is shown escaped.
func commentLines(text string) []string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		if !strings.ContainsFunc(line, unprintable) {
			continue
		}
		var b strings.Builder
		for _, r := range line {
			if unprintable(r) {
				fmt.Fprintf(&b, `\u%04x`, r)
			} else {
				b.WriteRune(r)
			}
		}
		lines[i] = b.String()
	}
	return lines
}
