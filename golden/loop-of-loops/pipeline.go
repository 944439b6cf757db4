// The inner loop's break does not end the outer one; both indexes are visible inside.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Loop("outer", 2, "never", "row",
			p.Loop("inner", 3, "enough", "col",
				p.Python("steps.visit").Returns("seen", "enough"),
			),
		),
	))
}
