package golden

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTestPage runs the command of docs/test.md over the definition and the test file of the page, and compares what it
// prints with what the page says.
func TestTestPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/test.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := fenced.FindAllStringSubmatch(string(page), -1)
	_, console, _ := strings.Cut(string(page), "```console\n$ runnable-render test train.yaml\n")
	console, _, _ = strings.Cut(console, "```\n")
	if len(examples) != 2 || console == "" {
		t.Fatalf("%d examples, console %q", len(examples), console)
	}
	dir := t.TempDir()
	for i, name := range []string{"train.yaml", "train.test.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(examples[i][1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(os.Args[0], "test", "train.yaml")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), mainVariable+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v, want exit code 1", err)
	}
	if string(out) != console {
		t.Errorf("the command prints\n%s\nand the page says\n%s", out, console)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the command leaves %v in the folder", entries)
	}
}

// TestExampleTests runs the tests of the quickstart over its definition, and over the same pipeline in Go.
func TestExampleTests(t *testing.T) {
	t.Parallel()
	tests, err := os.ReadFile("../examples/quickstart/pipeline.test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	inGo, err := filepath.Abs("../examples/quickstart-go/pipeline.go")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pipeline.test.yaml")
	if err := os.WriteFile(file, append([]byte("pipeline: "+inGo+"\n"), tests...), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "test", "../examples/quickstart", file, "--fail-under", "100")
	cmd.Env = append(os.Environ(), mainVariable+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "8 cases: all passed") {
		t.Errorf("%v\n%s", err, out)
	}
}
