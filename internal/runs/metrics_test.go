package runs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/ir"
)

func metric(name, text string) engine.Named {
	return engine.Named{Name: name, Value: engine.Value{Kind: ir.Metric, JSON: []byte(text)}}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	got := runs.Numbers(runs.Values{
		metric("score", "0.5"), metric("loss", `{"train":1,"deep":{"er":2e3},"name":"x","no":null}`), metric("list", "[1]"),
		metric("flag", "true"), metric("huge", "1e999"), metric("none", "null"),
	})
	want := []runs.Number{{"loss.deep.er", 2000}, {"loss.train", 1}, {"score", 0.5}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestBest(t *testing.T) {
	t.Parallel()
	entry := func(id string, status engine.Status, v float64) runs.Entry {
		return runs.Entry{RunID: id, Status: status, Metrics: []runs.Number{{Name: "m", Value: v}}}
	}
	all := []runs.Entry{entry("a", engine.Success, 1), entry("b", engine.Success, 3), entry("c", engine.Failed, 9), entry("d", engine.Success, 2), {RunID: "e", Status: engine.Success}}
	ids := func(entries []runs.Entry) (out string) {
		for _, e := range entries {
			out += e.RunID
		}
		return out
	}
	if got := ids(runs.Best(all, "m", false)); got != "bda" {
		t.Errorf("the greatest first: %s", got)
	}
	if got := ids(runs.Best(all, "m", true)); got != "adb" {
		t.Errorf("the smallest first: %s", got)
	}
}

func TestCourse(t *testing.T) {
	t.Parallel()
	d := details(engine.Success, nil)
	for i, text := range []string{"3", "2", "1"} {
		r := record("l."+string(rune('0'+i))+".s", 1, i, i+1, engine.Success)
		r.Returns = []engine.Named{metric("loss", text), {Name: "other", Value: engine.Int(5)}}
		d.Records = append(d.Records, r)
	}
	failed := record("l.0.s", 2, 0, 1, engine.Failed)
	failed.Returns = []engine.Named{metric("loss", "9")}
	d.Records = append(d.Records, failed)
	var got []float64
	for _, s := range d.Course() {
		if s.Name != "loss" {
			t.Errorf("%s is not a metric", s.Name)
		}
		for _, p := range s.Points {
			got = append(got, p.Value)
		}
	}
	if d := cmp.Diff([]float64{3, 2, 1}, got); d != "" {
		t.Error(d)
	}
}
