package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/runnable-render/runnable-render/store"
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
