package runs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
)

// wide is a summary of n steps, of which the last fails, with all that is long.
func wide(n int) *runs.Summary {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	long := strings.Repeat("long ", 60)
	s := &runs.Summary{
		RunID: "r", Pipeline: "p", Status: engine.Failed, Started: start, Ended: start.Add(65 * time.Second), Store: "/s",
		Failure:    &engine.Failure{Step: fmt.Sprintf("m.%d.step", n-1), Kind: engine.KindError, Message: "it broke"},
		FailedLog:  []string{"before\tthe\x1b[2J end"},
		Parameters: runs.Values{{Name: strings.Repeat("n", 90), Value: engine.Value{JSON: []byte(`"` + long + `"`)}}},
		Commands:   &runs.Commands{Logs: "tool runs logs r", Retry: "tool retry r"},
	}
	for i := range n {
		st := runs.Step{Path: fmt.Sprintf("m.%d.step", i), Kind: "stub", Status: engine.Success, Attempts: 1, Started: start, Ended: start}
		if i == n-1 {
			st.Status, st.Message = engine.Failed, long
		}
		s.Steps = append(s.Steps, st)
	}
	return s
}

func TestPrintKeepsToTheWidth(t *testing.T) {
	t.Parallel()
	for _, width := range []int{40, 80, 132} {
		var b strings.Builder
		wide(3).Print(&b, runs.PrintOptions{Width: width, Color: true})
		for line := range strings.Lines(b.String()) {
			if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > width {
				t.Errorf("width %d: %d columns: %q", width, w, line)
			}
		}
	}
}

func TestPrintTellsWhatCounts(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	wide(10_000).Print(&b, runs.PrintOptions{})
	text := b.String()
	for _, want := range []string{
		"FAIL  p in 1m05s  run r\n", "✗ m.9999.step", "… and 9960 more", "failed m.9999.step (error): it broke\n",
		"  │ before\tthe [2J end\n", "retry  tool retry r\n", "logs   tool runs logs r\n", "store  /s\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n > 60 {
		t.Errorf("%d lines", n)
	}
}

// TestTreeItemsByIndex: which item of a map began first says nothing.
func TestTreeItemsByIndex(t *testing.T) {
	t.Parallel()
	s := wide(0)
	s.Failure = nil
	for _, path := range []string{"later", "m", "m.10.step", "m.2.step", "m.0.step", "first"} {
		kind := "stub"
		if path == "m" {
			kind = "map"
		}
		s.Steps = append(s.Steps, runs.Step{Path: path, Kind: kind, Status: engine.Success, Attempts: 1, Started: s.Started, Ended: s.Ended})
	}
	var b strings.Builder
	(&runs.Details{Run: &runs.Run{Summary: s, Replay: &engine.Replay{}}}).PrintTree(&b, runs.PrintOptions{}, false)
	var got []string
	for line := range strings.Lines(b.String()) {
		if name := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "✓ ")); len(name) > 0 && strings.HasPrefix(line, "  ") {
			got = append(got, name[0])
		}
	}
	if want := "started later m 0 step 2 step 10 step first"; !strings.HasPrefix(strings.Join(got, " "), want) {
		t.Errorf("got %v, want %s", got, want)
	}
}
