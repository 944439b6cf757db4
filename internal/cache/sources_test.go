package cache_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// place is a folder of files, with the machine's Python.
func place(t *testing.T, files map[string]string) cache.Where {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cache.Where{
		Dir: dir,
		Hash: func(ctx context.Context, file string) (string, error) {
			b, err := store.HashFile(ctx, file)
			return b.Hash, err
		},
		Python: func() (string, []string, error) {
			python, err := exec.LookPath("python3")
			return python, os.Environ(), err
		},
	}
}

func TestSourcesOfPython(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, function string
		files          map[string]string
		want, takes    string
	}{
		{
			"imports, transitively and wherever they stand", "steps.f",
			map[string]string{
				"steps.py": "import json, a\nfrom pkg.sub import b as c\ndef f(x, *, y=1):\n  if x:\n    from pkg import late\n",
				"a.py":     "import a_too", "a_too.py": "import a", "unused.py": "",
				"pkg/__init__.py": "", "pkg/sub.py": "from . import sibling\nb = 1", "pkg/sibling.py": "", "pkg/late.py": "", "pkg/other.py": "",
			},
			"a.py a_too.py pkg/__init__.py pkg/late.py pkg/sibling.py pkg/sub.py steps.py", "x y",
		},
		{
			"a name that says what to import", "steps.f",
			map[string]string{"steps.py": "import importlib\ndef f(): importlib.import_module('plug')", "plug.py": ""},
			"plug.py steps.py", "",
		},
		{
			"a module of a package, above it relative", "pkg.inner.steps.f",
			map[string]string{"pkg/__init__.py": "", "pkg/inner/__init__.py": "", "pkg/inner/steps.py": "from ..top import g\nasync def f(a): pass", "pkg/top.py": "g=1"},
			"pkg/__init__.py pkg/inner/__init__.py pkg/inner/steps.py pkg/top.py", "a",
		},
		{
			"folders without __init__", "ns.deep.steps.f",
			map[string]string{"ns/deep/steps.py": "import ns.deep.more\ndef f(a): pass", "ns/deep/more.py": ""},
			"ns/deep/more.py ns/deep/steps.py", "a",
		},
		{
			"a function from another file", "steps.f",
			map[string]string{"steps.py": "from real import g as f", "real.py": "def g(a, b): pass"},
			"real.py steps.py", "a b",
		},
		{
			"a file of the user's with the name of one of Python's", "steps.f",
			map[string]string{"steps.py": "import json\ndef f(a): pass", "json.py": "import ast", "ast.py": "raise SystemExit"},
			"ast.py json.py steps.py", "a",
		},
		{"the rest", "steps.f", map[string]string{"steps.py": "def f(a, **rest): pass"}, "steps.py", "all"},
		{"a namespace", "steps.f", map[string]string{"steps.py": "from argparse import Namespace as N\ndef f(a: N): pass"}, "steps.py", "all"},
		{"a decorator", "steps.f", map[string]string{"steps.py": "import functools\n@functools.cache\ndef f(a): pass"}, "steps.py", "all"},
		{"a class", "steps.F", map[string]string{"steps.py": "class F:\n  def __init__(self, a): pass"}, "steps.py", "all"},
		{"one of two definitions", "steps.f", map[string]string{"steps.py": "if 1:\n  def f(a): pass\nelse:\n  def f(b): pass"}, "steps.py", "all"},
		{"a file with an error, which the step will tell of", "steps.f", map[string]string{"steps.py": "import a\ndef f(a): pass", "a.py": "def ("}, "a.py steps.py", "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := cache.SourcesOf(context.Background(), &ir.Task{Command: &ir.Python{Function: c.function}}, place(t, c.files))
			if err != nil {
				t.Fatal(err)
			}
			takes := strings.Join(s.Takes, " ")
			if s.TakesAll {
				takes = "all"
			}
			if diff := cmp.Diff([]string{c.want, c.takes}, []string{strings.Join(slices.Sorted(maps.Keys(s.Files)), " "), takes}); diff != "" {
				t.Error(diff)
			}
			if s.Python == "" {
				t.Error("no version")
			}
		})
	}
}

func TestSourcesOfScripts(t *testing.T) {
	t.Parallel()
	w := place(t, map[string]string{
		"train.py": "import helper", "helper.py": "", "conf/a.yaml": "", "out.txt": "", "log.txt": "", "in.csv": "", "book.ipynb": `{"cells":[{"cell_type":"code","source":["%matplotlib inline\n","import helper\n"]}]}`,
	})
	for _, c := range []struct {
		name string
		task *ir.Task
		want string
	}{
		{"names files", &ir.Task{Command: &ir.Shell{Script: `python train.py --conf="conf/a.yaml" ./in.csv > out.txt 2>>log.txt`}}, "conf/a.yaml helper.py in.csv train.py"},
		{"not what it puts and gets", &ir.Task{
			Command: &ir.Shell{Script: "cat in.csv conf/a.yaml; touch out.txt"},
			Catalog: &ir.Catalog{Get: []ir.Ref{{Name: "in.csv"}, {Name: "conf"}}, Put: []ir.Ref{{Name: "*.txt"}}},
		}, ""},
		{"nothing outside", &ir.Task{Command: &ir.Shell{Script: "cat /etc/passwd ../x"}}, ""},
		{"a notebook", &ir.Task{Command: &ir.Notebook{Path: "book.ipynb"}}, "book.ipynb helper.py"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := cache.SourcesOf(context.Background(), c.task, w)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, strings.Join(slices.Sorted(maps.Keys(s.Files)), " ")); diff != "" {
				t.Error(diff)
			}
			if !s.TakesAll {
				t.Error("it does not see everything")
			}
		})
	}
}

func TestSourcesRememberedUntilAFileChanges(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := place(t, map[string]string{"steps.py": "def f(a): pass"})
	w.Scans = &cache.Scans{}
	slow := filepath.Join(t.TempDir(), "python3")
	real, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal(err)
	}
	count := filepath.Join(t.TempDir(), "count")
	if err := os.WriteFile(slow, []byte("#!/bin/sh\necho x >> '"+count+"'\nexec '"+real+"' \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.Python = func() (string, []string, error) { return slow, os.Environ(), nil }
	task := &ir.Task{Command: &ir.Python{Function: "steps.f"}}
	for i, text := range []string{"def f(a): pass", "def f(a): pass", "import os\ndef f(a, b): pass"} {
		if err := os.WriteFile(filepath.Join(w.Dir, "steps.py"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := cache.SourcesOf(ctx, task, w)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := os.ReadFile(count)
		starts := strings.Count(string(data), "x")
		if want := []int{1, 1, 2}[i]; starts != want {
			t.Errorf("%d: %d interpreters, want %d", i, starts, want)
		}
		if i == 2 && len(s.Takes) != 2 {
			t.Errorf("got %v", s.Takes)
		}
	}
}

func TestSourcesThatCannotBeTold(t *testing.T) {
	t.Parallel()
	w := place(t, nil)
	if _, err := cache.SourcesOf(context.Background(), &ir.Task{Command: &ir.Python{Function: "nowhere.f"}}, w); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v", err)
	}
}

// The source of a script is read once for all copies of the working folder, and again where a copy has another one.
func TestScansOfCopies(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	python, scans := filepath.Join(bin, "python"), filepath.Join(bin, "scans")
	if err := os.WriteFile(python, []byte("#!/bin/sh\necho >> '"+scans+"'\nexec python3 \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	known := &cache.Scans{}
	for i, c := range []struct{ main, want, scans string }{
		{"import a\n", "a.py main.py", "\n"},
		{"import a\n", "a.py main.py", "\n"},
		{"import b\n", "b.py main.py", "\n\n"},
	} {
		w := place(t, map[string]string{"main.py": c.main, "a.py": "", "b.py": ""})
		w.Origin, w.Scans = "/project", known
		w.Python = func() (string, []string, error) { return python, os.Environ(), nil }
		found, err := cache.SourcesOf(t.Context(), &ir.Task{Command: &ir.Shell{Script: "python3 main.py"}}, w)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(slices.Sorted(maps.Keys(found.Files)), " ")
		if ran, err := os.ReadFile(scans); got != c.want || string(ran) != c.scans || err != nil {
			t.Errorf("%d: %s; %d scans, %v", i, got, len(ran), err)
		}
	}
}

// TestPackagesWithoutAVersionOfTheirOwn: a package that comes from a folder is another one when its files are others; where it lies is
// no difference.
func TestPackagesWithoutAVersionOfTheirOwn(t *testing.T) {
	t.Parallel()
	packages := func(origin, sum string) string {
		w := place(t, map[string]string{
			"steps.py": "def f(): pass\n", "site/small-1.0.dist-info/RECORD": "small.py,sha256=" + sum + ",9\nsmall-1.0.dist-info/direct_url.json,sha256=" + origin + ",9\n",
			"site/small-1.0.dist-info/direct_url.json": `{"url": "` + origin + `"}`,
		})
		python := w.Python
		w.Python = func() (string, []string, error) {
			program, environ, err := python()
			return program, append(environ, "PYTHONPATH="+filepath.Join(w.Dir, "site")), err
		}
		found, err := cache.SourcesOf(t.Context(), &ir.Task{Command: &ir.Python{Function: "steps.f"}}, w)
		if err != nil {
			t.Fatal(err)
		}
		return found.Packages
	}
	one := packages("file:///here", "one")
	if !strings.Contains(one, "small-1.0.dist-info ") || one != packages("file:///there", "one") {
		t.Errorf("%s", one)
	}
	if one == packages("file:///here", "two") {
		t.Error("other files, and the same package")
	}
}
