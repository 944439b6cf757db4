package step

import (
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Files that go to one new folder at the same time do not get in each other's way.
func TestCatalogGetManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	w.ok("put", shellTaskOf("mkdir -p d/e/f; seq 1 100 | split -l 1 -a 3 -d - d/e/f/", puts("d")))
	for range 10 {
		w.clear()
		rec := w.ok("get", shellTaskOf("[ $(ls d/e/f | wc -l) = 100 ]", gets("d")))
		if n := len(strings.Fields(names(rec, engine.StageGet))); n != 100 {
			t.Errorf("%d files", n)
		}
	}
}

// The log says how far a transfer is that takes longer than a while, and nothing of one that does not.
func TestCatalogSaysHowFar(t *testing.T) {
	t.Parallel()
	for every, want := range map[time.Duration]bool{time.Nanosecond: true, 0: false} {
		w := newWorld(t, Options{NoteEvery: every})
		log := w.log(w.ok("put", shellTaskOf("head -c 3000000 /dev/zero >big", puts("big"))))
		w.clear()
		log += w.log(w.ok("get", shellTaskOf("true", gets("big"))))
		for _, line := range []string{
			"[runnable-render] catalog put: big: hashed 1.0 MiB of 2.9 MiB\n", "[runnable-render] catalog put: big: stored 2.0 MiB of 2.9 MiB\n",
			"[runnable-render] catalog get: big: fetched 2.9 MiB of 2.9 MiB\n",
		} {
			if strings.Contains(log, line) != want {
				t.Errorf("every %v: %q is in the log: %v\n%s", every, line, !want, log)
			}
		}
	}
}
