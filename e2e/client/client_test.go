//go:build e2e

// Package client tests the Python package runnable_render with the real program: by each Python of the machine, as its page shows
// it, and from the wheel, beside Runnable and Metaflow from PyPI.
package client

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// bin is the program under test: that of the folder in E2E_BIN, else a fresh one.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir := os.Getenv("E2E_BIN")
	if dir == "" {
		made, err := os.MkdirTemp("", "client-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(made)
		dir = made
		if out, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir+"/", "../../cmd/runnable-render").CombinedOutput(); err != nil {
			panic(fmt.Sprintf("%v: %s", err, out))
		}
	}
	bin = filepath.Join(dir, "runnable-render")
	return m.Run()
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// call runs a command in a folder and returns what it says.
func call(t *testing.T, dir string, environ []string, argv ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), environ...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, out)
	}
	return string(out)
}

// environ is that of a Python that finds the package in the checkout.
func environ(t *testing.T) []string {
	return []string{"RUNNABLE_RENDER=" + absolute(t, bin), "PYTHONPATH=" + absolute(t, "../../python"), "PYTHONDONTWRITEBYTECODE=1"}
}

func TestEveryPython(t *testing.T) {
	all, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	for _, py := range slices.DeleteFunc(all, func(i testvenv.Interpreter) bool { return !i.Supported() }) {
		t.Run(py.Version, func(t *testing.T) {
			t.Parallel()
			call(t, t.TempDir(), environ(t), py.Path, absolute(t, "testdata/client.py"))
		})
	}
}

// block is a code block of the page.
var block = regexp.MustCompile("(?m)(?:^`([a-z.]+)`:\n\n)?^```(?:python|yaml)\n((?s:.*?))^```$")

// TestPage runs all that docs/python-client.md shows, in order, in one folder.
func TestPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/python-client.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var script strings.Builder
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		if b[1] == "" {
			script.WriteString(b[2])
		} else if err := os.WriteFile(filepath.Join(dir, b[1]), []byte(b[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The commands are about the newest run, which the page starts with other rates; as a newcomer types them, they come first.
	first, rest, ok := strings.Cut(script.String(), "other = run(")
	if !ok {
		t.Fatal("the page compares no runs")
	}
	commands := regexp.MustCompile(`(?m)^    (runnable-render runs get .*)$`).FindAllStringSubmatch(string(text), -1)
	if len(commands) == 0 {
		t.Fatal("the page shows no command")
	}
	first += "\nimport os, subprocess\n"
	for _, c := range commands {
		first += "subprocess.run([os.environ['RUNNABLE_RENDER'], *'''" + strings.TrimPrefix(c[1], "runnable-render ") + "'''.split()], check=True)\n"
	}
	script.Reset()
	script.WriteString(first + "other = run(" + rest)
	call(t, dir, environ(t), "python3", "-c", script.String())
}

const (
	pipeline = `from runnable import Pipeline, PythonTask


def greet():
    print("hello")


def main():
    pipeline = Pipeline(steps=[PythonTask(function=greet, name="greet")])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()
`
	flow = `from metaflow import FlowSpec, Parameter, step


class Greet(FlowSpec):
    alpha = Parameter("alpha", default=1.0)

    @step
    def start(self):
        self.twice = 2 * self.alpha
        self.next(self.end)

    @step
    def end(self):
        print("twice", self.twice)


if __name__ == "__main__":
    Greet()
`
)

// TestWheel installs the wheel with Runnable and Metaflow from PyPI into one environment, in which all three work.
func TestWheel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wheel := strings.TrimSpace(call(t, dir, nil, "python3", absolute(t, "../../python/rr_wheel.py"), absolute(t, bin), dir))
	again := strings.TrimSpace(call(t, dir, nil, "python3", absolute(t, "../../python/rr_wheel.py"), absolute(t, bin), t.TempDir()))
	one, _ := os.ReadFile(wheel)
	if other, _ := os.ReadFile(again); len(one) == 0 || string(one) != string(other) {
		t.Error("two wheels of one program differ")
	}
	scripts := filepath.Join(dir, "venv", "bin")
	python := filepath.Join(scripts, "python")
	call(t, dir, nil, "python3", "-m", "venv", "venv")
	call(t, dir, nil, python, "-m", "pip", "install", "-q", wheel, "runnable==0.50.0", "metaflow==2.19.39")
	call(t, dir, nil, python, "-m", "pip", "check")

	// the README's first command, by the installed program, and the run that it left
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS("../../examples/quickstart")); err != nil {
		t.Fatal(err)
	}
	says(t, call(t, dir, nil, filepath.Join(scripts, "runnable-render"), "run", "examples/pipeline.yaml"), "SUCCESS")
	says(t, call(t, dir, []string{"PATH="}, python, "-c", "from runnable_render import Run; print(Run('@latest').status)"), "SUCCESS")

	for name, text := range map[string]string{"pipeline.py": pipeline, "flow.py": flow} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	theirs := []string{"METAFLOW_DATASTORE_SYSROOT_LOCAL=" + dir, "METAFLOW_HOME=" + dir, "USER=me"}
	call(t, dir, theirs, python, "pipeline.py")
	call(t, dir, theirs, python, "flow.py", "run")
	if exists(dir, ".runnable") || !exists(dir, ".run_log_store") || !exists(dir, ".metaflow") {
		t.Error("python pipeline.py and python flow.py do not run by the packages of PyPI")
	}
	says(t, call(t, dir, nil, python, "-m", "runnable_render", "pipeline.py"), "SUCCESS")
	says(t, call(t, dir, nil, python, "-m", "runnable_render", "-m", "pipeline"), "SUCCESS")
	says(t, call(t, dir, nil, python, "-m", "runnable_render", "flow.py", "run", "--alpha", "0.5"), "SUCCESS")
	says(t, call(t, dir, nil, python, "-c", "from runnable_render import runs; print([r.pipeline for r in runs(status='SUCCESS')])"), "Greet")

	// What is not installed from PyPI is found in the wheel, and to remove the wheel leaves nothing behind.
	call(t, dir, nil, python, "-m", "pip", "uninstall", "-q", "-y", "runnable")
	says(t, call(t, dir, nil, python, "pipeline.py"), "SUCCESS")
	call(t, dir, nil, python, "-m", "pip", "uninstall", "-q", "-y", "runnable-render")
	if left, _ := filepath.Glob(filepath.Join(dir, "venv", "lib", "python*", "site-packages", "runnable*")); len(left) > 0 || exists(scripts, "runnable-render") {
		t.Errorf("pip uninstall leaves %v", left)
	}
}

// TestWithoutProgram installs the package alone, as `pip install ./python` does.
func TestWithoutProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	call(t, dir, nil, "python3", "-m", "venv", "venv")
	python := filepath.Join(dir, "venv", "bin", "python")
	call(t, dir, nil, python, "-m", "pip", "install", "-q", absolute(t, "../../python"))
	if err := os.WriteFile(filepath.Join(dir, "pipeline.py"), []byte(pipeline), 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, call(t, dir, []string{"RUNNABLE_RENDER=" + absolute(t, bin)}, python, "pipeline.py"), "SUCCESS")
}

func says(t *testing.T, said, want string) {
	t.Helper()
	if !strings.Contains(said, want) {
		t.Errorf("want %q, it says:\n%s", want, said)
	}
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
