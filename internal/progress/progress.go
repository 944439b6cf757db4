// Package progress shows a run while it goes on: as a live display on a terminal, as plain lines elsewhere.
//
// A target that runs pipelines passes every [Event] to a [Display], from any goroutine; the display does the rest.
package progress

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Event is something that happened in a run. It is one of [RunStarted], [StepStarted], [LogLine], [OpenLine],
// [StepRetrying], [StepEnded], [Stopping] and [RunEnded].
//
//sumtype:decl
type Event interface{ event() }

// RunStarted is the first event.
type RunStarted struct {
	Run, Pipeline string
	Steps         int // steps in the definition
	Retry         bool
}

// StepStarted tells that an attempt of a step has begun.
type StepStarted struct {
	Path    string
	Attempt int
	At      time.Time
}

// LogLine is one line that a step wrote, without its end.
type LogLine struct {
	Path string
	Text string
}

// OpenLine is the line that a step is still writing, such as a progress bar, which writes it again and again. An empty text:
// there is none any more.
type OpenLine struct {
	Path string
	Text string
}

// StepRetrying tells that an attempt failed and another follows.
type StepRetrying struct {
	Path    string
	Attempt int // the one that failed
	Failure engine.Failure
	Wait    time.Duration
}

// StepEnded tells that a step has come to its outcome.
type StepEnded struct {
	Path    string
	Status  engine.Status
	Failure *engine.Failure
	Took    time.Duration
	Kept    bool // it succeeded in an earlier walk and was not run again
}

// Stopping tells that the run was asked to stop: its steps are asked to end, and nothing new starts.
type Stopping struct{}

// RunEnded is the last event.
type RunEnded struct {
	Status engine.Status
	Took   time.Duration
}

func (RunStarted) event()   {}
func (StepStarted) event()  {}
func (LogLine) event()      {}
func (OpenLine) event()     {}
func (StepRetrying) event() {}
func (StepEnded) event()    {}
func (Stopping) event()     {}
func (RunEnded) event()     {}

// Display shows events. Show may be called from any goroutine; Close waits until all is shown.
type Display interface {
	Show(Event)
	Close()
}

// Silent shows nothing.
type Silent struct{}

// Show implements [Display].
func (Silent) Show(Event) {}

// Close implements [Display].
func (Silent) Close() {}

// Duration is a time span as a person says it: 0.12s, 4.5s, 1m05s, 2h03m.
func Duration(d time.Duration) string {
	d = max(d, 0) // a clock may have been set back in between
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.2fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// Settled is what is left of a line in which carriage returns start it again, as progress bars do: the last text. A terminal
// shows the same, unless an earlier text was longer and the last one does not clear it.
func Settled(line string) string {
	line = strings.TrimRight(line, "\r")
	return line[strings.LastIndexByte(line, '\r')+1:]
}

// Clean makes a step's output safe to show: control characters, which could move the cursor or repaint the
// screen, become spaces; colours and tabs stay. A colour that is still on at the end is turned off there.
func Clean(s string) string {
	if !strings.ContainsFunc(s, hostile) {
		return s
	}
	var b strings.Builder
	on := false
	for i := 0; i < len(s); {
		if n := colour(s[i:]); n > 0 {
			b.WriteString(s[i : i+n])
			on = s[i:i+n] != "\x1b[m" && s[i:i+n] != reset
			i += n
			continue
		}
		i += writeSafe(&b, s[i:])
	}
	if on {
		b.WriteString(reset)
	}
	return b.String()
}

const reset = "\x1b[0m"

// Text makes a name, a value or a message safe to show: it comes on one line, with nothing in it that moves the cursor,
// repaints or colours. Whoever wrote the pipeline, or writes to the store, chose what is in it.
func Text(s string) string {
	return Lines(oneLine.Replace(s))
}

var oneLine = strings.NewReplacer("\r\n", "⏎", "\n", "⏎", "\t", " ")

// Lines is [Text] for a message of several lines, which stay.
func Lines(s string) string {
	if !strings.ContainsFunc(s, hostile) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if n := colour(s[i:]); n > 0 {
			i += n
			continue
		}
		if s[i] == '\n' {
			b.WriteByte('\n')
			i++
			continue
		}
		i += writeSafe(&b, s[i:])
	}
	return b.String()
}

// writeSafe writes the first character of s, or a space for one that controls a terminal, and returns its length.
func writeSafe(b *strings.Builder, s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if hostile(r) {
		r = ' '
	}
	b.WriteRune(r)
	return n
}

func hostile(r rune) bool { return r != '\t' && (r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0) }

// colour returns the length of the colour sequence (ESC [ digits m) that s begins with, or 0.
func colour(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	i := 2
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == ';') {
		i++
	}
	if i < len(s) && s[i] == 'm' {
		return i + 1
	}
	return 0
}
