//go:build unix

package step

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What a process that was killed left is removed by the next one, and nothing of one that lives.
func TestTempIsSwept(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	alive := New(Options{})
	live, err := alive.temp()
	if err != nil {
		t.Fatal(err)
	}
	dead := filepath.Join(temp, filepath.Base(live)+"dead")
	if err := errors.Join(os.MkdirAll(filepath.Join(dead, "python"), 0o700), os.Chmod(dead, 0o500)); err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-time.Hour)
	if err := errors.Join(os.Chtimes(live, past, past), os.Chtimes(dead, past, past)); err != nil {
		t.Fatal(err)
	}
	next := New(Options{})
	if _, err := next.temp(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(dead); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a process left is still there: %v", err)
	}
	if _, err := os.Lstat(live); err != nil {
		t.Error(err)
	}
	if err := errors.Join(alive.Close(), next.Close()); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
