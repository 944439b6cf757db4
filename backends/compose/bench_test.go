package compose

import (
	"fmt"
	"strings"
	"testing"
)

// layered is a needs graph of layers, each step of which needs three of the layer before.
func layered(layers, width int) string {
	var b strings.Builder
	b.WriteString("dag:\n  steps:\n")
	for l := range layers {
		for w := range width {
			fmt.Fprintf(&b, "    s%d_%d: {type: stub", l, w)
			if l > 0 {
				fmt.Fprintf(&b, ", needs: [s%d_%d, s%d_%d, s%d_%d]", l-1, w, l-1, (w+1)%width, l-1, (w+2)%width)
			}
			b.WriteString("}\n")
		}
	}
	return b.String()
}

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{2, 5, 9} {
		p := parse(b, layered(n, 20))
		b.Run(fmt.Sprintf("%d services", n*20), func(b *testing.B) {
			for b.Loop() {
				files, list := Render(p, Options{RunnerImage: "runner:1"})
				if list.HasErrors() {
					b.Fatal(list)
				}
				b.SetBytes(int64(len(files[FileName])))
			}
		})
	}
}
