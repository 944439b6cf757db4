package step

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/engine"
)

// interpreter chooses the Python of an attempt: the one that is set, that of the active virtual environment, that of
// .venv beside the definition or in the working folder, python3 on PATH.
func (a *attempt) interpreter(ctx context.Context) (string, *failure) {
	env := a.environ.base
	if p := a.rt.opts.Python; p != "" {
		found, err := lookPath(p, a.Dir, env)
		if err != nil {
			return "", fail(engine.KindError, "no Python: %s: %v", p, err)
		}
		return a.resolve(ctx, found)
	}
	var tried []string
	for _, venv := range []string{env["VIRTUAL_ENV"], in(a.rt.opts.Definition, ".venv"), in(a.Dir, ".venv")} {
		if venv == "" {
			continue
		}
		p := filepath.Join(venv, "bin", "python")
		if executable(p) == nil {
			return a.resolve(ctx, p)
		}
		tried = append(tried, p)
	}
	found, err := lookPath("python3", a.Dir, env)
	if err != nil {
		return "", fail(engine.KindError, "no Python: tried %s; install Python 3.9 or later, make a .venv, or set the interpreter", strings.Join(append(tried, "python3 on PATH"), ", "))
	}
	return a.resolve(ctx, found)
}

func in(dir, name string) string {
	if dir == "" {
		return ""
	}
	abs, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	return abs
}

// resolve looks behind a script that chooses among interpreters, once: such scripts cost more than the interpreter.
func (a *attempt) resolve(ctx context.Context, path string) (string, *failure) {
	if !isScript(path) {
		return path, nil
	}
	key := a.Dir + "\x00" + path
	a.rt.mu.Lock()
	known, ok := a.rt.pythons[key]
	a.rt.mu.Unlock()
	if ok {
		return known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-c", "import sys; print(sys.executable)")
	cmd.Dir, cmd.Env = a.Dir, a.environ.list()
	out, err := cmd.Output()
	found := strings.TrimSpace(string(out))
	if err != nil || executable(found) != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && len(exit.Stderr) > 0 {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return "", fail(engine.KindError, "no Python: %s: %v", path, err)
	}
	a.rt.mu.Lock()
	a.rt.pythons[key] = found
	a.rt.mu.Unlock()
	return found, nil
}

func isScript(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [2]byte
	n, _ := f.Read(head[:])
	return n == 2 && head == [2]byte{'#', '!'}
}
