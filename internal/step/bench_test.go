//go:build unix

package step

import (
	"context"
	"fmt"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
)

func benchmark(b *testing.B, r *Runtime, job Job) {
	b.Helper()
	b.ReportAllocs()
	before := cpu()
	for b.Loop() {
		if res := r.Execute(context.Background(), job); res.Status != engine.Success {
			b.Fatal(res.Failure)
		}
	}
	b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

func BenchmarkShell(b *testing.B) {
	benchmark(b, runtimeFor(b, Options{}), shellJob(b, "export x=1", "x"))
}

func BenchmarkPython(b *testing.B) {
	for name, cold := range map[string]bool{"warm": false, "cold": true} {
		b.Run(name, func(b *testing.B) { benchmark(b, pythonRuntime(b, cold), pythonJob(b, "functions.none", nil)) })
	}
}

// BenchmarkParameters is a step late in a chain whose steps each return a name: cpu-ms/op says what it costs the
// machine, the task's own processes included.
func BenchmarkParameters(b *testing.B) {
	for _, n := range []int{10, 1000, 5000} {
		scope := &engine.Scope{}
		for i := range n {
			scope = scope.With(&engine.Entry{Key: engine.ParamKey("name_" + strconv.Itoa(i)), Value: engine.Int(i)})
		}
		shell := shellJob(b, ":")
		shell.Params, shell.Before = nil, scope
		returning := shellJob(b, "export x=1", "x")
		returning.Params, returning.Before = nil, scope
		b.Run(fmt.Sprintf("shell-%d", n), func(b *testing.B) { benchmark(b, runtimeFor(b, Options{}), shell) })
		b.Run(fmt.Sprintf("returning-%d", n), func(b *testing.B) { benchmark(b, runtimeFor(b, Options{}), returning) })
	}
}

// cpu is the processor time of this process and of its children that have ended.
func cpu() time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return total
}
