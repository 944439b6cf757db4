// map > loop > parallel.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("each", "starts", "start",
			p.Loop("grow", 3, "grown", "k",
				p.Parallel("sides",
					p.Branch("size",
						p.Python("steps.add").Returns("size", "grown"),
					),
					p.Branch("age",
						p.Shell("tick", "export age=$((start * 10 + k))").Returns("age"),
					),
				),
			),
		).Reduce("max"),
	))
}
