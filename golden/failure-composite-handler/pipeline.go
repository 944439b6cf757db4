// A handler may be a composite: all inside it know what failed; what follows the handler does not.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("boom", "exit 1").
			OnFailure(p.Parallel("alarm",
				p.Branch("mail",
					p.Shell("write", `export mail="$RUNNABLE_FAILED_STEP is $RUNNABLE_FAILURE_KIND"`).Returns("mail"),
				),
				p.Branch("page",
					p.Map("each", "people", "person",
						p.Shell("call", `export called="$person, $RUNNABLE_FAILED_STEP"`).Returns("called"),
					),
				),
			)),
		p.Shell("after", `export later="${RUNNABLE_FAILED_STEP-nothing failed}"`).Returns("later"),
	))
}
