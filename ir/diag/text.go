package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// palette is what the text form puts before and after its parts.
type palette struct{ bold, err, warning, note, caret, off string }

var (
	plain   = palette{}
	colored = palette{bold: "\x1b[1m", err: "\x1b[1;31m", warning: "\x1b[1;35m", note: "\x1b[1;36m", caret: "\x1b[1;32m", off: "\x1b[0m"}
)

// printer writes the text form.
type printer struct {
	palette
	sources map[string][]byte
	lines   map[string][]string // of the sources that were shown so far
	out     strings.Builder
}

func printText(w io.Writer, list List, sources map[string][]byte, colors palette) error {
	p := &printer{palette: colors, sources: sources, lines: map[string][]string{}}
	for _, d := range list {
		color := p.err
		if d.Severity == Warning {
			color = p.warning
		}
		code := ""
		if d.Code != "" {
			code = " [" + d.Code + "]"
		}
		p.message(d.Span, color, d.Severity.String(), d.Message+code)
		for _, n := range d.Notes {
			p.message(n.Span, p.note, "note", n.Message)
		}
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// message writes one line of message, and the source it speaks of.
func (p *printer) message(at Span, color, kind, text string) {
	if !at.IsZero() {
		fmt.Fprintf(&p.out, "%s%s:%s ", p.bold, visible(at.String()), p.off)
	}
	fmt.Fprintf(&p.out, "%s%s:%s %s\n", color, kind, p.off, visible(text))
	p.excerpt(at)
}

// excerpt writes the line that a span starts on, with a caret and an underline.
func (p *printer) excerpt(at Span) {
	lines := p.linesOf(at.File)
	if at.Line < 1 || at.Line > len(lines) {
		return
	}
	text, mark := window(lines[at.Line-1], at)
	number := fmt.Sprintf("%5d", at.Line)
	fmt.Fprintf(&p.out, "%s | %s\n", number, strings.TrimRight(text, " "))
	if mark != "" {
		fmt.Fprintf(&p.out, "%s | %s%s%s\n", strings.Repeat(" ", len(number)), p.caret, mark, p.off)
	}
}

func (p *printer) linesOf(file string) []string {
	if lines, ok := p.lines[file]; ok {
		return lines
	}
	var lines []string
	if src, ok := p.sources[file]; ok {
		lines = SplitLines(src)
	}
	p.lines[file] = lines
	return lines
}

// maxWidth is how many columns of a source line are shown.
const maxWidth = 110

// cell is one code point as it is shown.
type cell struct {
	text  string
	width int
	mark  bool // underlined
}

// window returns a line as it is shown, and the marks below it; of a long line the part around the span.
func window(line string, at Span) (text, marks string) {
	cells := layout(line, at)
	from, to := 0, len(cells)
	if total(cells) > maxWidth {
		from, to = clamp(cells)
	}
	var shown, below strings.Builder
	if from > 0 {
		shown.WriteString("…")
		below.WriteString(" ")
	}
	caret := "^"
	for _, c := range cells[from:to] {
		shown.WriteString(c.text)
		if !c.mark {
			below.WriteString(strings.Repeat(" ", c.width))
			continue
		}
		if c.width > 0 {
			below.WriteString(caret + strings.Repeat("~", c.width-1))
			caret = "~"
		}
	}
	if to < len(cells) {
		shown.WriteString("…")
	}
	return shown.String(), strings.TrimRight(below.String(), " ")
}

// layout cuts a line into cells: tabs widened to the next fourth column, control characters made harmless. One cell
// more than the line has stands for its end, so that something can be missing there.
func layout(line string, at Span) []cell {
	var cells []cell
	first, last := at.Col, at.EndCol
	switch {
	case at.Col == 0:
		first, last = 1, 0 // the whole line: no marks
	case at.EndLine > at.Line:
		last = utf8.RuneCountInString(line) + 1
	case at.EndLine == 0 || at.EndCol <= at.Col:
		last = at.Col + 1
	}
	col, x := 1, 0
	for _, r := range line {
		c := cell{text: string(r), width: runeWidth(r)}
		switch {
		case r == '\t':
			c.width = 4 - x%4
			c.text = strings.Repeat(" ", c.width)
		case !unicode.IsPrint(r) && runeWidth(r) > 0, unicode.Is(unicode.Bidi_Control, r):
			c.text, c.width = "\ufffd", 1
		}
		c.mark = first <= col && col < last
		cells = append(cells, c)
		col, x = col+1, x+c.width
	}
	return append(cells, cell{text: " ", width: 1, mark: first <= col && col < last && first == col})
}

func total(cells []cell) int {
	sum := 0
	for _, c := range cells {
		sum += c.width
	}
	return sum
}

// clamp chooses the part of a long line to show: the start of what is marked, with some text before it.
func clamp(cells []cell) (from, to int) {
	const before = 40
	start := 0
	for i, c := range cells {
		if c.mark {
			start = i
			break
		}
	}
	if total(cells[:start]) > maxWidth-30 {
		for from = start; from > 0 && total(cells[from-1:start]) <= before; {
			from--
		}
	}
	for to, room := from, maxWidth; ; to++ {
		if to == len(cells) || cells[to].width > room {
			return from, to
		}
		room -= cells[to].width
	}
}

// runeWidth is the number of terminal columns that a character takes: none for marks, two for the wide ones of East
// Asia and for pictures.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf && r != 0x303f, r >= 0xac00 && r <= 0xd7a3,
		r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1f64f, r >= 0x1f680 && r <= 0x1f6ff, r >= 0x1f900 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// visible makes a message safe to print on one line of a terminal.
func visible(text string) string {
	unsafe := func(r rune) bool { return !unicode.IsPrint(r) }
	if !strings.ContainsFunc(text, unsafe) && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unsafe(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
