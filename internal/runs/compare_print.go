package runs

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/runnable-render/runnable-render/internal/progress"
)

// Print writes the comparison for people: a column for each run, the rows that differ marked. Rows that are the same
// in all runs are counted, unless all asks for them.
func (c *Comparison) Print(w io.Writer, o PrintOptions, all bool) {
	p := newPrinter(w, o)
	t := comparing{printer: p, all: all}
	t.names = 10
	for _, rows := range [][]Row{c.Parameters, c.Metrics, c.Results, c.Files, c.Code, c.Steps} {
		for _, r := range rows {
			if r.Differ || all {
				t.names = max(t.names, ansi.StringWidth(progress.Text(r.Name)))
			}
		}
	}
	t.names = min(t.names, p.width/3)
	t.column = max(8, (p.width-t.names-4)/max(1, len(c.Runs))-2)
	t.heads(c.Runs)
	t.rows("parameters", c.Parameters, valueText)
	t.rows("metrics", c.Metrics, valueText)
	t.rows("returned", c.Results, valueText)
	t.rows("files", c.Files, hashText)
	t.rows("code", c.Code, plainText)
	t.rows("durations", c.Steps, secondsText)
}

// comparing writes the tables of a comparison.
type comparing struct {
	*printer
	all           bool
	names, column int
}

func (t *comparing) heads(runs []Compared) {
	line := func(name string, of func(Compared) string) {
		cells := make([]string, len(runs))
		for i, r := range runs {
			cells[i] = of(r)
		}
		t.cells(" ", name, cells)
	}
	line("run", func(r Compared) string { return r.RunID })
	line("pipeline", func(r Compared) string { return r.Pipeline })
	line("target", func(r Compared) string { return r.Target })
	line("status", func(r Compared) string { return string(r.Status) })
	line("started", func(r Compared) string { return r.Started.Local().Format(time.DateTime) })
	line("took", func(r Compared) string { return progress.Duration(time.Duration(r.Seconds * float64(time.Second))) })
	line("tags", func(r Compared) string { return strings.Join(r.Tags, ",") })
}

func (t *comparing) rows(title string, rows []Row, text func(json.RawMessage) string) {
	if len(rows) == 0 {
		return
	}
	same := 0
	t.line("\n%s", t.paint(bold, title))
	for _, r := range rows {
		if !r.Differ && !t.all {
			same++
			continue
		}
		sign := " "
		if r.Differ {
			sign = "≠"
		}
		cells := make([]string, len(r.Values))
		for i, v := range r.Values {
			cells[i] = "–"
			if v != nil {
				cells[i] = text(v)
			}
		}
		t.cells(sign, r.Name, cells)
	}
	if same > 0 {
		t.line("  %s", t.paint(faint, fmt.Sprintf("%d the same; --all shows them", same)))
	}
}

func (t *comparing) cells(sign, name string, cells []string) {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString("  " + pad(ansi.Truncate(progress.Text(c), t.column, "…"), t.column))
	}
	t.line("%s %s%s", t.paint(yellow, sign), pad(ansi.Truncate(progress.Text(name), t.names, "…"), t.names), strings.TrimRight(b.String(), " "))
}

func valueText(v json.RawMessage) string { return string(v) }

func plainText(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) != nil {
		return string(v)
	}
	return s
}

func hashText(v json.RawMessage) string { s := plainText(v); return s[:min(12, len(s))] }

func secondsText(v json.RawMessage) string {
	var seconds float64
	if json.Unmarshal(v, &seconds) != nil {
		return string(v)
	}
	return progress.Duration(time.Duration(seconds * float64(time.Second)))
}
