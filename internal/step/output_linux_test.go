package step

import (
	"bytes"
	"os"
	"testing"
	"time"
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

// slow takes what it is given in its time, so that there is always more in the pipe.
type slow struct{}

func (slow) Write(p []byte) (int, error) {
	time.Sleep(5 * time.Millisecond)
	return len(p), nil
}

// Processes that a script leaves may write without end: the step ends all the same.
func TestLeftoverThatWritesWithoutEnd(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	defer r.Close()
	out, err := r.newOutput(slow{})
	if err != nil {
		t.Fatal(err)
	}
	defer out.close()
	ended := make(chan ending, 1)
	go func() { // a process belongs to the thread that started it
		c, err := command{argv: []string{"/bin/sh", "-c", "yes & exit 3"}, env: os.Environ(), dir: os.TempDir(), log: out.task}.start()
		_ = out.task.Close()
		if err != nil {
			t.Error(err)
			close(ended)
			return
		}
		ended <- r.supervise(t.Context(), c, out, 0, "")
	}()
	select {
	case e := <-ended:
		if e.code != 3 {
			t.Errorf("ended with %+v", e)
		}
	case <-time.After(time.Minute):
		t.Fatal("the step does not end")
	}
}
