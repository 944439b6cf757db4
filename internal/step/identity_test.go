package step

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

func TestGitIdentity(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e@x"}, args...)...)
		cmd.Dir, cmd.Env = dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "f"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code := gitIdentity(t.Context(), dir, env); code != nil {
		t.Errorf("outside of git: %v", code)
	}
	git("init", "-q")
	write("one\n")
	git("add", "f")
	git("commit", "-q", "-m", "one")
	git("remote", "add", "origin", "https://me:s3cret@example.org/team/repo.git")
	code := gitIdentity(t.Context(), dir, env)
	if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(code[codeGit]) || code[codeDirty] != "false" || code[codeDiff] != "" {
		t.Errorf("clean: %v", code)
	}
	if code[codeRemote] != "https://example.org/team/repo.git" {
		t.Errorf("remote %q", code[codeRemote])
	}
	write("two\n")
	two := gitIdentity(t.Context(), dir, env)
	write("three\n")
	three := gitIdentity(t.Context(), dir, env)
	if two[codeDirty] != "true" || len(two[codeDiff]) != 64 || two[codeDiff] == three[codeDiff] {
		t.Errorf("changed: %v, then %v", two, three)
	}
}

func TestRemoteWithoutCredentials(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"https://token@github.com/a/b":      "https://github.com/a/b",
		"https://u:p@h:8443/a/b?access=x#y": "https://h:8443/a/b",
		"git@github.com:a/b.git":            "git@github.com:a/b.git",
		"ssh://git@h/a":                     "ssh://h/a",
		"/srv/git/a":                        "/srv/git/a",
		"https://u:p%zz@h/a":                "",
	} {
		if got := withoutCredentials(remote); got != want {
			t.Errorf("%s: got %q, want %q", remote, got, want)
		}
	}
}

func TestIdentityOfAnImage(t *testing.T) {
	t.Parallel()
	env := []string{"RUNNABLE_GIT_COMMIT=abc", "RUNNABLE_GIT_REMOTE=https://u:p@h/r", "OTHER=x"}
	rt := New(Options{Definition: t.TempDir(), Environ: append(env, "PATH="+os.Getenv("PATH"), "GIT_CEILING_DIRECTORIES=/"), Code: map[string]string{"image": "app@sha256:12"}})
	defer rt.Close()
	rt.code.begin(t.Context(), rt.opts)
	code := rt.codeOf(Job{Target: "argo"}, map[string]string{"python": "3.12.1"})
	for name, want := range map[string]string{"git": "abc", "git_remote": "https://h/r", "image": "app@sha256:12", "image_digest": "sha256:12", "python": "3.12.1"} {
		if code[name] != want {
			t.Errorf("%s: got %q, want %q", name, code[name], want)
		}
	}
	if code["tool"] == "" {
		t.Error("the tool's version is missing")
	}
}
