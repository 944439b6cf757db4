package live

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/runnable-render/runnable-render/internal/progress"
)

// style is how lines look on one terminal.
type style struct {
	bold, faint, red, green, yellow, running lipgloss.Style
}

// newStyle is plain text, or text with the terminal's own colours.
func newStyle(colours bool) style {
	plain := lipgloss.NewStyle()
	if !colours {
		return style{plain, plain, plain, plain, plain, plain}
	}
	return style{
		bold: plain.Bold(true), faint: plain.Faint(true), red: plain.Foreground(lipgloss.Red),
		green: plain.Foreground(lipgloss.Green), yellow: plain.Foreground(lipgloss.Yellow), running: plain.Foreground(lipgloss.Cyan),
	}
}

// line is what scrolls by for an event, wrapped to the width; empty: nothing.
func (s style) line(e progress.Event, width int) string {
	switch e := e.(type) {
	case progress.RunStarted:
		return wrap("", s.bold.Render(progress.Line(e)), width)
	case progress.LogLine:
		name := progress.ShortPath(e.Path, max(8, min(32, width/3)))
		text := strings.ReplaceAll(progress.Clean(e.Text), "\t", "    ")
		return wrap(s.faint.Render("  "+name+" │ "), text, width)
	case progress.StepRetrying:
		return wrap(s.yellow.Render("↻")+" ", progress.Line(e), width)
	case progress.StepEnded:
		mark := s.green.Render("✓")
		if !e.Status.OK() {
			mark = s.red.Render("✗")
		}
		name := progress.ShortPath(e.Path, max(16, width-20))
		return wrap(mark+" ", s.bold.Render(name)+" "+progress.Ending(e), width)
	case progress.StepStarted, progress.OpenLine, progress.Stopping, progress.RunEnded:
		return ""
	}
	panic("live: unknown event")
}

// wrap breaks a text into lines of the width; the first begins with head, the others under the text. The terminal
// must not break lines itself: then nobody would know how many there are.
func wrap(head, text string, width int) string {
	indent := ansi.StringWidth(head)
	room := max(8, width-indent)
	lines := strings.Split(ansi.Hardwrap(text, room, true), "\n")
	for i, l := range lines {
		if i == 0 {
			l = head + l
		} else {
			l = strings.Repeat(" ", indent) + l
		}
		lines[i] = ansi.Truncate(l, width, "")
	}
	return strings.Join(lines, "\n")
}
