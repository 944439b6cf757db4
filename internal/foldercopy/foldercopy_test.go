package foldercopy

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCopy(t *testing.T) {
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
	must(Copy(from, to, Options{}))
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

// TestCopyWhileFilesGo: what another process removes meanwhile is not there, and no failure.
func TestCopyWhileFilesGo(t *testing.T) {
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
		if err := Copy(from, t.TempDir(), Options{}); err != nil {
			t.Error(err)
			break
		}
	}
	stop()
	<-gone
	if err := Copy(filepath.Join(from, "none"), t.TempDir(), Options{Unreadable: true}); err == nil {
		t.Error("a folder that is not there is copied")
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	from := t.TempDir()
	for _, name := range []string{"a", "b", "sub/c", "sub/left"} {
		if err := os.MkdirAll(filepath.Join(from, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, name), []byte("0123456789"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name    string
		options Options
		want    string // what lies in the copy; @ marks links
	}{
		{"all", Options{}, "a b sub/c sub/left"},
		{"leave a file", Options{Leave: func(name string) bool { return name == "sub/left" }}, "a b sub/c"},
		{"leave a folder", Options{Leave: func(name string) bool { return name == "sub" }}, "a b"},
		{"bytes", Options{Bytes: 20}, "a b sub/c@ sub/left@"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			to := filepath.Join(t.TempDir(), "new")
			if err := Copy(from, to, tt.options); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(listed(t, to), " "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func listed(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*", "sub/*"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			info, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(dir, path)
			switch {
			case err != nil:
				t.Fatal(err)
			case info.Mode()&os.ModeSymlink != 0:
				names = append(names, name+"@")
			case !info.IsDir():
				names = append(names, name)
			}
		}
	}
	return names
}
