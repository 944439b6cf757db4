// Lambdas, and a function of one's own.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Map("spread", "numbers", "n",
			p.Python("steps.same").Returns("spread"),
		).Reduce("lambda *x: {'low': min(x), 'high': max(x), 'mean': round(sum(x) / len(x), 2)}"),
		p.Map("backwards", "numbers", "n",
			p.Python("steps.same").Returns("backwards"),
		).Reduce("lambda *x: [abs(v) for v in reversed(x)]"),
		p.Map("difference", "numbers", "n",
			p.Python("steps.same").Returns("difference"),
		).Reduce("lambda a, b, c: a - b - c"),
		p.Map("own", "numbers", "n",
			p.Python("steps.same").Returns("own"),
		).Reduce("steps.join"),
		p.Stub("end").Needs(p.Name("spread"), p.Name("backwards"), p.Name("difference"), p.Name("own")),
	))
}
