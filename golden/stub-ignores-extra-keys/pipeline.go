// Any step is silenced by calling it a stub: its other keys are ignored, its catalog is synced.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Stub("silenced"),
		p.Stub("keeper").Put("seed.txt"),
		p.Shell("reader", "export seed=$(cat seed.txt)").Returns("seed").Get("seed.txt"),
	))
}
