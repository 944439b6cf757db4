package golden

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReviewPage runs the commands of docs/review.md in a repository with the two definitions of the page, and compares what
// they print with what the page says.
func TestReviewPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/review.md")
	if err != nil {
		t.Fatal(err)
	}
	definitions := regexp.MustCompile("(?s)```yaml\n(dag:.*?)```").FindAllStringSubmatch(string(page), -1)
	_, console, _ := strings.Cut(string(page), "```console\n")
	console, _, _ = strings.Cut(console, "\n```\n\nSteps are matched")
	if len(definitions) != 2 || console == "" {
		t.Fatalf("%d definitions, console %q", len(definitions), console)
	}
	dir, env := t.TempDir(), scratchEnvironment(t)
	sh := func(script string) (string, error) {
		cmd := exec.Command("/bin/sh", "-e", "-c", script)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for i, d := range definitions {
		if err := os.WriteFile(filepath.Join(dir, "train.yaml"), []byte(d[1]), 0o644); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			break
		}
		if out, err := sh("git init -q . && git add . && git commit -q -m first"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	commands := strings.Split(strings.TrimPrefix(console, "$ "), "\n$ ")
	for _, one := range commands {
		command, want, printed := strings.Cut(one, "\n")
		got, err := sh(command)
		if err != nil {
			t.Errorf("%s: %v\n%s", command, err, got)
		}
		if printed && strings.TrimRight(got, "\n") != strings.TrimRight(want, "\n") {
			t.Errorf("%s prints\n%s\nand the page says\n%s", command, got, want)
		}
	}
	if len(commands) < 3 {
		t.Errorf("%d commands", len(commands))
	}
}
