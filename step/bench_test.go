package step

import (
	"context"
	"strconv"
	"testing"

	"github.com/runnable-render/runnable-render/engine"
)

func benchmark(b *testing.B, r *Runtime, job Job) {
	b.ReportAllocs()
	for b.Loop() {
		if res := r.Execute(context.Background(), job); res.Status != engine.Success {
			b.Fatal(res.Failure)
		}
	}
}

func BenchmarkShell(b *testing.B) {
	benchmark(b, runtimeFor(b, Options{}), shellJob(b, "export x=1", "x"))
}

func BenchmarkPython(b *testing.B) {
	for name, cold := range map[string]bool{"warm": false, "cold": true} {
		b.Run(name, func(b *testing.B) { benchmark(b, pythonRuntime(b, cold), pythonJob(b, "functions.none", nil)) })
	}
}

// BenchmarkManyParameters is a step late in a long chain.
func BenchmarkManyParameters(b *testing.B) {
	ps := []engine.Named{}
	for i := range 5000 {
		ps = append(ps, param("name_"+string(rune('a'+i%26))+strconv.Itoa(i), "1"))
	}
	shell := shellJob(b, "export x=1", "x")
	shell.Params = ps
	b.Run("shell", func(b *testing.B) { benchmark(b, runtimeFor(b, Options{}), shell) })
	python := pythonJob(b, "functions.none", ps)
	b.Run("python", func(b *testing.B) { benchmark(b, pythonRuntime(b, false), python) })
}
