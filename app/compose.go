package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/compose"
	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// composeFlags are the flags of `run` and `retry` with --target compose.
type composeFlags struct {
	target                      string
	image, runnerImage, version string
}

func (f *composeFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.target, "target", "t", "local", "local, or compose: render, start, follow and report in one go")
	fs.StringVar(&f.image, "image", "", "compose: image that holds the pipeline's code")
	fs.StringVar(&f.runnerImage, "runner-image", "", "compose: image that brings the runner")
	fs.StringVar(&f.version, "compose-version", "", "compose: 2 renders for 2.23 and later alone (default: also for 1.29)")
	complete(cmd, "target", "local", "compose")
	complete(cmd, "compose-version", "2")
}

// flagsOfComposeRuns are those that a run in compose takes, whether it begins or goes on.
var flagsOfComposeRuns = []string{"config", "store", "python", "target", "image", "runner-image", "compose-version", "format"}

// valid refuses flags that would do nothing. With compose those are taken that all such runs take, and more.
func (f *composeFlags) valid(cmd *cobra.Command, more ...string) error {
	switch f.target {
	case "argo":
		return fmt.Errorf("--target argo: %s does not submit workflows; render one and have argo run it: `%s FILE --target argo > wf.yaml && argo submit --watch wf.yaml`", cmd.CommandPath(), cmd.Root().Name())
	case "graph":
		return fmt.Errorf("--target graph: there is nothing to run; `%s graph FILE` draws it", cmd.Root().Name())
	}
	if err := oneOf("target", f.target, "local", "compose"); err != nil {
		return err
	}
	if f.target == "compose" {
		return only(cmd, "--target compose", append(more, flagsOfComposeRuns...)...)
	}
	for _, name := range []string{"image", "runner-image", "compose-version"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s has no effect with --target local; leave it out", name)
		}
	}
	return nil
}

// composeVersion reads --compose-version.
func composeVersion(text string) (compose.Version, error) {
	switch text {
	case "":
		return "", nil
	case "2":
		return compose.V2, nil
	}
	return "", fmt.Errorf("--compose-version %s: want 2, or leave it out for a plan that 1.29 takes too", text)
}

// line is the flags as retry takes them.
func (f *composeFlags) line() string {
	out := " --target compose"
	for _, flag := range [][2]string{{"image", f.image}, {"runner-image", f.runnerImage}, {"compose-version", f.version}} {
		if flag[1] != "" {
			out += " --" + flag[0] + " " + quoteArg(flag[1])
		}
	}
	return out
}

// composeRun is a plan that runs on the engine, with its facts in this machine's store.
type composeRun struct {
	*command
	in      *inputs
	flags   *composeFlags
	store   *store.Store
	run     string
	retry   bool
	program []string // docker-compose with the plan and the project
	env     []string
	started time.Time
}

// maxComposeOutput is how much of what compose wrote last is shown where it failed.
const maxComposeOutput = 4 << 10

// runCompose runs a definition in compose as run does here.
func (a *command) runCompose(ctx context.Context, file string, f *runFlags, cf *composeFlags) error {
	if err := f.valid(); err != nil {
		return err
	}
	f.inputs.starts = true
	in, err := a.inputs(file, &f.inputs)
	if err != nil {
		return err
	}
	st, err := in.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	r := &composeRun{command: a, in: in, flags: cf, store: st, run: f.runID(in, time.Now())}
	switch h, err := st.Header(ctx, r.run); {
	case err == nil:
		return storeError(&store.RunExistsError{Header: h})
	case !errors.Is(err, store.ErrNoRun):
		return storeError(err)
	}
	tags, err := f.allTags(in)
	if err != nil {
		return err
	}
	return r.drive(ctx, f.format, runnerenv.Tag+"="+strings.Join(tags, ","))
}

// retryCompose goes on in compose with a run of any target.
func (a *command) retryCompose(ctx context.Context, in *inputs, st *store.Store, h engine.Header, f *retryFlags) error {
	h.File = absolute(in.file)
	if err := st.Own(ctx, h.Run); err != nil {
		return storeError(err)
	}
	if err := st.PutHeader(ctx, h); err != nil {
		return storeError(err)
	}
	if err := st.Reopen(ctx, h.Run); err != nil { // else the end of before would count where compose cannot begin
		return storeError(err)
	}
	r := &composeRun{command: a, in: in, flags: &f.compose, store: st, run: h.Run, retry: true}
	return r.drive(ctx, f.format, runnerenv.Retry+"=1")
}

// drive renders the plan, starts it, follows it by its facts and reports as a local run does.
func (r *composeRun) drive(ctx context.Context, format string, env ...string) error {
	files, list, err := r.in.compose(&renderFlags{image: r.flags.image, runnerImage: r.flags.runnerImage, composeVersion: r.flags.version})
	if err != nil {
		return err
	}
	if err := r.command.report(r.in.accepted().Filter(list), r.in.texts(), refusedCode(list)); err != nil {
		return err
	}
	program, err := composeProgram() // not before: what is wrong with the command line is reported on every machine
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "runnable-compose-")
	if err != nil {
		return fileError("make", err)
	}
	defer os.RemoveAll(dir)
	if err := r.prepare(dir, program, files[compose.FileName]); err != nil {
		return err
	}
	r.env = append(r.env, env...)
	return r.follow(ctx, format)
}

// composeProgram is $COMPOSE, docker-compose, or docker's own compose.
func composeProgram() ([]string, error) {
	if own := os.Getenv("COMPOSE"); own != "" {
		return strings.Fields(own), nil
	}
	if path, err := exec.LookPath("docker-compose"); err == nil {
		return []string{path}, nil
	}
	if exec.Command("docker", "compose", "version").Run() == nil {
		return []string{"docker", "compose"}, nil
	}
	return nil, fail(ExitEnvironment, "there is neither docker-compose nor \"docker compose\" here; install one, or name it in COMPOSE")
}

// prepare writes the plan. A store that is a folder takes the place of the plan's volume, so that the facts are where
// those of local runs are.
func (r *composeRun) prepare(dir string, program []string, plan []byte) error {
	file := filepath.Join(dir, compose.FileName)
	if err := os.WriteFile(file, plan, 0o600); err != nil {
		return fileError("write", err)
	}
	project := "rr-" + strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return -1
	}, strings.ToLower(r.run))
	r.program = append(program, "-p", project, "-f", file)
	if folder, ok := r.store.Folder(); ok {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return fileError("make", err)
		}
		more := filepath.Join(dir, "store.yaml")
		// JSON strings are YAML; compose would replace what follows a dollar sign.
		device := strings.ReplaceAll(fmt.Sprintf("%q", folder), "$", "$$")
		text := "volumes: {store: {driver: local, driver_opts: {type: none, o: bind, device: " + device + "}}}\n"
		if err := os.WriteFile(more, []byte(text), 0o600); err != nil {
			return fileError("write", err)
		}
		r.program = append(r.program, "-f", more)
	}
	r.env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, params.Prefix) }) // the plan has them
	r.env = append(r.env, "RUN_ID="+r.run)
	return r.secrets()
}

// secrets hands on what the configuration's source of secrets holds; compose passes them by name.
func (r *composeRun) secrets() error {
	from := r.in.secrets()
	if from == nil {
		return nil // the environment, which compose reads itself
	}
	for _, name := range local.SecretNames(r.in.pipeline) {
		value, ok, err := from.Secret(name)
		if err != nil {
			return fail(ExitEnvironment, "secret %s from %s: %w", name, from.Source(), err)
		}
		if ok {
			r.env = append(r.env, name+"="+value)
		}
	}
	return nil
}

// start begins a command of compose in a process group of its own: a Ctrl-C is for us to hand on, once.
func (r *composeRun) start(args ...string) (*exec.Cmd, *bytes.Buffer, error) {
	all := append(append([]string{}, r.program[1:]...), args...)
	cmd := exec.Command(r.program[0], all...)
	out := &bytes.Buffer{}
	cmd.Env, cmd.Stdout, cmd.Stderr = r.env, out, out
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		return nil, nil, fail(ExitEnvironment, "%s: %w", r.program[0], err)
	}
	return cmd, out, nil
}

// follow runs the plan to its end and shows what its facts tell on the way.
func (r *composeRun) follow(ctx context.Context, format string) error {
	keep := context.WithoutCancel(ctx)
	w, err := newWatch(keep, r)
	if err != nil {
		return err
	}
	r.started = time.Now()
	cmd, out, err := r.start("up", "--no-color")
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	err = w.until(ctx, keep, ended, func() { _ = cmd.Process.Signal(os.Interrupt) })
	w.display.Close()
	<-ended
	r.showHooks()
	if down, _, downErr := r.start("down", "--volumes"); downErr == nil {
		_ = down.Wait()
	}
	if err != nil {
		return storeError(err)
	}
	return r.tell(keep, ctx.Err() != nil, format, out.Bytes())
}

// showHooks shows what the hooks wrote, as a local run does while they run. What they came to is in the summary.
func (r *composeRun) showHooks() {
	if len(r.in.pipeline.Hooks()) == 0 {
		return
	}
	cmd, out, err := r.start("logs", "--no-color", "--no-log-prefix", compose.HooksService)
	if err != nil || cmd.Wait() != nil {
		return // there are no containers, and the end of the run tells why
	}
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, "Attaching to ") { // 1.29 says so
			fmt.Fprint(r.stderr, line)
		}
	}
}

// begun notes whose definition a new run is of, for retry, and that this process drives it.
func (r *composeRun) begun(ctx context.Context, h engine.Header) error {
	if r.retry {
		return nil // noted before
	}
	h.File = absolute(r.in.file)
	return errors.Join(r.store.PutHeader(ctx, h), r.store.Own(ctx, h.Run))
}

// tell prints the summary, or why there is none: compose was stopped, or gave the plan up.
func (r *composeRun) tell(ctx context.Context, stopped bool, format string, out []byte) error {
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
	if stopped {
		fmt.Fprintf(r.stderr, "\ninterrupted%s\n", goOn)
		return told(ExitInterrupted)
	}
	if len(out) > maxComposeOutput {
		out = out[len(out)-maxComposeOutput:]
	}
	return fail(ExitEnvironment, "compose ended and the run %s did not; it said last:\n%s\nthe run stopped%s", r.run, bytes.TrimSpace(out), goOn)
}

func (r *composeRun) where() where {
	return where{store: r.store, in: r.in, compose: r.flags, python: r.in.flags.python}
}

// summary prints what the run came to. Of a retry, what is older than it was kept.
func (r *composeRun) summary(ctx context.Context, format string) error {
	run, err := runs.Of(ctx, r.store, r.run)
	if err != nil {
		return storeError(err)
	}
	for i := range run.Summary.Steps {
		s := &run.Summary.Steps[i]
		s.Kept = r.retry && s.Attempts > 0 && s.Started.Before(r.started)
	}
	run.Summary.Commands = r.commands(run.Summary, r.where())
	return r.show(run.Summary, format)
}
