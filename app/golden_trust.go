package app

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/textfile"
)

// trust says what a rendered file may name. Its header is data: whoever can add a file to what is checked writes it,
// and a review, as in CI, reads and runs what it names.
type trust struct {
	folders []string                   // that are reviewed, with links resolved
	named   []string                   // files and folders that the command line names, with links resolved
	trees   map[string]string          // by folder: the top of the repository that it is in; empty where there is none
	tracked map[string]map[string]bool // by work tree: the files that git tracks
}

func newTrust(paths, allowed []string) *trust {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	t := &trust{trees: map[string]string{}, tracked: map[string]map[string]bool{}}
	for _, p := range paths {
		if p = resolved(p); isDirectory(p) {
			t.folders = append(t.folders, p)
			continue
		}
		t.folders = append(t.folders, filepath.Dir(p))
		t.named = append(t.named, p)
	}
	if here := resolved("."); slices.ContainsFunc(t.folders, func(f string) bool { return liesIn(f, here) }) {
		t.folders = append(t.folders, here) // of which a part is reviewed
	}
	for _, p := range allowed {
		t.named = append(t.named, resolved(p))
	}
	return t
}

// all refuses a header that names something else than files which lie below the folder and are tracked with it, or a
// program that is no definition.
func (t *trust) all(ctx context.Context, r *renderedFile, definition string, in *inputFlags) error {
	if in.python != "" {
		return fail(ExitInvalid, "%s: the command in its second line names an interpreter, which a review does not run; remove --python from it", r.path)
	}
	configuration, err := config.Find(in.config, filepath.Dir(definition), in.env())
	if err != nil {
		return fileError("read the configuration", err)
	}
	for _, file := range []string{definition, configuration, in.paramsFile} {
		if file == "" || t.isNamed(file) {
			continue
		}
		if why := t.distrusts(r.path, file); why != "" {
			return fail(ExitInvalid, "%s: the command in its second line names %s, which %s; --allow %s accepts it", r.path, file, why, quoteArg(file))
		}
	}
	if !t.isNamed(definition) && isProgram(definition) && !isDefinition(ctx, definition) {
		return fail(ExitInvalid, "%s: the command in its second line would run %s, which is not a definition by its imports; --allow %s runs it", r.path, definition, quoteArg(definition))
	}
	return nil
}

// distrusts says what is wrong with a file that a rendered file names; empty: nothing.
func (t *trust) distrusts(rendered, file string) string {
	real := resolved(file)
	tree, files := t.workTree(filepath.Dir(resolved(rendered)))
	switch {
	case isDirectory(real):
		return "is a folder"
	case tree == "":
		for _, folder := range t.folders {
			if liesIn(real, folder) {
				return ""
			}
		}
		return "is not below this folder"
	case !liesIn(real, tree):
		return "is not in the repository"
	case !files[real]:
		return "git does not track"
	}
	return ""
}

// isNamed reports whether the command line names a file, or a folder around it.
func (t *trust) isNamed(file string) bool {
	real := resolved(file)
	for _, p := range t.named {
		if liesIn(real, p) {
			return true
		}
	}
	return false
}

// workTree returns the top of the repository that a folder is in, with the files that git tracks there; empty where
// there is none.
func (t *trust) workTree(dir string) (string, map[string]bool) {
	tree, known := t.trees[dir]
	if !known {
		if top, err := gitIn(dir, "rev-parse", "--show-toplevel"); err == nil {
			tree = resolved(strings.TrimSuffix(string(top), "\n"))
		}
		t.trees[dir] = tree
	}
	if tree == "" {
		return "", nil
	}
	if files, known := t.tracked[tree]; known {
		return tree, files
	}
	files := map[string]bool{}
	list, _ := gitIn(tree, "ls-files", "-z") // without an answer nothing is trusted
	for _, name := range bytes.Split(list, []byte{0}) {
		if len(name) > 0 {
			files[filepath.Join(tree, filepath.FromSlash(string(name)))] = true
		}
	}
	t.tracked[tree] = files
	return tree, files
}

// gitIn asks git, which runs no program that the repository names for it.
func gitIn(dir string, args ...string) ([]byte, error) {
	return exec.Command("git", append([]string{"-C", dir, "-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null"}, args...)...).Output()
}

// resolved is a path without links, as far as it exists.
func resolved(path string) string {
	path = project.Absolute(path)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// liesIn reports whether a path is a folder or something in it; both are resolved.
func liesIn(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isProgram reports whether a definition is run to be read.
func isProgram(file string) bool {
	ext := strings.ToLower(filepath.Ext(file))
	return ext == ".py" || ext == ".go"
}

// definitionImports finds what definitions are written with.
var definitionImports = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]*(?:from|import)[ \t]+(?:runnable|metaflow)\b|"github\.com/runnable-render/runnable-render/pipeline"`)
})

// isDefinition reports whether a program imports what definitions are written with.
func isDefinition(ctx context.Context, file string) bool {
	for _, f := range append([]string{file}, siblings(file)...) {
		if text, err := textfile.Read(ctx, f); err == nil && definitionImports().Match(text) {
			return true
		}
	}
	return false
}

// siblings are the other files of a Go program.
func siblings(file string) []string {
	if strings.ToLower(filepath.Ext(file)) != ".go" {
		return nil
	}
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*.go"))
	return found
}
