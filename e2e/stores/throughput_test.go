//go:build e2e

package stores

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/store"
)

// load is what is put and got: files in a folder.
type load struct {
	name  string
	count int
	size  int
}

// way is how a load goes into a place of a name and comes back, for us and for another program.
type way struct {
	kind, other string
	place       func(name string) string // the store
	put         func(from, name string) []string
	get         func(name, to string) []string
}

// Put and get beside cp, and beside rclone on the same server: the same files, one after the other, the best of three
// times each. What is asserted is only that all arrives; the ratios are for people. Beside moving the bytes, put hashes
// and get verifies; so does rclone, and cp does not.
func TestThroughput(t *testing.T) {
	addr := s3(t).addr
	for name, value := range map[string]string{"TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": "http://" + addr, "ENV_AUTH": "true", "FORCE_PATH_STYLE": "true", "NO_CHECK_BUCKET": "true"} {
		t.Setenv("RCLONE_CONFIG_X_"+name, value)
	}
	t.Setenv("RCLONE_CONFIG", os.DevNull)
	dir := t.TempDir()
	beside := func(name string) string { return filepath.Join(dir, name) }
	theirs := func(name string) string { return "X:bucket/theirs-" + name }
	for _, l := range []load{{"one file of 256 MiB", 1, 256 << 20}, {"400 files of 16 KiB", 400, 16 << 10}} {
		x := &contest{t: t, load: l, from: l.make(t)}
		x.run(way{
			"folder", "cp", func(name string) string { return beside(name) + "-store" },
			func(from, name string) []string { return []string{"cp", "-r", from, beside(name)} },
			func(name, to string) []string { return []string{"cp", "-r", beside(name), to} },
		})
		x.run(way{
			"S3", "rclone", func(name string) string { return s3URL(addr, name) },
			func(from, name string) []string { return []string{"rclone", "copy", from, theirs(name)} },
			func(name, to string) []string { return []string{"rclone", "copy", theirs(name), to} },
		})
	}
}

func (l load) make(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i := range l.count {
		if err := os.Rename(writeFile(t, l.size), filepath.Join(dir, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// contest compares one load's ways.
type contest struct {
	t    *testing.T
	load load
	from string
}

func (x *contest) command(argv []string) {
	x.t.Helper()
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		x.t.Fatalf("%v: %v\n%s", argv, err, out)
	}
}

// run compares put and get on one way, each time into a fresh place.
func (x *contest) run(w way) {
	x.t.Helper()
	var put, get, otherPut, otherGet time.Duration
	for round := range 3 {
		name := fmt.Sprintf("%d-%d", x.load.count, round)
		st := open(x.t, w.place(name))
		var blobs []engine.Blob
		best(&put, func() { blobs = x.ours(st) })
		best(&otherPut, func() { x.command(w.put(x.from, name)) })
		best(&get, func() { x.fetch(st, blobs) })
		best(&otherGet, func() { x.command(w.get(name, filepath.Join(x.t.TempDir(), "back"))) })
	}
	total := float64(x.load.count*x.load.size) / (1 << 20)
	row := func(op string, ours, theirs time.Duration) {
		x.t.Logf("TABLE | %s | %s %s | %.0f MiB/s | %s %.0f MiB/s | %.2f |", w.kind, op, x.load.name, total/ours.Seconds(), w.other, total/theirs.Seconds(), theirs.Seconds()/ours.Seconds())
	}
	row("put", put, otherPut)
	row("get", get, otherGet)
}

func best(least *time.Duration, do func()) {
	started := time.Now()
	do()
	if took := time.Since(started); *least == 0 || took < *least {
		*least = took
	}
}

// ours puts the files as a step does.
func (x *contest) ours(st *store.Store) []engine.Blob {
	x.t.Helper()
	blobs := make([]engine.Blob, x.load.count)
	x.move(func(i int) (err error) {
		blobs[i], err = st.PutFile(context.Background(), filepath.Join(x.from, fmt.Sprint(i)))
		return err
	})
	return blobs
}

func (x *contest) fetch(st *store.Store, blobs []engine.Blob) {
	x.t.Helper()
	dir := x.t.TempDir()
	x.move(func(i int) error {
		return st.GetFile(context.Background(), blobs[i], filepath.Join(dir, fmt.Sprint(i)))
	})
}

func (x *contest) move(one func(i int) error) {
	x.t.Helper()
	size := func(int) int64 { return int64(x.load.size) }
	if err := store.MoveFiles(x.load.count, size, one); err != nil {
		x.t.Fatal(err)
	}
}
