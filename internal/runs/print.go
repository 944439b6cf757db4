package runs

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
)

// Limits of what the printed summary shows; the JSON form shows all.
const (
	shownSteps  = 40
	shownValues = 40
	shownWidth  = 120 // where no terminal says how wide it is
	leastWidth  = 40
)

// WriteJSON writes the summary as one indented object.
func (s *Summary) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

// PrintOptions says how a summary is printed. The zero value suits a pipe.
type PrintOptions struct {
	Width int // columns to keep to; 0: 120. Log lines and commands are never cut
	Color bool
}

// Print writes the summary for people.
func (s *Summary) Print(w io.Writer, o PrintOptions) {
	p := newPrinter(w, o)
	p.head(s)
	p.steps(s.Steps)
	p.values("parameters", s.Parameters)
	p.values("metrics", s.Metrics)
	p.failure(s)
	p.commands(s)
}

// printer writes lines that keep to a width.
type printer struct {
	w     io.Writer
	width int
	color bool
}

func newPrinter(w io.Writer, o PrintOptions) *printer {
	p := &printer{w: w, width: o.Width, color: o.Color}
	if p.width == 0 {
		p.width = shownWidth
	}
	p.width = max(p.width, leastWidth)
	return p
}

// The colours of a terminal, by their SGR numbers.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (p *printer) paint(sgr, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

func (p *printer) head(s *Summary) {
	took := ""
	if !s.Ended.IsZero() && s.Ended.After(s.Started) {
		took = " in " + progress.Duration(s.Ended.Sub(s.Started))
	}
	_, sgr := mark(s.Status)
	p.line("\n%s  %s%s  %s\n", p.paint(bold+";"+sgr, progress.Text(string(s.Status))), p.paint(bold, progress.Text(s.Pipeline)), took, p.paint(faint, "run "+s.RunID))
}

// steps writes a line for each step; of many steps those that failed and the outermost.
func (p *printer) steps(steps []Step) {
	shown := selected(steps)
	paths, labels := 0, 0
	for _, st := range shown {
		paths = max(paths, ansi.StringWidth(progress.Text(st.Path)))
		labels = max(labels, len(label(st)))
	}
	paths = min(paths, max(20, p.width-labels-36))
	for _, st := range shown {
		m, sgr := mark(st.Status)
		path := pad(progress.ShortPath(st.Path, paths), paths)
		text := fmt.Sprintf("%-*s  %s", labels, label(st), note(st))
		text = strings.TrimRight(ansi.Truncate(text, p.width-paths-6, "…"), " ")
		p.line("  %s %s  %s", p.paint(sgr, m), p.path(path), text)
	}
	if n := len(steps) - len(shown); n > 0 {
		p.line("  %s", p.paint(faint, fmt.Sprintf("… and %d more; --format json shows all", n)))
	}
}

// selected are the steps that are shown: all, else as many as fit of those that failed, then of the outermost, then
// of the rest, in start order.
func selected(steps []Step) []Step {
	if len(steps) <= shownSteps {
		return steps
	}
	rank := func(s Step) int {
		switch {
		case s.Status == engine.Failed:
			return 0
		case !strings.Contains(s.Path, "."):
			return 1
		}
		return 2
	}
	var room [3]int
	for _, s := range steps {
		room[rank(s)]++
	}
	left := shownSteps
	for i, n := range room {
		room[i] = min(n, left)
		left -= room[i]
	}
	var out []Step
	for _, s := range steps {
		if r := rank(s); room[r] > 0 {
			room[r]--
			out = append(out, s)
		}
	}
	return out
}

// path shows a step's own name before the composites around it.
func (p *printer) path(padded string) string {
	cut := strings.LastIndexByte(padded, '.') + 1
	return p.paint(faint, padded[:cut]) + padded[cut:]
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-ansi.StringWidth(s))) }

func mark(s engine.Status) (sign, sgr string) {
	switch s {
	case engine.Success, engine.Cached:
		return "✓", green
	case engine.Failed:
		return "✗", red
	case engine.Running, engine.Interrupted:
		return "·", yellow
	}
	return " ", faint
}

func label(s Step) string {
	if s.Command != "" {
		return s.Command
	}
	return s.Kind
}

func note(s Step) string {
	parts := []string{}
	if !s.Ended.IsZero() && !s.Started.IsZero() {
		parts = append(parts, progress.Duration(s.Ended.Sub(s.Started)))
	}
	if s.Attempts > 1 {
		parts = append(parts, fmt.Sprintf("attempt %d", s.Attempts))
	}
	switch {
	case s.Kept:
		parts = append(parts, "kept")
	case s.Handled:
		parts = append(parts, "handled")
	case s.Status == engine.Cached:
		parts = append(parts, "cached")
	case s.Status == engine.Running || s.Status == engine.Interrupted:
		parts = append(parts, strings.ToLower(string(s.Status)))
	}
	if s.Message != "" {
		parts = append(parts, progress.Text(s.Message))
	}
	return strings.Join(parts, ", ")
}

func (p *printer) values(title string, values Values) {
	if len(values) == 0 {
		return
	}
	p.line("\n%s", p.paint(bold, title))
	shown := values[:min(len(values), shownValues)]
	names := 0
	for _, v := range shown {
		names = max(names, ansi.StringWidth(progress.Text(v.Name)))
	}
	names = min(names, p.width/2)
	for _, v := range shown {
		text, err := valueJSON(v.Value)
		if err != nil {
			text = []byte(err.Error())
		}
		name := pad(ansi.Truncate(progress.Text(v.Name), names, "…"), names)
		p.line("  %s  %s", name, ansi.Truncate(progress.Text(string(text)), p.width-names-4, "…"))
	}
	if n := len(values) - len(shown); n > 0 {
		p.line("  %s", p.paint(faint, fmt.Sprintf("… and %d more; --format json shows all", n)))
	}
}

// failure says which step failed and why, with the end of its log.
func (p *printer) failure(s *Summary) {
	if s.Failure == nil || s.Status == engine.Success {
		return
	}
	p.line("\n%s %s (%s): %s", p.paint(bold+";"+red, "failed"), p.paint(bold, progress.Text(s.Failure.Step)), s.Failure.Kind, progress.Text(s.Failure.Message))
	for _, line := range s.FailedLog {
		p.line("  %s %s", p.paint(faint, "│"), progress.Clean(progress.Settled(line)))
	}
}

// hooks says which hooks failed.
func (p *printer) hooks(hooks []engine.HookResult) {
	for _, h := range hooks {
		if !h.OK {
			p.line("\n%s %s (%s): %s; the run's status does not change", p.paint(bold+";"+yellow, "hook failed"), progress.Text(h.Name), h.Kind, progress.Text(h.Message))
		}
	}
}

func (p *printer) commands(s *Summary) {
	p.hooks(s.Hooks)
	p.line("")
	if c := s.Commands; c != nil {
		if c.Retry != "" {
			p.line("%s  %s", p.paint(faint, "retry"), c.Retry)
		}
		p.line("%s   %s", p.paint(faint, "logs"), c.Logs)
	}
	p.line("%s  %s", p.paint(faint, "store"), s.Store)
}
