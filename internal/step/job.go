// Package step runs one leaf of a pipeline: gets its files, runs its command, reads its returns, puts its files and
// writes the record. It knows nothing of graphs; the scope that the step sees is given to it.
//
//   - [Runtime.Execute] runs the command of one attempt: one file for each task kind.
//   - [Runtime.Run] is one attempt with everything around it, [Runtime.RunAll] an attempt and its retries.
//
// Every failure of a step, whatever its cause, is a value ([engine.Failure]); a Go error means that the store failed.
package step

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/workfolder"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/plugin"
	"github.com/runnable-render/runnable-render/python"
)

// Job is one leaf to run.
type Job struct {
	Run     string
	Origin  string   // the run whose results this one goes on with; empty: none
	Tags    []string // the run's
	Store   string   // the folder of the run's store; empty: it is a bucket
	Path    string   // of a run, dotted
	Attempt int      // [Runtime.Run] claims it
	Try     int      // which of the attempts of [Runtime.RunAll] it is, from 1; 0: not known
	Node    ir.Node
	Env     []ir.EnvVar // the step's own and its composites' defaults, merged; nil: the node's
	Image   string      // of the container; empty: there is none. For code identity
	Python  string      // as Env: the interpreter; empty: the run's
	// Packages are what the environment of the step's Python holds; empty: it is the interpreter's own.
	Packages []string
	Target   string // its name, for the record
	Fresh    bool   // run it whatever the cache holds
	Look     bool   // nothing runs: no environment is made
	// Pipeline is its name, by which the cache knows what a step's key was last.
	Pipeline string

	// Params is everything that the step sees. nil: the parameters of Before, with Vars over them.
	Params []engine.Named
	Vars   []engine.Var    // items and loop indexes, the outermost first: environment variables of every kind of task
	Failed *engine.Failure // for a handler: what failed before it

	// Before, From and Definition go into the record; see [engine.Record].
	Before     *engine.Scope
	From       []string
	Definition string

	Dir   string                   // the working folder; empty: the process's own
	Held  func(hash string) string // where a file is that was put without a copy in a folder that has gone; nil: nowhere
	Stdin []byte                   // what a script may read; nil: nothing
	Log   io.Writer                // a copy of the log as it is written, for live display; nil: none
	Blobs engine.Blobs
}

// Result is the result of an attempt.
type Result struct {
	Status  engine.Status
	Failure *engine.Failure
	Returns []engine.Named // in the order of the definition
	Metrics []engine.Named // those of Returns that are of kind metric
	Inputs  []engine.Named // what the task was given, as far as it is known to have used it
	Files   []engine.File  // what the task itself put into the catalog: a notebook as it was executed
	Code    map[string]string

	modules []string // files of the user's that the task's Python process imported
}

// Options are the settings of a [Runtime]. The zero value is usable.
type Options struct {
	// Python is the interpreter of steps that name none: a path, a name on PATH or a version. Empty: as
	// [python.Finder] chooses.
	Python     string
	Definition string         // folder of the definition
	Layout     project.Layout // where its modules and notebooks are; the zero Layout: in the working folder
	Cold       bool           // no warm Python parents; also where a process runs a single step
	Preload    *[]string      // Python libraries that warm parents import, beside those on the list; nil: these alone; empty: none
	Grace      time.Duration  // between asking a process to end and killing it; 0: 5s
	Environ    []string       // the user's environment; nil: the process's
	Secrets    plugin.Secrets // nil: from Environ
	// Programs are, by command_type, those that run commands of kinds that are not built in, and of go; a kind
	// without one is looked for on the step's PATH (programTask).
	Programs map[string]string
	// SecretNames are the secrets that any step of the pipeline declares. A step that does not declare one does
	// not see it, so that a forgotten declaration shows here and not only in a container.
	SecretNames []string
	Private     []string // paths that catalog patterns never match; `.runnable` in the working folder always is
	Code        map[string]string
	Cache       CacheMode
	NoKeyFile   bool          // the key of RUNNABLE_OBJECTS=own is in a variable alone: in a container there is no user to keep a file
	NoteEvery   time.Duration // how often the log says how far a transfer is that takes long; 0: 10s
}

// Runtime holds what attempts share: the user's environment, the Python side, warm interpreters, the identity of
// the code. It is safe for concurrent use.
type Runtime struct {
	opts    Options
	user    func() *userEnviron
	seal    func() (*sealer, error)
	shell   string
	hashes  hashCache
	scans   cache.Scans
	ran     cache.Scans // of code that has run, in whatever copy of the working folder
	params  paramFolders
	folders attemptFolders
	logs    logBuffers
	exports exports
	pool    warmPool
	code    identity
	system  system
	starter starter
	reserve sync.Once
	mu      sync.Mutex
	tmp     string // made when it is first needed
	release func() error
	pythons python.Finder
}

// New makes a runtime. Close it to end what it keeps running.
func New(o Options) *Runtime {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Grace == 0 {
		o.Grace = 5 * time.Second
	}
	if o.NoteEvery == 0 {
		o.NoteEvery = 10 * time.Second
	}
	if o.Secrets == nil {
		o.Secrets = EnvSecrets(o.Environ)
	}
	r := &Runtime{opts: o, shell: "/bin/sh"}
	r.user = sync.OnceValue(func() *userEnviron { return newUserEnviron(r.opts) })
	r.seal = sync.OnceValues(func() (*sealer, error) { return newSealer(r.opts.Environ, !r.opts.NoKeyFile) })
	return r
}

// Secrets is where the runtime takes secrets from.
func (r *Runtime) Secrets() plugin.Secrets { return r.opts.Secrets }

// Close ends the warm interpreters and removes temporary files.
func (r *Runtime) Close() error {
	r.pool.close()
	r.starter.close()
	r.system.close()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tmp == "" {
		return nil
	}
	r.tmp = ""
	return r.release()
}

// temp returns the runtime's own folder.
func (r *Runtime) temp() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tmp != "" {
		return r.tmp, nil
	}
	dir, release, err := workfolder.NewTemp("runnable-render-steps-")
	if err != nil {
		return "", err
	}
	r.tmp, r.release = dir, release
	return dir, nil
}

// removeAll removes a folder whose content may be read-only.
func removeAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(p, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// Execute runs the command of one attempt. It does not touch the catalog and writes nothing to the store but
// blobs of what the task returns.
func (r *Runtime) Execute(ctx context.Context, job Job) Result {
	out := newSink(job.Log)
	defer out.close()
	return r.execute(ctx, job, out)
}

func (r *Runtime) execute(ctx context.Context, job Job, out *sink) Result {
	switch n := job.Node.(type) {
	case *ir.Stub:
		return Result{Status: engine.Success}
	case *ir.Task:
		return r.task(ctx, job, n, out)
	default:
		return Result{Status: engine.Failed, Failure: fail(engine.KindData, "a %s is not a leaf", ir.Kind(job.Node)).at(job.Path)}
	}
}

// attempt is a task that is being run.
type attempt struct {
	Job
	rt      *Runtime
	task    *ir.Task
	view    view
	out     *sink
	environ *environment
	tmp     string // the attempt's own folder
	leash   string

	pythonVersion string // of the interpreter that ran; empty: none did, or it is not known yet
}

// outcome is what a task kind makes of an attempt.
type outcome struct {
	failure *failure
	returns []engine.Named
	inputs  []engine.Named
	files   []engine.File
	code    map[string]string
	modules []string
}

func failed(f *failure) outcome { return outcome{failure: f} }

// kind runs the commands of one kind.
type kind interface {
	run(ctx context.Context, a *attempt) outcome
}

// kindOf returns what runs a command.
func kindOf(c ir.Command) kind {
	switch c := c.(type) {
	case *ir.Shell:
		return shellTask{c}
	case *ir.Python:
		return pythonTask{c}
	case *ir.Notebook:
		return notebookTask{c}
	case *ir.Flow:
		return flowTask{c}
	case *ir.GoFunc:
		return goTask(c)
	case *ir.Plugin:
		return pluginTask(c)
	}
	panic("step: unknown command")
}

func (r *Runtime) task(ctx context.Context, job Job, t *ir.Task, out *sink) Result {
	a := &attempt{Job: job, rt: r, task: t, out: out, view: viewOf(job), leash: newLeash()}
	if a.Env == nil {
		a.Env = t.Env
	}
	o := a.run(ctx)
	res := Result{Status: engine.Success, Returns: o.returns, Inputs: o.inputs, Files: o.files, Code: o.code, modules: o.modules}
	if o.failure != nil {
		res.Status, res.Returns = engine.Failed, nil
		o.failure.Message = out.mask.Text(o.failure.Message)
		res.Failure = o.failure.at(job.Path)
		return res
	}
	for _, n := range res.Returns {
		if n.Value.Kind == ir.Metric {
			res.Metrics = append(res.Metrics, n)
		}
	}
	return res
}

func (a *attempt) run(ctx context.Context) outcome {
	o := a.prepared(ctx, kindOf(a.task.Command).run)
	if o.failure != nil {
		return o
	}
	for _, n := range o.returns {
		if a.out.mask.InJSON(n.Value.JSON) {
			o.failure = a.returnsSecret(n.Name)
			a.out.note("%s", o.failure.Message)
			return o
		}
	}
	return o
}

// returnsSecret is the failure of a task that returns a secret, which would be kept and shown (SEMANTICS 5).
func (a *attempt) returnsSecret(name string) *failure {
	return fail(engine.KindSecret, "return %q holds a secret that the step declares, and returns are kept and shown; return what is no secret, such as a hash, and let the steps that need the secret declare it", name)
}

// prepared does the work with secrets, environment and folders in place.
func (a *attempt) prepared(ctx context.Context, work func(context.Context, *attempt) outcome) outcome {
	secrets, f := a.rt.secrets(a.task.Secrets)
	if f != nil {
		return failed(f)
	}
	a.out.masking(secrets)
	abs, err := filepath.Abs(a.Dir)
	if err != nil {
		return failed(fail(engine.KindError, "working folder: %v", err))
	}
	a.Dir = abs
	if st, err := os.Stat(abs); err != nil || !st.IsDir() {
		return failed(fail(engine.KindError, "the working folder %s does not exist", abs))
	}
	if a.environ, f = a.environment(secrets); f != nil {
		return failed(f)
	}
	root, err := a.rt.temp()
	if err != nil {
		return failed(fail(engine.KindError, "no temporary folder: %v", err))
	}
	a.rt.reserve.Do(reserve)
	if a.tmp, err = a.rt.folders.take(root); err != nil {
		return failed(fail(engine.KindError, "no temporary folder: %v", err))
	}
	o := work(ctx, a)
	a.rt.folders.give(a.tmp, o.failure == nil)
	return o
}
