package yamldef

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// source is the text of a definition with what is needed to point into it.
type source struct {
	file  string
	lines []string
}

func newSource(file string, text []byte) *source {
	return &source{file: file, lines: diag.SplitLines(text)}
}

// line returns the text of the n-th line, counted from 1, or "".
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// at returns the span of width code points from a place on.
func (s *source) at(line, col, width int) diag.Span {
	return diag.Span{File: s.file, Line: line, Col: col, EndLine: line, EndCol: col + width}
}

// whole returns the span of a line from its first to its last visible character.
func (s *source) whole(line int) diag.Span {
	text := s.line(line)
	inner := strings.TrimSpace(text)
	col := utf8.RuneCountInString(text[:len(text)-len(strings.TrimLeft(text, " \t"))]) + 1
	return s.at(line, col, max(utf8.RuneCountInString(inner), 1))
}

// span returns the place of a node. The library tells where a node starts; where it ends is read from the text.
// A block mapping, a block list and a flow collection are pointed at by their first character or key.
func (s *source) span(n *yaml.Node) diag.Span {
	if n == nil || n.Line == 0 {
		return diag.Span{File: s.file}
	}
	if n.Line > len(s.lines) { // what `? key` leaves out at the end of a text
		return s.whole(len(s.lines))
	}
	line, col := n.Line, n.Column
	text := s.from(line, col)
	if n.Kind != yaml.AliasNode {
		rest := skipProperties(text)
		if rest == "" { // an anchor or tag alone: the value begins on another line
			return s.at(line, col, max(width(strings.TrimRight(text, " ")), 1))
		}
		col += width(text) - width(rest)
		text = rest
	}
	return s.extent(n, line, col, text)
}

// extent finds the end of the node whose value starts with text at line and col.
func (s *source) extent(n *yaml.Node, line, col int, text string) diag.Span {
	switch {
	case n.Kind == yaml.AliasNode:
		return s.at(line, col, 1+width(n.Value))
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0 && n.Content[0] != n:
		if key := n.Content[0]; key.Kind == yaml.ScalarNode && key.Line == line {
			return s.span(key)
		}
		return s.at(line, col, 1)
	case n.Kind != yaml.ScalarNode:
		return s.at(line, col, 1)
	case strings.HasPrefix(text, `"`), strings.HasPrefix(text, `'`):
		return s.quoted(line, col, text)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return s.at(line, col, 1)
	case strings.HasPrefix(text, n.Value):
		return s.at(line, col, max(width(n.Value), 1))
	}
	// A plain text over several lines: its first line.
	return s.at(line, col, max(width(strings.TrimRight(text, " \t")), 1))
}

// quoted finds the end of a quoted text, which may be lines further down.
func (s *source) quoted(line, col int, text string) diag.Span {
	quote := text[0]
	span := s.at(line, col, 1)
	from := col
	for i := 1; ; {
		for ; i < len(text); i++ {
			switch {
			case text[i] == '\\' && quote == '"':
				i++
			case text[i] == quote && quote == '\'' && strings.HasPrefix(text[i+1:], "'"):
				i++
			case text[i] == quote:
				span.EndLine, span.EndCol = line, from+width(text[:i+1])
				return span
			}
		}
		if line++; line > len(s.lines) {
			return span
		}
		text, from, i = s.line(line), 1, 0
	}
}

// from returns the text of a line from a column on.
func (s *source) from(line, col int) string {
	text := s.line(line)
	for ; col > 1 && text != ""; col-- {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	return text
}

// skipProperties cuts the anchor and the tag off the start of a value.
func skipProperties(text string) string {
	for strings.HasPrefix(text, "&") || strings.HasPrefix(text, "!") {
		end := strings.IndexAny(text, " \t")
		if end < 0 {
			return ""
		}
		text = strings.TrimLeft(text[end:], " \t")
		if strings.HasPrefix(text, "#") {
			return ""
		}
	}
	return text
}

// width is the number of columns that a text takes.
func width(text string) int { return utf8.RuneCountInString(text) }
