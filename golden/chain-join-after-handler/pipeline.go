// The handler repairs and goes back to the main line.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("risky", "export value=wrong; exit 4").Returns("value").Next(p.Name("report")).
			OnFailure(p.Shell("repair", `export value="repaired, was ${value-unset}"`).Returns("value").Next(p.Name("report"))),
		p.Shell("report", `export told="$value"`).Returns("told"),
	))
}
