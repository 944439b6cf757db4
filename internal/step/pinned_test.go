package step

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/testvenv"
	"github.com/runnable-render/runnable-render/ir"
)

// TestEveryInterpreter runs functions by each Python of the machine, warm and cold: with those that are too old the
// failure says so. What is known of a failed attempt has the version, too.
func TestEveryInterpreter(t *testing.T) {
	t.Parallel()
	here, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	for _, py := range here {
		t.Run(py.Version, func(t *testing.T) {
			t.Parallel()
			for _, cold := range []bool{false, true} {
				r := runtimeFor(t, Options{Python: py.Path, Cold: cold})
				job := pythonJob(t, "mine.which", params("a", "[1, 2]", "b", "null"), "version", "total")
				write(t, job.Dir, "mine.py", "import sys\ndef which(a, b=3):\n    return '%d.%d.%d' % sys.version_info[:3], sum(a)\ndef fails(): 1 / 0\n")
				res, log := execute(t, r, job)
				if !py.Supported() {
					wantFailure(t, res, log, engine.KindError, "a step needs Python 3.9 or later")
					wantCode(t, res, "python", py.Version)
					continue
				}
				wantSuccess(t, res, log, `version="`+py.Version+`" total=3`)
				wantCode(t, res, "python", py.Version)
				job.Node = &ir.Task{Command: &ir.Python{Function: "mine.fails"}}
				res, log = execute(t, r, job)
				wantFailure(t, res, log, engine.KindError, "ZeroDivisionError")
				wantCode(t, res, "python", py.Version)
			}
		})
	}
}

// wantCode checks an entry of an attempt's code identity.
func wantCode(t *testing.T, res Result, name, want string) {
	t.Helper()
	if res.Code[name] != want {
		t.Errorf("code identity %v, want %s %s", res.Code, name, want)
	}
}

// TestPinnedInterpreter: .python-version chooses among the versions that pyenv keeps, the newest that fits.
func TestPinnedInterpreter(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	here, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	real := here[len(here)-1].Path
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
