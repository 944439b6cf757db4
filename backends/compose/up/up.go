// Package up runs rendered plans with docker-compose.
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
	"regexp"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/compose"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/procgroup"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/workfolder"
)

// Target is docker-compose, which can start what it renders.
type Target struct{ compose.Target }

// plan is a plan that runs on the engine.
type plan struct {
	program []string // docker-compose with the plan and the project
	env     []string
}

// maxOutput is how much of what compose wrote last is told where it failed.
const maxOutput = 4 << 10

// Start implements [target.Starter].
func (Target) Start(ctx context.Context, r target.Rendering, run target.Run) error {
	program, err := findProgram(run.Environ)
	if err != nil {
		return err
	}
	dir, release, err := workfolder.NewTemp("runnable-render-compose-")
	if err != nil {
		return err
	}
	defer func() { _ = release() }()
	p := &plan{program: program}
	if err := p.prepare(ctx, dir, r.Files[compose.FileName], run); err != nil {
		return err
	}
	output, err := p.up(ctx)
	if bytes.Contains(r.Files[compose.FileName], []byte("\n  "+compose.HooksService+":\n")) {
		p.showHooks(run.Log)
	}
	if down, _, downErr := p.start("down", "--volumes"); downErr == nil {
		_ = down.Wait()
	}
	switch {
	case err == nil:
		return nil
	case aboutEngine.MatchString(output) && !answers(context.WithoutCancel(ctx), run.Environ):
		return fmt.Errorf("the Docker engine cannot be reached at %s; start it, or name another one in DOCKER_HOST", where(run.Environ))
	case output != "":
		return fmt.Errorf("%w; its last output was:\n%s", err, output)
	}
	return err
}

// aboutEngine is what both versions of compose write, among much else, where they reach no engine.
var aboutEngine = regexp.MustCompile(`(?i)connect|server API version`) // compiled once, by every import

// findProgram is $COMPOSE, docker-compose, or docker's own compose.
func findProgram(env []string) ([]string, error) {
	for _, kv := range slices.Backward(env) {
		if own, ok := strings.CutPrefix(kv, "COMPOSE="); ok && own != "" {
			return strings.Fields(own), nil
		}
	}
	if path, err := exec.LookPath("docker-compose"); err == nil {
		return []string{path}, nil
	}
	if exec.Command("docker", "compose", "version").Run() == nil {
		return []string{"docker", "compose"}, nil
	}
	return nil, errors.New("there is neither docker-compose nor \"docker compose\" here; install one, or name it in COMPOSE")
}

// prepare writes the plan. A store that is a folder takes the place of the plan's volume, so that the facts are where
// those of local runs are.
func (p *plan) prepare(ctx context.Context, dir string, text []byte, run target.Run) error {
	if slices.Contains(run.Environ, "RUNNABLE_OBJECTS=own") {
		return errors.New("RUNNABLE_OBJECTS=own does not reach the steps in containers, which would load anybody's objects; unset it, or run here")
	}
	file := filepath.Join(dir, compose.FileName)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	p.program = append(p.program, "-p", project(run.ID), "-f", file)
	if compose.RelativeFolder(text) {
		at, err := filepath.Abs(run.Dir)
		if err != nil {
			return err
		}
		p.program = append(p.program, "--project-directory", at)
	}
	if run.Folder != "" {
		if err := os.MkdirAll(run.Folder, 0o777); err != nil {
			return err
		}
		more := filepath.Join(dir, "store.yaml")
		caller, err := Caller(ctx, run.Environ, dir)
		if err != nil {
			return err
		}
		if err := os.WriteFile(more, compose.InFolder(text, run.Folder, caller), 0o600); err != nil {
			return err
		}
		p.program = append(p.program, "-f", more)
	}
	p.env = slices.DeleteFunc(slices.Clone(run.Environ), func(kv string) bool { return strings.HasPrefix(kv, params.Prefix) }) // the plan has them
	p.env = append(p.env, "RUN_ID="+run.ID)
	if run.Retry {
		p.env = append(p.env, runnerenv.Retry+"=1")
	} else {
		p.env = append(p.env, runnerenv.Tag+"="+strings.Join(run.Tags, ","))
	}
	return nil
}

// project is the name of a run's project.
func project(run string) string {
	return "rr-" + strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return -1
	}, strings.ToLower(run))
}

// start begins a command of compose in a process group of its own: a Ctrl-C is for us to hand on, once.
func (p *plan) start(args ...string) (*exec.Cmd, *bytes.Buffer, error) {
	cmd := exec.Command(p.program[0], slices.Concat(p.program[1:], args)...)
	out := &bytes.Buffer{}
	cmd.Env, cmd.Stdout, cmd.Stderr = p.env, out, out
	cmd.SysProcAttr = procgroup.Own()
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.program[0], err)
	}
	return cmd, out, nil
}

// up runs the plan to its end and returns the last that compose printed.
func (p *plan) up(ctx context.Context) (string, error) {
	cmd, out, err := p.start("up", "--no-color")
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Signal(os.Interrupt) })
	defer stop()
	err = cmd.Wait()
	output := bytes.TrimSpace(out.Bytes())
	return string(output[max(0, len(output)-maxOutput):]), err
}

// showHooks shows what the hooks wrote, as a local run does while they run. What they came to is in the summary.
func (p *plan) showHooks(log io.Writer) {
	cmd, out, err := p.start("logs", "--no-color", "--no-log-prefix", compose.HooksService)
	if err != nil || cmd.Wait() != nil {
		return // there are no containers, and the end of the run tells why
	}
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, "Attaching to ") { // 1.29 says so
			fmt.Fprint(log, line)
		}
	}
}

// Probe implements [target.Prober]. Only a plan that this program has started is known by its project.
func (Target) Probe(ctx context.Context, h target.Header) (target.State, string) {
	const hint = "docker-compose ps"
	program, err := findProgram(os.Environ())
	if err != nil {
		return target.Unknown, hint
	}
	args := append(slices.Clone(program[1:]), "-p", project(h.Run), "ps", "--quiet")
	out, err := exec.CommandContext(ctx, program[0], args...).Output()
	if err == nil && len(bytes.TrimSpace(out)) > 0 {
		return target.Going, hint
	}
	return target.Unknown, hint // it may have been started under another name
}
