package python

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/runnable-render/runnable-render/internal/execpath"
)

// Choice says which interpreter is wanted, for a step or for a definition.
type Choice struct {
	Set     string            // a path, a name on PATH, or a version such as 3.12; empty: the project's
	Env     map[string]string // the environment that it is to run in
	Dir     string            // its working folder; relative paths and names start here
	Folders []string          // those whose projects are looked into, the definition's first
}

// Found is an interpreter.
type Found struct {
	Path string // never a script that chooses among interpreters
	Note string // what was asked for and is not on this machine, if something is not
}

// Finder finds interpreters, and remembers what scripts that choose among them have chosen. The zero value is usable,
// by several goroutines.
type Finder struct {
	mu     sync.Mutex
	behind map[string]string
}

// Find chooses an interpreter: the one that is set, that of the active virtual environment, that of .venv in the
// project of one of the folders, the version that .python-version there names, python3 on PATH. The error names what
// was tried.
func (f *Finder) Find(ctx context.Context, c Choice) (Found, error) {
	if c.Set != "" {
		return f.set(ctx, c)
	}
	folders := projectFolders(c.Folders)
	found, tried := virtual(c.Env, folders)
	if found != "" {
		return f.at(ctx, c, found)
	}
	note := ""
	for _, dir := range folders {
		file := filepath.Join(dir, ".python-version")
		v, ok := pinned(file)
		if !ok {
			continue
		}
		if found := f.ofVersion(ctx, c, v); found != "" {
			return Found{Path: found}, nil
		}
		note = fmt.Sprintf("%s asks for Python %s, which is not on this machine; taking python3 on PATH", file, v)
		break
	}
	found, err := execpath.Look("python3", c.Dir, c.Env)
	if err != nil {
		tried = append(tried, "python3 on PATH")
		return Found{}, fmt.Errorf("no Python: tried %s; install Python 3.9 or later, make a .venv, or set the interpreter", strings.Join(tried, ", "))
	}
	at, err := f.at(ctx, c, found)
	at.Note = note
	return at, err
}

// set finds the interpreter that is set.
func (f *Finder) set(ctx context.Context, c Choice) (Found, error) {
	if v, ok := parseVersion(c.Set); ok {
		if found := f.ofVersion(ctx, c, v); found != "" {
			return Found{Path: found}, nil
		}
		return Found{}, fmt.Errorf("no Python: version %s is not on this machine: it is neither among those of pyenv and uv nor on PATH", v)
	}
	found, err := execpath.Look(c.Set, c.Dir, c.Env)
	if err != nil {
		return Found{}, fmt.Errorf("no Python: %s: %w", c.Set, err)
	}
	return f.at(ctx, c, found)
}

// virtual returns the interpreter of a virtual environment, or where it looked for one.
func virtual(env map[string]string, folders []string) (found string, tried []string) {
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
		if execpath.Executable(p) == nil {
			return p, nil
		}
		tried = append(tried, p)
	}
	return "", tried
}

// projectFolders are folders, each with those above it up to the one that is the project's: the first with a
// pyproject.toml or a .git.
func projectFolders(starts []string) []string {
	var out []string
	for _, start := range starts {
		abs, err := filepath.Abs(start)
		if start == "" || err != nil {
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

// at is the interpreter behind a path: a script that chooses among interpreters is asked once, since it costs more
// than the interpreter.
func (f *Finder) at(ctx context.Context, c Choice, path string) (Found, error) {
	if !isScript(path) {
		return Found{Path: path}, nil
	}
	key := strings.Join([]string{c.Dir, path, c.Env["PYENV_VERSION"]}, "\x00")
	f.mu.Lock()
	known, ok := f.behind[key]
	f.mu.Unlock()
	if ok {
		return Found{Path: known}, nil
	}
	known, err := ask(ctx, c, path)
	if err != nil {
		return Found{}, fmt.Errorf("no Python: %s: %w", path, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.behind == nil {
		f.behind = map[string]string{}
	}
	f.behind[key] = known
	return Found{Path: known}, nil
}

// ask starts an interpreter and asks it where it is.
func ask(ctx context.Context, c Choice, path string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-c", "import sys; print(sys.executable)")
	cmd.Dir = c.Dir
	for k, v := range c.Env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.Output()
	found := strings.TrimSpace(string(out))
	if err == nil {
		return found, execpath.Executable(found)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	}
	return "", err
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
