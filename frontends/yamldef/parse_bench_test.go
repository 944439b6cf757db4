package yamldef

import (
	"fmt"
	"strings"
	"testing"
)

// chain writes a definition of n steps that share their settings by a merge key.
func chain(n int) []byte {
	var b strings.Builder
	b.WriteString("defaults: &defaults\n  type: task\n  command_type: shell\n  env: {A: 1}\ndag:\n  steps:\n")
	for i := range n {
		fmt.Fprintf(&b, "    step %d:\n      <<: *defaults\n      command: echo %d # a comment\n      returns: [{name: r%d}]\n", i, i, i)
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		src := chain(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if p, list := Parse("chain.yaml", src); list.HasErrors() || len(p.Graph.Nodes) != n {
					b.Fatal(list)
				}
			}
		})
	}
}
