package live

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/runnable-render/runnable-render/internal/progress"
)

// runningShown is the number of running steps that the live part names at most.
const runningShown = 8

type closing struct{}

// model is the live part: the steps that run, with their times, and a line of numbers.
type model struct {
	style    style
	spinner  spinner.Model
	running  map[string]progress.StepStarted
	open     map[string]string // lines that steps are still writing, by step
	size     *size
	started  time.Time
	ok, bad  int
	stopping bool
	finished bool
}

func newModel(s style, screen *size) model {
	return model{
		style: s, spinner: spinner.New(spinner.WithSpinner(spinner.MiniDot)), running: map[string]progress.StepStarted{},
		open: map[string]string{},
		size: screen, started: time.Now(),
	}
}

// Init implements tea.Model.
func (m model) Init() tea.Cmd { return m.spinner.Tick }

// Update implements tea.Model.
func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.size.set(msg.Width, msg.Height)
		return m, nil
	case spinner.TickMsg:
		var cmd tea.Cmd
		m.spinner, cmd = m.spinner.Update(msg)
		return m, cmd
	case closing:
		m.finished = true
		return m, tea.Quit
	case progress.Event:
		return m.take(msg), nil
	}
	return m, nil
}

// take brings the state up to date.
func (m model) take(e progress.Event) model {
	switch e := e.(type) {
	case progress.StepStarted:
		m.running[e.Path] = e
	case progress.StepEnded:
		delete(m.running, e.Path)
		delete(m.open, e.Path)
		if e.Status.OK() {
			m.ok++
		} else {
			m.bad++
		}
	case progress.OpenLine:
		m.open[e.Path] = strings.ReplaceAll(progress.Clean(e.Text), "\t", " ")
	case progress.Stopping:
		m.stopping = true
	case progress.RunStarted, progress.LogLine, progress.StepRetrying, progress.RunEnded:
	}
	return m
}

// View implements tea.Model.
func (m model) View() tea.View {
	return tea.View{Content: m.text(), DisableBracketedPasteMode: true} // nothing is read that could be pasted
}

func (m model) text() string {
	if m.finished {
		return ""
	}
	width := m.size.columns()
	var b strings.Builder
	steps := m.oldestFirst()
	shown := stepsShown(m.size.rows())
	for i, s := range steps {
		if i == shown && len(steps) > shown+1 {
			b.WriteString(m.style.faint.Render(fmt.Sprintf("  and %d more", len(steps)-shown)) + "\n")
			break
		}
		took := seconds(time.Since(s.At))
		if s.Attempt > 1 {
			took += fmt.Sprintf(", attempt %d", s.Attempt)
		}
		name := progress.ShortPath(s.Path, max(8, width-len(took)-4))
		line := m.style.running.Render(m.spinner.View()) + " " + name + " " + m.style.faint.Render(took)
		if bar := m.open[s.Path]; bar != "" {
			line += "  " + bar
		}
		b.WriteString(ansi.Truncate(line, width, "") + "\n")
	}
	b.WriteString(ansi.Truncate(m.numbers(len(steps)), width, "…"))
	return b.String()
}

// stepsShown is how many running steps a screen of so many rows names: a small one keeps room for what scrolls by.
func stepsShown(rows int) int { return min(runningShown, max(1, rows/3)) }

// room is how many rows may scroll by at once above the live part, which has two more lines than steps.
func room(rows int) int { return max(1, rows-stepsShown(rows)-2) }

func (m model) oldestFirst() []progress.StepStarted {
	steps := make([]progress.StepStarted, 0, len(m.running))
	for _, s := range m.running {
		steps = append(steps, s)
	}
	slices.SortFunc(steps, func(a, b progress.StepStarted) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Path, b.Path))
	})
	return steps
}

// numbers is the last line of the live part.
func (m model) numbers(running int) string {
	parts := []string{fmt.Sprintf("%d running", running), fmt.Sprintf("%d done", m.ok)}
	if m.bad > 0 {
		parts = append(parts, m.style.red.Render(fmt.Sprintf("%d failed", m.bad)))
	}
	parts = append(parts, seconds(time.Since(m.started)))
	if m.stopping {
		parts = append(parts, m.style.bold.Render("stopping; Ctrl-C again stops at once"))
	}
	return m.style.faint.Render("  ") + strings.Join(parts, m.style.faint.Render(" · "))
}

// seconds is a time that goes on: steady at less than a minute, where hundredths would only flicker.
func seconds(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return progress.Duration(d)
}
