// Nothing leads to `island`: a warning, and it does not run.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Stub("shore").Next(p.Success),
		p.Stub("island").Next(p.Success),
	).Start(p.Name("shore")))
}
