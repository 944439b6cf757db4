package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/compose"
	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/runs"
	"github.com/runnable-render/runnable-render/store"
)

// composeFlags are the flags of `run --target compose`.
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

// valid refuses flags that would do nothing.
func (f *composeFlags) valid(cmd *cobra.Command) error {
	if err := oneOf("target", f.target, "local", "compose"); err != nil {
		return err
	}
	if f.target == "compose" {
		return only(cmd, "--target compose", append(flagsOfInputs, "target", "image", "runner-image", "compose-version", "run-id", "tag", "format")...)
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

// composeRun is a plan that runs on the engine, with its facts in this machine's store.
type composeRun struct {
	*command
	in      *inputs
	store   *store.Store
	run     string
	program []string // docker-compose with the plan and the project
	env     []string
}

// maxComposeOutput is how much of what compose wrote last is shown where it failed.
const maxComposeOutput = 4 << 10

// runCompose renders a plan, starts it, follows it by its facts and reports as a local run does.
func (a *command) runCompose(ctx context.Context, file string, f *runFlags, cf *composeFlags) error {
	if err := f.valid(); err != nil {
		return err
	}
	program, err := composeProgram()
	if err != nil {
		return err
	}
	in, files, err := a.renderFiles(file, &renderFlags{
		inputs: f.inputs, target: "compose", image: cf.image, runnerImage: cf.runnerImage, composeVersion: cf.version, quiet: true,
	})
	if err != nil {
		return err
	}
	st, err := in.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	dir, err := os.MkdirTemp("", "runnable-compose-")
	if err != nil {
		return fileError("make", err)
	}
	defer os.RemoveAll(dir)
	r := &composeRun{command: a, in: in, store: st, run: or(f.run, store.NewRunID(time.Now()))}
	if err := r.prepare(dir, program, files[compose.FileName], f); err != nil {
		return err
	}
	return r.follow(ctx, f.format)
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
func (r *composeRun) prepare(dir string, program []string, plan []byte, f *runFlags) error {
	tags, err := f.allTags()
	if err != nil {
		return err
	}
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
	r.env = append(os.Environ(), "RUN_ID="+r.run, "RUNNABLE_TAG="+strings.Join(tags, ","))
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
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
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
	cmd, out, err := r.start("up", "--no-color")
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	err = w.until(ctx, keep, ended, func() { _ = cmd.Process.Signal(os.Interrupt) })
	w.display.Close()
	<-ended
	if down, _, downErr := r.start("down", "--volumes"); downErr == nil {
		_ = down.Wait()
	}
	if err != nil {
		return storeError(err)
	}
	if ctx.Err() != nil {
		fmt.Fprintf(r.stderr, "\ninterrupted; what has finished is kept. To go on:\n  the same command with --run-id %s\n", r.run)
		return told(ExitInterrupted)
	}
	return r.report(keep, format, out.Bytes())
}

// report prints the summary. A plan that compose gave up leaves a run without an end.
func (r *composeRun) report(ctx context.Context, format string, out []byte) error {
	end, err := r.store.End(ctx, r.run)
	if err != nil {
		return storeError(err)
	}
	if end == nil {
		if len(out) > maxComposeOutput {
			out = out[len(out)-maxComposeOutput:]
		}
		return fail(ExitEnvironment, "compose ended and the run %s did not; it said last:\n%s", r.run, bytes.TrimSpace(out))
	}
	run, err := runs.Of(ctx, r.store, r.run)
	if err != nil {
		return storeError(err)
	}
	return r.show(run.Summary, format)
}
