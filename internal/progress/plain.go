package progress

import (
	"fmt"
	"io"
	"sync"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Plain writes one line an event, for pipes and files.
type Plain struct {
	mu sync.Mutex
	w  io.Writer
}

// NewPlain returns a display that writes to w.
func NewPlain(w io.Writer) *Plain { return &Plain{w: w} }

// Show implements [Display].
func (p *Plain) Show(e Event) {
	line := Line(e)
	if line == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.w, line+"\n")
}

// Close implements [Display].
func (p *Plain) Close() {}

// Line is an event as one line of text, without its end; empty where there is nothing to say.
func Line(e Event) string {
	switch e := e.(type) {
	case RunStarted:
		verb := "run"
		if e.Retry {
			verb = "retry"
		}
		return fmt.Sprintf("%s %s of %s, %s", verb, e.Run, Text(e.Pipeline), count(e.Steps, "step"))
	case StepStarted:
		if e.Attempt > 1 {
			return fmt.Sprintf("%s | started, attempt %d", Text(e.Path), e.Attempt)
		}
		return Text(e.Path) + " | started"
	case LogLine:
		return Text(e.Path) + " | " + Clean(e.Text)
	case StepRetrying:
		return fmt.Sprintf("%s | attempt %d failed (%s): %s; again in %s", Text(e.Path), e.Attempt, e.Failure.Kind, Text(e.Failure.Message), Duration(e.Wait))
	case StepEnded:
		return Text(e.Path) + " | " + Ending(e)
	case Stopping:
		return "stopping: running steps are asked to end; Ctrl-C again stops them at once"
	case OpenLine, RunEnded:
		return ""
	}
	panic("progress: unknown event")
}

// Ending says how a step ended.
func Ending(e StepEnded) string {
	switch {
	case e.Kept:
		return "kept: it succeeded before"
	case e.Status == engine.Cached:
		return "cached"
	case e.Status.OK():
		return "done in " + Duration(e.Took)
	case e.Failure == nil:
		return "failed after " + Duration(e.Took)
	}
	return fmt.Sprintf("FAILED (%s) after %s: %s", e.Failure.Kind, Duration(e.Took), Text(e.Failure.Message))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
