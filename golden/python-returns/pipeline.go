// One name takes the whole value; several take a tuple or a mapping; a key takes one entry.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Python("steps.pair").Named("whole").Returns("whole"),
		p.Python("steps.pair").Returns("left", "right"),
		p.Python("steps.mapping").Returns("p", "q"),
		p.Python("steps.mapping").Named("keyed").
			Return(p.Return{Name: "best", Key: "p"}),
		p.Python("steps.none").Returns("none"),
		p.Python("steps.pair").Named("unnamed"),
		p.Stub("end").Needs(p.Name("whole"), p.Name("pair"), p.Name("mapping"), p.Name("keyed"), p.Name("none"), p.Name("unnamed")),
	))
}
