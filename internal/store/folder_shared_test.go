package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/runnable-render/runnable-render/internal/store"
)

// What is in a folder that everyone may write to, everyone may write to: containers run steps as different users.
func TestSharedFolder(t *testing.T) {
	t.Parallel()
	for mode, shared := range map[fs.FileMode]bool{0o777: true, 0o755: false, 0o777 | fs.ModeSticky: false} {
		root := t.TempDir()
		if err := os.Chmod(root, mode); err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		var wg sync.WaitGroup
		for range 8 { // who come at the same time share what they find
			wg.Go(func() {
				s, err := store.Open(ctx, root)
				if err == nil {
					_, err = s.Claim(ctx, "run", "a.b.c")
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		folders := 0
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() || path == root {
				return err
			}
			info, err := d.Info()
			if folders++; err == nil && (info.Mode().Perm() == 0o777) != shared {
				t.Errorf("below %v: %s has %v", mode, path, info.Mode())
			}
			return err
		})
		if err != nil || folders < 4 {
			t.Errorf("%d folders, %v", folders, err)
		}
	}
}

// A store that one user has used alone is opened for the steps of a run that goes on as others, and no more of it.
func TestShare(t *testing.T) {
	t.Parallel()
	root, ctx := t.TempDir(), t.Context()
	s, err := store.Open(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range []string{"Old", "other"} {
		if _, err := s.Claim(ctx, run, "a.b"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.PutBlob(t.Context(), []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := store.Share("file://"+root, "Old"); err != nil {
		t.Fatal(err)
	}
	open, shut := 0, 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		other := strings.HasPrefix(path, filepath.Join(root, "runs", "other"))
		if (info.Mode().Perm() == 0o777) == other {
			t.Errorf("%s has %v", path, info.Mode())
		}
		if other {
			shut++
		} else {
			open++
		}
		return nil
	})
	if err != nil || open < 7 || shut < 3 {
		t.Errorf("%d folders open, %d not, %v", open, shut, err)
	}
	for _, bucket := range []string{"s3://bucket", "file://" + filepath.Join(root, "none")} {
		if err := store.Share(bucket, "Old"); err != nil {
			t.Errorf("%s: %v", bucket, err)
		}
	}
}

// A store that everyone could write to is its owner's alone once it is reclaimed, and the objects in it can be read on.
// Whoever is not its owner is told.
func TestReclaim(t *testing.T) {
	t.Parallel()
	if root := os.Getenv("STORE_OF_ANOTHER"); root != "" {
		s, err := store.Open(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := s.Reclaim(); err != nil || r.Folders != 0 || r.Foreign != root {
			t.Errorf("%+v, %v", r, err)
		}
		return
	}
	root := filepath.Join(t.TempDir(), "store")
	if err := errors.Join(os.Mkdir(root, 0o700), os.Chmod(root, 0o777)); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claim(t.Context(), "run", "a.b"); err != nil {
		t.Fatal(err)
	}
	b, err := s.PutBlob(t.Context(), []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	notByAnother(t, root)
	if r, err := s.Reclaim(); err != nil || r.Folders < 6 || r.Foreign != "" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := s.PutBlob(t.Context(), []byte("y")); err != nil {
		t.Error(err)
	}
	if got, err := s.GetBlob(t.Context(), b); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o022 != 0 {
			t.Errorf("%s has %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if r, err := s.Reclaim(); err != nil || r != (store.Reclaimed{}) {
		t.Errorf("again: %+v, %v", r, err)
	}
}
