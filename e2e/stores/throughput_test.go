//go:build e2e

package stores

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
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
	t.Setenv("AWS_CA_BUNDLE", "") // which rclone 1.60 cannot take
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

// cost is what a way took: time and CPU time of the client.
type cost struct{ time, cpu time.Duration }

func (x *contest) command(argv []string) cost {
	x.t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	started := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		x.t.Fatalf("%v: %v\n%s", argv, err, out)
	}
	return cost{time.Since(started), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
}

// here is what a piece of this process takes.
func here(do func()) cost {
	before, started := cpu(), time.Now()
	do()
	return cost{time.Since(started), cpu() - before}
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// run compares put and get on one way, each time into a fresh place.
func (x *contest) run(w way) {
	x.t.Helper()
	var put, get, otherPut, otherGet []cost
	for round := range 3 {
		name := fmt.Sprintf("%d-%d", x.load.count, round)
		st := open(x.t, w.place(name))
		var blobs []engine.Blob
		put = append(put, here(func() { blobs = x.ours(st) }))
		otherPut = append(otherPut, x.command(w.put(x.from, name)))
		get = append(get, here(func() { x.fetch(st, blobs) }))
		otherGet = append(otherGet, x.command(w.get(name, filepath.Join(x.t.TempDir(), "back"))))
	}
	x.row(w, "put", put, otherPut)
	x.row(w, "get", get, otherGet)
}

// row prints the least time and the least CPU time of both, and the ratios, in which above 1 is in our favour.
func (x *contest) row(w way, op string, ours, theirs []cost) {
	least := func(costs []cost) (c cost) {
		c = costs[0]
		for _, d := range costs {
			c.time, c.cpu = min(c.time, d.time), min(c.cpu, d.cpu)
		}
		return c
	}
	a, b := least(ours), least(theirs)
	rate := func(d time.Duration) float64 {
		return float64(x.load.count*x.load.size) / (1 << 20) / d.Seconds()
	}
	x.t.Logf("TABLE | %s | %s %s | %.0f MiB/s, %.2f s CPU | %s: %.0f MiB/s, %.2f s CPU | %.2f | %.2f |", w.kind, op, x.load.name,
		rate(a.time), a.cpu.Seconds(), w.other, rate(b.time), b.cpu.Seconds(), b.time.Seconds()/a.time.Seconds(), b.cpu.Seconds()/a.cpu.Seconds())
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
