package firstgc

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// The percentage of the beginning ends with the first collection.
func TestOnlyTheFirst(t *testing.T) { //nolint:paralleltest // it is about the whole process
	if os.Getenv("GOGC") != "" {
		t.Skip("the environment has a GOGC")
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.NumGC > 0 {
		t.Skip("the first collection is over")
	}
	if got := debug.SetGCPercent(percent); got != percent {
		t.Errorf("before the first collection the percentage is %d, want %d", got, percent)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		runtime.GC()
		if now := debug.SetGCPercent(100); now == 100 {
			return
		}
		debug.SetGCPercent(percent)
	}
	t.Error("after collections the percentage is still that of the beginning")
}
