package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/hooks"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/progress/live"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/workfolder"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// runFlags are the flags of commands that run a pipeline here.
type runFlags struct {
	inputs  inputFlags
	run     string
	idFile  string // gets the run's id
	tags    []string
	workers int
	dryRun  bool
	format  string
	workdir string
	cold    bool
	cache   cacheFlags
	isolate bool
}

// register registers the flags of a new run.
func (f *runFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.run, "run-id", "", "name of the run; two runs never share one (default: made from the time)")
	fs.StringVar(&f.idFile, "run-id-file", "", "file to write the run's id to, before the first step starts")
	fs.StringArrayVar(&f.tags, "tag", nil, "a tag to find the run by; may be repeated")
	f.registerJobs(fs)
	fs.BoolVar(&f.dryRun, "dry-run", false, "print the plan, but run and write nothing")
	f.registerOutput(cmd)
}

// registerJobs registers --jobs, of which 0 is no number: left out, the flag stands for the number of processors.
func (f *runFlags) registerJobs(fs *pflag.FlagSet) {
	fs.VarP((*jobs)(&f.workers), "jobs", "j", "steps to run at a time (default: the number of processors)")
}

// jobs is a number of steps, at least 1 where it is given.
type jobs int

var errNoJobs = errors.New("want at least 1")

// Set implements [pflag.Value].
func (j *jobs) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err == nil && n < 1 {
		err = errNoJobs
	}
	*j = jobs(n)
	return err
}

// String implements [pflag.Value].
func (j *jobs) String() string { return strconv.Itoa(int(*j)) }

// Type implements [pflag.Value].
func (j *jobs) Type() string { return "int" }

// registerOutput registers what a retry has too.
func (f *runFlags) registerOutput(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.format, "format", "text", "of the summary: text or json")
	fs.StringVar(&f.workdir, "workdir", "", "folder in which the steps run (default: the current folder or the project's root, whichever is the nearest at or above the definition, else the definition's folder)")
	fs.BoolVar(&f.cold, "cold", false, "start an interpreter for each Python step instead of forking a warm one")
	complete(cmd, "format", "text", "json")
	fs.BoolVar(&f.isolate, "isolate", false, "run each step in its own folder with what a container would have: the definition's folder as it is now, and the step's catalog files")
	f.cache.register(cmd)
}

// valid refuses what no run can go by.
func (f *runFlags) valid() error {
	if err := oneOf("format", f.format, "text", "json"); err != nil {
		return err
	}
	if err := step.Platform(); err != nil && !f.dryRun {
		return fail(ExitEnvironment, "%w", err)
	}
	if f.run != "" {
		if err := store.CheckRunID(f.run); err != nil {
			return fmt.Errorf("--run-id: %w", err)
		}
	}
	for _, tag := range f.tags {
		if err := store.CheckTag(tag); err != nil {
			return fmt.Errorf("--tag: %w", err)
		}
	}
	if f.workdir == "" {
		return nil
	}
	switch st, err := os.Stat(f.workdir); {
	case err != nil:
		return fileError("work in", err)
	case !st.IsDir():
		return fail(ExitInvalid, "--workdir %s: it is not a folder", f.workdir)
	}
	return nil
}

func (a *command) runCommand(ctx context.Context) *cobra.Command {
	var f runFlags
	var start startFlags
	cmd := &cobra.Command{
		Use:   "run [FILE]",
		Short: "Run a pipeline on this machine",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := start.valid(a, cmd, "parameters", "param", "run-id", "tag"); err != nil {
				return err
			}
			file, err := a.definitionFile(args)
			if err != nil {
				return err
			}
			if !start.here() {
				return a.runElsewhere(cmd.Context(), file, &f, &start)
			}
			return a.run(cmd.Context(), file, &f)
		},
	}
	f.inputs.register(cmd)
	f.register(cmd)
	start.register(ctx, a, cmd)
	a.explainParameters(cmd)
	cmd.Flags().BoolVar(&f.inputs.handed, "handed", false, "the pipeline is read from stdin, where execute() of the package runnable writes it")
	_ = cmd.Flags().MarkHidden("handed")
	return cmd
}

// run runs a definition, or prints what it would do.
func (a *command) run(ctx context.Context, file string, f *runFlags) error {
	if err := f.valid(); err != nil {
		return err
	}
	f.inputs.here = true
	in, err := a.inputs(ctx, file, &f.inputs)
	if err != nil {
		return err
	}
	forget, err := in.keepSession()
	if err != nil {
		return err
	}
	defer forget()
	if again := in.variable(retryVariable); again != "" {
		return a.retryAgain(ctx, in, again, f)
	}
	if f.dryRun {
		return a.plan(ctx, in, f)
	}
	if err := f.validIn(in, nil); err != nil {
		return err
	}
	st, err := in.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	header, err := newHeader(in, f)
	if err != nil {
		return err
	}
	ctx, release, err := a.turn(ctx, st, in.pipeline, header.Run, true)
	if err != nil {
		return err
	}
	defer release()
	if err := f.announced(header.Run, func() error { return st.Begin(ctx, header) }); err != nil {
		return storeError(err)
	}
	return a.drive(ctx, drive{store: st, header: header, pipeline: in.pipeline, inputs: in, flags: f})
}

// announced begins a run, and writes its id to the file that is to have it. The file is opened first: nobody would learn of
// a run whose id cannot be written.
func (f *runFlags) announced(run string, begin func() error) error {
	if f.idFile == "" {
		return begin()
	}
	file, err := os.Create(f.idFile)
	if err != nil {
		return fileError("write", err)
	}
	defer file.Close()
	if err := begin(); err != nil {
		return err
	}
	if _, err := file.WriteString(run); err != nil {
		return fileError("write", err)
	}
	if err := file.Close(); err != nil {
		return fileError("write", err)
	}
	return nil
}

// newHeader is the header of a run that begins now.
func newHeader(in *inputs, f *runFlags) (engine.Header, error) {
	definition, err := irjson.Encode(in.pipeline)
	if err != nil {
		return engine.Header{}, fail(ExitEnvironment, "%w", err)
	}
	now := time.Now().UTC()
	tags, err := f.allTags(in)
	if err != nil {
		return engine.Header{}, err
	}
	return engine.Header{
		Version: store.HeaderVersion, Run: f.runID(in, now), Pipeline: in.pipeline.Name, Target: local.Name, Tags: tags, Started: now,
		File: project.Absolute(in.file), Definition: definition, Parameters: in.params,
	}, nil
}

// allTags are the tags given, here or by the program that hands its pipeline over, else those of the environment.
func (f *runFlags) allTags(in *inputs) ([]string, error) {
	if len(f.tags) > 0 {
		return f.tags, nil
	}
	if tag := in.settings.Tag; tag != "" && f.inputs.handed {
		return []string{tag}, store.CheckTag(tag)
	}
	tags, err := store.ParseTags(in.variable("RUNNABLE_RUN_TAG"))
	if err != nil {
		return nil, fmt.Errorf("RUNNABLE_RUN_TAG: %w", err)
	}
	return tags, nil
}

// runID is the name of a new run: the one given, here, by the program that hands its pipeline over or in the environment,
// else one made from the time.
func (f *runFlags) runID(in *inputs, now time.Time) string {
	given := ""
	if f.inputs.handed {
		given = in.settings.RunID
	}
	return cmp.Or(f.run, given, in.variable("RUNNABLE_RUN_ID"), store.NewRunID(now))
}

// keepSession writes the functions of an interactive session to a file, from which the steps import them.
func (in *inputs) keepSession() (forget func(), err error) {
	if in.settings.Session == "" {
		return func() {}, nil
	}
	dir, release, err := workfolder.NewTemp("runnable-render-notebook-")
	if err != nil {
		return nil, fail(ExitEnvironment, "the session's functions: %w", err)
	}
	forget = func() { _ = release() }
	in.layout.Definition = filepath.Join(dir, filepath.Base(in.file))
	if err := os.WriteFile(in.layout.Definition, []byte(in.settings.Session), 0o600); err != nil {
		forget()
		return nil, fail(ExitEnvironment, "the session's functions: %w", err)
	}
	return forget, nil
}

// drive is a run that is about to go on.
type drive struct {
	store    *store.Store
	header   engine.Header
	pipeline *ir.Pipeline
	inputs   *inputs
	flags    *runFlags
	retry    bool
	from     []string // retry: paths of steps that run again whatever they came to
	changed  bool     // retry: so do those whose code has changed
	told     bool     // retry: the user knows which steps of the flow have changed
}

// drive runs the pipeline to its end, shows it and writes how it ended.
func (a *command) drive(ctx context.Context, d drive) error {
	if err := d.store.Own(ctx, d.header.Run); err != nil {
		if ctx.Err() != nil {
			err = local.ErrInterrupted
		}
		return a.stopped(ctx, d, err)
	}
	runtime := d.runtime()
	defer runtime.Close()
	runner, steps, release, err := d.runner(ctx, runtime)
	if err != nil {
		return err
	}
	defer release()
	display := a.display()
	started := time.Now()
	stopping := context.AfterFunc(ctx, func() { display.Show(progress.Stopping{}) })
	defer stopping()
	stale := &staleSteps{runtime: runtime, dir: d.dir(), again: d.changed, steps: map[ir.Node]bool{}}
	if d.told {
		stale.own = d.ownFile()
	}
	display.Show(progress.RunStarted{Run: d.header.Run, Pipeline: d.pipeline.Name, Steps: ir.Leaves(d.pipeline), Retry: d.retry})
	out, seen, err := local.Run(ctx, d.pipeline, local.Options{
		Run: d.header.Run, Initial: engine.InitialScope(d.header.Parameters), Facts: d.store,
		Runner: d.noticed(ctx, runner), Folders: steps.Folders,
		Workers: d.workers(), Display: display, Retry: d.retry, From: d.from, Stale: stale.runsAgain,
		Keep: (&engine.Resolver{Pipeline: d.pipeline, Facts: d.store.Facts(ctx, d.header.Run), Blobs: d.store.Blobs(context.WithoutCancel(ctx))}).Keep,
	})
	display.Close()
	if ended := a.leaveFiles(context.WithoutCancel(ctx), d, steps.Folders, out); err == nil {
		err = ended
	}
	if err != nil {
		return a.stopped(ctx, d, err)
	}
	sum, err := d.finish(context.WithoutCancel(ctx), out, seen, started)
	if err != nil {
		return storeError(err)
	}
	sum.Commands = a.commands(sum, d.where())
	stale.warn(a.stderr, d.pipeline, a.retryLine(d.header.Run, d.where()))
	if err := a.hooks(ctx, d, steps, sum); err != nil {
		return storeError(err)
	}
	return a.show(sum, d.flags.format)
}

// workers is the number of steps at a time; 0: as many as the machine has processors.
func (d *drive) workers() int {
	if parallel := d.inputs.config.Parallel; d.flags.workers == 0 && parallel != nil && !*parallel {
		return 1
	}
	return d.flags.workers
}

func (d *drive) runtime() *step.Runtime {
	return step.New(step.Options{
		Python: d.inputs.python(), Definition: d.inputs.dir(), Layout: d.layout(), Environ: d.inputs.environ(), Cold: d.flags.cold, Preload: d.inputs.config.Preload,
		Secrets: d.inputs.secrets(), SecretNames: local.SecretNames(d.pipeline),
		Cache: d.flags.cache.mode(), Programs: d.inputs.programs(),
	})
}

// layout says where the definition's code and files are; Work is the folder in which the steps run.
func (d *drive) layout() project.Layout {
	if d.flags.workdir != "" {
		return d.inputs.layout.In(d.flags.workdir)
	}
	return d.inputs.layout
}

// ownFile is the definition's file as records name it.
func (d *drive) ownFile() string {
	rel, err := filepath.Rel(d.layout().Root, project.Absolute(d.inputs.file))
	if err != nil {
		return ""
	}
	return filepath.ToSlash(rel)
}

func (d *drive) dir() string { return d.layout().Work }

// stopped tells of a run that did not come to its end.
func (a *command) stopped(ctx context.Context, d drive, err error) error {
	reason, end := "the run stopped", storeError(err)
	if errors.Is(err, store.ErrRemoved) { // there is nothing to go on from
		return end
	}
	if errors.Is(err, local.ErrInterrupted) {
		reason, end = stopReason(ctx), told(ExitInterrupted)
	}
	fmt.Fprintf(a.stderr, "\n%s; completed steps are kept. To continue:\n  %s\n", reason, a.retryLine(d.header.Run, d.where()))
	return end
}

// where is what leads back to the run's facts and to what it ran with.
func (d *drive) where() where {
	return where{store: d.store, in: d.inputs, python: d.inputs.flags.python, workdir: d.flags.workdir, isolate: d.flags.isolate}
}

// finish completes the summary and writes how the run ended.
func (d *drive) finish(ctx context.Context, out *engine.Outcome, steps []runs.Step, started time.Time) (*runs.Summary, error) {
	sum := &runs.Summary{
		RunID: d.header.Run, Pipeline: d.pipeline.Name, Target: local.Name, Tags: d.header.Tags,
		Started: started.UTC(), Ended: time.Now().UTC(), Steps: steps, Store: d.store.String(),
	}
	if err := sum.Finish(out, d.store.Blobs(context.WithoutCancel(ctx))); err != nil {
		return nil, err
	}
	if err := sum.ReadFailedLog(ctx, d.store); err != nil {
		return nil, err
	}
	if err := d.store.Holds(d.header.Run); err != nil {
		return nil, err
	}
	return sum, d.store.PutEnd(ctx, d.header.Run, sum.End())
}

// hooks does what the definition wants done now that the run has ended.
func (a *command) hooks(ctx context.Context, d drive, steps *local.Steps, sum *runs.Summary) (err error) {
	dir := steps.Dir
	if steps.Folders != nil {
		dir = steps.Folders.Dir()
	}
	folder, _ := d.store.Folder()
	sum.Hooks, err = hooks.Run(ctx, hooks.Options{
		Pipeline: d.pipeline, Summary: sum, Runtime: steps.Runtime, Secrets: steps.Runtime.Secrets(), Environ: d.inputs.environ(), Dir: dir, Store: folder, Log: a.stderr,
	})
	if err != nil || sum.Hooks == nil {
		return err
	}
	return d.store.PutEnd(context.WithoutCancel(ctx), d.header.Run, sum.End())
}

// show prints a summary and ends the command with the run's status.
func (a *command) show(sum *runs.Summary, format string) error {
	if err := a.printSummary(sum, format); err != nil {
		return err
	}
	if sum.Status != engine.Success {
		return told(ExitFailed)
	}
	return nil
}

func (a *command) printSummary(sum *runs.Summary, format string) error {
	if format == "json" {
		if err := sum.WriteJSON(a.stdout); err != nil {
			return fail(ExitEnvironment, "cannot write the summary: %w", cause(err))
		}
		return nil
	}
	sum.Print(a.stdout, a.printOptions())
	return nil
}

// display is the live one where stderr is a terminal, else plain lines.
func (a *command) display() progress.Display {
	if f, ok := unwrapped(a.stderr).(*os.File); ok && isTerminal(f) && os.Getenv("TERM") != "dumb" {
		return live.New(f, colours(f))
	}
	return progress.NewPlain(a.stderr)
}

// storeError is an error of the store, with its exit code.
func storeError(err error) error {
	var e *exit
	switch {
	case err == nil, errors.As(err, &e):
		return err
	case errors.Is(err, store.ErrRunExists), errors.Is(err, store.ErrNoRun), errors.Is(err, store.ErrOwned):
		return &exit{ExitInvalid, err}
	}
	return &exit{ExitEnvironment, err}
}

// storeFolder is the default store: a folder beside the definition.
func storeFolder(definition string) string {
	return filepath.Join(filepath.Dir(definition), ".runnable")
}
