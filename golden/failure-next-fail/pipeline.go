// A branch that succeeds and then goes to `fail` fails.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Parallel("p",
			p.Branch("good",
				p.Shell("work", "export good=1").Returns("good"),
			),
			p.Branch("bad",
				p.Shell("verdict", "export verdict=rejected").Returns("verdict").Next(p.Fail),
			),
		).
			OnFailure(p.Shell("mend", `export saw="$RUNNABLE_FAILED_STEP ${good-none} ${verdict-none}"`).Returns("saw")),
	))
}
