package pyenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/execpath"
	"github.com/runnable-render/runnable-render/internal/procgroup"
)

// install makes the environment anew: by uv where it is on PATH, else by venv and pip, of the interpreter where it has one.
func (w Want) install(ctx context.Context, dir, program string) error {
	if err := os.RemoveAll(dir); err != nil { // of an installation that was cut off
		return err
	}
	pip := []string{"install", "--no-input", "--disable-pip-version-check", "--quiet", "--"}
	var steps [2][]string
	if uv, err := execpath.Look("uv", dir, w.Environ); err == nil {
		steps[0] = []string{uv, "venv", "--quiet", "--no-project", "--python", w.Python, dir}
		steps[1] = []string{uv, "pip", "install", "--quiet", "--python", program, "--"}
	} else if w.installsElsewhere(ctx) {
		steps[0] = []string{w.Python, "-m", "venv", "--without-pip", dir}
		steps[1] = append([]string{w.Python, "-m", "pip", "--python", program}, pip...)
	} else {
		steps[0] = []string{w.Python, "-m", "venv", dir}
		steps[1] = append([]string{program, "-m", "pip"}, pip...)
	}
	steps[1] = append(steps[1], w.sorted()...)
	for _, argv := range steps {
		if err := w.run(ctx, argv); err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
	}
	return nil
}

// installsElsewhere reports whether the interpreter has a pip that installs into other environments, as those from 22.3 on do. An
// environment without a pip of its own is made in a tenth of the time.
func (w Want) installsElsewhere(ctx context.Context) bool {
	cmd := exec.CommandContext(ctx, w.Python, "-m", "pip", "--version")
	cmd.Env = w.variables()
	said, err := cmd.Output()
	var major, minor int
	_, unread := fmt.Sscanf(string(said), "pip %d.%d", &major, &minor)
	return err == nil && unread == nil && (major > 22 || major == 22 && minor >= 3)
}

// variables are those of the installer. What steers the modules of the user's own Python does not reach it.
func (w Want) variables() []string {
	var out []string
	for name, value := range w.Environ {
		switch name {
		case "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV":
		default:
			out = append(out, name+"="+value)
		}
	}
	return out
}

// run runs one program of the installation, which ends with the context, and with all that it started.
func (w Want) run(ctx context.Context, argv []string) error {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = w.variables(), &said, &said, procgroup.Own()
	cmd.Cancel = func() error { return procgroup.Kill(cmd.Process) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && said.Len() > 0:
		return errors.New(end(said.String()))
	case err != nil:
		return fmt.Errorf("%s: %w", argv[0], err)
	}
	return nil
}

// end is the last lines of what a program said.
func end(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}
