package runs

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
)

// timelineLines is the number of attempts that a timeline draws unless all are asked for.
const timelineLines = 100

// Print draws the timeline for people: a line for each attempt, with bars for waiting (·) and working (█, on the
// critical path; ▒ elsewhere), then what the critical path consists of. Of many attempts it draws the critical ones,
// those that failed and the longest; all draws all.
func (t *Timeline) Print(w io.Writer, o PrintOptions, all bool) {
	p := newPrinter(w, o)
	spans := t.Spans
	if !all && len(spans) > timelineLines {
		spans = foremost(spans)
	}
	total := t.Ended.Sub(t.Started)
	p.line("run %s %s: %s", t.RunID, t.Status, progress.Duration(total))
	if len(spans) == 0 {
		p.line("no step has started")
		return
	}
	names := 0
	for _, s := range spans {
		names = max(names, ansi.StringWidth(progress.Text(spanName(s))))
	}
	names = min(names, p.width/3)
	c := canvas{from: t.Started, total: max(total, time.Millisecond), columns: max(10, p.width-names-4-noteWidth)}
	for _, s := range spans {
		m, sgr := mark(s.Status)
		name := pad(progress.ShortPath(spanName(s), names), names)
		p.line("%s %s %s %s", p.paint(sgr, m), name, p.bar(c.bar(s), s), spanNote(s))
	}
	if n := len(t.Spans) - len(spans); n > 0 {
		p.line("%s", p.paint(faint, fmt.Sprintf("… and %d shorter ones; --all draws them", n)))
	}
	p.critical(t)
}

// noteWidth is the room for what stands behind a bar.
const noteWidth = 24

func spanName(s Span) string {
	if s.Attempt > 1 {
		return fmt.Sprintf("%s #%d", s.Path, s.Attempt)
	}
	return s.Path
}

func spanNote(s Span) string {
	text := progress.Duration(s.Took())
	if s.Status == engine.Interrupted {
		text = "no end"
	}
	if s.Waited() >= 10*time.Millisecond {
		text += ", waited " + progress.Duration(s.Waited())
	}
	return text
}

// canvas maps times to columns.
type canvas struct {
	from    time.Time
	total   time.Duration
	columns int
}

func (c canvas) column(at time.Time) int {
	return min(c.columns-1, max(0, int(float64(at.Sub(c.from))/float64(c.total)*float64(c.columns))))
}

// bar draws one attempt; it has at least one column.
func (c canvas) bar(s Span) string {
	ready, from, to := c.column(s.Ready), c.column(s.Started), c.column(s.Ended)
	full := "▒"
	if s.Critical {
		full = "█"
	}
	return strings.Repeat(" ", ready) + strings.Repeat("·", from-ready) + strings.Repeat(full, to-from+1) + strings.Repeat(" ", c.columns-to-1)
}

func (p *printer) bar(text string, s Span) string {
	switch {
	case s.Status == engine.Failed:
		return p.paint(red, text)
	case s.Critical:
		return p.paint(green, text)
	}
	return text
}

// critical says what the critical path consists of.
func (p *printer) critical(t *Timeline) {
	var work, wait time.Duration
	var names []string
	for _, s := range t.Critical() {
		work, wait = work+s.Took(), wait+s.Waited()
		names = append(names, progress.Text(spanName(s)))
	}
	p.line("\n%s  %s of work, %s of waiting", p.paint(bold, "critical path"), progress.Duration(work), progress.Duration(wait))
	const most = 12
	if len(names) > most {
		names = append(append(names[:most/2:most/2], "…"), names[len(names)-most/2:]...)
	}
	p.line("  %s", strings.Join(names, " → "))
}

// foremost are the attempts that are drawn of many, in start order.
func foremost(spans []Span) []Span {
	rank := func(s Span) int {
		switch {
		case s.Status == engine.Failed:
			return 0
		case s.Critical:
			return 1
		}
		return 2
	}
	order := make([]int, len(spans))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(spans[a]), rank(spans[b])), cmp.Compare(spans[b].Took(), spans[a].Took()))
	})
	order = order[:timelineLines]
	slices.Sort(order)
	out := make([]Span, len(order))
	for i, k := range order {
		out[i] = spans[k]
	}
	return out
}
