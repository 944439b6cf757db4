package step

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"time"

	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// CacheMode says which steps are cached.
type CacheMode int

// The modes.
const (
	CacheDeclared CacheMode = iota // those that say `cache: true`
	CacheAll                       // every task
	CacheNone                      // none
)

// recalled is what is known of a step before it runs: its content key, and the outcome that has it already.
type recalled struct {
	key     cache.Key
	sources *cache.Sources
	where   cache.Where
	params  []engine.Named // what the step sees
	found   *store.Cached  // nil: nothing has the key
	lost    string         // why an entry of the cache does not count
}

// caches reports whether a step is cached.
func (r *Runtime) caches(n ir.Node) (*ir.Task, bool) {
	t, ok := n.(*ir.Task)
	return t, ok && r.opts.Cache != CacheNone && (t.Cache || r.opts.Cache == CacheAll)
}

// recall looks a step up in the cache. It returns nil for a step that is not cached, and for one whose key cannot be
// told, which the log then says. An error is one of the store.
func (r *Runtime) recall(ctx context.Context, job Job, st Store, cat *catalog, out *sink) (*recalled, error) {
	t, ok := r.caches(job.Node)
	if !ok {
		return nil, nil
	}
	m, err := r.remember(ctx, job, t, cat, out)
	if err != nil {
		out.note("not cached: %v", err)
		return nil, nil
	}
	if job.Fresh {
		return m, nil
	}
	m.found, m.lost, err = cache.Find(ctx, st, m.key)
	return m, err
}

// remember computes the key of a step.
func (r *Runtime) remember(ctx context.Context, job Job, t *ir.Task, cat *catalog, out *sink) (*recalled, error) {
	wanted, f := cat.wanted(job.Before)
	if f != nil {
		return nil, errors.New(f.Message) // which the step then fails with
	}
	dir, err := filepath.Abs(job.Dir)
	if err != nil {
		return nil, err
	}
	job.Dir = dir
	if job.Env == nil {
		job.Env = t.Env
	}
	a := &attempt{Job: job, rt: r, task: t, out: out, view: viewOf(job)}
	m := &recalled{where: a.where(ctx)}
	if m.sources, err = cache.SourcesOf(ctx, t, m.where); err != nil {
		return nil, err
	}
	k := cache.Step{Task: t, Env: job.Env, Image: job.Image, Params: a.view.all(), Failed: job.Failed, Sources: m.sources}
	m.params = k.Params
	for _, w := range wanted {
		w.file.Path = w.path
		k.Files = append(k.Files, w.file)
	}
	m.key = cache.KeyOf(k)
	return m, nil
}

// files are those of the step's code.
func (m *recalled) files() []string {
	var out []string
	for name := range m.sources.Files {
		if name != program {
			out = append(out, filepath.Join(m.where.Dir, filepath.FromSlash(name)))
		}
	}
	return out
}

// where says where the code of the attempt's step is looked for.
func (a *attempt) where(ctx context.Context) cache.Where {
	l := a.layout()
	return cache.Where{
		Dir: a.Dir, Scans: &a.rt.scans, Modules: l.Modules(), Own: ownFile(l),
		Notebook: func(name string) string { file, _ := l.File(name); return file },
		Hash: func(ctx context.Context, file string) (string, error) {
			b, err := a.rt.hashes.file(ctx, file)
			return b.Hash, err
		},
		Python:  func() (string, []string, error) { return a.pythonToAsk(ctx) },
		Program: a.goProgram,
	}
}

// pythonToAsk is the interpreter that the step would run in, and its environment without secrets.
func (a *attempt) pythonToAsk(ctx context.Context) (string, []string, error) {
	var f *failure
	if a.environ, f = a.environment(nil); f != nil {
		return "", nil, errors.New(f.Message)
	}
	interpreter, f := a.interpreter(ctx)
	if f != nil {
		return "", nil, errors.New(f.Message)
	}
	return interpreter, flatten(a.environ.base), nil
}

// restore gives the attempt the results of the earlier one: the same returns, and the same files in the working folder.
// It reports false where there is nothing to restore, or a file cannot be; the step then runs.
func (m *recalled) restore(ctx context.Context, rec *engine.Record, cat *catalog, job Job, out *sink) (Result, bool) {
	if m == nil || m.found == nil {
		return Result{}, false
	}
	was := m.found.Record
	root, err := cat.folder()
	if err != nil {
		return Result{}, false
	}
	var put []engine.File
	var want []wanted
	for _, f := range was.Files {
		if f.Stage == engine.StagePut {
			put = append(put, f)
			want = append(want, wanted{f.Path, f})
		}
	}
	cat.clear(ctx, root, job.Before, engine.Replaced(job.Before, &engine.Record{Path: rec.Path, Attempt: rec.Attempt, Files: put, Folders: was.Folders}))
	if err := cat.bringAll(ctx, root, want); err != nil {
		out.note("not taken from the cache: %v", err)
		return Result{}, false
	}
	brought, f := cat.wanted(job.Before)
	if f != nil {
		return Result{}, false
	}
	for _, w := range brought {
		rec.Files = append(rec.Files, w.brought())
	}
	rec.Files, rec.Folders = append(rec.Files, put...), was.Folders
	from := was.Path + "#" + strconv.Itoa(was.Attempt) + " of run " + m.found.Run
	out.note("cached: nothing that %s depends on has changed since %s (key %.12s)", job.Path, from, m.key.Hash)
	code := map[string]string{"cached_from": m.found.Run + "/" + was.Path + "#" + strconv.Itoa(was.Attempt)}
	return Result{Status: engine.Cached, Returns: was.Returns, Inputs: m.inputs(), Code: code}, true
}

// inputs are the parameters that went into the key.
func (m *recalled) inputs() []engine.Named {
	used := map[string]bool{}
	for _, p := range m.key.Parts {
		if p.Kind == "input" {
			used[p.Name] = true
		}
	}
	var out []engine.Named
	for _, p := range m.params {
		if used[p.Name] {
			out = append(out, p)
		}
	}
	return out
}

// keep puts an attempt's results into the cache, once its record is written. Code that changed while the step ran
// may be what ran, or not; such an attempt is not kept.
func (m *recalled) keep(ctx context.Context, job Job, st Store, rec *engine.Record) error {
	if m == nil || !rec.Status.OK() {
		return nil
	}
	if rec.Status == engine.Cached {
		return cache.Note(ctx, st, job.Pipeline, job.Path, m.key, *m.found)
	}
	if !m.sources.Unchanged(ctx, m.where) {
		return nil
	}
	return cache.Note(ctx, st, job.Pipeline, job.Path, m.key, store.Cached{Run: job.Run, Record: *rec})
}

// identify puts the key into the code identity of an attempt.
func (m *recalled) identify(code map[string]string) map[string]string {
	if m == nil {
		return code
	}
	if code == nil {
		code = map[string]string{}
	}
	code["cache_key"] = m.key.Hash
	return code
}

// Foresee says what the cache would make of a step, without running it and without writing anything: its record, as
// one of the run, where it is CACHED, and why. A nil record means that it runs.
func (r *Runtime) Foresee(ctx context.Context, job Job, st Store) (cache.Decision, *engine.Record, error) {
	d := cache.Decision{Path: job.Path}
	t, ok := r.caches(job.Node)
	if !ok {
		d.Why = "it is not cached"
		if _, task := job.Node.(*ir.Task); !task {
			d.Why = "it does nothing"
		}
		return d, nil, nil
	}
	job.Look = true
	out := newSink(nil)
	defer out.close()
	cat := &catalog{r: r, st: st, dir: job.Dir, spec: t.Catalog, out: out}
	m, err := r.remember(ctx, job, t, cat, out)
	if err != nil {
		d.Why = "its key cannot be computed: " + err.Error()
		return d, nil, nil
	}
	d.Key, d.Parts = m.key.Hash, m.key.Parts
	if m.found, m.lost, err = cache.Find(ctx, st, m.key); err != nil {
		return d, nil, err
	}
	if m.found == nil {
		err := d.Explain(ctx, st, job.Pipeline, m.key, m.lost)
		return d, nil, err
	}
	rec := m.found.Record
	d.Cached, d.Why = true, "nothing has changed since run "+m.found.Run
	rec.Path, rec.Status, rec.Before, rec.Started, rec.Ended = job.Path, engine.Cached, job.Before.Digest(), time.Time{}, time.Time{}
	return d, &rec, nil
}
