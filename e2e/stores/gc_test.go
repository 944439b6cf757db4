//go:build e2e

package stores

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// same files is what every run of the test puts: 40 files that are the same in each, and one of its own.
const sameFiles = `dag:
  name: same-files
  steps:
    make:
      type: map
      iterate_on: items
      iterate_as: item
      branch:
        steps:
          write:
            type: task
            command_type: shell
            command: |
              mkdir -p "$own/$item"
              for i in 0 1 2 3 4 5 6 7 8 9; do echo "the file $item $i" > "$own/$item/$i"; done
              echo "$own $item" > "$own/$item/own"
            catalog: {put: ["*/*/*"]}
`

// Collections run without a pause beside runs that put files whose bytes are in the store already, old, and needed by
// nothing: whatever the moment, each run is whole in the end, and what none of them needs is gone.
func TestCollectBesideRuns(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		where := filepath.Join(t.TempDir(), "store")
		collectBesideRuns(t, where, where, "2h", 3*time.Hour)
	})
	t.Run("S3", func(t *testing.T) {
		data := t.TempDir()
		collectBesideRuns(t, s3URL(s3In(t, data).addr, "x"), filepath.Join(data, "bucket", "x"), "4d", 5*24*time.Hour)
	})
}

// collectBesideRuns does it in a store whose keys are files of a folder. Collections leave blobs that are younger than
// so much, the least that they take in such a store; those that nothing needs are older.
func collectBesideRuns(t *testing.T, where, folder, younger string, age time.Duration) {
	t.Helper()
	file := definition(t, sameFiles)
	const rounds, together = 4, 4
	var runs []string
	collected := 0
	for round := range rounds {
		stale(t, where, folder, round, age)
		stop := make(chan struct{})
		var collecting, running sync.WaitGroup
		collecting.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					succeeds(t, "store", "gc", "--older-than", younger, "--store", where)
					collected++
				}
			}
		})
		for k := range together {
			id := fmt.Sprintf("r%d-%d", round, k)
			runs = append(runs, id)
			running.Go(func() {
				r := program(t, "run", file, "--isolate", "--store", where, "--run-id", id, "--param", "own="+id, "--param", "items=[0,1,2,3]")
				if r.code != 0 {
					t.Errorf("%s: exit %d\n%s%s", id, r.code, r.out, r.err)
				}
			})
		}
		running.Wait()
		close(stop)
		collecting.Wait()
	}
	for _, id := range runs {
		to := t.TempDir()
		succeeds(t, "catalog", "get", id, "**", "-o", to, "--store", where)
		if got, _ := filepath.Glob(filepath.Join(to, id, "*", "*")); len(got) != 44 {
			t.Errorf("%s has %d files", id, len(got))
		}
	}
	r := succeeds(t, "store", "gc", "--older-than", younger, "--store", where)
	if !strings.Contains(r.out, "removed 0 blobs") {
		t.Errorf("something unneeded was left: %s", r.out)
	}
	t.Logf("TABLE | %s | %d runs, 44 files each, beside %d collections | old blobs of the same bytes | every run whole |", filepath.Base(t.Name()), len(runs), collected)
}

// stale fills the store with blobs that nothing needs, of an age: some with the bytes that the runs will put.
func stale(t *testing.T, where, folder string, round int, age time.Duration) {
	t.Helper()
	st := open(t, where)
	for i := range 50 {
		text := fmt.Sprintf("the file %d %d\n", i/10, i%10)
		if i >= 40 {
			text = fmt.Sprintf("lost in round %d: %d\n", round, i)
		}
		if _, err := st.PutBlob(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	old, aged := time.Now().Add(-age), 0
	err := filepath.WalkDir(filepath.Join(folder, "blobs"), func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			aged++
			return os.Chtimes(p, old, old)
		}
		return err
	})
	if err != nil || aged < 50 {
		t.Fatalf("%d blobs were made old: %v", aged, err)
	}
}
