// Package cases compares golden cases in tests: txtar archives whose file "want" holds the complete output for the
// others.
package cases

import (
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

const want = "want"

// Run compares what got makes of each archive that a pattern matches with the archive's "want", or with update
// rewrites it. A pattern that matches nothing fails.
func Run(t *testing.T, pattern string, update bool, got func(t *testing.T, file string, a *txtar.Archive) string) {
	t.Helper()
	for file, a := range Archives(t, pattern) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			text := got(t, file, a)
			if update {
				rewrite(t, file, a, text)
			} else if diff := cmp.Diff(Want(a), text); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Archives yields the archives that a pattern matches, by their files. A pattern that matches nothing fails.
func Archives(t *testing.T, pattern string) iter.Seq2[string, *txtar.Archive] {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases %s: %v", pattern, err)
	}
	return func(yield func(string, *txtar.Archive) bool) {
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !yield(file, a) {
				return
			}
		}
	}
}

// Want returns what a case wants; nothing where it has no such file.
func Want(a *txtar.Archive) string {
	if i := slices.IndexFunc(a.Files, isWant); i >= 0 {
		return string(a.Files[i].Data)
	}
	return ""
}

// Given returns the files of a case but for "want".
func Given(a *txtar.Archive) []txtar.File {
	return slices.DeleteFunc(slices.Clone(a.Files), isWant)
}

// Write writes the files of a case but for "want" to a new folder, and returns it and their contents by path.
func Write(t *testing.T, a *txtar.Archive) (dir string, texts map[string][]byte) {
	t.Helper()
	dir, texts = filepath.ToSlash(t.TempDir()), map[string][]byte{}
	for _, f := range Given(a) {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		texts[dir+"/"+f.Name] = f.Data
	}
	return dir, texts
}

func isWant(f txtar.File) bool { return f.Name == want }

func rewrite(t *testing.T, file string, a *txtar.Archive, text string) {
	t.Helper()
	a.Files = append(Given(a), txtar.File{Name: want, Data: []byte(text)})
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
