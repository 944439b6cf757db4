package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// retryFlags are the flags of retry.
type retryFlags struct {
	runFlags
	start startFlags
	file  string
	from  string
	force bool
	fresh bool // go on in a new run

	line string // a command to give the flags to that a run continued by the environment does not have; empty: this one

	told    bool // the caller has said which steps of the flow have changed
	changed bool // steps whose definition or code has changed run again

	withParams, paramsFile string // refused
	set                    []string
}

func (a *command) retryCommand(ctx context.Context) *cobra.Command {
	var f retryFlags
	cmd := &cobra.Command{
		Use:   "retry RUN",
		Short: "Run the failed steps of a run again, and the steps that depend on them",
		Long: `Go through a run from its start: steps that succeeded and whose scope is unchanged are kept; failed steps run
again, and so do steps that depend on a changed result. The run keeps its parameters.

You may edit steps that have not succeeded; --from STEP runs again a step that succeeded. In the path of a step, * means
each item and iteration. If the code of a step has changed since it succeeded, the step is kept and a warning says so;
--changed runs again all steps whose definition or code has changed. --new-run leaves RUN unchanged and continues in a new
run, with --run-id, --run-id-file and --tag as for any new run.

A run that is still going on cannot be retried. If you know that a run of another target or machine has ended although
its end is not recorded, use --force.

A run of any target in the store continues on this machine, or with --target if that target can start it.`,
		Args: operands([]string{"RUN"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.refuseParameters(args[0]); err != nil {
				return err
			}
			if err := f.start.valid(a, cmd, "file", "force"); err != nil {
				return err
			}
			if err := f.ofNewRun(cmd); err != nil {
				return err
			}
			return a.retry(cmd.Context(), args[0], &f)
		},
	}
	f.inputs.registerRecorded(cmd)
	f.inputs.registerStore(cmd)
	f.inputs.registerPython(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&f.file, "file", "f", "", "the definition (default: the file that the run started with, if the store is beside it, else the one in this folder)")
	fs.StringVar(&f.from, "from", "", "path of a step that runs again although it succeeded")
	fs.BoolVar(&f.changed, "changed", false, "also run again the succeeded steps whose definition or code has changed since")
	fs.BoolVar(&f.force, "force", false, "also retry a run without a recorded end")
	fs.BoolVar(&f.fresh, "new-run", false, "leave RUN unchanged: start a new run from the steps that succeeded in RUN; edited steps run again")
	f.registerNew(fs)
	f.registerJobs(fs)
	f.registerOutput(cmd)
	f.start.register(ctx, a, cmd)
	f.registerRefused(cmd)
	a.completeRuns(cmd, &f.inputs, false, nil)
	a.completeOfRun(cmd, "from", &f.inputs, stepsOf)
	return cmd
}

// registerRefused registers what one may look for here, so that the answer is the reason.
func (f *retryFlags) registerRefused(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.withParams, "with-params", "", "not possible: a retry keeps the run's parameters")
	fs.StringVarP(&f.paramsFile, "parameters", "p", "", "")
	fs.StringArrayVar(&f.set, "param", nil, "")
	fs.BoolVar(&f.told, "flow-told", false, "the flow's command resume has compared the source of each step itself")
	_ = fs.MarkHidden("flow-told")
	for _, name := range []string{"with-params", "parameters", "param"} {
		_ = fs.MarkHidden(name)
	}
}

// refuseParameters says why a retry takes no parameters.
func (f *retryFlags) refuseParameters(run string) error {
	if f.withParams == "" && f.paramsFile == "" && len(f.set) == 0 {
		return nil
	}
	return fail(ExitInvalid, "a retry keeps the parameters of run %s, because the steps that succeeded ran with them; to use other values, start a new run with `run %s -p FILE`, which reuses the results of steps with cache: true whose inputs are unchanged",
		run, or(f.file, "pipeline.yaml"))
}

// retry goes on with a run.
func (a *command) retry(ctx context.Context, run string, f *retryFlags) error {
	if err := f.valid(); err != nil {
		return err
	}
	st, err := a.openStoreOf(ctx, f.file, &f.inputs, run)
	if err != nil {
		return err
	}
	defer st.Close()
	if run, err = a.runOf(ctx, st, run); err != nil {
		return err
	}
	header, err := st.Header(ctx, run)
	if err != nil {
		return storeError(err)
	}
	file, err := a.retryFile(f.file, header, st)
	if err != nil {
		return err
	}
	f.inputs.began = append([]engine.Named{}, header.Parameters...) // not nil
	f.inputs.here = f.start.here()
	in, err := a.inputs(ctx, file, &f.inputs)
	if err != nil {
		return err
	}
	return a.goOn(ctx, in, st, header, f)
}

// retryVariable is Runnable's: it names the run to continue when a pipeline is run.
const retryVariable = "RUNNABLE_RETRY_RUN_ID"

// retryAgain continues a run because the environment names it.
func (a *command) retryAgain(ctx context.Context, in *inputs, run string, f *runFlags) error {
	if err := runs.CheckReference(run); err != nil {
		return fail(ExitInvalid, "%s: %w", retryVariable, err)
	}
	st, err := in.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if run, err = a.runOf(ctx, st, run); err != nil {
		if known := new(exit); errors.As(err, &known) && known.err != nil {
			return fail(known.code, "%s: %w", retryVariable, known.err)
		}
		return err
	}
	header, err := st.Header(ctx, run)
	if err != nil {
		return storeError(err)
	}
	fmt.Fprintf(a.stderr, "%s is set: continuing run %s, which keeps its parameters\n", retryVariable, run)
	in.params = header.Parameters
	if f.dryRun {
		return a.plan(ctx, in, f)
	}
	line := a.retryLine(run, where{store: st, in: in, python: f.inputs.python, workdir: f.workdir, isolate: f.isolate})
	return a.goOn(ctx, in, st, header, &retryFlags{runFlags: *f, line: line})
}

// goOn runs again what failed in a run, and what depends on it.
func (a *command) goOn(ctx context.Context, in *inputs, st *store.Store, header engine.Header, f *retryFlags) error {
	run := header.Run
	was, err := runs.Of(ctx, st, run)
	if err != nil {
		return storeError(err)
	}
	if err := a.mayGoOn(ctx, st, was, f.force); err != nil {
		return err
	}
	ir.KeepProject(was.Pipeline, in.pipeline)
	from, err := a.again(was, in.pipeline, f)
	if err != nil {
		return err
	}
	if !f.start.here() {
		return a.retryElsewhere(ctx, in, st, header, f)
	}
	if err := f.validIn(in, map[string]bool{"from": f.from != "", "changed": f.changed}); err != nil {
		return err
	}
	if len(from) > 0 && in.containers() != nil {
		return fail(ExitInvalid, "step %s has been edited since it succeeded, and a retry in containers keeps the results of succeeded steps; undo the edit, or start a new run", from[0])
	}
	name := run
	if f.fresh {
		f.run = f.runID(in, time.Now().UTC())
		name = f.run
	}
	ctx, release, err := a.turn(ctx, st, in.pipeline, name, f.fresh)
	if err != nil {
		return err
	}
	defer release()
	if header.Definition, err = irjson.Encode(in.pipeline); err != nil {
		return fail(ExitEnvironment, "%w", err)
	}
	header.File = project.Absolute(in.file)
	if f.fresh {
		header, err = a.forked(ctx, in, st, header, f)
	} else if err = st.PutHeader(ctx, header); err == nil {
		err = st.Reopen(ctx, run)
	}
	if err != nil {
		return storeError(err)
	}
	return a.drive(ctx, drive{store: st, header: header, pipeline: in.pipeline, inputs: in, flags: &f.runFlags, retry: true, from: from, changed: f.changed, told: f.told})
}

// retryFile is the definition of a retry: the one given, the one that the run began with where the store lies
// beside it, or the one of this folder. What a store says is data: it names nothing else that would be run.
func (a *command) retryFile(given string, h engine.Header, st *store.Store) (string, error) {
	if given != "" {
		return given, nil
	}
	if h.File != "" && liesBeside(st, h.File) {
		if info, err := os.Stat(h.File); err == nil && info.Mode().IsRegular() {
			return h.File, nil
		}
	}
	file, err := a.definitionFile(nil)
	known := h.File != "" && exists(h.File)
	if err == nil && (!known || sameFile(file, h.File)) {
		return file, nil
	}
	if known {
		return "", fail(ExitInvalid, "the store says that run %s started with %s, which is not beside the store; name the definition yourself: --file %s", h.Run, h.File, quoteArg(h.File))
	}
	return "", fmt.Errorf("the definition of run %s is not known here; name it with --file", h.Run)
}

// liesBeside reports whether a store is in the folder of a file.
func liesBeside(st *store.Store, file string) bool {
	folder, ok := st.Folder()
	return ok && sameFile(filepath.Dir(folder), filepath.Dir(file))
}
