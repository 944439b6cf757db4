package pyenv

import (
	"os"
	"path/filepath"
	"testing"
)

// TestContentOfFolders: a folder is another one when its files are, and not when it has been built or looked at.
func TestContentOfFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		sum, err := contentOf(dir)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	write("pyproject.toml", "x")
	one := write("src/lib/a.py", "a = 1")
	for _, name := range []string{"build/lib/a.py", ".git/index", "src/lib.egg-info/PKG-INFO", "src/lib/__pycache__/a.pyc", "dist/lib.whl"} {
		if write(name, "x") != one {
			t.Errorf("%s counts", name)
		}
	}
	if write("src/lib/a.py", "a = 2") == one || write("src/lib/a.py", "a = 1") != one || write("src/lib/b.py", "") == one {
		t.Error("files make no difference")
	}
}
