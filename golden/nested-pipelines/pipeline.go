// A pipeline in Python stands in one in YAML, twice side by side, and uses one in YAML itself.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Parallel("both",
			p.Branch("left",
				p.Nested("scale", "lib/scale.py").Bind("values", "rows").Value("factor", 2).ReturnAs("scaled", "doubled"),
			),
			p.Branch("right",
				p.Nested("scale", "lib/scale.py").Bind("values", "rows").ReturnAs("scaled", "by_default").Returns("note"),
			),
		),
		p.Shell("look", `export seen="$doubled $by_default $note factor=$factor label=$label scaled=${scaled-none} total=${total-none}"`).Returns("seen"),
	))
}
