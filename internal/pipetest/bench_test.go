package pipetest_test

import (
	"os"
	"testing"

	"github.com/runnable-render/runnable-render/internal/params"
)

// BenchmarkCases runs cases of the pipeline that has a map in a loop in a conditional with handlers, one operation a case:
// go test ./internal/pipetest -run '^$' -bench Cases
func BenchmarkCases(b *testing.B) {
	const definition = "testdata/bench/pipeline.yaml"
	text, err := os.ReadFile(definition)
	if err != nil {
		b.Fatal(err)
	}
	p := pipeline(b, definition, text)
	tests, err := os.ReadFile("testdata/bench/pipeline.test.yaml")
	if err != nil {
		b.Fatal(err)
	}
	f := parsed(b, "pipeline.test.yaml", tests)
	if list := f.Check(p); list.HasErrors() {
		b.Fatal(list)
	}
	steps := 0
	for i := 0; b.Loop(); i++ {
		c := &f.Cases[i%len(f.Cases)]
		initial, _ := f.Initial(c, params.Sources{Declared: p.Parameters})
		r := f.Run(b.Context(), p, c, initial)
		if !r.OK() {
			b.Fatal(r.Unmet)
		}
		steps += len(r.Path)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
	b.ReportMetric(float64(steps)/float64(b.N), "steps/case")
}
