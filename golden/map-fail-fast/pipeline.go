// One at a time, and nothing new after the first failure.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("each", "items", "item",
			p.Shell("work", `[ "$item" != bad ]`),
		).Parallelism(1).FailFast().
			OnFailure(p.Shell("mend", `export failed="$RUNNABLE_FAILED_STEP"`).Returns("failed")),
	))
}
