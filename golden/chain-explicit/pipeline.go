// Runnable's own style: start_at, next, and the terminals written out.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("two", `export trace="$trace 2"`).Returns("trace").Next(p.Success).OnFailure(p.Fail),
		p.Shell("one", `export trace="1"`).Texts("trace").Next(p.Name("two")),
	).Describe("steps in another order than the file's").Start(p.Name("one")))
}
