//go:build unix

package workfolder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestSweep leaves a root behind, as a process that was killed does, with a folder that is still mounted where this
// process may mount: the next root's making removes it, and none whose process lives.
func TestSweep(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	live, release, err := NewRoot()
	if err != nil {
		t.Fatal(err)
	}
	dead := filepath.Join(temp, rootPrefix+"dead")
	if err := os.Mkdir(dead, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := base(t, false)
	s, err := New(dir, filepath.Join(dead, "1"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(take(t, s).Dir, "data.txt"), "changed")
	for _, root := range []string{live, dead} {
		if err := os.Chtimes(root, time.Now().Add(-time.Hour), time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	_, release2, err := NewRoot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(dead); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a process left is still there: %v", err)
	}
	if _, err := os.Lstat(live); err != nil {
		t.Error(err)
	}
	if text := held(t, dir)["data.txt"]; text != "one\n" {
		t.Errorf("the base now holds %q", text)
	}
	if err := errors.Join(release(), release2()); err != nil {
		t.Error(err)
	}
}

// A folder of another's place is swept as those in the one for temporary files, and is for this user alone.
func TestSweepElsewhere(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dead := filepath.Join(parent, "mine-dead")
	past := time.Now().Add(-time.Hour)
	for _, dir := range []string{dead, filepath.Join(parent, "other")} {
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chtimes(dir, past, past)); err != nil {
			t.Fatal(err)
		}
	}
	live, release, err := NewTempIn(parent, "mine-")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(live); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := os.Lstat(dead); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a process left is still there: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(parent); len(left) != 1 || left[0].Name() != "other" {
		t.Errorf("left: %v", left)
	}
}
