// The handler stands first in the file and is still neither the start nor anybody's next step.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Stub("rescue").Next(p.Success),
		p.Shell("first", "export trace=first").Returns("trace").OnFailure(p.Name("rescue")),
		p.Shell("second", `export trace="$trace second"`).Returns("trace").
			OnFailure(p.Stub("cleanup")),
		p.Shell("third", `export trace="$trace third"`).Returns("trace"),
	))
}
