package yaml12

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// explain turns an error of the library into a located diagnostic. The library knows the line at best, and often that
// of the enclosing mapping; so the text is read once more, byte by byte, to see how far it came.
func explain(r *Reader, text []byte, err error) diag.Diagnostic {
	problem := strings.TrimPrefix(err.Error(), "yaml: ")
	hint := 1
	if rest, ok := strings.CutPrefix(problem, "line "); ok {
		number, after, _ := strings.Cut(rest, ": ")
		problem = after
		hint, _ = strconv.Atoi(number)
	}
	if !strings.HasPrefix(problem, "found unexpected ") && !strings.HasPrefix(problem, "did not find expected ','") {
		hint = -1 // the line of a mapping around it
	}
	reached := reach(text)
	if d, ok := atCharacter(r, problem, reached); ok {
		return d
	}
	return atConstruct(r, problem, brokenLine(text, hint, reached), reached)
}

// reached is a line and column, both from 1.
type reached struct{ line, col int }

// byteReader hands out one byte at a time, so that what it gave is what the reader needed.
type byteReader struct {
	text []byte
	pos  int
}

func (b *byteReader) Read(p []byte) (int, error) {
	if b.pos == len(b.text) {
		return 0, io.EOF
	}
	p[0] = b.text[b.pos]
	b.pos++
	return 1, nil
}

// reach returns the last place that the library looked at before it gave up. It looks ahead a few characters.
func reach(text []byte) reached {
	b := &byteReader{text: text}
	dec := yaml.NewDecoder(b)
	for {
		if _, err := decode(dec); err != nil {
			break
		}
	}
	seen := bytes.TrimRight(text[:b.pos], "\r\n \t")
	lines := diag.SplitLines(seen)
	return reached{line: len(lines), col: max(utf8.RuneCountInString(lines[len(lines)-1]), 1)}
}

// brokenLine returns the first line that breaks the document: the one behind the longest readable beginning. Of a
// construct that is never closed this is the line on which it begins, which is often the line that the library hints
// at. Else beginnings are tried from the place reached upwards, a bounded number of them.
func brokenLine(text []byte, hint int, reached reached) int {
	ends := lineEnds(text)
	before := func(line int) []byte { // the text above a line
		if line < 2 {
			return nil
		}
		return text[:ends[line-2]]
	}
	last := min(reached.line, len(ends))
	for _, line := range []int{hint, hint + 1, 1} { // 1: the library has no hint at the first line
		if line >= 1 && line <= last && hint > 0 && readable(before(line)) && !readable(before(line+1)) {
			return line
		}
	}
	const work = 1 << 20 // bytes to read at most, a fraction of a second
	tries := min(max(work/max(len(text), 1), 3), 300)
	for line := last; line >= 1; line-- {
		if readable(before(line)) {
			return line
		}
		if tries--; tries == 0 {
			return last
		}
	}
	return 1
}

// readable reports whether text is well-formed YAML.
func readable(text []byte) bool {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := decode(dec); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// lineEnds returns for each line the offset behind its end.
func lineEnds(text []byte) []int {
	var ends []int
	for i, c := range text {
		if c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			ends = append(ends, i+1)
		}
	}
	if len(ends) == 0 || ends[len(ends)-1] < len(text) {
		ends = append(ends, len(text))
	}
	return ends
}

// afterQuote is text right behind a closing quote.
var afterQuote = regexp.MustCompile(`[:\-\[{,] *('[^']*'|"[^"\\]*")[^\s,\]}:#]`)

// badEscape is an escape that a double-quoted text does not have.
var badEscape = regexp.MustCompile(`\\[^0abt\tnvfre "/\\N_LPxuU]`)

var valueColon = regexp.MustCompile(`:( |\t|$)`)

// atCharacter explains the problems that lie at one character near the place reached.
func atCharacter(r *Reader, problem string, reached reached) (diag.Diagnostic, bool) {
	text := r.line(reached.line)
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	if tab := strings.IndexByte(indent, '\t'); tab >= 0 {
		return diag.Errorf("RR0004", r.At(reached.line, tab+1, 1), "the line is indented with a tab; YAML allows only spaces"), true
	}
	switch {
	case strings.HasPrefix(problem, "found a tab character"):
		return diag.Errorf("RR0004", r.At(reached.line, max(strings.IndexByte(text, '\t')+1, 1), 1), "a tab is where YAML allows only spaces"), true
	case strings.HasPrefix(problem, "found character that cannot start any token"):
		return cannotStart(r, reached, text), true
	case strings.HasPrefix(problem, "mapping values are not allowed"):
		span := r.whole(reached.line)
		if colons := valueColon.FindAllStringIndex(text, -1); len(colons) > 0 {
			last := colons[min(1, len(colons)-1)]
			span = r.At(reached.line, width(text[:last[0]])+1, 1)
		}
		return diag.Errorf("RR0005", span, "this `:` cannot start a value here; quote the text if the colon belongs to it, or put the key on a line of its own, indented like its neighbours"), true
	case strings.HasPrefix(problem, "found unknown escape character"):
		span := r.whole(reached.line)
		if i := badEscape.FindStringIndex(text); i != nil {
			span = r.At(reached.line, width(text[:i[0]])+1, 2)
		}
		return diag.Errorf("RR0005", span, `a double-quoted text contains a \ that starts no known escape; write \\, or use single quotes`), true
	}
	return diag.Diagnostic{}, false
}

// cannotStart explains a character that YAML keeps for itself: the last one up to the place reached that starts a
// value or a key.
func cannotStart(r *Reader, reached reached, text string) diag.Diagnostic {
	runes := []rune(text)
	for i := min(reached.col, len(runes)) - 1; i >= 0; i-- {
		starts := i == 0 || strings.ContainsRune(" \t,[{", runes[i-1])
		if starts && strings.ContainsRune("@`%\t", runes[i]) {
			return diag.Errorf("RR0005", r.At(reached.line, i+1, 1), "a value cannot start with %q; put it in quotes", string(runes[i]))
		}
	}
	return diag.Errorf("RR0005", r.whole(reached.line), "a value cannot start with this character; put it in quotes")
}

// problems says in other words what the library found wrong with a construct.
func problems() []struct{ has, say string } {
	return []struct{ has, say string }{
		{"did not find expected key", "this line continues no mapping above it; indent it like its neighbours, and close every quote and bracket before it"},
		{"did not find expected '-' indicator", "this line continues no list above it; indent it like the list's other items, and start it with `- `"},
		{"could not find expected ':'", "this is not a key with a value; is a `:` missing, or a space after it?"},
		{"did not find expected ',' or ']'", "the list that begins here is not closed; add a `]`, or the missing `,`"},
		{"did not find expected ',' or '}'", "the mapping that begins here is not closed; add a `}`, or the missing `,`"},
		{"found unexpected end of stream", "the quoted text that begins here is not closed"},
		{"found unexpected document indicator", "the quoted text that begins here is not closed"},
		{"block sequence entries are not allowed", "a list cannot start on the line of its key; put each `- ` on a line of its own, below the key"},
		{"mapping keys are not allowed", "a `?` key is not allowed here"},
		{"did not find expected node content", "a value is missing here, or begins with a character that YAML reserves; quote it"},
		{"did not find expected <document start>", "there is text after the end of the document; is it indented differently from the rest?"},
		{"found undefined tag handle", "the tag that begins with `!` is not known; quote the text if the `!` belongs to it"},
		{"did not find expected alphabetic or numeric character", "`*` and `&` start an alias or an anchor and need a name; quote the text if it begins so"},
		{"did not find expected comment or line break", "after `|` or `>` the text starts on the next line"},
		{"found an indentation indicator equal to 0", "the number after `|` or `>` counts from 1"},
	}
}

// atConstruct explains the problems of a whole construct, whose first line is given.
func atConstruct(r *Reader, problem string, line int, reached reached) diag.Diagnostic {
	if name, ok := strings.CutPrefix(problem, "unknown anchor '"); ok {
		return unknownAnchor(r, strings.TrimSuffix(name, "' referenced"), reached.line)
	}
	if strings.HasPrefix(problem, "exceeded max depth") {
		return diag.Errorf("RR0010", r.At(reached.line, reached.col, 1), "the text is nested too deeply to be read")
	}
	problem = unclosed(problem, r.line(line))
	say := "this is not valid YAML: " + problem
	for _, p := range problems() {
		if strings.HasPrefix(problem, p.has) {
			say = p.say
			break
		}
	}
	if i := afterQuote.FindStringIndex(r.line(line)); i != nil {
		return diag.Errorf("RR0005", r.At(line, width(r.line(line)[:i[1]]), 1), `text follows a closing quote; put the whole value in quotes, and write '' for a ' inside single quotes`)
	}
	d := diag.Errorf("RR0005", r.opener(problem, line), "%s", say)
	if reached.line > line {
		d = d.With(r.whole(reached.line), "reading stopped here")
	}
	return d
}

// unclosed says in the words of the library what is wrong where a value is missing because a bracket of the line is open.
func unclosed(problem, line string) string {
	open := strings.LastIndexAny(line, "[{")
	if !strings.HasPrefix(problem, "did not find expected node content") || open < strings.LastIndexAny(line, "]}") || open < 0 {
		return problem
	}
	if line[open] == '[' {
		return "did not find expected ',' or ']'"
	}
	return "did not find expected ',' or '}'"
}

// opener narrows a line to the bracket or quote that the problem says is not closed.
func (r *Reader) opener(problem string, line int) diag.Span {
	text := r.line(line)
	col := -1
	switch {
	case strings.Contains(problem, "or ']'"):
		col = strings.LastIndexByte(text, '[')
	case strings.Contains(problem, "or '}'"):
		col = strings.LastIndexByte(text, '{')
	case strings.HasPrefix(problem, "found unexpected end of stream"):
		col = strings.IndexAny(text, `"'`)
	}
	if col < 0 {
		return r.whole(line)
	}
	return r.At(line, width(text[:col])+1, 1)
}

// unknownAnchor points at the alias, which stands on the line reached or one before it.
func unknownAnchor(r *Reader, name string, line int) diag.Diagnostic {
	known := anchorNames(r)
	span := r.whole(line)
	for l := line; l >= max(1, line-50); l-- {
		if i := strings.Index(r.line(l), "*"+name); i >= 0 {
			span = r.At(l, width(r.line(l)[:i])+1, 1+width(name))
			break
		}
	}
	return diag.Errorf("RR0008", span, "there is no anchor &%s before this alias%s", name, diag.DidYouMean(name, known))
}

var anchor = regexp.MustCompile(`(?:^|[\s\[{,])&([^\s\[\]{},]+)`)

// anchorNames lists what looks like an anchor, for suggestions.
func anchorNames(r *Reader) []string {
	var names []string
	for _, line := range r.lines {
		for _, m := range anchor.FindAllStringSubmatch(line, -1) {
			names = append(names, m[1])
		}
	}
	return names
}
