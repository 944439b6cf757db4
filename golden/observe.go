package golden

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// Result is what a run came to, as its facts in a store tell, whatever target ran it.
type Result struct {
	Status     engine.Status
	FailedStep string
	Steps      map[string]Step
	Parameters Values
	Metrics    Values
	Hooks      []Hook // each with its whole message

	messages map[string]string            // failure messages by path
	logs     map[string]string            // of the last attempts, by path
	puts     map[string]map[string]string // hashes by path of the step and of the file
	gets     map[string]map[string]string
}

// Observe reads a run from its store.
func Observe(ctx context.Context, st *store.Store, run string) (*Result, error) {
	r, err := runs.Of(ctx, st, run)
	if err != nil {
		return nil, err
	}
	res := &Result{
		Status: r.Summary.Status, Steps: map[string]Step{}, messages: map[string]string{}, logs: map[string]string{},
		puts: map[string]map[string]string{}, gets: map[string]map[string]string{},
	}
	if r.Summary.Failure != nil {
		res.FailedStep = r.Summary.Failure.Step
	}
	for _, s := range r.Summary.Steps {
		res.Steps[s.Path] = Step{Status: s.Status, Failure: engine.FailureKind(s.Failure), Attempts: more(s.Attempts)}
		res.messages[s.Path] = s.Message
	}
	for _, h := range r.Summary.Hooks {
		res.Hooks = append(res.Hooks, Hook{Name: h.Name, Kind: h.Kind, OK: h.OK, Message: []string{h.Message}})
	}
	blobs := st.Blobs(ctx)
	if res.Parameters, err = named(r.Summary.Parameters, blobs); err != nil {
		return nil, err
	}
	if res.Metrics, err = named(r.Summary.Metrics, blobs); err != nil {
		return nil, err
	}
	records, err := st.ListRecords(ctx, run)
	if err != nil {
		return nil, err
	}
	if err := res.read(records, blobs); err != nil {
		return nil, err
	}
	return res, res.readLogs(ctx, st, run, records)
}

// readLogs reads the logs of steps; records come in the order of attempts.
func (r *Result) readLogs(ctx context.Context, st *store.Store, run string, records []engine.Record) error {
	for _, rec := range records {
		if rec.Log == "" {
			continue
		}
		log, err := st.OpenLog(ctx, run, rec.Path, rec.Attempt)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(log)
		if err := errors.Join(err, log.Close()); err != nil {
			return err
		}
		r.logs[rec.Path] = string(text)
	}
	return nil
}

// read takes what only the records hold. Every record must belong to a step of the summary, and every attempt but
// the last must have failed.
func (r *Result) read(records []engine.Record, blobs engine.Blobs) error {
	for _, rec := range records {
		s, ok := r.Steps[rec.Path]
		switch {
		case !ok:
			return fmt.Errorf("a record of %s, which the run did not reach", rec.Path)
		case rec.Attempt < max(s.Attempts, 1):
			if rec.Status != engine.Failed || len(rec.Returns) > 0 {
				return fmt.Errorf("attempt %d of %s: %s with %d returns before another attempt", rec.Attempt, rec.Path, rec.Status, len(rec.Returns))
			}
			continue
		}
		var err error
		if s.Returns, err = named(rec.Returns, blobs); err != nil {
			return err
		}
		r.Steps[rec.Path] = s
		r.puts[rec.Path], r.gets[rec.Path] = files(rec, engine.StagePut), files(rec, engine.StageGet)
	}
	return nil
}

func more(attempts int) int {
	if attempts == 1 {
		return 0
	}
	return attempts
}

func files(rec engine.Record, stage string) map[string]string {
	out := map[string]string{}
	for _, f := range rec.Files {
		if f.Stage == stage {
			out[f.Path] = f.Hash
		}
	}
	return out
}

func named(list []engine.Named, blobs engine.Blobs) (Values, error) {
	out := Values{}
	for _, n := range list {
		if n.Value.IsObject() {
			out[n.Name] = Object
			continue
		}
		text, err := n.Value.Text(blobs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.Name, err)
		}
		if out[n.Name], err = ParseValue(text); err != nil {
			return nil, fmt.Errorf("%s: %w", n.Name, err)
		}
	}
	return out, nil
}

// Diff returns what differs from the expectation, empty where nothing does.
func (c *Case) Diff(r *Result) string {
	want := &Result{
		Status: c.Expect.Status, FailedStep: c.Expect.FailedStep, Steps: c.Expect.Steps,
		Parameters: c.Expect.Parameters, Metrics: c.Expect.Metrics, Hooks: c.Expect.Hooks,
	}
	got := &Result{
		Status: r.Status, FailedStep: r.FailedStep, Steps: map[string]Step{},
		Parameters: wild(want.Parameters, r.Parameters), Metrics: r.Metrics,
	}
	if want.Parameters == nil {
		got.Parameters = nil // a failed run whose parameters are no matter
	}
	for i, h := range r.Hooks {
		var parts []string
		if i < len(want.Hooks) {
			parts = want.Hooks[i].Message
		}
		h.Message = found(parts, h.Message[0])
		got.Hooks = append(got.Hooks, h)
	}
	for path, s := range r.Steps {
		w := want.Steps[path]
		s.Returns = wild(w.Returns, s.Returns)
		s.Put, s.Get = contents(w.Put, r.puts[path]), contents(w.Get, r.gets[path])
		s.Message, s.Log = found(w.Message, r.messages[path]), found(w.Log, r.logs[path])
		got.Steps[path] = s
	}
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(Result{}))
}

// wild puts the wildcards of what is wanted in the place of what is there.
func wild(want, got Values) Values {
	out := make(Values, len(got))
	for name, v := range got {
		if want[name] == Any {
			v = Any
		}
		out[name] = v
	}
	return out
}

// contents shows a file by the content that is wanted where its hash says so, else by its hash.
func contents(want, hashes map[string]string) map[string]string {
	out := make(map[string]string, len(hashes))
	for path, hash := range hashes {
		if want[path] == strings.Trim(string(Any), `"`) {
			out[path] = want[path]
			continue
		}
		sum := sha256.Sum256([]byte(want[path]))
		if _, ok := want[path]; ok && hex.EncodeToString(sum[:]) == hash {
			out[path] = want[path]
			continue
		}
		out[path] = "sha256:" + hash
	}
	return out
}

// found returns the parts of a text that are in it, and the text itself where one is not.
func found(parts []string, message string) []string {
	var out []string
	for _, p := range parts {
		if !strings.Contains(message, p) {
			return []string{message}
		}
		out = append(out, p)
	}
	return out
}
