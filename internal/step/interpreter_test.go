package step

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

func TestPythonEnvironment(t *testing.T) {
	t.Parallel()
	for name, cold := range map[string]bool{"warm": false, "cold": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := pythonRuntime(t, cold).opts
			base.Environ = append(os.Environ(), "TOKEN=s3cr3t-value", "PYTHONPATH=/nonesuch")
			base.SecretNames, base.Secrets = []string{"TOKEN"}, nil
			r := runtimeFor(t, base)
			job := pythonJob(t, "functions.environ", nil, "r")
			job.Env = []ir.EnvVar{{Name: "STEP_ENV", Value: "a b"}}
			job.Vars = []engine.Var{{Name: "k", Value: engine.Int(3)}}
			want := func(token string) string {
				dir, _ := filepath.EvalSymlinks(job.Dir)
				return fmt.Sprintf(`r=["a b","s","3",%s,%q]`, token, dir)
			}
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, want("null")) // not declared, so not seen
			job.Node.(*ir.Task).Secrets = []ir.Ref{{Name: "TOKEN"}}
			res, log = execute(t, r, job)
			wantFailure(t, res, log, engine.KindSecret, `return "r" holds a secret`) // declared, so seen
		})
	}
}

func TestInterpreter(t *testing.T) {
	t.Parallel()
	found, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	fake := func(at string) string {
		p := filepath.Join(at, "bin", "python")
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		script := "#!/bin/sh\nprintf '%s\\n' " + shellQuote(at) + " >>" + shellQuote(dir+"/used") + "\nexec " + shellQuote(found) + " \"$@\"\n"
		if err := os.WriteFile(p, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		return at
	}
	active, definition := fake(filepath.Join(dir, "active")), filepath.Join(dir, "def")
	fake(filepath.Join(definition, ".venv"))
	run := func(o Options, work string) string {
		_ = os.Remove(dir + "/used")
		job := pythonJob(t, "functions.none", nil)
		if work != "" {
			job.Dir = work
			write(t, work, "functions.py", functions)
		}
		res, log := execute(t, runtimeFor(t, o), job)
		wantSuccess(t, res, log, "")
		data, _ := os.ReadFile(dir + "/used")
		first, _, _ := strings.Cut(string(data), "\n")
		return first
	}
	plain := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	with := append(plain[:2:2], "VIRTUAL_ENV="+active)
	work := filepath.Join(dir, "work")
	fake(filepath.Join(work, ".venv"))
	for _, c := range []struct {
		o          Options
		work, want string
	}{
		{Options{Environ: with, Definition: definition}, "", active},
		{Options{Environ: plain, Definition: definition}, work, filepath.Join(definition, ".venv")},
		{Options{Environ: plain}, work, filepath.Join(work, ".venv")},
		{Options{Environ: plain}, "", ""},
		{Options{Environ: with, Python: found}, work, ""},
	} {
		if got := run(c.o, c.work); got != c.want {
			t.Errorf("used %q, want %q", got, c.want)
		}
	}
	job := pythonJob(t, "functions.none", nil)
	job.Python = filepath.Join(active, "bin", "python") // the step's own goes before the run's
	_ = os.Remove(dir + "/used")
	res, log := execute(t, runtimeFor(t, Options{Environ: plain, Python: found}), job)
	wantSuccess(t, res, log, "")
	if used, _ := os.ReadFile(dir + "/used"); !strings.HasPrefix(string(used), active+"\n") {
		t.Errorf("a step of its own interpreter used %q, want %s", used, active)
	}
	res, log = execute(t, runtimeFor(t, Options{Environ: []string{"PATH=/nonesuch"}}), pythonJob(t, "functions.none", nil))
	wantFailure(t, res, log, engine.KindError, "no Python", "PATH")
}
