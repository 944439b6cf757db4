// Package live is the display of a run on a terminal: past events scroll by, running steps are shown below with their
// times.
package live

import (
	"os"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"github.com/runnable-render/runnable-render/internal/progress"
)

// batch is the number of rows that wait for the terminal at most.
const batch = 256

// Display implements [progress.Display] on a terminal.
type Display struct {
	program *tea.Program
	style   style
	size    *size
	lines   chan string   // rows that scroll by, in order
	printed chan struct{} // closed when all lines are with the program
	done    chan struct{} // closed when the program has ended

	mu     sync.RWMutex // held for reading while lines may be sent
	closed bool
}

// New returns a live display on w, which must be a terminal, in colours or without. It reads no keys and asks the
// terminal nothing, so signals stay with the caller and answers with nobody.
func New(w *os.File, colours bool) *Display {
	d := &Display{
		style: newStyle(colours), size: sizeOf(w), lines: make(chan string, batch),
		printed: make(chan struct{}), done: make(chan struct{}),
	}
	out := &terminal{File: w, drawn: make(chan struct{})}
	d.program = tea.NewProgram(newModel(d.style, d.size), tea.WithOutput(out), tea.WithInput(nil), tea.WithoutSignalHandler())
	go func() {
		defer close(d.done)
		_, _ = d.program.Run() // a terminal that has gone away shows nothing; the run does not depend on it
	}()
	go d.scroll(out.drawn)
	return d
}

// terminal begins each write at the left margin, where the program believes the cursor to be: a terminal echoes
// Ctrl-C as ^C, which moves it.
type terminal struct {
	*os.File
	drawn chan struct{} // closed when the live part has been drawn for the first time
	once  sync.Once
}

// Write implements io.Writer.
func (t *terminal) Write(p []byte) (int, error) {
	n, err := t.File.Write(append([]byte{'\r'}, p...))
	t.once.Do(func() { close(t.drawn) })
	return max(0, n-1), err
}

// scroll hands rows to the program, as many at a time as there are: a step that writes fast must not redraw the live part for
// each of its lines. They are never more than the screen has above the live part: the program scrolls by so many rows, moves the
// cursor up by as many, and where there are too few it would write over what is there. Before the live part is there, the program
// would take the whole screen for it and put them above that.
func (d *Display) scroll(drawn <-chan struct{}) {
	defer close(d.printed)
	select {
	case <-drawn:
	case <-d.done:
	}
	for line := range d.lines {
		var b strings.Builder
		b.WriteString(line)
		for n := 1; n < room(d.size.rows()) && len(d.lines) > 0; n++ {
			line, ok := <-d.lines
			if !ok {
				break
			}
			b.WriteByte('\n')
			b.WriteString(line)
		}
		d.program.Println(b.String())
	}
}

// Show implements [progress.Display].
func (d *Display) Show(e progress.Event) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return
	}
	if line := d.style.line(e, d.size.columns()); line != "" {
		for row := range strings.SplitSeq(line, "\n") {
			d.lines <- row
		}
	}
	if _, ok := e.(progress.LogLine); !ok {
		d.program.Send(e)
	}
}

// Close implements [progress.Display].
func (d *Display) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	d.closed = true
	close(d.lines)
	<-d.printed
	d.program.Send(closing{})
	<-d.done
}
