package local_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

func shell(name, script string, returns ...string) *ir.Task {
	t := &ir.Task{Common: ir.Common{Name: name}, Command: &ir.Shell{Script: script}}
	for _, r := range returns {
		t.Returns = append(t.Returns, ir.Return{Name: r})
	}
	return t
}

func pipeline(t *testing.T, nodes ...ir.Node) *ir.Pipeline {
	t.Helper()
	p := &ir.Pipeline{Name: "test", Graph: &ir.Graph{Nodes: nodes}}
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	return p
}

// bench is a store and a working folder for runs.
type bench struct {
	t     *testing.T
	dir   string
	store *store.Store
	shown shown
}

// shown collects what a display is told.
type shown struct {
	mu    sync.Mutex
	lines []string
}

func (s *shown) Show(e progress.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := progress.Line(e); l != "" {
		s.lines = append(s.lines, l)
	}
}
func (s *shown) Close() {}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(context.Background(), filepath.Join(dir, ".runnable"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &bench{t: t, dir: dir, store: st}
}

func (b *bench) run(ctx context.Context, p *ir.Pipeline, o local.Options) (*engine.Outcome, []runs.Step, error) {
	b.t.Helper()
	rt := step.New(step.Options{Definition: b.dir, Grace: 200 * time.Millisecond})
	defer rt.Close()
	o.Run, o.Facts, o.Display = "r1", b.store, &b.shown
	o.Runner = &local.Steps{Runtime: rt, Store: b.store, Pipeline: p, Dir: b.dir, Target: "local"}
	if !o.Retry {
		text, err := irjson.Encode(p)
		if err != nil {
			b.t.Fatal(err)
		}
		if err := b.store.CreateRun(context.Background(), engine.Header{Version: store.HeaderVersion, Run: "r1", Pipeline: p.Name, Definition: text}); err != nil {
			b.t.Fatal(err)
		}
	}
	return local.Run(ctx, p, o)
}

func values(s *engine.Scope) map[string]string {
	out := map[string]string{}
	for name, v := range s.Params() {
		out[name] = string(v.JSON)
	}
	return out
}

func TestRunHandlesAFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	bad := shell("bad", "echo trying; exit 3", "never")
	bad.OnFailure.Name = "mend"
	p := pipeline(t, shell("first", "export n=1", "n"), bad, shell("mend", `export why="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND $n"`, "why"))
	out, steps, err := b.run(context.Background(), p, local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if out.Status != engine.Success {
		t.Errorf("got %s", out.Status)
	}
	if diff := cmp.Diff(map[string]string{"n": "1", "why": `"bad error 1"`}, values(out.After)); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, s := range steps {
		got = append(got, s.Path+" "+string(s.Status))
	}
	if diff := cmp.Diff([]string{"first SUCCESS", "bad FAIL", "mend SUCCESS"}, got); diff != "" {
		t.Error(diff)
	}
	if text := strings.Join(b.shown.lines, "\n"); !strings.Contains(text, "bad | trying") {
		t.Errorf("the log line was not shown:\n%s", text)
	}
	// The facts alone tell the same.
	r, err := runs.Of(context.Background(), b.store, "r1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values(out.After), values(r.Replay.Outcome.After)); diff != "" {
		t.Error(diff)
	}
}

func TestRetryKeepsWhatSucceeded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := pipeline(t, shell("count", "echo x >> ran; export n=1", "n"), shell("gate", "test -e open"))
	out, _, err := b.run(context.Background(), p, local.Options{})
	if err != nil || out.Status != engine.Failed {
		t.Fatalf("got %v, %v", out, err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "open"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, steps, err := b.run(context.Background(), p, local.Options{Retry: true})
	if err != nil || out.Status != engine.Success {
		t.Fatalf("got %v, %v", out, err)
	}
	if ran, _ := os.ReadFile(filepath.Join(b.dir, "ran")); string(ran) != "x\n" {
		t.Errorf("count ran again: %q", ran)
	}
	if !steps[0].Kept || steps[1].Kept || steps[1].Attempts != 2 {
		t.Errorf("got %+v", steps)
	}
}

func TestCancelStopsAndLeavesARetriableRun(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := pipeline(t, shell("done", "true"), shell("long", "echo started; sleep 60 & wait"), shell("after", "true"))
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for {
			b.shown.mu.Lock()
			seen := strings.Contains(strings.Join(b.shown.lines, "\n"), "long | started\nlong | started")
			b.shown.mu.Unlock()
			if seen {
				cancel()
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	_, _, err := b.run(ctx, p, local.Options{})
	if !errors.Is(err, local.ErrInterrupted) {
		t.Fatalf("got %v", err)
	}
	rec, err := b.store.Latest(context.Background(), "r1", "done")
	if err != nil || rec == nil || rec.Status != engine.Success {
		t.Errorf("the finished step was lost: %v, %v", rec, err)
	}
	if rec, _ := b.store.Latest(context.Background(), "r1", "after"); rec != nil {
		t.Error("a step started after the run was stopped")
	}
}
