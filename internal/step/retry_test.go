package step

import (
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

func TestRetry(t *testing.T) {
	t.Parallel()
	failure := func(k engine.FailureKind, code int) *engine.Failure { return &engine.Failure{Kind: k, ExitCode: code} }
	doubling := ir.Retry{Limit: 4, Backoff: ir.Backoff{Duration: time.Second, Factor: 2, Cap: 3 * time.Second}}
	cases := []struct {
		policy  ir.Retry
		failure *engine.Failure
		attempt int
		again   bool
		wait    time.Duration
	}{
		{ir.Retry{}, failure(engine.KindError, 1), 1, false, 0},
		{ir.Retry{Limit: 1}, failure(engine.KindError, 1), 1, true, 0},
		{ir.Retry{Limit: 1}, failure(engine.KindError, 1), 2, false, 0},
		{ir.Retry{Limit: 1}, nil, 1, false, 0},
		{doubling, failure(engine.KindData, 0), 1, true, time.Second},
		{doubling, failure(engine.KindData, 0), 2, true, 2 * time.Second},
		{doubling, failure(engine.KindData, 0), 3, true, 3 * time.Second},
		{ir.Retry{Limit: 2, Backoff: ir.Backoff{Duration: time.Minute}}, failure(engine.KindOOM, 137), 2, true, time.Minute},
		{ir.Retry{Limit: 1, On: []string{"timeout"}}, failure(engine.KindError, 1), 1, false, 0},
		{ir.Retry{Limit: 1, On: []string{"timeout", "oom"}}, failure(engine.KindOOM, 137), 1, true, 0},
		{ir.Retry{Limit: 1, On: []string{"75"}}, failure(engine.KindError, 75), 1, true, 0},
		{ir.Retry{Limit: 1, On: []string{"75"}}, failure(engine.KindError, 1), 1, false, 0},
		{ir.Retry{Limit: 1, On: []string{"0"}}, failure(engine.KindData, 0), 1, false, 0},
		{ir.Retry{Limit: 99999, Backoff: ir.Backoff{Duration: time.Hour, Factor: 10}}, failure(engine.KindError, 1), 5000, true, 1<<63 - 1},
	}
	for _, c := range cases {
		if again, wait := Retry(c.policy, c.failure, c.attempt); again != c.again || wait != c.wait {
			t.Errorf("%+v %+v attempt %d: %t %s, want %t %s", c.policy, c.failure, c.attempt, again, wait, c.again, c.wait)
		}
	}
}
