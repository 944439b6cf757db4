package runs

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/progress"
)

// Limits of what the printed summary shows; the JSON form shows all.
const (
	shownSteps = 40
	shownValue = 100
)

// WriteJSON writes the summary as one indented object.
func (s *Summary) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

// Print writes the summary for people; tool is the program's name, for the commands that it proposes.
func (s *Summary) Print(w io.Writer, tool string) {
	took := ""
	if !s.Ended.IsZero() {
		took = " in " + progress.Duration(s.Ended.Sub(s.Started))
	}
	fmt.Fprintf(w, "\n%s  run %s of %s%s\n\n", s.Status, s.RunID, s.Pipeline, took)
	s.printSteps(w)
	printValues(w, "parameters", s.Parameters)
	printValues(w, "metrics", s.Metrics)
	s.printFailure(w)
	fmt.Fprintf(w, "\nlogs     %s runs logs %s\n", tool, s.RunID)
	if s.Status != engine.Success {
		fmt.Fprintf(w, "retry    %s retry %s\n", tool, s.RunID)
	}
	fmt.Fprintf(w, "store    %s\n", s.Store)
}

func (s *Summary) printSteps(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, st := range s.Steps {
		if i == shownSteps {
			fmt.Fprintf(t, "  … and %d more steps\n", len(s.Steps)-shownSteps)
			break
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", mark(st.Status), indented(st.Path), label(st), note(st))
	}
	_ = t.Flush()
}

// indented shows a path under the composite that holds it.
func indented(path string) string {
	return strings.Repeat("  ", strings.Count(path, ".")/2) + path
}

func mark(s engine.Status) string {
	switch s {
	case engine.Success, engine.Cached:
		return "✓"
	case engine.Failed:
		return "✗"
	case engine.Running, engine.Interrupted:
		return "·"
	}
	return " "
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
	case s.Status == engine.Cached:
		parts = append(parts, "cached")
	}
	if s.Message != "" {
		parts = append(parts, Shorten(progress.Clean(s.Message), shownValue))
	}
	return strings.Join(parts, ", ")
}

func printValues(w io.Writer, title string, values Values) {
	if len(values) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range values {
		text, err := valueJSON(v.Value)
		if err != nil {
			text = []byte(err.Error())
		}
		fmt.Fprintf(t, "  %s\t%s\n", v.Name, Shorten(string(text), shownValue))
	}
	_ = t.Flush()
}

func (s *Summary) printFailure(w io.Writer) {
	if s.Failure == nil || s.Status == engine.Success {
		return
	}
	fmt.Fprintf(w, "\nfailed   %s (%s): %s\n", s.Failure.Step, s.Failure.Kind, progress.Clean(s.Failure.Message))
	for _, line := range s.FailedLog {
		fmt.Fprintf(w, "  | %s\n", progress.Clean(line))
	}
}

// Shorten cuts a text to n characters, with dots where something is missing, and shows it on one line.
func Shorten(s string, n int) string {
	s = strings.NewReplacer("\n", "⏎", "\r", "").Replace(s)
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
