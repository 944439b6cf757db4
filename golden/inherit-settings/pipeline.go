// env and resources of a composite are the defaults of its leaves; the nearest one wins, field by field.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("each", "items", "item",
			p.Parallel("p",
				p.Branch("leaf",
					p.Shell("own", `export own="$LEVEL $KEPT"`).Returns("own").
						Env("LEVEL", "leaf").Resources(p.Resources{Memory: "96Mi"}),
				),
				p.Branch("bare",
					p.Python("steps.inherited").Returns("inherited"),
				),
			).
				Env("LEVEL", "parallel"),
		).
			Env("LEVEL", "map").
			Env("KEPT", "yes").Resources(p.Resources{CPU: "50m", Memory: "64Mi"}),
	))
}
