package step

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/engine"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3.11": "3.11", "3.11.7": "3.11.7", "cpython-3.12.1-linux-x86_64-gnu": "3.12.1", "cpython@3.13": "3.13",
		"": "", "3": "", "system": "", "pypy3.9-7.3.9": "", "3.x": "", "3.11.7.1": "", "../3.11": "",
	} {
		v, ok := parseVersion(text)
		if ok != (want != "") || ok && v.String() != want {
			t.Errorf("%q: %v %t, want %q", text, v, ok, want)
		}
	}
}

// pythonsHere are the interpreters of this machine by version: those of pyenv and /usr/bin/python3.
func pythonsHere(t *testing.T) map[string]string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "*", "bin", "python"))
	for _, p := range found {
		out[filepath.Base(filepath.Dir(filepath.Dir(p)))] = p
	}
	if exists("/usr/bin/python3") {
		out["usr"] = "/usr/bin/python3"
	}
	return out
}

// TestEveryInterpreter runs functions by each Python of the machine, warm and cold: with those that are too old the
// failure says so.
func TestEveryInterpreter(t *testing.T) {
	t.Parallel()
	here := pythonsHere(t)
	if len(here) == 0 {
		t.Skip("no interpreters")
	}
	old := pythonVersion{3, 9}
	for name, py := range here {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, cold := range []bool{false, true} {
				job := pythonJob(t, "mine.which", params("a", "[1, 2]", "b", "null"), "version", "total")
				write(t, job.Dir, "mine.py", "import sys\ndef which(a, b=3):\n    return '%d.%d.%d' % sys.version_info[:3], sum(a)\n")
				res, log := execute(t, runtimeFor(t, Options{Python: py, Cold: cold}), job)
				if v, ok := parseVersion(name); ok && slices.Compare(v, old) < 0 {
					wantFailure(t, res, log, engine.KindError, "a step needs Python 3.9 or later")
					continue
				}
				version := name
				if name == "usr" {
					version = res.Code["python"]
				}
				wantSuccess(t, res, log, `version="`+version+`" total=3`)
				if res.Code["python"] != version {
					t.Errorf("code identity %v, want python %s", res.Code, version)
				}
			}
		})
	}
}

// TestPinnedInterpreter: .python-version chooses among the versions that pyenv keeps, the newest that fits.
func TestPinnedInterpreter(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	real := ""
	for name, py := range pythonsHere(t) {
		if v, ok := parseVersion(name); ok && slices.Compare(v, pythonVersion{3, 9}) >= 0 {
			real = py
		}
	}
	if real == "" {
		t.Skip("pyenv has no Python here")
	}
	for _, v := range []string{"3.11.2", "3.11.10", "3.12.0"} {
		p := write(t, root, "versions/"+v+"/bin/python3", "#!/bin/sh\nPINNED="+v+" exec "+shellQuote(real)+" \"$@\"\n")
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + root, "PYENV_ROOT=" + root}
	for pin, want := range map[string]string{
		"3.11\n": "3.11.10", "3.11.2": "3.11.2", "# ours\n\n3.12\n3.11\n": "3.12.0", "3.77": "", "system": "",
	} {
		project := t.TempDir()
		write(t, project, "pyproject.toml", "")
		write(t, project, ".python-version", pin)
		definition := filepath.Dir(write(t, project, "flows/pipeline.yaml", ""))
		job := pythonJob(t, "functions.none", nil)
		var log strings.Builder
		job.Log = &log
		r := runtimeFor(t, Options{Environ: environ, Definition: definition})
		a := &attempt{Job: job, rt: r, out: newSink(&log)}
		var f *failure
		if a.environ, f = a.environment(nil); f != nil {
			t.Fatal(f)
		}
		found := ""
		v, ok := pinnedVersion(filepath.Join(project, ".python-version"))
		if ok {
			found = a.pythonOf(t.Context(), v)
		}
		if want == "" && found != "" || want != "" && found != filepath.Join(root, "versions", want, "bin", "python3") {
			t.Errorf("%q: found %q, want %q", pin, found, want)
		}
		res, text := execute(t, r, job)
		wantSuccess(t, res, text, "")
		if said := strings.Contains(text, "asks for Python 3.77, which is not on this machine"); said != (pin == "3.77") {
			t.Errorf("%q: log:\n%s", pin, text)
		}
	}
}

// TestVirtualEnvironmentOfTheProject: it is found from a folder below, and not beyond the project.
func TestVirtualEnvironmentOfTheProject(t *testing.T) {
	t.Parallel()
	outer := t.TempDir()
	project := filepath.Join(outer, "project")
	write(t, project, "pyproject.toml", "")
	write(t, project, "a/b/pipeline.yaml", "")
	venv := func(dir string) string {
		p := write(t, dir, "bin/python", "#!/bin/sh\n")
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
		return p
	}
	find := func(env map[string]string, dir string) string {
		found, _ := virtualPython(env, upToProject(dir))
		return found
	}
	venv(filepath.Join(outer, ".venv"))
	below := filepath.Join(project, "a", "b")
	if got := find(nil, below); got != "" {
		t.Errorf("found %s, beyond the project", got)
	}
	own := venv(filepath.Join(project, ".venv"))
	if got := find(nil, below); got != own {
		t.Errorf("found %q, want %s", got, own)
	}
	uv := venv(filepath.Join(project, "env"))
	if got := find(map[string]string{"UV_PROJECT_ENVIRONMENT": "env"}, below); got != uv {
		t.Errorf("found %q, want %s", got, uv)
	}
	if got := upToProject(filepath.Join(outer, "other")); len(got) != 1 {
		t.Errorf("outside of a project: %v", got)
	}
}
