package yaml12

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// line returns the text of the n-th line, counted from 1, or "".
func (r *Reader) line(n int) string {
	if n < 1 || n > len(r.lines) {
		return ""
	}
	return r.lines[n-1]
}

// At returns the span of width code points from a place on.
func (r *Reader) At(line, col, width int) diag.Span {
	return diag.Span{File: r.File, Line: line, Col: col, EndLine: line, EndCol: col + width}
}

// whole returns the span of a line from its first to its last visible character.
func (r *Reader) whole(line int) diag.Span {
	text := r.line(line)
	inner := strings.TrimSpace(text)
	col := utf8.RuneCountInString(text[:len(text)-len(strings.TrimLeft(text, " \t"))]) + 1
	return r.At(line, col, max(utf8.RuneCountInString(inner), 1))
}

// Span returns the place of a node. The library knows where a node starts; where it ends is read from the text.
// A block mapping, a block list and a flow collection are pointed at by their first character or key.
func (r *Reader) Span(n *yaml.Node) diag.Span {
	if n == nil || n.Line == 0 {
		return diag.Span{File: r.File}
	}
	if n.Line > len(r.lines) { // what `? key` leaves out at the end of a text
		return r.whole(len(r.lines))
	}
	line, col := n.Line, n.Column
	text := r.from(line, col)
	if n.Kind != yaml.AliasNode {
		rest := skipProperties(text)
		if rest == "" { // an anchor or tag alone: the value begins on another line
			return r.At(line, col, max(width(strings.TrimRight(text, " ")), 1))
		}
		col += width(text) - width(rest)
		text = rest
	}
	return r.extent(n, line, col, text)
}

// extent finds the end of the node whose value starts with text at line and col.
func (r *Reader) extent(n *yaml.Node, line, col int, text string) diag.Span {
	switch {
	case n.Kind == yaml.AliasNode:
		return r.At(line, col, 1+width(n.Value))
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0 && n.Content[0] != n:
		if key := n.Content[0]; key.Kind == yaml.ScalarNode && key.Line == line {
			return r.Span(key)
		}
		return r.At(line, col, 1)
	case n.Kind != yaml.ScalarNode:
		return r.At(line, col, 1)
	case strings.HasPrefix(text, `"`), strings.HasPrefix(text, `'`):
		return r.quoted(line, col, text)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return r.At(line, col, 1)
	case strings.HasPrefix(text, n.Value):
		return r.At(line, col, max(width(n.Value), 1))
	}
	// A plain text over several lines: its first line.
	return r.At(line, col, max(width(strings.TrimRight(text, " \t")), 1))
}

// quoted finds the end of a quoted text, which may be lines further down.
func (r *Reader) quoted(line, col int, text string) diag.Span {
	quote := text[0]
	span := r.At(line, col, 1)
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
		if line++; line > len(r.lines) {
			return span
		}
		text, from, i = r.line(line), 1, 0
	}
}

// from returns the text of a line from a column on.
func (r *Reader) from(line, col int) string {
	text := r.line(line)
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
