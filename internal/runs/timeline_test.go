package runs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// record is an attempt from one second to another.
func record(path string, attempt, from, to int, status engine.Status) engine.Record {
	r := engine.Record{Path: path, Attempt: attempt, Kind: "shell", Status: status, Started: at(from), Ended: at(to)}
	if status == engine.Failed {
		r.Failure = &engine.Failure{Step: path, Kind: engine.KindError}
	}
	return r
}

func details(status engine.Status, after map[string]string, records ...engine.Record) *runs.Details {
	d := &runs.Details{Run: &runs.Run{
		Summary: &runs.Summary{RunID: "r", Status: status, Started: at(0)},
		Replay:  &engine.Replay{After: after},
	}, Records: records}
	for _, r := range records {
		d.Starts = append(d.Starts, store.Start{Path: r.Path, Attempt: r.Attempt, Started: r.Started})
	}
	return d
}

// lines are the attempts in short: waited, worked, what it followed, and a star on the critical path.
func lines(t *runs.Timeline) string {
	var b strings.Builder
	for _, s := range t.Spans {
		b.WriteString(s.ID() + " " + string(s.Status) + " " + s.Waited().String() + " " + s.Took().String() + " " + s.After)
		if s.Critical {
			b.WriteString(" *")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	fork := map[string]string{"a": "", "b": "a", "c": "a", "d": "c"}
	for name, c := range map[string]struct {
		d    *runs.Details
		want string
	}{
		"the longer branch is critical": {
			details(engine.Success, fork, record("a", 1, 0, 2, engine.Success), record("b", 1, 2, 3, engine.Success),
				record("c", 1, 4, 8, engine.Success), record("d", 1, 8, 9, engine.Success)),
			"a#1 SUCCESS 0s 2s  *\nb#1 SUCCESS 0s 1s a#1\nc#1 SUCCESS 2s 4s a#1 *\nd#1 SUCCESS 0s 1s c#1 *\n",
		},
		"a repetition waits for the attempt before it": {
			details(engine.Success, map[string]string{"a": "", "b": "a"}, record("a", 1, 0, 2, engine.Success),
				record("b", 1, 2, 3, engine.Failed), record("b", 2, 8, 9, engine.Success)),
			"a#1 SUCCESS 0s 2s  *\nb#1 FAIL 0s 1s a#1 *\nb#2 SUCCESS 5s 1s b#1 *\n",
		},
		"what an earlier walk alone reached waited for nothing known": {
			details(engine.Success, map[string]string{"a": ""}, record("a", 1, 1, 2, engine.Success), record("z", 1, 3, 4, engine.Failed)),
			"a#1 SUCCESS 1s 1s \nz#1 FAIL 0s 1s  *\n",
		},
	} {
		if got := lines(c.d.Timeline(at(100))); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", name, got, c.want)
		}
	}
}

func TestTimelineOfARetry(t *testing.T) {
	t.Parallel()
	d := details(engine.Success, map[string]string{"a": "", "b": "a"}, record("a", 1, 0, 2, engine.Success),
		record("b", 1, 2, 3, engine.Failed), record("b", 2, 1001, 1002, engine.Success))
	d.Reopened = at(1000)
	want := "a#1 SUCCESS 0s 2s \nb#1 FAIL 0s 1s a#1\nb#2 SUCCESS 1s 1s  *\n"
	if got := lines(d.Timeline(at(2000))); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTimelineOfARunThatGoesOn(t *testing.T) {
	t.Parallel()
	after := map[string]string{"a": "", "b": "a"}
	going := func(status engine.Status) *runs.Details {
		d := details(status, after, record("a", 1, 0, 2, engine.Success))
		d.Starts = append(d.Starts, store.Start{Path: "b", Attempt: 1, Started: at(3)})
		return d
	}
	if got, want := lines(going(engine.Running).Timeline(at(10))), "a#1 SUCCESS 0s 2s  *\nb#1 RUNNING 1s 7s a#1 *\n"; got != want {
		t.Errorf("running: got\n%swant\n%s", got, want)
	}
	if got, want := lines(going(engine.Interrupted).Timeline(at(10))), "a#1 SUCCESS 0s 2s  *\nb#1 INTERRUPTED 1s 0s a#1 *\n"; got != want {
		t.Errorf("interrupted: got\n%swant\n%s", got, want)
	}
}
