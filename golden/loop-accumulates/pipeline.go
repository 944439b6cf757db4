// Do-while: each iteration goes on from the scope after the one before; `done` ends it.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Loop("count", 10, "done", "i",
			p.Python("steps.add").Returns("total", "done"),
			p.Shell("mark", `export trail="$trail$i"`).Texts("trail"),
		),
		p.Shell("after", `export outer="$i"`).Returns("outer"),
	))
}
