package runs

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// Comparison is what runs have in common and where they differ.
type Comparison struct {
	Runs       []Compared `json:"runs"`
	Parameters []Row      `json:"parameters"` // the initial ones
	Metrics    []Row      `json:"metrics"`
	Results    []Row      `json:"results"` // what the runs returned beside metrics
	Files      []Row      `json:"files"`   // sha256 of what the steps put
	Code       []Row      `json:"code"`
	Steps      []Row      `json:"steps"` // seconds from the first attempt's start to the last one's end
}

// Compared is the head of a run in a comparison.
type Compared struct {
	RunID    string        `json:"run_id"`
	Pipeline string        `json:"pipeline"`
	Target   string        `json:"target"`
	Tags     []string      `json:"tags,omitempty"`
	Status   engine.Status `json:"status"`
	Started  time.Time     `json:"started"`
	Seconds  float64       `json:"seconds"`
}

// Row is one thing of which each run has a value; null where a run has none.
type Row struct {
	Name   string            `json:"name"`
	Values []json.RawMessage `json:"values"`
	Differ bool              `json:"differ"`
}

// Compare compares runs, in the order given.
func Compare(runs []*Details) (*Comparison, error) {
	c := &Comparison{}
	t := tables{}
	for i := range t {
		t[i].columns = len(runs)
	}
	files := namesOfFiles(runs)
	for i, d := range runs {
		c.Runs = append(c.Runs, head(d.Summary))
		if err := t.values(i, d); err != nil {
			return nil, err
		}
		for name, hash := range files[i] {
			t[filesPut].set(i, name, hash)
		}
		for name, texts := range d.Code() {
			t[code].set(i, name, strings.Join(texts, ", "))
		}
		for _, st := range d.Summary.Steps {
			if !st.Started.IsZero() && st.Ended.After(st.Started) {
				t[steps].set(i, st.Path, st.Ended.Sub(st.Started).Seconds())
			}
		}
	}
	for i, out := range []*[]Row{&c.Parameters, &c.Metrics, &c.Results, &c.Files, &c.Code, &c.Steps} {
		*out = t[i].sorted()
	}
	return c, nil
}

// tables are the tables of a comparison, in the order of its fields.
type tables [6]rows

const (
	parameters = iota
	metrics
	results
	filesPut
	code
	steps
)

func head(s *Summary) Compared {
	c := Compared{RunID: s.RunID, Pipeline: s.Pipeline, Target: s.Target, Tags: s.Tags, Status: s.Status, Started: s.Started}
	if s.Ended.After(s.Started) {
		c.Seconds = s.Ended.Sub(s.Started).Seconds()
	}
	return c
}

// values sorts a run's values into what it began with, its metrics, and what else it returned.
func (t *tables) values(i int, d *Details) error {
	began := map[string][32]byte{}
	for _, p := range d.Header.Parameters {
		began[p.Name] = p.Value.Digest()
		if err := t[parameters].value(i, p); err != nil {
			return err
		}
	}
	for _, p := range d.Summary.Parameters {
		to := results
		if p.Value.Kind == ir.Metric {
			to = metrics
		} else if was, ok := began[p.Name]; ok && was == p.Value.Digest() {
			continue
		}
		if err := t[to].value(i, p); err != nil {
			return err
		}
	}
	return nil
}

// Code is what is known of the code that the run's attempts ran, name to the values that occur.
func (d *Details) Code() map[string][]string {
	found := map[string]map[string]bool{}
	add := func(code map[string]string) {
		for name, v := range code {
			if slices.Contains(notCode, name) {
				continue
			}
			if found[name] == nil {
				found[name] = map[string]bool{}
			}
			found[name][v] = true
		}
	}
	add(d.Header.Code)
	for _, rec := range d.Records {
		add(rec.Code)
	}
	out := map[string][]string{}
	for name, values := range found {
		out[name] = slices.Sorted(maps.Keys(values))
	}
	return out
}

// notCode are entries of a code identity that name a step's cache entry, a plan or a workflow, and no code.
var notCode = []string{"cache_key", "plan", "workflow", "workflow_uid"}

// namesOfFiles are, for each run, the hashes of what its steps put. A path that several steps of one run put is
// named with its step.
func namesOfFiles(runs []*Details) []map[string]string {
	several := map[string]bool{}
	for _, d := range runs {
		by := map[string]string{}
		for _, p := range puts(d) {
			if was, ok := by[p.file.Path]; ok && was != p.step {
				several[p.file.Path] = true
			}
			by[p.file.Path] = p.step
		}
	}
	out := make([]map[string]string, len(runs))
	for i, d := range runs {
		out[i] = map[string]string{}
		for _, p := range puts(d) {
			name := p.file.Path
			if several[name] {
				name += " (" + p.step + ")"
			}
			out[i][name] = p.file.Hash
		}
	}
	return out
}

type put struct {
	step string
	file engine.File
}

// puts are the files that the steps put as far as they count at the run's end: those of each leaf's last attempt.
func puts(d *Details) []put {
	var out []put
	for _, seen := range d.Replay.Seen {
		for _, f := range seen.Record.Files {
			if f.Stage == engine.StagePut {
				out = append(out, put{seen.Record.Path, f})
			}
		}
	}
	return out
}

// rows collects the rows of one table.
type rows struct {
	columns int
	byName  map[string]*Row
}

func (t *rows) row(name string) *Row {
	if t.byName == nil {
		t.byName = map[string]*Row{}
	}
	if t.byName[name] == nil {
		t.byName[name] = &Row{Name: name, Values: make([]json.RawMessage, t.columns)}
	}
	return t.byName[name]
}

func (t *rows) value(i int, n engine.Named) error {
	text, err := valueJSON(n.Value)
	if n.Value.Items != nil { // as many objects may be others
		sum := n.Value.Digest()
		text, err = json.Marshal(map[string]any{"objects": len(n.Value.Items), "sha256": hex.EncodeToString(sum[:])})
	}
	t.row(n.Name).Values[i] = text
	return err
}

func (t *rows) set(i int, name string, v any) {
	text, _ := json.Marshal(v) // a string or a finite number
	t.row(name).Values[i] = text
}

// sorted returns the rows by name, and says where runs differ.
func (t *rows) sorted() []Row {
	out := make([]Row, 0, len(t.byName))
	for _, r := range t.byName {
		for _, v := range r.Values[1:] {
			r.Differ = r.Differ || !bytes.Equal(v, r.Values[0])
		}
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
