// A map over rows, inside it a map over the row: lists of lists, and sums of sums.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("rows", "matrix", "row",
			p.Map("cells", "row", "cell",
				p.Shell("double", "export doubled=$((cell * 2))").Returns("doubled"),
			),
		),
		p.Map("total", "doubled", "part",
			p.Python("steps.add").Returns("grand"),
		).Reduce("sum"),
	))
}
