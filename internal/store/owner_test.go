package store

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// TestOneOfTwoOwnsARun: of two processes that want a run which nobody has driven, exactly one gets it.
func TestOneOfTwoOwnsARun(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	us, parent := self(), self()
	parent.PID = os.Getppid()
	parent.Started = processStart(parent.PID)
	if !parent.Alive() || parent.is(us) {
		t.Skip("the system does not tell about the parent")
	}
	for i := range 200 {
		run, start, errs := fmt.Sprint("r", i), make(chan struct{}), make([]error, 2)
		var both sync.WaitGroup
		for k, me := range []Owner{us, parent} {
			both.Go(func() {
				<-start
				errs[k] = s.own(t.Context(), run, me)
			})
		}
		close(start)
		both.Wait()
		owner, err := s.Owner(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		won, lost := 0, 1
		if owner.is(parent) {
			won, lost = 1, 0
		}
		if errs[won] != nil || !errors.Is(errs[lost], ErrOwned) {
			t.Fatalf("round %d: the owner is told %v, the other %v", i, errs[won], errs[lost])
		}
	}
}
