package runs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/ir"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	one := func(id, rate, accuracy, hash, commit string) *runs.Details {
		rec := record("fit", 1, 0, 2, engine.Success)
		rec.Files = []engine.File{{Path: "model", Hash: hash, Stage: engine.StagePut}, {Path: "data", Hash: "d", Stage: engine.StageGet}}
		rec.Code = map[string]string{"git": commit, "cache_key": id}
		d := details(engine.Success, nil, rec)
		initial := []engine.Named{{Name: "rate", Value: engine.Value{JSON: []byte(rate)}}, {Name: "same", Value: engine.Int(1)}}
		d.Header = engine.Header{Run: id, Parameters: initial}
		d.Replay.Seen = []engine.Seen{{Record: &rec}}
		d.Summary.RunID, d.Summary.Ended = id, at(3)
		d.Summary.Parameters = append(runs.Values{metric("accuracy", accuracy), {Name: "model_name", Value: engine.String("m")}}, initial...)
		d.Summary.Steps = []runs.Step{{Path: "fit", Started: at(0), Ended: at(2)}}
		return d
	}
	c, err := runs.Compare([]*runs.Details{one("a", "0.1", "0.9", "h1", "c1"), one("b", "0.2", "0.8", "h1", "c2")})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for table, rows := range map[string][]runs.Row{"parameter": c.Parameters, "metric": c.Metrics, "result": c.Results, "file": c.Files, "code": c.Code, "step": c.Steps} {
		for _, r := range rows {
			text := string(r.Values[0]) + " " + string(r.Values[1])
			if r.Differ {
				text += " differ"
			}
			got[table+" "+r.Name] = text
		}
	}
	want := map[string]string{
		"parameter rate": "0.1 0.2 differ", "parameter same": "1 1", "metric accuracy": "0.9 0.8 differ", "result model_name": `"m" "m"`,
		"file model": `"h1" "h1"`, "code git": `"c1" "c2" differ`, "step fit": "2 2",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if c.Runs[1].RunID != "b" || c.Runs[1].Seconds != 3 {
		t.Errorf("heads: %+v", c.Runs)
	}
}

// TestCompareObjects: lists of objects differ where an object does, and not where all are the same.
func TestCompareObjects(t *testing.T) {
	t.Parallel()
	models := func(hashes ...string) *runs.Details {
		v := engine.Value{Kind: ir.Object}
		for _, hash := range hashes {
			v.Items = append(v.Items, engine.Value{Kind: ir.Object, Blob: &engine.Blob{Hash: hash, Size: 1}})
		}
		d := details(engine.Success, nil)
		d.Summary.Parameters = runs.Values{{Name: "models", Value: v}}
		return d
	}
	for differ, other := range map[bool]*runs.Details{true: models("a", "c"), false: models("a", "b")} {
		c, err := runs.Compare([]*runs.Details{models("a", "b"), other})
		if err != nil || len(c.Results) != 1 || c.Results[0].Differ != differ {
			t.Errorf("%v, %+v", err, c.Results)
		}
	}
}
