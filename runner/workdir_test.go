package runner

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestCopyFolder(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(from, "pkg", "empty"), 0o555))
	must(os.WriteFile(filepath.Join(from, "run.sh"), []byte("echo"), 0o555))
	must(os.WriteFile(filepath.Join(from, "data.csv"), []byte("1"), 0o444))
	must(os.Symlink("data.csv", filepath.Join(from, "latest")))
	must(copyFolder(from, to))
	for name, want := range map[string]string{"run.sh": "echo", "data.csv": "1", "latest": "1"} {
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	must(os.WriteFile(filepath.Join(to, "data.csv"), []byte("2"), 0o644)) // what was read-only is the step's own now
	if info, err := os.Stat(filepath.Join(to, "run.sh")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("run.sh: %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(to, "pkg", "empty")); err != nil {
		t.Error(err)
	}
}

func TestWorkFolderStaysWhereItIsWritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got, err := workFolder(dir)
	if err != nil || got != dir {
		t.Errorf("%s, %v", got, err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestCopyFolderWhileFilesGo: what another process removes meanwhile is not there, and no failure.
func TestCopyFolderWhileFilesGo(t *testing.T) {
	t.Parallel()
	from := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for ctx.Err() == nil {
			if f, err := os.CreateTemp(from, ""); err == nil {
				_ = f.Close()
				_ = os.Remove(f.Name())
			}
		}
	}()
	for range 300 {
		if err := copyFolder(from, t.TempDir()); err != nil {
			t.Error(err)
			break
		}
	}
	stop()
	<-gone
	if err := copyFolder(filepath.Join(from, "none"), t.TempDir()); err == nil {
		t.Error("a folder that is not there is copied")
	}
}
