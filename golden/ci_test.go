package golden

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var block = regexp.MustCompile("(?s)```(yaml|sh)\n(.*?)```")

// TestReviewRecipes uses the recipes of docs/ci.md in a git repository: the hook, and the commands of the pre-commit
// and the GitHub Actions configuration, pass while the rendered files are up to date and fail once they are not.
func TestReviewRecipes(t *testing.T) {
	t.Parallel()
	preCommit, hook, actions := recipes(t)
	dir, env := t.TempDir(), scratchEnvironment(t)
	sh := func(script string) (string, error) {
		cmd := exec.Command("/bin/sh", "-e", "-c", script)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(script string) {
		t.Helper()
		if out, err := sh(script); err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
	}
	must(`git init -q . && mkdir train && runnable-render init train
runnable-render train/pipeline.yaml --target argo --image example/train:1 -o train/wf.yaml
runnable-render train/pipeline.yaml --target compose --image example/train:1 -o train/compose.yaml`)
	if err := os.WriteFile(filepath.Join(dir, ".git/hooks/pre-commit"), []byte(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	must("git add . && git commit -q -m first")
	checks := append([]string{preCommit}, actions...)
	for _, check := range checks {
		must(check)
	}

	must(`sed -i.bak 's/reducer: sum/reducer: max/' train/pipeline.yaml && rm train/pipeline.yaml.bak && git add .`)
	out, err := sh("git commit -q -m second")
	if err == nil {
		t.Errorf("the hook let a commit pass whose rendered files are out of date:\n%s", out)
	}
	for _, want := range []string{"train/wf.yaml", "train/compose.yaml", "reducer", "render --update"} {
		if !strings.Contains(out, want) {
			t.Errorf("the hook does not show %q:\n%s", want, out)
		}
	}
	for _, check := range []string{preCommit, actions[len(actions)-1]} {
		if out, err := sh(check); err == nil {
			t.Errorf("%s passes:\n%s", check, out)
		}
	}
	must("runnable-render render --update && git add . && git commit -q -m second")

	must(`sed -i.bak 's/type: map/type: mop/' train/pipeline.yaml && rm train/pipeline.yaml.bak`)
	if out, err := sh(actions[0]); err == nil || !strings.Contains(out, "::error file=train/pipeline.yaml,line=") {
		t.Errorf("%s: %v\n%s", actions[0], err, out)
	}
}

// recipes returns the commands of docs/ci.md: of the pre-commit configuration, the git hook, and the steps of the
// workflow that use runnable-render.
func recipes(t *testing.T) (preCommit, hook string, actions []string) {
	t.Helper()
	page, err := os.ReadFile("../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := block.FindAllStringSubmatch(string(page), -1)
	if len(blocks) != 3 {
		t.Fatalf("%d blocks in docs/ci.md, want 3", len(blocks))
	}
	var config struct {
		Repos []struct{ Hooks []struct{ Entry string } }
	}
	if err := yaml.Unmarshal([]byte(blocks[0][2]), &config); err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		Jobs map[string]struct{ Steps []struct{ Run string } }
	}
	if err := yaml.Unmarshal([]byte(blocks[2][2]), &workflow); err != nil {
		t.Fatal(err)
	}
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			if strings.Contains(step.Run, "runnable-render ") {
				actions = append(actions, step.Run)
			}
		}
	}
	if len(actions) != 2 {
		t.Fatalf("%d steps of the workflow use runnable-render, want 2", len(actions))
	}
	return config.Repos[0].Hooks[0].Entry, blocks[1][2], actions
}

// scratchEnvironment has runnable-render on its PATH, which is this test's program, and a git that knows nobody.
func scratchEnvironment(t *testing.T) []string {
	t.Helper()
	bin, home := t.TempDir(), t.TempDir()
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "runnable-render")); err != nil {
		t.Fatal(err)
	}
	return []string{
		mainVariable + "=1", "PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + home, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}
}
