package bench_test

import (
	"os"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/backends/argo"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/ir"
)

// BenchmarkRender reads, checks and renders the definition that BENCH_INSTANCE names, without Argo's own validation:
// what this project itself takes from text to text.
func BenchmarkRender(b *testing.B) {
	file := os.Getenv("BENCH_INSTANCE")
	if file == "" {
		file = "../frontends/wfformat/testdata/small.json"
	}
	src, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	var used time.Duration
	for b.Loop() {
		before := cpu()
		p, list := frontends.Parse(b.Context(), file, src)
		if list.HasErrors() || ir.Check(p).HasErrors() {
			b.Fatal(list)
		}
		if _, list := argo.Render(p, argo.Options{Image: "x", Unvalidated: true}); list.HasErrors() {
			b.Fatal(list)
		}
		used += cpu() - before
	}
	b.ReportMetric(1000*used.Seconds()/float64(b.N), "cpu-ms/op")
}
