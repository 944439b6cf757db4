package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/testbuild"
)

// bench is a folder with golden cases, this command and the runner.
type bench struct {
	t         *testing.T
	self, dir string
	path      string
}

func newBench(t *testing.T, cases ...string) *bench {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t, self, t.TempDir(), filepath.Dir(testbuild.Program(t, "cmd/runnable-step")) + ":" + os.Getenv("PATH")}
	for _, c := range cases {
		if err := os.CopyFS(filepath.Join(b.dir, c), os.DirFS(filepath.Join("../../golden", c))); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// run runs the command in the folder of a case and returns its exit code and what it said.
func (b *bench) run(in string, args ...string) (code int, stdout, stderr string) {
	b.t.Helper()
	var out, said strings.Builder
	cmd := exec.Command(b.self, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = filepath.Join(b.dir, in), &out, &said
	cmd.Env = append(os.Environ(), mainVariable+"=1", "PATH="+b.path)
	if err := cmd.Run(); cmd.ProcessState == nil {
		b.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), said.String()
}

// want demands an exit code and a text.
func (b *bench) want(code int, text, in string, args ...string) {
	b.t.Helper()
	if got, out, said := b.run(in, args...); got != code || !strings.Contains(out+said, text) {
		b.t.Errorf("%v: exit %d, want %d with %q\n%s%s", args, got, code, text, out, said)
	}
}

// A target in a folder of its own comes to the same on five golden cases as the local run.
func TestShellRunsAsHere(t *testing.T) {
	t.Parallel()
	cases := []string{"chain-join-after-handler", "needs-diamond", "nest-loop-conditional-map", "names-of-all-sorts", "parallel-failure-unhandled"}
	b := newBench(t, cases...)
	for _, c := range cases {
		here, _, said := b.run(c, "run", "pipeline.yaml", "--run-id", "here")
		there, _, saidThere := b.run(c, "run", "pipeline.yaml", "--run-id", "there", "--target", "shell")
		_, want, _ := b.run(c, "runs", "show", "here", "--format", "trace")
		_, got, _ := b.run(c, "runs", "show", "there", "--format", "trace")
		if diff := cmp.Diff(want, got); diff != "" || want == "" || here != there {
			t.Errorf("%s: exit %d here, %d there (-here +there):\n%s\n%s\n%s", c, here, there, diff, said, saidThere)
		}
	}
}

// Its flags, its section of the configuration, reviews and the list of targets work as those of the built-in ones.
func TestShellIsATargetLikeOthers(t *testing.T) {
	t.Parallel()
	const c = "chain-explicit"
	b := newBench(t, c)
	b.want(0, "next: bash run.sh", c, "render", "pipeline.yaml", "--target", "shell", "--shell", "bash", "-o", "run.sh")
	text, err := os.ReadFile(filepath.Join(b.dir, c, "run.sh"))
	if err != nil || !strings.HasPrefix(string(text), "#!/usr/bin/env bash\n# Rendered by runnable-render; do not edit.") {
		t.Errorf("%v\n%s", err, text)
	}
	b.want(0, "up to date", c, "render", "--check", "run.sh")
	config := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(b.dir, c, "runnable-config.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config("shell: {strict: true}\n")
	b.want(5, "+set -u", c, "render", "--check", "run.sh")
	b.want(0, "updated run.sh", c, "render", "--update", "run.sh")
	config("shell:\n  stricd: true\n")
	b.want(2, `runnable-config.yaml:2:3: error: unknown key "stricd" in shell; did you mean "strict"? [RR0404]`, c, "check", "pipeline.yaml", "--target", "shell")
	config("shell: {shell: zsh}\n")
	b.want(2, `runnable-config.yaml:1:9: error: "shell" must be sh, bash or dash, not "zsh"`, c, "check", "pipeline.yaml", "--target", "shell")
	config("")
	b.want(0, "fine", c, "check", "pipeline.yaml", "--target", "shell", "--shell", "dash")
	b.want(2, "--argo-version has no effect with --target shell", c, "check", "pipeline.yaml", "--target", "shell", "--argo-version", "3.6")
	b.want(2, `--shell "fish": want sh, bash or dash`, c, "run", "pipeline.yaml", "--target", "shell", "--shell", "fish")
	b.want(2, "what is rendered for shell has no drawing", c, "graph", "pipeline.yaml", "--target", "shell")
	b.want(0, "a shell script, one step after another", c, "targets")
}

// A run that failed goes on: what succeeded is kept.
func TestShellRetries(t *testing.T) {
	t.Parallel()
	const c = "chain-explicit"
	b := newBench(t, c)
	text := "dag:\n  steps:\n    once: {type: task, command_type: shell, command: echo x >> once.txt}\n    flaky: {type: task, command_type: shell, command: 'test -e there'}\n"
	if err := os.WriteFile(filepath.Join(b.dir, c, "flaky.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b.want(1, "flaky", c, "run", "flaky.yaml", "--target", "shell", "--run-id", "r")
	if err := os.WriteFile(filepath.Join(b.dir, c, "there"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.want(0, "flaky", c, "retry", "r", "--target", "shell", "--file", "flaky.yaml")
	if once, err := os.ReadFile(filepath.Join(b.dir, c, "once.txt")); err != nil || string(once) != "x\n" {
		t.Errorf("%v, %q", err, once)
	}
}
