package step

import (
	"bytes"
	"os"
	"testing"
)

// A descriptor that can be read though the process runs, as those of Linux 5.2 can, tells nothing.
func TestHandleThatSaysNothing(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	defer r.Close()
	var log bytes.Buffer
	out, err := r.newOutput(newSink(&log))
	if err != nil {
		t.Fatal(err)
	}
	c, err := command{argv: []string{"/bin/sh", "-c", "sleep 0.3; echo late"}, env: os.Environ(), dir: t.TempDir(), log: out.task}.start()
	_ = out.task.Close()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	c.handle = int(null.Fd())
	e := r.supervise(t.Context(), c, out, 0, "")
	out.close()
	if e.code != 0 || log.String() != "late\n" {
		t.Errorf("ended with %+v after %q", e, log.String())
	}
}
