// Package runs summarises runs for people and programs, in the same way for every target.
package runs

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// Summary is what the user sees at the end of a run (SEMANTICS 7). Its JSON form is the output of --format json.
type Summary struct {
	RunID      string              `json:"run_id"`
	Pipeline   string              `json:"pipeline"`
	Target     string              `json:"target"`
	Tags       []string            `json:"tags,omitempty"`
	Status     engine.Status       `json:"status"`
	Started    time.Time           `json:"started"`
	Ended      time.Time           `json:"ended"`
	Parameters Values              `json:"parameters"`        // at the end, by name
	Metrics    Values              `json:"metrics"`           // the parameters among them that are metrics
	Objects    map[string]any      `json:"objects,omitempty"` // the parameters among them that are pickled, by name: a blob, or a list of such
	Steps      []Step              `json:"steps"`             // in start order
	Failure    *engine.Failure     `json:"failure,omitempty"`
	Store      string              `json:"store"`
	FailedLog  []string            `json:"failed_log,omitempty"` // the last lines of the failed step's log
	FailedAt   string              `json:"failed_log_key,omitempty"`
	Commands   *Commands           `json:"commands,omitempty"` // nil: there are none that would work
	Hooks      []engine.HookResult `json:"hooks,omitempty"`    // what was done after the end
}

// Commands are what to type next. They work as they are, in a shell, in every folder.
type Commands struct {
	Logs  string `json:"logs"`            // print the log of the failed step, else of all
	Retry string `json:"retry,omitempty"` // go on with a run that failed or was interrupted
}

// Step is one step of a run. A composite has no attempts; it lasts from its first step to its last.
type Step struct {
	Path     string        `json:"path"`
	Kind     string        `json:"kind"`                   // of the node
	Command  string        `json:"command_type,omitempty"` // of a task
	Status   engine.Status `json:"status"`
	Attempts int           `json:"attempts"`
	Started  time.Time     `json:"started"`
	Ended    time.Time     `json:"ended"`
	Message  string        `json:"message"`
	Failure  string        `json:"failure_kind,omitempty"`
	Kept     bool          `json:"kept,omitempty"`    // by a retry: it was not run again
	Handled  bool          `json:"handled,omitempty"` // it failed, and the graph that it is in went on to success
}

// MarshalJSON writes times that are not known, as those of a map over nothing, as null.
func (s Step) MarshalJSON() ([]byte, error) {
	type plain Step // without this method
	return json.Marshal(struct {
		plain
		Started *time.Time `json:"started"`
		Ended   *time.Time `json:"ended"`
		Message string     `json:"message"`
		Failure string     `json:"failure_kind,omitempty"`
		Kept    bool       `json:"kept,omitempty"`
	}{plain(s), known(s.Started), known(s.Ended), s.Message, s.Failure, s.Kept})
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Values are values by name, in the order of the names. A pickled object shows as {"object": {sha256, size}}.
type Values []engine.Named

// MarshalJSON writes one object, name to value.
func (v Values) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, n := range v {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(n.Name)
		if err != nil {
			return nil, err
		}
		value, err := valueJSON(n.Value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func valueJSON(v engine.Value) ([]byte, error) {
	switch {
	case v.Items != nil:
		return json.Marshal(map[string]any{"objects": len(v.Items)})
	case v.Blob != nil:
		return json.Marshal(map[string]any{"object": v.Blob})
	case v.JSON == nil:
		return []byte("null"), nil
	}
	return v.JSON, nil
}

// Whole reads back the values that are kept as blobs, but for objects.
func Whole(values []engine.Named, blobs engine.Blobs) (Values, error) {
	whole := Values{}
	for _, n := range values {
		if n.Value.Blob != nil && !n.Value.IsObject() {
			text, err := n.Value.Text(blobs)
			if err != nil {
				return nil, err
			}
			n.Value = engine.Value{Kind: n.Value.Kind, JSON: text}
		}
		whole = append(whole, n)
	}
	return whole, nil
}

// objectJSON is where an object is; of what a map returned a list, one for each item. An item that is no object has its JSON, or says
// where that text is.
func objectJSON(v engine.Value) any {
	switch {
	case v.JSON != nil:
		return map[string]any{"json": v.JSON}
	case !v.IsObject():
		return map[string]any{"text": v.Blob}
	case v.Items == nil:
		return v.Blob
	}
	items := make([]any, len(v.Items))
	for i, item := range v.Items {
		items[i] = objectJSON(item)
	}
	return items
}

// Finish fills what the run's outcome tells: status, failure, parameters and metrics. Values that are kept as
// blobs are read back, so that the summary is complete in itself.
func (s *Summary) Finish(o *engine.Outcome, blobs engine.Blobs) error {
	s.Status, s.Failure = o.Status, o.Failure
	s.Metrics = Values{}
	var all []engine.Named
	for name, v := range o.After.Params() {
		all = append(all, engine.Named{Name: name, Value: v})
	}
	whole, err := Whole(all, blobs)
	if err != nil {
		return err
	}
	s.Parameters = whole
	for _, n := range whole {
		name, v := n.Name, n.Value
		if v.IsObject() {
			if s.Objects == nil {
				s.Objects = map[string]any{}
			}
			s.Objects[name] = objectJSON(v)
		}
		if v.Kind == ir.Metric {
			s.Metrics = append(s.Metrics, n)
		}
	}
	return nil
}

// End is the summary as the fact that the run ended.
func (s *Summary) End() store.End {
	return store.End{Status: s.Status, Ended: s.Ended, Failure: s.Failure, Parameters: s.Parameters, Metrics: s.Metrics, Hooks: s.Hooks}
}

// Failed returns the step whose failure counts for the run, or nil.
func (s *Summary) Failed() *Step {
	if s.Failure == nil {
		return nil
	}
	for i := range s.Steps {
		if s.Steps[i].Path == s.Failure.Step {
			return &s.Steps[i]
		}
	}
	return nil
}
