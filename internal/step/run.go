package step

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// Store is what running a step needs of a store. Package store implements it.
type Store interface {
	// Blobs are the blobs, with a context for all calls.
	Blobs(ctx context.Context) engine.Blobs
	FileStore
	cache.Store
	// Claim takes the next free attempt number of a step.
	Claim(ctx context.Context, run, path string) (attempt int, err error)
	// LogWriter opens the log of an attempt.
	LogWriter(ctx context.Context, run, path string, attempt int) (io.WriteCloser, error)
	// PutRecord writes the record of an attempt, once.
	PutRecord(ctx context.Context, run string, rec engine.Record) error
	// AddRecord takes the next free attempt number and writes the record under it, in one act.
	AddRecord(ctx context.Context, run string, rec *engine.Record) error
}

// FileStore keeps files by their content.
type FileStore interface {
	// PutFile keeps the content of a file.
	PutFile(ctx context.Context, path string) (engine.Blob, error)
	// GetFile writes content to a file, verified; the file is there whole or not at all.
	GetFile(ctx context.Context, b engine.Blob, dst string) error
}

// Hooks are called for the attempts of a step. All may be nil.
type Hooks struct {
	Attempt  func(n int, at time.Time)                         // an attempt begins
	Retrying func(n int, f engine.Failure, wait time.Duration) // it failed and another follows
	Ended    func(rec *engine.Record)                          // its record is written
}

// Run runs one attempt of a leaf: claims its number, gets its files, runs its command, puts its files, writes log
// and record. It returns the record and the scope after it. A failure of the step is in the record; an error is one
// of the store, or ctx's when the run was stopped before the attempt began.
func (r *Runtime) Run(ctx context.Context, job Job, st Store) (*engine.Record, *engine.Scope, error) {
	return r.attempt(ctx, job, st, Hooks{})
}

// RunAll runs a leaf until no further attempt is due (SEMANTICS 1, retry) and returns the last record and the scope
// after it.
func (r *Runtime) RunAll(ctx context.Context, job Job, st Store, h Hooks) (*engine.Record, *engine.Scope, error) {
	var policy ir.Retry
	if t, ok := job.Node.(*ir.Task); ok {
		policy = t.Retry
	}
	for n := 1; ; n++ {
		job.Try = n
		rec, after, err := r.attempt(ctx, job, st, h)
		if err != nil || rec.Status.OK() || ctx.Err() != nil {
			return rec, after, err
		}
		again, pause := Retry(policy, rec.Failure, n)
		if !again {
			return rec, after, nil
		}
		if h.Retrying != nil {
			h.Retrying(rec.Attempt, *rec.Failure, pause)
		}
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return rec, after, nil
		}
	}
}

func (r *Runtime) attempt(ctx context.Context, job Job, st Store, h Hooks) (*engine.Record, *engine.Scope, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	// What was begun is recorded, also when the run is being stopped.
	keep := context.WithoutCancel(ctx)
	if job.Blobs == nil {
		job.Blobs = st.Blobs(keep)
	}
	r.code.begin(keep, r.opts)
	if s, ok := job.Node.(*ir.Stub); ok && s.Catalog == nil {
		return r.pass(keep, job, st, h)
	}
	n, err := st.Claim(keep, job.Run, job.Path)
	if err != nil {
		return nil, nil, err
	}
	job.Attempt = n
	rec := &engine.Record{
		Version: engine.RecordVersion, Path: job.Path, Attempt: n, Kind: recordKind(job.Node), Started: time.Now().UTC(),
		Before: job.Before.Digest(), From: job.From, Definition: job.Definition, Target: job.Target,
	}
	if h.Attempt != nil {
		h.Attempt(n, rec.Started)
	}
	log, err := st.LogWriter(keep, job.Run, job.Path, n)
	if err != nil {
		return nil, nil, err
	}
	watched := &writer{to: log}
	var to io.Writer = watched
	if job.Log != nil {
		to = io.MultiWriter(watched, ignoreErrors{job.Log})
	}
	out := newSink(to)
	cat := &catalog{r: r, st: st, dir: job.Dir, spec: ir.CatalogOf(job.Node), out: out, held: job.Held}
	known, err := r.recall(ctx, job, st, cat, out)
	var after *engine.Scope
	if err == nil {
		after, err = r.fill(ctx, keep, rec, job, cat, known)
	}
	out.close()
	if cerr := log.Close(); watched.err == nil {
		watched.err = cerr
	}
	if err == nil && watched.err != nil {
		err = fmt.Errorf("log of %s: %w", job.Path, watched.err)
	}
	if err != nil {
		return nil, nil, err
	}
	if watched.wrote {
		rec.Log = store.LogKey(job.Run, job.Path, n)
	}
	rec.Ended = time.Now().UTC()
	if err := st.PutRecord(keep, job.Run, *rec); err != nil {
		return nil, nil, err
	}
	if err := known.keep(keep, job, st, rec); err != nil {
		return nil, nil, err
	}
	if h.Ended != nil {
		h.Ended(rec)
	}
	return rec, after, nil
}

// pass is the attempt of a stub without files. There is nothing to run, so it needs no log, and its record is at the
// same time what claims its number.
func (r *Runtime) pass(ctx context.Context, job Job, st Store, h Hooks) (*engine.Record, *engine.Scope, error) {
	now := time.Now().UTC()
	rec := &engine.Record{
		Version: engine.RecordVersion, Path: job.Path, Kind: recordKind(job.Node), Status: engine.Success, Started: now, Ended: now,
		Before: job.Before.Digest(), From: job.From, Definition: job.Definition, Target: job.Target, Code: r.codeOf(job, nil),
	}
	after := engine.LeafOutcome(job.Before, rec).After
	var err error
	if rec.After, err = after.Save(job.Blobs); err != nil {
		return nil, nil, err
	}
	if err := st.AddRecord(ctx, job.Run, rec); err != nil {
		return nil, nil, err
	}
	if h.Attempt != nil {
		h.Attempt(rec.Attempt, now)
	}
	if h.Ended != nil {
		h.Ended(rec)
	}
	return rec, after, nil
}

// fill does the attempt's work, unless the cache has its results, and puts the results into the record.
func (r *Runtime) fill(ctx, keep context.Context, rec *engine.Record, job Job, cat *catalog, known *recalled) (*engine.Scope, error) {
	res, cached := known.restore(ctx, rec, cat, job, cat.out)
	if !cached {
		res = r.perform(ctx, keep, rec, job, cat)
	}
	rec.Status, rec.Failure = res.Status, res.Failure
	var err error
	if rec.Returns, err = kept(res.Returns, engine.InlineLimit, job.Blobs); err != nil {
		return nil, err
	}
	if rec.Inputs, err = kept(res.Inputs, inlineInput, job.Blobs); err != nil {
		return nil, err
	}
	rec.Code = known.identify(r.codeOf(job, res.Code))
	if rec.Status.OK() {
		if cached {
			res.modules = known.files()
		}
		rec.Sources = r.sources(keep, job, cat.out, rec.Started, res.modules)
	}
	after := engine.LeafOutcome(job.Before, rec).After
	if after == nil {
		after = &engine.Scope{}
	}
	rec.After, err = after.Save(job.Blobs)
	return after, err
}

// perform gets the files, executes the command and puts the files.
func (r *Runtime) perform(ctx, keep context.Context, rec *engine.Record, job Job, cat *catalog) Result {
	got, f := cat.get(ctx, job.Before)
	rec.Files = got
	if f != nil { // the command has not run: files where it would have put some are not its own
		cat.out.note("%s", f.Message)
		return Result{Status: engine.Failed, Failure: f.at(job.Path)}
	}
	res := r.execute(ctx, job, cat.out)
	putting, done := outliving(ctx, keep, r.opts.Grace)
	defer done()
	put, folders, f := cat.put(putting, res.Status.OK())
	rec.Folders = folders
	rec.Files = append(append(rec.Files, res.Files...), put...)
	if f != nil && putting.Err() != nil {
		f = fail(engine.KindKilled, "catalog put was stopped with the run")
	}
	if f != nil && res.Status.OK() {
		f.Message = cat.out.mask.Text(f.Message)
		cat.out.note("%s", f.Message)
		res.Status, res.Failure, res.Returns = engine.Failed, f.at(job.Path), nil
	}
	return res
}

// outliving is a context that ends a while after ctx does: what is nearly done gets done, and what takes long does not
// hold up the end of the run.
func outliving(ctx, keep context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(keep)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(d):
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() { stop(); cancel() }
}

// recordKind is the kind of a leaf as its record says it.
func recordKind(n ir.Node) string {
	if t, ok := n.(*ir.Task); ok {
		return ir.CommandType(t.Command)
	}
	return ir.Kind(n)
}

// inlineInput is the number of bytes of an input above which its record refers to it: the same value is often the
// input of many steps, as a list is of each of its items' steps.
const inlineInput = 2 << 10

// kept returns the values as a record holds them: those longer than the limit as blobs.
func kept(values []engine.Named, limit int, blobs engine.Blobs) ([]engine.Named, error) {
	var out []engine.Named
	for _, n := range values {
		v, err := engine.KeepAbove(n.Value, limit, blobs)
		if err != nil {
			return nil, err
		}
		out = append(out, engine.Named{Name: n.Name, Value: v})
	}
	return out, nil
}

// writer remembers that something was written, and that writing failed.
type writer struct {
	to    io.Writer
	wrote bool
	err   error
}

func (w *writer) Write(p []byte) (int, error) {
	w.wrote = true
	if w.err == nil {
		_, w.err = w.to.Write(p)
	}
	return len(p), nil
}

type ignoreErrors struct{ to io.Writer }

func (w ignoreErrors) Write(p []byte) (int, error) {
	_, _ = w.to.Write(p)
	return len(p), nil
}
