// map > parallel > leaf, each with a handler: who saves depends on the item.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("each", "saviours", "saviour",
			p.Parallel("p",
				p.Branch("calm",
					p.Stub("work"),
				),
				p.Branch("wild",
					p.Shell("work", "exit 3").
						OnFailure(p.Shell("patch", `[ "$saviour" = leaf ]`)),
				),
			).
				OnFailure(p.Shell("rescue", `echo "$RUNNABLE_FAILED_STEP"
[ "$saviour" = composite ]
`)),
		).
			OnFailure(p.Shell("final", `export failed="$RUNNABLE_FAILED_STEP"`).Returns("failed")),
	))
}
