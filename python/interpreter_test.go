package python

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3.11": "3.11", "3.11.7": "3.11.7", "cpython-3.12.1-linux-x86_64-gnu": "3.12.1", "cpython@3.13": "3.13",
		"": "", "3": "", "system": "", "pypy3.9-7.3.9": "", "3.x": "", "3.11.7.1": "", "../3.11": "",
	} {
		v, ok := parseVersion(text)
		if ok != (want != "") || ok && v.String() != want {
			t.Errorf("%q: %v %t, want %q", text, v, ok, want)
		}
	}
}

// program writes an executable file.
func program(t *testing.T, path, text string) string {
	t.Helper()
	write(t, path, text)
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPinned: .python-version chooses among the versions that pyenv and uv keep, the newest that fits.
func TestPinned(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	at := map[string]string{"": program(t, root+"/bin/python3", "")}
	for _, v := range []string{"3.11.2", "3.11.10", "3.12.0"} {
		at[v] = program(t, root+"/versions/"+v+"/bin/python3", "")
	}
	at["3.13.1"] = program(t, root+"/.local/share/uv/python/cpython-3.13.1-linux-x86_64-gnu/bin/python3", "")
	at["on PATH"] = program(t, root+"/bin/python3.14", "")
	env := map[string]string{"PATH": root + "/bin", "HOME": root, "PYENV_ROOT": root}
	for pin, want := range map[string]string{
		"3.11\n": "3.11.10", "3.11.2": "3.11.2", "# ours\n\n3.12\n3.11\n": "3.12.0", "3.13": "3.13.1", "3.14": "on PATH", "3.77": "", "system": "",
	} {
		project := t.TempDir()
		write(t, project+"/pyproject.toml", "")
		write(t, project+"/.python-version", pin)
		got, err := new(Finder).Find(context.Background(), Choice{Env: env, Dir: project, Folders: []string{project + "/flows"}})
		if err != nil || got.Path != at[want] {
			t.Errorf("%q: found %q, %v; want %q", pin, got.Path, err, at[want])
		}
		if noted := strings.Contains(got.Note, "asks for Python 3.77, which is not on this machine"); noted != (pin == "3.77") {
			t.Errorf("%q: note %q", pin, got.Note)
		}
		if _, err := os.Stat(project + "/.venv"); err == nil {
			t.Error("something was made")
		}
	}
}

// TestSet: a path, a name or a version that is set goes before all else.
func TestSet(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	kept := program(t, root+"/versions/3.12.4/bin/python3", "")
	named := program(t, root+"/bin/python3.9", "")
	program(t, root+"/venv/bin/python", "")
	env := map[string]string{"PATH": root + "/bin", "PYENV_ROOT": root, "VIRTUAL_ENV": root + "/venv"}
	for set, want := range map[string]string{
		"3.12": kept, "3.12.4": kept, "python3.9": named, "3.9": named, "./bin/python3.9": root + "/./bin/python3.9", named: named, "": root + "/venv/bin/python",
	} {
		got, err := new(Finder).Find(context.Background(), Choice{Set: set, Env: env, Dir: root})
		if err != nil || got.Path != want {
			t.Errorf("%q: found %q, %v; want %q", set, got.Path, err, want)
		}
	}
	for set, want := range map[string]string{
		"3.8": "no Python: version 3.8 is not on this machine", "3.9.1": "version 3.9.1", "nosuch": "no Python: nosuch: ", "./bin": "no Python: ./bin: not executable",
	} {
		if got, err := new(Finder).Find(context.Background(), Choice{Set: set, Env: env, Dir: root}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %q", set, got, err, want)
		}
	}
}

// TestChoosers: the interpreter behind a script is found by asking it, once.
func TestChoosers(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	real := program(t, root+"/real", "")
	shim := program(t, root+"/bin/python3", "#!/bin/sh\necho asked >>"+root+"/asked\necho "+real+"\n")
	var f Finder
	for range 3 {
		got, err := f.Find(context.Background(), Choice{Env: map[string]string{"PATH": root + "/bin:/bin:/usr/bin"}, Dir: root})
		if err != nil || got.Path != real {
			t.Fatalf("found %q, %v; want %q", got.Path, err, real)
		}
	}
	if asked, _ := os.ReadFile(root + "/asked"); string(asked) != "asked\n" {
		t.Errorf("asked %q", asked)
	}
	program(t, shim, "#!/bin/sh\necho no version is set >&2\nexit 127\n")
	if _, err := new(Finder).Find(context.Background(), Choice{Env: map[string]string{"PATH": root + "/bin:/bin"}, Dir: root}); err == nil || !strings.Contains(err.Error(), "no version is set") {
		t.Errorf("a script that has none: %v", err)
	}
}

// TestVirtualEnvironmentOfTheProject: it is found from a folder below, and not beyond the project.
func TestVirtualEnvironmentOfTheProject(t *testing.T) {
	t.Parallel()
	outer := t.TempDir()
	project := filepath.Join(outer, "project")
	write(t, project+"/pyproject.toml", "")
	write(t, project+"/a/b/pipeline.yaml", "")
	venv := func(dir string) string { return program(t, dir+"/bin/python", "#!/bin/sh\n") }
	find := func(env map[string]string, dir string) string {
		found, _ := virtual(env, upToProject(dir))
		return found
	}
	venv(filepath.Join(outer, ".venv"))
	below := filepath.Join(project, "a", "b")
	if got := find(nil, below); got != "" {
		t.Errorf("found %s, beyond the project", got)
	}
	own := venv(filepath.Join(project, ".venv"))
	if got := find(nil, below); got != own {
		t.Errorf("found %q, want %s", got, own)
	}
	uv := venv(filepath.Join(project, "env"))
	if got := find(map[string]string{"UV_PROJECT_ENVIRONMENT": "env"}, below); got != uv {
		t.Errorf("found %q, want %s", got, uv)
	}
	if got := upToProject(filepath.Join(outer, "other")); len(got) != 1 {
		t.Errorf("outside of a project: %v", got)
	}
}
