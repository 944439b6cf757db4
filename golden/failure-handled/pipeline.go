// The handler sees the scope before the failed step, and what failed.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("prepare", "export x=1").Returns("x"),
		p.Shell("boom", `export x=2
exit 3
`).Returns("x").
			OnFailure(p.Shell("mend", `[ -n "$RUNNABLE_FAILURE_MESSAGE" ] || exit 9
export saw="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND x=$x"
`).Texts("saw")),
	))
}
