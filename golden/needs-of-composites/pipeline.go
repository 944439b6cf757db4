// Composites in a graph of needs: a map, then a join with a loop beside it.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("each", "numbers", "n",
			p.Python("steps.square").Returns("total"),
		).Reduce("sum"),
		p.Loop("count", 2, "enough", "k",
			p.Shell("step", "export last=$k").Returns("last"),
		),
		p.Python("steps.join").Returns("told").Needs(p.Name("each"), p.Name("count")),
	))
}
