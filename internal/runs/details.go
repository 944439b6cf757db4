package runs

import (
	"context"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// Details are a run with every attempt of it, those of earlier walks included.
type Details struct {
	*Run
	Records  []engine.Record // of all attempts, by path and attempt
	Starts   []store.Start   // likewise; one without a record goes on, or its process died
	Reopened time.Time       // when the run was retried last; zero: never
}

// Read is [Of] with every attempt.
func Read(ctx context.Context, s *store.Store, run string) (*Details, error) {
	r, err := Of(ctx, s, run)
	if err != nil {
		return nil, err
	}
	d := &Details{Run: r}
	if d.Records, err = s.ListRecords(ctx, run); err != nil {
		return nil, err
	}
	if d.Starts, err = s.ListStarts(ctx, run); err != nil {
		return nil, err
	}
	d.Reopened, err = s.Reopened(ctx, run)
	return d, err
}
