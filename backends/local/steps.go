package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// Steps runs leaves with package step. It implements [Runner].
type Steps struct {
	Runtime  *step.Runtime
	Store    *store.Store
	Pipeline *ir.Pipeline
	Dir      string   // the working folder
	Target   string   // its name, for the records
	Image    string   // in a container: the image that the step runs in
	Origin   string   // the run whose results this one goes on with
	Tags     []string // the run's
	// Folder makes a folder for one step, in place of Dir; done removes it. nil: Folders says.
	Folder func() (dir string, done func(), err error)
	// Folders are those of a whole run. nil: the steps share Dir.
	Folders *Folders

	once        sync.Once
	definitions *engine.Definitions
}

// Run implements [Runner].
func (s *Steps) Run(ctx context.Context, l Leaf) (*engine.Record, error) {
	job, done, err := s.placed(ctx, l)
	if err != nil {
		return nil, err
	}
	defer done()
	rec, _, err := s.Runtime.RunAll(ctx, job, s.Store, step.Hooks{Attempt: l.Attempt, Retrying: l.Retrying})
	return rec, errors.Join(s.Store.Holds(l.Run), err)
}

// Once runs a single attempt, for a target that repeats them itself.
func (s *Steps) Once(ctx context.Context, l Leaf) (*engine.Record, error) {
	job, done, err := s.placed(ctx, l)
	if err != nil {
		return nil, err
	}
	defer done()
	rec, _, err := s.Runtime.Run(ctx, job, s.Store)
	return rec, err
}

// Reduce implements [Runner].
func (s *Steps) Reduce(ctx context.Context, j engine.Job, function string, values []engine.Value) (engine.Value, error) {
	job, done, err := s.placed(ctx, Leaf{Job: j})
	if err != nil {
		return engine.Value{}, err
	}
	defer done()
	job.Blobs = s.Store.Blobs(ctx)
	return s.Runtime.Reduce(ctx, job, function, values)
}

// Lost records a leaf that left no record itself: its process was killed with the runner, or never ran.
func (s *Steps) Lost(ctx context.Context, run string, job engine.Job, began time.Time, f *engine.Failure) (*engine.Record, error) {
	n, err := s.Store.Claim(ctx, run, job.Path)
	if err != nil {
		return nil, err
	}
	after, err := job.Before.Save(s.Store.Blobs(ctx))
	if err != nil {
		return nil, err
	}
	kind := ir.Kind(job.Node)
	if t, ok := job.Node.(*ir.Task); ok {
		kind = ir.CommandType(t.Command)
	}
	rec := engine.Record{
		Version: engine.RecordVersion, Path: job.Path, Attempt: n, Kind: kind, Status: engine.Failed, Failure: f,
		Started: began, Ended: time.Now().UTC(), Before: job.Before.Digest(), After: after, Target: s.Target,
	}
	return &rec, s.Store.PutRecord(ctx, run, rec)
}

// placed is a leaf with the folder that it runs in; done shows what is left of the log and removes a folder of its own.
func (s *Steps) placed(ctx context.Context, l Leaf) (job step.Job, done func(), err error) {
	job, flush := s.job(l)
	remove := func() {}
	switch stub, _ := l.Node.(*ir.Stub); {
	case stub != nil && stub.Catalog == nil: // it does nothing, anywhere
	case s.Folder != nil:
		job.Dir, remove, err = s.Folder()
	case s.Folders != nil:
		job.Dir, err = s.Folders.Of(ctx, l.Job, func(text string) { s.tell(l, text) })
		job.Held = s.Folders.held.find
	}
	if err != nil {
		return job, nil, fmt.Errorf("a folder for the step: %w", err)
	}
	return job, func() { flush(); remove() }, nil
}

func (s *Steps) tell(l Leaf, text string) {
	if l.Log != nil {
		l.Log(text)
	}
}

// bring puts files of the catalog into a folder, and removes those that are gone.
func (s *Steps) bring(ctx context.Context, dir string, files []engine.File, gone []string) error {
	return s.Runtime.Bring(ctx, s.Store, dir, files, gone, s.Folders.held.find)
}

// job is a leaf as package step takes it; done shows what is left of the log's last line.
func (s *Steps) job(l Leaf) (job step.Job, done func()) {
	job = step.Job{
		Run: l.Run, Origin: s.Origin, Tags: s.Tags, Path: l.Path, Node: l.Node, Target: s.Target, Image: s.Image, Vars: l.Vars, Failed: l.Handling,
		Before: l.Before, Dir: s.Dir, Fresh: l.Fresh, Pipeline: s.Pipeline.Name,
	}
	job.Store, _ = s.Store.Folder()
	own := s.Definitions().Effective(l.Path)
	job.Env, job.Python = own.Env, own.Python
	for _, p := range own.Packages {
		job.Packages = append(job.Packages, p.Name)
	}
	if l.Node != nil { // a reducer is no step: it leaves no record that a retry could compare
		job.Definition = s.Definitions().Hash(l.Path, l.Node)
	}
	if job.Image == "" && s.Target != Name { // here a step runs in no image
		job.Image = own.Image
	}
	if l.Log == nil {
		return job, func() {}
	}
	lines := &lineWriter{show: l.Log, open: l.Open}
	job.Log = lines
	return job, lines.flush
}

// Definitions are those of the pipeline's leaves.
func (s *Steps) Definitions() *engine.Definitions {
	s.once.Do(func() { s.definitions = engine.NewDefinitions(s.Pipeline) })
	return s.definitions
}

// longestLine is the number of bytes after which a line is shown in pieces, so that memory stays flat.
const longestLine = 16 << 10

// lineWriter hands on what is written to it line by line. Of a line that carriage returns start again, as a progress bar does, it
// keeps the last text, and hands on each of them as the line that is open.
type lineWriter struct {
	show    func(string)
	open    func(string) // nil: nobody watches
	rest    []byte       // of the line that has no end yet
	returns bool         // a carriage return has started it again
	opened  bool         // it has been handed on as open
}

var _ io.Writer = (*lineWriter)(nil)

// Write implements io.Writer.
func (w *lineWriter) Write(p []byte) (int, error) {
	n := len(p)
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			break
		}
		w.keep(p[:i])
		w.end()
		p = p[i+1:]
	}
	w.keep(p)
	if w.returns && w.open != nil {
		w.open(progress.Settled(string(w.rest)))
		w.opened = true
	}
	return n, nil
}

func (w *lineWriter) keep(p []byte) {
	if i := bytes.LastIndexByte(bytes.TrimRight(p, "\r"), '\r'); i >= 0 {
		w.rest, p, w.returns = w.rest[:0], p[i+1:], true
	} else if bytes.HasSuffix(w.rest, []byte("\r")) && len(bytes.TrimLeft(p, "\r")) > 0 {
		w.rest = w.rest[:0]
	}
	w.returns = w.returns || bytes.HasSuffix(p, []byte("\r"))
	for len(w.rest)+len(p) > longestLine {
		k := longestLine - len(w.rest)
		w.show(string(append(w.rest, p[:k]...)))
		w.rest, p = w.rest[:0], p[k:]
	}
	w.rest = append(w.rest, p...)
}

// end hands on a line that has come to its end.
func (w *lineWriter) end() {
	w.show(progress.Settled(string(w.rest)))
	if w.opened {
		w.open("")
	}
	w.rest, w.returns, w.opened = w.rest[:0], false, false
}

func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.end()
	}
}

// SecretNames are the secrets that any step or hook of the pipeline declares: a step sees those that it declares itself.
func SecretNames(p *ir.Pipeline) []string {
	out := ir.HookSecrets(p.Hooks())
	seen := map[string]bool{}
	for _, name := range out {
		seen[name] = true
	}
	for v := range ir.Walk(p) {
		t, ok := v.Node.(*ir.Task)
		if !ok {
			continue
		}
		for _, s := range t.Secrets {
			if !seen[s.Name] {
				seen[s.Name] = true
				out = append(out, s.Name)
			}
		}
	}
	return out
}
