//go:build e2e

package extending

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestATargetOfAnotherModule builds the example of a custom build as a module of its own, with this one as a dependency: what it
// needs is public. Its target renders, and starts a run.
func TestATargetOfAnotherModule(t *testing.T) {
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"main.go", "shell/shell.go"} {
		text := strings.ReplaceAll(read(t, filepath.Join(here, "examples/custom-build", name)), "github.com/runnable-render/runnable-render/examples/custom-build/shell", "example.org/custom/shell")
		write(t, filepath.Join(dir, name), text, 0o644)
	}
	module := read(t, filepath.Join(here, "go.mod"))
	module = regexp.MustCompile(`(?m)^module .*$`).ReplaceAllLiteralString(module, "module example.org/custom")
	module += "\nrequire github.com/runnable-render/runnable-render v0.0.0\nreplace github.com/runnable-render/runnable-render => " + here + "\n"
	write(t, filepath.Join(dir, "go.mod"), module, 0o644)
	write(t, filepath.Join(dir, "go.sum"), read(t, filepath.Join(here, "go.sum")), 0o644)
	run(t, dir, []string{"GOFLAGS=-mod=mod"}, "go", "build", "-o", "bin/custom", ".")
	run(t, here, nil, "go", "build", "-o", filepath.Join(dir, "bin/runnable-step"), "./cmd/runnable-step")
	write(t, filepath.Join(dir, "p.yaml"), "dag:\n  steps:\n    a: {type: task, command_type: shell, command: export x=5, returns: [{name: x}]}\n", 0o644)
	env := []string{"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH")}
	if out := run(t, dir, env, "bin/custom", "p.yaml", "--target", "shell"); !strings.Contains(out, "step run 'a'") {
		t.Error(out)
	}
	run(t, dir, env, "bin/custom", "run", "p.yaml", "--target", "shell", "--run-id", "there")
	run(t, dir, env, "bin/custom", "run", "p.yaml", "--run-id", "here")
	if want, got := run(t, dir, env, "bin/custom", "runs", "show", "here", "--format", "trace"), run(t, dir, env, "bin/custom", "runs", "show", "there", "--format", "trace"); want != got {
		t.Errorf("here:\n%s\nthere:\n%s", want, got)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
