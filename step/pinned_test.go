package step

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/engine"
)

// oldest is the first version that a step can run in.
var oldest = []int{3, 9}

// numbers reads a version.
func numbers(version string) (v []int, ok bool) {
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		v = append(v, n)
	}
	return v, true
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
	if _, err := os.Stat("/usr/bin/python3"); err == nil {
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
	for name, py := range here {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, cold := range []bool{false, true} {
				job := pythonJob(t, "mine.which", params("a", "[1, 2]", "b", "null"), "version", "total")
				write(t, job.Dir, "mine.py", "import sys\ndef which(a, b=3):\n    return '%d.%d.%d' % sys.version_info[:3], sum(a)\n")
				res, log := execute(t, runtimeFor(t, Options{Python: py, Cold: cold}), job)
				if v, ok := numbers(name); ok && slices.Compare(v, oldest) < 0 {
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
		if v, ok := numbers(name); ok && slices.Compare(v, oldest) >= 0 {
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
		job := pythonJob(t, "pinned.version", nil, "version")
		write(t, job.Dir, "pinned.py", "import os\ndef version(): return os.environ.get('PINNED', '')\n")
		r := runtimeFor(t, Options{Environ: environ, Definition: definition})
		res, text := execute(t, r, job)
		wantSuccess(t, res, text, `version="`+want+`"`)
		if said := strings.Contains(text, "asks for Python 3.77, which is not on this machine"); said != (pin == "3.77") {
			t.Errorf("%q: log:\n%s", pin, text)
		}
	}
}
