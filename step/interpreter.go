package step

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/engine"
)

// interpreter chooses the Python of an attempt: the one that is set, that of the active virtual environment, that of
// .venv in the project of the definition or of the working folder, the version that .python-version there names,
// python3 on PATH.
func (a *attempt) interpreter(ctx context.Context) (string, *failure) {
	env := a.environ.base
	if p := a.rt.opts.Python; p != "" {
		found, err := lookPath(p, a.Dir, env)
		if err != nil {
			return "", fail(engine.KindError, "no Python: %s: %v", p, err)
		}
		return a.resolve(ctx, found)
	}
	folders := a.projectFolders()
	found, tried := virtualPython(env, folders)
	if found != "" {
		return a.resolve(ctx, found)
	}
	for _, dir := range folders {
		v, ok := pinnedVersion(filepath.Join(dir, ".python-version"))
		if !ok {
			continue
		}
		if found := a.pythonOf(ctx, v); found != "" {
			return found, nil
		}
		a.out.note("%s asks for Python %s, which is not on this machine; taking python3 on PATH", filepath.Join(dir, ".python-version"), v)
		break
	}
	found, err := lookPath("python3", a.Dir, env)
	if err != nil {
		return "", fail(engine.KindError, "no Python: tried %s; install Python 3.9 or later, make a .venv, or set the interpreter", strings.Join(append(tried, "python3 on PATH"), ", "))
	}
	return a.resolve(ctx, found)
}

// virtualPython returns the interpreter of a virtual environment, or where it looked for one.
func virtualPython(env map[string]string, folders []string) (found string, tried []string) {
	var venvs []string
	if v := env["VIRTUAL_ENV"]; v != "" {
		venvs = append(venvs, v)
	}
	for _, dir := range folders {
		own := ".venv"
		if v := env["UV_PROJECT_ENVIRONMENT"]; v != "" && exists(filepath.Join(dir, "pyproject.toml")) {
			own = v
		}
		if !filepath.IsAbs(own) {
			own = filepath.Join(dir, own)
		}
		venvs = append(venvs, own)
	}
	for _, v := range venvs {
		p := filepath.Join(v, "bin", "python")
		if executable(p) == nil {
			return p, nil
		}
		tried = append(tried, p)
	}
	return "", tried
}

// projectFolders are the folders of the definition and of the working folder, each with those above it up to the one
// that is the project's: the first with a pyproject.toml or a .git.
func (a *attempt) projectFolders() []string {
	var out []string
	for _, start := range []string{a.rt.opts.Definition, a.Dir} {
		if start == "" {
			continue
		}
		abs, err := filepath.Abs(start)
		if err != nil {
			continue
		}
		for _, dir := range upToProject(abs) {
			if !slices.Contains(out, dir) {
				out = append(out, dir)
			}
		}
	}
	return out
}

func upToProject(dir string) []string {
	var path []string
	for at := dir; ; at = filepath.Dir(at) {
		path = append(path, at)
		if exists(filepath.Join(at, "pyproject.toml")) || exists(filepath.Join(at, ".git")) {
			return path
		}
		if at == filepath.Dir(at) {
			return []string{dir} // no project: nothing above is its business
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
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
