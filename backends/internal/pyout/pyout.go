// Package pyout writes Python: texts, values and calls as expressions, and lines with their indentation (pure).
package pyout

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/runnable-render/runnable-render/internal/surrogates"
)

// Source writes Python.
type Source struct {
	Text   strings.Builder
	Indent int // in steps of four blanks
}

// Width is the length of lines beyond which a call is written on several.
const Width = 120

// Line writes a text of one line or several, with the indentation; an empty one has no blanks.
func (s *Source) Line(format string, args ...any) {
	indent := strings.Repeat("    ", s.Indent)
	if text := fmt.Sprintf(format, args...); text != "" {
		s.Text.WriteString(indent + strings.ReplaceAll(text, "\n", "\n"+indent))
	}
	s.Text.WriteByte('\n')
}

// Comment writes a line of a comment.
func (s *Source) Comment(text string) { s.Line("# %s", printable(text)) }

// Imports are what a file imports: modules with the names that it takes of them, separated by blanks.
type Imports []struct{ Module, Names string }

// Imports writes imports of the names that are used, those of the standard library apart.
func (s *Source) Imports(all Imports, used map[string]bool) {
	for _, i := range all {
		names := slices.DeleteFunc(strings.Fields(i.Names), func(name string) bool { return !used[name] })
		if len(names) == 0 {
			continue
		}
		s.Line("from %s import %s", i.Module, strings.Join(names, ", "))
		if !strings.Contains(i.Module, ".") {
			s.Line("")
		}
	}
}

// Arg is an argument of a call, or an entry of a mapping: its name, empty where it is positional, and an expression.
type Arg [2]string

// Args are arguments of a call, or entries of a mapping.
type Args []Arg

// Add adds an expression.
func (a *Args) Add(name, expression string) { *a = append(*a, Arg{name, expression}) }

// Text adds a text, unless it is empty.
func (a *Args) Text(name, text string) {
	if text != "" {
		a.Add(name, Quoted(text))
	}
}

// Int adds a number, unless it is zero.
func (a *Args) Int(name string, n int64) {
	if n != 0 {
		a.Add(name, strconv.FormatInt(n, 10))
	}
}

// joined are arguments as a call has them.
func (a Args) joined(between string) string {
	words := make([]string, len(a))
	for i, arg := range a {
		words[i] = arg[1]
		if arg[0] != "" {
			words[i] = arg[0] + "=" + arg[1]
		}
	}
	return strings.Join(words, between)
}

// Call writes a call, on one line where that is short enough.
func (s *Source) Call(before string, args Args) {
	if one := before + "(" + args.joined(", ") + ")"; 4*s.Indent+len(one) <= Width && !strings.Contains(one, "\n") {
		s.Line("%s", one)
		return
	}
	s.Line("%s(", before)
	s.Indent++
	s.Line("%s,", args.joined(",\n"))
	s.Indent--
	s.Line(")")
}

// Expression is a call on one line.
func Expression(function string, args Args) string { return function + "(" + args.joined(", ") + ")" }

// Dict is a mapping over several lines.
func Dict(entries Args) string {
	var b strings.Builder
	b.WriteString("{\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "    %s: %s,\n", Quoted(e[0]), strings.ReplaceAll(e[1], "\n", "\n    "))
	}
	return b.String() + "}"
}

// Inline is a mapping on one line.
func Inline(entries Args) string {
	words := make([]string, len(entries))
	for i, e := range entries {
		words[i] = Quoted(e[0]) + ": " + e[1]
	}
	return "{" + strings.Join(words, ", ") + "}"
}

// Quoted is a text as Python's source has it, between the quotes that it does not hold.
func Quoted(text string) string {
	quote := '"'
	if strings.Contains(text, `"`) && !strings.Contains(text, "'") {
		quote = '\''
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range text {
		switch {
		case r == quote || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}

// List is a list of expressions.
func List(items []string) string { return "[" + strings.Join(items, ", ") + "]" }

// List is a list of expressions, over several lines where the line would have less than some room behind it.
func (s *Source) List(items []string, room int) string {
	if list := List(items); 4*s.Indent+len(list) < Width-room {
		return list
	}
	return "[\n    " + strings.Join(items, ",\n    ") + ",\n]"
}

// Texts is a list of texts.
func Texts(texts []string) string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = Quoted(text)
	}
	return List(out)
}

// printable is a text on one line, for comments and docstrings.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}

// Docstring is a text on one line between three quotes.
func Docstring(text string) string {
	return `"""` + strings.NewReplacer(`\`, `\\`, `"`, `'`).Replace(printable(text)) + `"""`
}

// Literal is JSON as an expression of Python, with the reason where Python, or Airflow's database, has no such value.
func Literal(value []byte) (text, why string) {
	if surrogates.Half(value) || strings.Contains(strings.ReplaceAll(string(value), `\\`, ""), `\u0000`) {
		return "", "it holds a character that Airflow's database does not keep"
	}
	d := json.NewDecoder(strings.NewReader(string(value)))
	d.UseNumber()
	return expression(d)
}

// maxDigits is how many digits Python reads of a number.
const maxDigits = 4000

// expression reads one value.
func expression(d *json.Decoder) (text, why string) {
	token, err := d.Token()
	if err != nil {
		return "", err.Error()
	}
	switch token := token.(type) {
	case json.Delim:
		var items []string
		for d.More() {
			item, why := expression(d)
			if why != "" {
				return "", why
			}
			if token == '{' {
				value, why := expression(d)
				if why != "" {
					return "", why
				}
				item += ": " + value
			}
			items = append(items, item)
		}
		_, err := d.Token() // the end
		if err != nil {
			return "", err.Error()
		}
		if token == '{' {
			return "{" + strings.Join(items, ", ") + "}", ""
		}
		return List(items), ""
	case json.Number:
		if len(token) > maxDigits {
			return "", "it holds a number that is too long for Python"
		}
		return token.String(), ""
	case string:
		return Quoted(token), ""
	case bool:
		return map[bool]string{true: "True", false: "False"}[token], ""
	}
	return "None", ""
}

// changing are numbers that Python may write in another way than they are written.
var changing = regexp.MustCompile(`[0-9]\.[0-9]*0\b|[0-9][eE]|[0-9.]{16}|\b0\.0000`) // compiled once, by every import

// Changes reports whether Python might write a value in another way than it is written here: floats have many literals, and
// the runner keeps the one that is given (SEMANTICS 2).
func Changes(value string) bool {
	return changing.MatchString(value) || strings.Contains(value, "-0")
}
