// Package up submits rendered scripts to Slurm, and asks Slurm about runs.
package up

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/runnable-render/runnable-render/backends/slurm"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/procgroup"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/workfolder"
)

// Target is Slurm, which can start what it renders.
type Target struct{ slurm.Target }

const (
	askEvery  = time.Second
	askFor    = 5 * time.Minute // how long Slurm may not answer before a run is given up
	endWithin = 2 * time.Minute // how long cancelled jobs may take to end
	maxSaid   = 4 << 10         // how much of what a program wrote last is told where it failed
)

// script is a script with the folder and the variables that it is called with.
type script struct {
	file, dir string
	env       []string
}

// Start implements [target.Starter].
func (Target) Start(ctx context.Context, r target.Rendering, run target.Run) error {
	if _, err := exec.LookPath("sbatch"); err != nil {
		return errors.New("there is no sbatch here; run this where Slurm's commands are, such as a login node")
	}
	dir, release, err := workfolder.NewTemp("runnable-render-slurm-")
	if err != nil {
		return err
	}
	defer func() { _ = release() }()
	s := &script{file: filepath.Join(dir, slurm.FileName), dir: folder(r.Files[slurm.FileName], run.Dir), env: environ(run)}
	if err := os.WriteFile(s.file, r.Files[slurm.FileName], 0o600); err != nil {
		return err
	}
	last, err := s.call(ctx, run.Log, "submit")
	if err != nil {
		return err
	}
	if err := s.wait(ctx, last); ctx.Err() == nil {
		return err
	}
	ending, stop := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer stop()
	_, err = s.call(ending, run.Log, "cancel", run.ID, "all")
	return err
}

// folder is where a script is submitted.
func folder(text []byte, dir string) string {
	l := project.Find(filepath.Join(dir, "pipeline"), ".")
	if slurm.InRoot(text) {
		return l.Root
	}
	return l.Work
}

// environ is the environment of the jobs. The script holds the parameters.
func environ(run target.Run) []string {
	env := slices.DeleteFunc(slices.Clone(run.Environ), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return strings.HasPrefix(kv, params.Prefix) || runnerenv.Sets(name)
	})
	env = append(env, "RUN_ID="+run.ID)
	if run.Folder != "" {
		env = append(env, runnerenv.Store+"="+run.Folder)
	}
	if run.Retry {
		return append(env, runnerenv.Retry+"=1")
	}
	return append(env, runnerenv.Tag+"="+strings.Join(run.Tags, ","))
}

// call calls a command of the script and returns what it printed. It is in a process group of its own: a Ctrl-C is for us.
func (s *script) call(ctx context.Context, log io.Writer, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "bash", append([]string{s.file}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it removes what it has submitted
	var out, said bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, s.env, &out, &said
	cmd.SysProcAttr = procgroup.Own()
	if err := cmd.Run(); err != nil {
		text := bytes.TrimSpace(said.Bytes())
		return "", fmt.Errorf("%s: %w\n%s", args[0], err, text[max(0, len(text)-maxSaid):])
	}
	_, err := said.WriteTo(log)
	return strings.TrimSpace(out.String()), err
}

// wait waits for the end of a job. Slurm knows one that has ended for a while, and then says that its id is invalid.
func (s *script) wait(ctx context.Context, job string) error {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	answered := time.Now()
	for {
		out, err := ask(ctx, s.env, "squeue", "--noheader", "--format=%j", "--jobs="+job)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && out == "", err != nil && strings.Contains(err.Error(), "Invalid job id"):
			return nil
		case err == nil:
			answered = time.Now()
		case time.Since(answered) > askFor:
			return fmt.Errorf("no answer from Slurm for %s; the run may still be going on: %w", askFor, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// ask returns what a command of Slurm prints; nil env: this process's.
func ask(ctx context.Context, env []string, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = env
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(said.Bytes()))
	}
	return strings.TrimSpace(string(out)), nil
}

// Probe implements [target.Prober]. That a run has no job here tells something only where this is its cluster.
func (Target) Probe(ctx context.Context, h target.Header) (target.State, string) {
	const hint = "squeue --me --format='%i %j %T %R'"
	names, err := ask(ctx, nil, "squeue", "--noheader", "--format=%j")
	switch {
	case err != nil:
		return target.Unknown, hint
	case strings.Contains("\n"+names, "\n"+h.Run+"."):
		return target.Going, hint
	}
	config, err := ask(ctx, nil, "scontrol", "show", "config")
	if cluster := h.Code["workflow"]; err == nil && cluster != "" && strings.Contains(strings.Join(strings.Fields(config), " "), " ClusterName = "+cluster+" ") {
		return target.Ended, hint
	}
	return target.Unknown, hint
}
