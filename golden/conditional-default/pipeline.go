// No branch of that name: the default. What only other arms return keeps what it was, or stays absent.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Conditional("toss", "side",
			p.Branch("heads",
				p.Shell("a", "export kept=changed only_heads=1").Returns("kept", "only_heads"),
			),
		).
			Default(
				p.Shell("b", `export edge="$side"`).Returns("edge"),
			),
		p.Shell("after", `export saw="$kept ${only_heads-absent} $edge"`).Returns("saw"),
	))
}
