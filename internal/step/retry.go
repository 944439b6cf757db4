package step

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// Retry says whether a failed attempt is repeated, and after what wait. attempt counts from 1 within one run of
// the step, whatever number the store gave it.
func Retry(p ir.Retry, f *engine.Failure, attempt int) (again bool, wait time.Duration) {
	if f == nil || attempt > p.Limit {
		return false, 0
	}
	if len(p.On) > 0 && !slices.Contains(p.On, string(f.Kind)) &&
		(f.ExitCode == 0 || !slices.Contains(p.On, strconv.Itoa(f.ExitCode))) {
		return false, 0
	}
	return true, backoff(p.Backoff, attempt)
}

// backoff is the wait after the attempt-th attempt.
func backoff(b ir.Backoff, attempt int) time.Duration {
	factor := b.Factor
	if factor == 0 {
		factor = 1
	}
	wait := float64(b.Duration) * math.Pow(factor, float64(attempt-1))
	if b.Cap > 0 {
		wait = min(wait, float64(b.Cap))
	}
	if !(wait < math.MaxInt64) { // also not a number
		return math.MaxInt64
	}
	return time.Duration(max(wait, 0))
}
