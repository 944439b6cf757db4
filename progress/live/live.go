// Package live is the display of a run on a terminal: what has ended scrolls by, what runs stands below with its time.
package live

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/bubbles/spinner"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/runnable-render/runnable-render/progress"
)

// runningShown is the number of running steps that the live part names at most.
const runningShown = 8

// Display implements [progress.Display] on a terminal.
type Display struct {
	program *tea.Program
	done    chan struct{}
	once    sync.Once
}

// New returns a live display on w, which must be a terminal. It reads no keys, so signals stay with the
// caller.
func New(w io.Writer) *Display {
	t := &Display{done: make(chan struct{})}
	m := model{spinner: spinner.New(spinner.WithSpinner(spinner.MiniDot)), running: map[string]progress.StepStarted{}, width: 80}
	t.program = tea.NewProgram(m, tea.WithOutput(w), tea.WithInput(nil), tea.WithoutSignalHandler())
	go func() {
		defer close(t.done)
		if _, err := t.program.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "display:", err)
		}
	}()
	return t
}

// Show implements [progress.Display].
func (t *Display) Show(e progress.Event) { t.program.Send(e) }

// Close implements [progress.Display].
func (t *Display) Close() {
	t.once.Do(func() {
		t.program.Send(closing{})
		<-t.done
	})
}

type closing struct{}

// model is the live part's state.
type model struct {
	spinner  spinner.Model
	running  map[string]progress.StepStarted
	width    int
	ok, bad  int
	stopping bool
	finished bool
}

// Init implements tea.Model.
func (m model) Init() tea.Cmd { return m.spinner.Tick }

// Update implements tea.Model.
func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width = msg.Width
		return m, nil
	case spinner.TickMsg:
		var cmd tea.Cmd
		m.spinner, cmd = m.spinner.Update(msg)
		return m, cmd
	case closing:
		m.finished = true
		return m, tea.Quit
	case progress.Event:
		return m.take(msg)
	}
	return m, nil
}

var (
	faint = lipgloss.NewStyle().Faint(true)
	bold  = lipgloss.NewStyle().Bold(true)
	green = lipgloss.NewStyle().Foreground(lipgloss.Color("2"))
	red   = lipgloss.NewStyle().Foreground(lipgloss.Color("1"))
)

// take brings the state up to date and scrolls a line by where there is one to keep.
func (m model) take(e progress.Event) (tea.Model, tea.Cmd) {
	switch e := e.(type) {
	case progress.RunStarted:
		return m, tea.Println(bold.Render(progress.Line(e)))
	case progress.StepStarted:
		m.running[e.Path] = e
		return m, nil
	case progress.LogLine:
		return m, tea.Println(faint.Render(e.Path+" │ ") + progress.Clean(e.Text))
	case progress.StepRetrying:
		return m, tea.Println(progress.Line(e))
	case progress.StepEnded:
		delete(m.running, e.Path)
		mark := green.Render("✓")
		if e.Status.OK() {
			m.ok++
		} else {
			m.bad++
			mark = red.Render("✗")
		}
		return m, tea.Println(mark + " " + bold.Render(e.Path) + " " + progress.Ending(e))
	case progress.Stopping:
		m.stopping = true
		return m, nil
	case progress.RunEnded:
		return m, nil
	}
	panic("live: unknown event")
}

// View implements tea.Model.
func (m model) View() string {
	if m.finished {
		return ""
	}
	steps := make([]progress.StepStarted, 0, len(m.running))
	for _, s := range m.running {
		steps = append(steps, s)
	}
	slices.SortFunc(steps, func(a, b progress.StepStarted) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Path, b.Path))
	})
	var b strings.Builder
	for i, s := range steps {
		if i == runningShown {
			fmt.Fprintf(&b, "  and %d more\n", len(steps)-runningShown)
			break
		}
		line := fmt.Sprintf("%s %s %s", m.spinner.View(), s.Path, faint.Render(progress.Duration(time.Since(s.At))))
		b.WriteString(ansi.Truncate(line, m.width, "…") + "\n")
	}
	status := fmt.Sprintf("%d running, %d done", len(steps), m.ok)
	if m.bad > 0 {
		status += ", " + red.Render(fmt.Sprintf("%d failed", m.bad))
	}
	return b.String() + faint.Render(status)
}
