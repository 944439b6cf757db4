//go:build e2e

package stores

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/store"
)

// bigFile is a pipeline whose first step puts a file of n blocks of 64 MiB and whose second gets it, in another folder.
const bigFile = `dag:
  name: big-file
  steps:
    make:
      type: task
      command_type: shell
      command: |
        head -c 67108864 /dev/urandom > block
        i=0; while [ $i -lt $n ]; do cat block; i=$((i+1)); done > big.bin
        rm block
      catalog: {put: [big.bin]}
    use:
      type: task
      command_type: shell
      command: export size=$(stat -c %s big.bin)
      catalog: {get: [big.bin]}
      returns: [size]
`

// manyFiles is one whose first step puts n files and whose second gets them.
const manyFiles = `dag:
  name: many-files
  steps:
    make:
      type: task
      command_type: shell
      command: mkdir files; seq 1 $n | split -l 1 -a 6 -d - files/
      catalog: {put: [files]}
    use:
      type: task
      command_type: shell
      command: export size=$(ls files | wc -l)
      catalog: {get: [files]}
      returns: [size]
`

// full says whether the sizes are those that are promised, or the gate's.
func full() bool { return os.Getenv("FULL") == "1" }

// measured runs a pipeline at a size and returns what the program took.
func measured(t *testing.T, text, where string, n int, want string) result {
	t.Helper()
	r := succeeds(t, "run", definition(t, text), "--isolate", "--store", where, "--param", fmt.Sprintf("n=%d", n), "--run-id", fmt.Sprintf("n%d", n), "--format", "json")
	if !strings.Contains(r.out, want) {
		t.Fatalf("it did not get all: %s", r.out)
	}
	return r
}

// The peak memory of a run does not grow with the size of its files.
func TestBigFileInFlatMemory(t *testing.T) {
	least, most := 1, 8
	if full() {
		most = 80
	}
	for _, name := range []string{"folder", "S3"} {
		t.Run(name, func(t *testing.T) {
			where := t.TempDir()
			if name == "S3" {
				where = s3URL(s3(t).addr, "x")
			}
			few := measured(t, bigFile, where, least, fmt.Sprintf(`"size": %d`, least<<26))
			many := measured(t, bigFile, where, most, fmt.Sprintf(`"size": %d`, most<<26))
			t.Logf("TABLE | %s | put and get %v and %v | peak %v and %v | CPU %.1f s and %.1f s |", name, store.Size(least<<26), store.Size(most<<26),
				store.Size(few.memory), store.Size(many.memory), few.cpu.Seconds(), many.cpu.Seconds())
			if many.memory > few.memory+64<<20 {
				t.Errorf("the peak grew from %v to %v", store.Size(few.memory), store.Size(many.memory))
			}
		})
	}
}

// Of many small files the run keeps path, hash and size of each, and nothing else.
func TestManyFilesInLittleMemory(t *testing.T) {
	for _, c := range []struct {
		name        string
		least, most int
	}{{"folder", 1000, 10_000}, {"S3", 200, 1000}} {
		t.Run(c.name, func(t *testing.T) {
			most := c.most
			if full() {
				most = 100_000
			}
			where := t.TempDir()
			if c.name == "S3" {
				where = s3URL(s3(t).addr, "x")
			}
			few := measured(t, manyFiles, where, c.least, fmt.Sprintf(`"size": %d`, c.least))
			many := measured(t, manyFiles, where, most, fmt.Sprintf(`"size": %d`, most))
			t.Logf("TABLE | %s | put and get %d and %d files | peak %v and %v | CPU %.1f s and %.1f s |", c.name, c.least, most,
				store.Size(few.memory), store.Size(many.memory), few.cpu.Seconds(), many.cpu.Seconds())
			if grown := many.memory - few.memory; grown > 64<<20+int64(most)*4<<10 {
				t.Errorf("the peak grew by %v, more than 4 KiB a file", store.Size(grown))
			}
		})
	}
}
