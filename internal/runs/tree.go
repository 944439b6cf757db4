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

// treeLines is the number of steps that a tree shows unless all are asked for.
const treeLines = 200

// PrintTree writes the run for people as a tree: each step with its status, time and attempts, below it what it
// returned and the files that it put. Of a large run it shows the first steps and those that failed; all shows all.
func (d *Details) PrintTree(w io.Writer, o PrintOptions, all bool) {
	p := newPrinter(w, o)
	p.head(d.Summary)
	p.about(d)
	t := &tree{printer: p, by: map[string]Step{}, below: map[string][]string{}, records: d.last(), hidden: map[string]int{}, known: map[string]bool{}}
	t.plant(d.Summary.Steps, all)
	t.branch("", 0)
	p.values("parameters", d.Summary.Parameters)
	p.values("metrics", d.Summary.Metrics)
	p.failure(d.Summary)
	p.commands(d.Summary)
}

// about says when, where, under which tags and with which code the run went.
func (p *printer) about(d *Details) {
	s := d.Summary
	p.line("  %s %s on %s", p.paint(faint, "started"), s.Started.Local().Format(time.DateTime), s.Target)
	if len(s.Tags) > 0 {
		p.line("  %s    %s", p.paint(faint, "tags"), progress.Text(strings.Join(s.Tags, ", ")))
	}
	if code := d.Code(); len(code) > 0 {
		p.line("  %s    %s", p.paint(faint, "code"), ansi.Truncate(progress.Text(codeText(code)), p.width-10, "…"))
	}
	p.line("")
}

// codeText is a code identity in short: the commit and whether it was changed, then the rest.
func codeText(code map[string][]string) string {
	var parts []string
	take := func(name string) string {
		v := strings.Join(code[name], "/")
		delete(code, name)
		return v
	}
	if commit := take("git"); commit != "" {
		text := "git " + commit[:min(12, len(commit))]
		if dirty := take("git_dirty"); dirty != "" && dirty != "false" {
			text += " with changes"
		}
		if diff := take("git_diff"); diff != "" {
			text += " " + diff[:min(12, len(diff))]
		}
		if remote := take("git_remote"); remote != "" {
			text += " of " + remote
		}
		parts = append(parts, text)
	}
	var names []string
	for name := range code {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		parts = append(parts, name+" "+strings.Join(code[name], "/"))
	}
	return strings.Join(parts, ", ")
}

// last are the records that count at the run's end, by path.
func (d *Details) last() map[string]*engine.Record {
	out := map[string]*engine.Record{}
	for _, seen := range d.Replay.Seen {
		out[seen.Record.Path] = seen.Record
	}
	return out
}

// tree lays out steps below the composites that they are in.
type tree struct {
	*printer
	by      map[string]Step
	below   map[string][]string // by path: what is right below it, in start order
	records map[string]*engine.Record
	hidden  map[string]int // by path: steps inside it that are not shown
	known   map[string]bool
	labels  int
	width   int // of the names with what they are indented by
}

// plant puts the steps into the tree, as many as are shown, and every branch and item on the way to them.
func (t *tree) plant(steps []Step, all bool) {
	shown := steps
	if !all && len(steps) > treeLines {
		shown = t.some(steps)
	}
	for _, s := range shown {
		t.by[s.Path] = s
		t.labels = max(t.labels, len(label(s)))
		t.grow(s.Path)
	}
}

// some are the steps that a tree shows of many; the rest is counted at the composite around it.
func (t *tree) some(steps []Step) []Step {
	var out []Step
	for i, s := range steps {
		if i < treeLines || s.Status == engine.Failed && len(out) < 2*treeLines {
			out = append(out, s)
			continue
		}
		t.hidden[parent(s.Path)]++
	}
	return out
}

func (t *tree) grow(path string) {
	for child := path; child != ""; child = parent(child) {
		above := parent(child)
		if t.known[child] {
			return
		}
		t.known[child] = true
		t.below[above] = append(t.below[above], child)
		t.width = max(t.width, 2*strings.Count(child, ".")+ansi.StringWidth(progress.Text(child[len(above):])))
	}
}

func parent(path string) string { return path[:max(0, strings.LastIndexByte(path, '.'))] }

// order are the paths right below one: a map's items by their index, since which of them started first says nothing,
// and all else as it started.
func (t *tree) order(path string) []string {
	below := t.below[path]
	if t.by[path].Kind == "map" {
		slices.SortFunc(below, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	}
	return below
}

// branch writes what is below a path.
func (t *tree) branch(path string, depth int) {
	for _, child := range t.order(path) {
		name := progress.Text(strings.TrimPrefix(child[len(path):], "."))
		s, isStep := t.by[child]
		if !isStep { // a branch, an item or an iteration
			t.line("  %s%s", strings.Repeat("  ", depth), t.paint(faint, name))
			t.branch(child, depth+1)
			continue
		}
		t.step(s, name, depth)
		t.branch(child, depth+1)
	}
	if n := t.hidden[path]; n > 0 {
		t.line("  %s%s", strings.Repeat("  ", depth), t.paint(faint, fmt.Sprintf("… and %d more; --all shows them", n)))
	}
}

func (t *tree) step(s Step, name string, depth int) {
	m, sgr := mark(s.Status)
	room := min(t.width, t.printer.width/2)
	text := fmt.Sprintf("%-*s  %s", t.labels, label(s), note(s))
	text = strings.TrimRight(ansi.Truncate(text, max(20, t.printer.width-room-6), "…"), " ")
	indent := strings.Repeat("  ", depth)
	t.line("  %s%s %s  %s", indent, t.paint(sgr, m), pad(ansi.Truncate(name, room, "…"), room-2*depth), text)
	rec := t.records[s.Path]
	if rec == nil {
		return
	}
	for _, r := range rec.Returns {
		text, err := valueJSON(r.Value)
		if err != nil {
			text = []byte(err.Error())
		}
		kind := ""
		if r.Value.Kind != "" && r.Value.Kind != "json" {
			kind = " (" + string(r.Value.Kind) + ")"
		}
		t.fact(indent, "→ "+r.Name+kind+" = "+string(text))
	}
	for _, f := range rec.Files {
		sign := "put"
		if f.Stage == engine.StageGet {
			sign = "got"
		}
		t.fact(indent, fmt.Sprintf("%s %s  %d bytes  sha256 %.12s", sign, f.Path, f.Size, f.Hash))
	}
}

func (t *tree) fact(indent, text string) {
	t.line("  %s    %s", indent, t.paint(faint, ansi.Truncate(progress.Text(text), max(20, t.printer.width-len(indent)-6), "…")))
}
