package runs

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// Number is a metric, or one number inside it, such as loss.train of {"loss": {"train": 0.2}}.
type Number struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Numbers are the numbers among values, by name. Truth values, texts and lists are none.
func Numbers(values Values) []Number {
	var out []Number
	for _, v := range values {
		out = append(out, numbers(v.Name, v.Value.JSON)...)
	}
	slices.SortFunc(out, func(a, b Number) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func numbers(name string, text json.RawMessage) []Number {
	var f float64
	if json.Unmarshal(text, &f) == nil && string(text) != "null" && !math.IsInf(f, 0) {
		return []Number{{name, f}}
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return nil
	}
	var out []Number
	for key, v := range object {
		out = append(out, numbers(name+"."+key, v)...)
	}
	return out
}

// Series is one metric over time: of one pipeline run by run, or within one run return by return.
type Series struct {
	Name   string  `json:"name"`
	Points []Point `json:"points"` // by time
}

// Point is a value of a metric.
type Point struct {
	RunID string    `json:"run_id"`
	Step  string    `json:"step,omitempty"` // within a run: the path of the step that returned it
	At    time.Time `json:"at"`             // across runs the run's start, within one the step's end
	Value float64   `json:"value"`
}

// Course is how the metrics of a run went while it ran, as in the iterations of a loop: a point for each metric that
// a successful attempt returned.
func (d *Details) Course() []Series {
	var c collector
	for _, rec := range d.Records {
		if !rec.Status.OK() {
			continue
		}
		for _, r := range rec.Returns {
			if r.Value.Kind != ir.Metric {
				continue
			}
			for _, n := range numbers(r.Name, r.Value.JSON) {
				c.add(n.Name, Point{RunID: d.Header.Run, Step: rec.Path, At: rec.Ended, Value: n.Value})
			}
		}
	}
	return c.series()
}

// History is how the metrics of a pipeline went from run to run.
func History(entries []Entry) []Series {
	var c collector
	for _, e := range entries {
		for _, n := range e.Metrics {
			c.add(n.Name, Point{RunID: e.RunID, At: e.Started, Value: n.Value})
		}
	}
	return c.series()
}

// collector gathers points by metric.
type collector struct{ byName map[string][]Point }

func (c *collector) add(name string, p Point) {
	if c.byName == nil {
		c.byName = map[string][]Point{}
	}
	c.byName[name] = append(c.byName[name], p)
}

func (c *collector) series() []Series {
	out := []Series{}
	for name, points := range c.byName {
		slices.SortStableFunc(points, func(a, b Point) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Step, b.Step)) })
		out = append(out, Series{name, points})
	}
	slices.SortFunc(out, func(a, b Series) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// Best sorts runs by a metric, the best first: the greatest value, or with least the smallest. Runs that did not
// succeed, and those without the metric, are left out.
func Best(entries []Entry, metric string, least bool) []Entry {
	var out []Entry
	for _, e := range entries {
		if _, ok := e.Metric(metric); ok && e.Status == engine.Success {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		x, _ := a.Metric(metric)
		y, _ := b.Metric(metric)
		if least {
			x, y = y, x
		}
		return cmp.Or(cmp.Compare(y, x), a.Started.Compare(b.Started))
	})
	return out
}

// Values are the values of the points.
func (s Series) Values() []float64 {
	out := make([]float64, len(s.Points))
	for i, p := range s.Points {
		out[i] = p.Value
	}
	return out
}
