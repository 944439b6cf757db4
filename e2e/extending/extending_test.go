//go:build e2e

// Package extending follows docs/extending.md: it makes the changes of the page in a copy of the repository, builds the
// copy and runs a pipeline that has the new key and the new kind of task.
package extending

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

const definition = `dag:
  name: extended
  steps:
    say:
      type: task
      command_type: shell
      note: "it works"
      command: export said="$NOTE"
      returns: [{name: said}]
    loud:
      type: task
      command_type: upper
      command: said
      returns: [{name: loud}]
`

// upper runs the commands of the new kind: it answers with the parameter that the command names, in capitals.
const upper = `#!/usr/bin/env python3
import json, sys
if sys.argv[1] == "runnable-describe":
    json.dump({"version": 1, "description": "capitals"}, open(sys.argv[2], "w"))
else:
    q = json.load(open(sys.argv[2]))
    json.dump({"version": 1, "returns": {"loud": q["params"][q["command"]].upper()}}, open(sys.argv[3], "w"))
`

func TestThePageCanBeFollowed(t *testing.T) {
	dir := t.TempDir()
	copyOf(t, dir)
	files := map[string]bool{}
	for _, change := range changes(t) {
		files[change.file] = true
		change.apply(t, dir)
	}
	if len(files) != 4 {
		t.Errorf("the page changes %d files, want 3 for a key and 1 for a task kind", len(files))
	}
	tool := filepath.Join(dir, "runnable-render")
	run(t, dir, nil, "go", "build", "-o", tool, "./cmd/runnable-render")

	work := t.TempDir()
	write(t, filepath.Join(work, "pipeline.yaml"), definition, 0o644)
	write(t, filepath.Join(work, "bin", "runnable-render-task-upper"), upper, 0o755)
	env := []string{"PATH=" + filepath.Join(work, "bin") + ":" + os.Getenv("PATH")}
	var got struct {
		Status     string         `json:"status"`
		Parameters map[string]any `json:"parameters"`
	}
	out := run(t, work, env, tool, "run", "--format", "json", "pipeline.yaml")
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got.Status != "SUCCESS" || got.Parameters["said"] != "it works" || got.Parameters["loud"] != "IT WORKS" {
		t.Errorf("the run came to\n%s", out)
	}
	if schema := run(t, work, env, tool, "schema"); !strings.Contains(schema, `"note"`) || !strings.Contains(schema, `"upper"`) {
		t.Error("the schema knows neither the key nor the kind")
	}
	write(t, filepath.Join(work, "typo.yaml"), strings.Replace(definition, "note:", "noet:", 1), 0o644)
	cmd := exec.Command(tool, "check", "typo.yaml")
	cmd.Dir = work
	if said, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(said), `did you mean "note"?`) {
		t.Errorf("check said, with %v:\n%s", err, said)
	}
}

// change is a block of the page: lines that a file gets, beside lines that it has.
type change struct {
	file, old, made string
}

func (c change) apply(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(c.file))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), c.old); n != 1 {
		t.Fatalf("%s holds the lines of the page %d times:\n%s", c.file, n, c.old)
	}
	write(t, path, strings.Replace(string(text), c.old, c.made, 1), 0o644)
}

// changes reads the blocks of the page.
func changes(t *testing.T) []change {
	t.Helper()
	page, err := os.ReadFile(root + "/docs/extending.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []change
	for _, block := range regexp.MustCompile("(?s)```diff\n--- ([^\n]+)\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		c := change{file: block[1]}
		for line := range strings.Lines(block[2]) {
			if line[0] == ' ' {
				c.old += line[1:]
			}
			c.made += line[1:]
		}
		out = append(out, c)
	}
	return out
}

// copyOf copies the files of the repository that are under version control.
func copyOf(t *testing.T, dir string) {
	t.Helper()
	for name := range strings.SplitSeq(strings.TrimSuffix(run(t, root, nil, "git", "ls-files", "-z"), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(text), 0o644)
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), env...), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return string(out)
}
