package step

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/ir"
)

// A record names the user's code that ran, and a retry is told what of it is no longer the same.
func TestSources(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		command ir.Command
		files   []string
	}{
		"a function":             {&ir.Python{Function: "steps.say"}, []string{"pack/helper.py", "steps.py"}},
		"a notebook":             {&ir.Notebook{Path: "nb.ipynb"}, []string{"nb.ipynb", "pack/helper.py"}},
		"a script":               {&ir.Shell{Script: "python3 main.py < data.txt; ./tool; . ./lib.sh"}, []string{"lib.sh", "main.py", "pack/helper.py", "tool"}},
		"a script of its own":    {&ir.Shell{Script: "cat data.txt"}, nil},
		"a function of Python's": {&ir.Python{Function: "os.getcwd"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			if _, ok := c.command.(*ir.Notebook); ok {
				w.r = notebookRuntime(t, false)
			}
			dir := w.dir
			write(t, dir, "pack/helper.py", "value = 1\n")
			write(t, dir, "steps.py", "def say():\n    from pack import helper\n    return helper.value\n")
			write(t, dir, "main.py", "import pack.helper\n")
			write(t, dir, "lib.sh", "x=1\n")
			write(t, dir, "data.txt", "1\n")
			write(t, dir, "tool", "#!/bin/sh\n")
			if err := os.Chmod(filepath.Join(dir, "tool"), 0o755); err != nil {
				t.Fatal(err)
			}
			notebook(t, dir, "nb.ipynb", "import pack.helper")
			age(t, dir)
			n := &ir.Task{Command: c.command}
			job := Job{Path: "s", Node: n, Before: w.scope, Dir: dir}
			rec := w.ok("s", n)
			if diff := cmp.Diff(c.files, slices.Sorted(maps.Keys(rec.Sources))); diff != "" {
				t.Errorf("sources (-want +got):\n%s", diff)
			}
			if changed := w.r.ChangedSources(t.Context(), job, rec); changed != nil {
				t.Errorf("changed: %v", changed)
			}
			for _, f := range c.files {
				write(t, dir, f, "# other\n")
			}
			if diff := cmp.Diff(c.files, w.r.ChangedSources(t.Context(), job, rec)); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
		})
	}
}

// Of a module that is written while the step runs nobody knows what ran, so it counts as changed.
func TestSourcesWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	write(t, w.dir, "late.py", "def f():\n    open('late.py', 'a').write('# more')\n")
	age(t, w.dir)
	n := &ir.Task{Command: &ir.Python{Function: "late.f"}}
	rec := w.ok("s", n)
	job := Job{Path: "s", Node: n, Before: w.scope, Dir: w.dir}
	if changed := strings.Join(w.r.ChangedSources(t.Context(), job, rec), " "); changed != "late.py" {
		t.Errorf("changed: %q", changed)
	}
}

// A file whose time lies in the future was not written while the step ran.
func TestSourcesOfTheFuture(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	write(t, w.dir, "lib.sh", "true\n")
	ahead := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(w.dir, "lib.sh"), ahead, ahead); err != nil {
		t.Fatal(err)
	}
	n := &ir.Task{Command: &ir.Shell{Script: ". ./lib.sh"}}
	rec := w.ok("s", n)
	if changed := w.r.ChangedSources(t.Context(), Job{Path: "s", Node: n, Before: w.scope, Dir: w.dir}, rec); changed != nil {
		t.Errorf("changed: %v", changed)
	}
}

// age has the files of a folder be older than what runs.
func age(t *testing.T, dir string) {
	t.Helper()
	old := time.Now().Add(-time.Minute)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, old, old)
	})
	if err != nil {
		t.Fatal(err)
	}
}
