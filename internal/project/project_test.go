package project_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/project"
)

// tree makes files, and folders whose names end in a slash, in a new folder.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		path := filepath.Join(root, filepath.FromSlash(name))
		dir := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			dir = path
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if dir != path {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

// below are paths as seen from a folder.
func below(root string, paths ...string) string {
	out := make([]string, len(paths))
	for i, p := range paths {
		rel, err := filepath.Rel(root, p)
		if err != nil || p == "" {
			rel = p
		}
		out[i] = filepath.ToSlash(rel)
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files      []string
		definition string
		here       string
		work, root string
		modules    string
	}{
		"nothing but the definition, from its folder": {definition: "flows/a.py", here: "flows", work: "flows", root: "flows", modules: "flows flows/src"},
		"from the folder above":                       {definition: "flows/a.py", here: ".", work: ".", root: ".", modules: "flows . src"},
		"from elsewhere":                              {files: []string{"other/"}, definition: "flows/a.py", here: "other", work: "flows", root: "flows", modules: "flows flows/src"},
		"a project, from its root":                    {files: []string{"pyproject.toml"}, definition: "flows/a.py", here: ".", work: ".", root: ".", modules: "flows . src"},
		"a project, from a folder of it":              {files: []string{"pyproject.toml"}, definition: "flows/a.py", here: "flows", work: "flows", root: ".", modules: "flows flows/src . src"},
		"a project, from elsewhere":                   {files: []string{"p/.git/", "other/"}, definition: "p/flows/a.py", here: "other", work: "p", root: "p", modules: "p/flows p p/src"},
		"a project in a repository":                   {files: []string{".git/", "p/pyproject.toml"}, definition: "p/flows/a.py", here: ".", work: "p", root: "p", modules: "p/flows p p/src"},
		"a part of a repository":                      {files: []string{".git/"}, definition: "parts/one/flows/a.py", here: "parts/one", work: "parts/one", root: ".", modules: "parts/one/flows parts/one parts/one/src . src"},
		"at the root":                                 {files: []string{".git/"}, definition: "a.py", here: ".", work: ".", root: ".", modules: ". src"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := tree(t, append(c.files, c.definition)...)
			l := project.Find(filepath.Join(root, c.definition), filepath.Join(root, c.here))
			got := []string{below(root, l.Work), below(root, l.Root), below(root, l.Modules().All()...)}
			if diff := cmp.Diff([]string{c.work, c.root, c.modules}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A container holds the project, or the part of it that was copied into the image.
func TestWithin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files      []string
		source     string
		definition string
	}{
		"the whole project":          {[]string{"parts/flows/a.py"}, "parts/flows/a.py", "parts/flows/a.py"},
		"a part of it":               {[]string{"flows/a.py"}, "parts/flows/a.py", "flows/a.py"},
		"the folder alone":           {[]string{"a.py"}, "parts/flows/a.py", "a.py"},
		"without the definition":     {[]string{"flows/steps.py"}, "parts/flows/a.yaml", "flows/a.yaml"},
		"a definition at the root":   {[]string{"a.py"}, "a.py", "a.py"},
		"nothing is known":           {nil, "", ""},
		"a path that leads out":      {nil, "../a.py", ""},
		"a path from somewhere else": {nil, "/etc/passwd", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := tree(t, c.files...)
			l := project.Within(root, c.source)
			if got := below(root, l.Definition); got != c.definition || l.Work != root {
				t.Errorf("got %s in %s, want %s", got, l.Work, c.definition)
			}
		})
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	root := tree(t, "pyproject.toml", "nbs/both.ipynb", "nbs/root.ipynb", "part/flows/a.py", "part/flows/nbs/both.ipynb", "part/flows/nbs/beside.ipynb", "part/here.ipynb")
	l := project.Find(filepath.Join(root, "part/flows/a.py"), filepath.Join(root, "part"))
	for name, want := range map[string]string{
		"here.ipynb": "part/here.ipynb", "nbs/both.ipynb": "part/flows/nbs/both.ipynb", "nbs/beside.ipynb": "part/flows/nbs/beside.ipynb",
		"nbs/root.ipynb": "nbs/root.ipynb", "none.ipynb": "part/none.ipynb",
	} {
		file, found := l.File(name)
		if got := below(root, file); got != want || found != (name != "none.ipynb") {
			t.Errorf("%s: got %s, %v, want %s", name, got, found, want)
		}
	}
}

// A copy of the working folder holds what lies in that; the rest stays where it is.
func TestCopied(t *testing.T) {
	t.Parallel()
	root := tree(t, "pyproject.toml", "part/flows/a.py", "copy/")
	l := project.Find(filepath.Join(root, "part/flows/a.py"), filepath.Join(root, "part")).Copied(filepath.Join(root, "copy"))
	if got, want := below(root, append(l.Modules().All(), l.Definition)...), "copy/flows copy copy/src . src copy/flows/a.py"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
