package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// startFlags are the flags of `run` and `retry` with --target.
type startFlags struct{ targetFlags }

func (f *startFlags) register(ctx context.Context, a *command, cmd *cobra.Command) {
	targets := a.starters()
	f.targetFlags.register(ctx, a, cmd, targets, local.Name, targetNames(targets)+": for targets other than local, one command renders, starts, follows and reports the run")
}

// here reports whether this program drives the run itself, as it does where no target is named.
func (f *startFlags) here() bool { return f.name == "" || f.targetFlags.here() }

// flagsOfStarts are those that a run elsewhere takes, whether it begins or goes on.
var flagsOfStarts = []string{"config", "store", "python", "format"}

// valid finds the target and refuses flags that would do nothing for it. Elsewhere those are taken that all such runs take,
// and more.
func (f *startFlags) valid(a *command, cmd *cobra.Command, more ...string) (err error) {
	if f.here() {
		if f.target, err = a.target(cmd.Context(), f.name); err != nil {
			return err
		}
		for _, t := range a.starters() {
			for _, o := range target.OptionsOf(t.Options()) {
				if o.Flag != "" && cmd.Flags().Changed(o.Flag) {
					return fmt.Errorf("--%s has no effect with --target %s; leave it out", o.Flag, local.Name)
				}
			}
		}
		return nil
	}
	if f.name == graphTarget {
		return fmt.Errorf("--target graph: there is nothing to run; `%s graph FILE` draws it", a.Name)
	}
	var unknown *unknownTarget
	if f.target, err = a.target(cmd.Context(), f.name); errors.As(err, &unknown) {
		return noTarget(f.name, a.starters())
	}
	if err != nil {
		return err
	}
	if _, starts := f.target.(target.Starter); !starts {
		return fmt.Errorf("--target %s: %s cannot start runs there; render with `%s FILE --target %s`, which names the command that starts one", f.name, cmd.CommandPath(), a.Name, f.name)
	}
	return f.takes(cmd, append(more, flagsOfStarts...)...)
}

// started is a run that a target starts, with its facts in this machine's store.
type started struct {
	*command
	in    *inputs
	flags *startFlags
	store *store.Store
	run   string
	tags  []string
	again *engine.Header // of a run that is retried
	since time.Time
}

// retry reports whether the run goes on that has begun before.
func (r *started) retry() bool { return r.again != nil }

// runElsewhere runs a definition on a target as run does here.
func (a *command) runElsewhere(ctx context.Context, file string, f *runFlags, sf *startFlags) error {
	if err := f.valid(); err != nil {
		return err
	}
	f.inputs.starts = true
	in, err := a.inputs(ctx, file, &f.inputs)
	if err != nil {
		return err
	}
	st, err := in.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	r := &started{command: a, in: in, flags: sf, store: st, run: f.runID(in, time.Now())}
	if err := unused(ctx, st, r.run); err != nil {
		return err
	}
	if r.tags, err = f.allTags(in); err != nil {
		return err
	}
	return r.drive(ctx, f.format)
}

// retryElsewhere goes on with a run of any target on this one.
func (a *command) retryElsewhere(ctx context.Context, in *inputs, st *store.Store, h engine.Header, f *retryFlags) error {
	h.File, h.Owner = project.Absolute(in.file), "" // the engine that it began on has no hold on it any more
	var err error
	if h.Definition, err = irjson.Encode(in.pipeline); err != nil {
		return fail(ExitEnvironment, "%w", err)
	}
	r := &started{command: a, in: in, flags: &f.start, store: st, run: h.Run, again: &h}
	return r.drive(ctx, f.format)
}

// reopen makes the run that is retried one that goes on, driven by this process.
func (r *started) reopen(ctx context.Context) error {
	if !r.retry() {
		return nil
	}
	if err := r.store.Own(ctx, r.run); err != nil {
		return err
	}
	if err := r.store.PutHeader(ctx, *r.again); err != nil {
		return err
	}
	return r.store.Reopen(ctx, r.run) // else the end of before would count where the target cannot begin
}

// drive renders the pipeline, waits for its turn, starts it, follows it by its facts and reports as a local run does.
func (r *started) drive(ctx context.Context, format string) error {
	rendering, list, err := r.in.render(r.flags.target, r.flags.given(), false)
	if err != nil {
		return err
	}
	if err := r.command.report(r.in.accepted().Filter(list), r.in.texts(), refusedCode(list)); err != nil {
		return err
	}
	run, err := r.toStart()
	if err != nil {
		return err
	}
	ctx, release, err := r.turn(ctx, r.store, r.in.pipeline, r.run, !r.retry())
	if err != nil {
		return err
	}
	defer release()
	if err := r.reopen(ctx); err != nil {
		return storeError(err)
	}
	log := &bytes.Buffer{} // shown when the live display has ended
	run.Log = log
	failure, err := r.follow(ctx, rendering, run)
	_, _ = io.Copy(r.stderr, log)
	if err != nil {
		return storeError(err)
	}
	return r.tell(context.WithoutCancel(ctx), stopReason(ctx), format, failure)
}

// toStart is the run as the target gets it. Secrets of the configuration's source go into the environment.
func (r *started) toStart() (target.Run, error) {
	folder, _ := r.store.Folder()
	run := target.Run{ID: r.run, Retry: r.retry(), Tags: r.tags, Folder: folder, Dir: project.Absolute(r.in.dir()), Environ: os.Environ()}
	from := r.in.secrets()
	if from == nil {
		return run, nil // the environment holds them
	}
	for _, name := range local.SecretNames(r.in.pipeline) {
		value, ok, err := from.Secret(name)
		if err != nil {
			return run, fail(ExitEnvironment, "secret %s from %s: %w", name, from.Source(), err)
		}
		if ok {
			run.Environ = append(slices.Clone(run.Environ), name+"="+value)
		}
	}
	return run, nil
}

// follow starts the run and shows what its facts tell on the way. The failure is the target's, the error the store's.
func (r *started) follow(ctx context.Context, rendering target.Rendering, run target.Run) (failure, err error) {
	keep := context.WithoutCancel(ctx)
	w, err := newWatch(keep, r)
	if err != nil {
		return nil, err
	}
	r.since = time.Now()
	running, stop := context.WithCancel(keep)
	defer stop()
	ended := make(chan struct{})
	go func() {
		failure = r.flags.target.(target.Starter).Start(running, rendering, run)
		close(ended)
	}()
	err = w.until(ctx, keep, ended, stop)
	w.display.Close()
	<-ended
	return failure, err
}

// begun notes whose definition a new run is of, for retry, and that this process drives it.
func (r *started) begun(ctx context.Context, h engine.Header) error {
	if r.retry() {
		return nil // noted before
	}
	h.File = project.Absolute(r.in.file)
	return errors.Join(r.store.PutHeader(ctx, h), r.store.Own(ctx, h.Run))
}

// stopReason is why a run was stopped whose context has ended; empty: it was not.
func stopReason(ctx context.Context) string {
	if ctx.Err() == nil {
		return ""
	}
	if lost := store.LeaseLost(ctx); lost != nil {
		return lost.Error()
	}
	return "interrupted"
}

// tell prints the summary, or why there is none: the target was stopped, or gave the run up.
func (r *started) tell(ctx context.Context, stopped, format string, failure error) error {
	end, err := r.store.End(ctx, r.run)
	if err != nil {
		return storeError(err)
	}
	if end != nil {
		return r.summary(ctx, format)
	}
	goOn := "; it had not begun"
	if _, err := r.store.Header(ctx, r.run); err == nil {
		goOn = "; completed steps are kept. To continue:\n  " + r.retryLine(r.run, r.where())
	}
	if stopped != "" {
		fmt.Fprintf(r.stderr, "\n%s%s\n", stopped, goOn)
		return told(ExitInterrupted)
	}
	why := ""
	if failure != nil {
		why = ": " + failure.Error()
	}
	return fail(ExitEnvironment, "%s ended, but the run %s did not%s\nthe run stopped%s", r.flags.name, r.run, why, goOn)
}

func (r *started) where() where {
	return where{store: r.store, in: r.in, start: r.flags, python: r.in.flags.python}
}

// summary prints what the run came to. Of a retry, what is older than it was kept.
func (r *started) summary(ctx context.Context, format string) error {
	run, err := runs.Of(ctx, r.store, r.run)
	if err != nil {
		return storeError(err)
	}
	for i := range run.Summary.Steps {
		s := &run.Summary.Steps[i]
		s.Kept = r.retry() && s.Attempts > 0 && s.Started.Before(r.since)
	}
	run.Summary.Commands = r.commands(run.Summary, r.where())
	return r.show(run.Summary, format)
}
