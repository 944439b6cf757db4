// Expressions choose a branch, make a list and end a loop.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("begin", `export n=3 total=0 files='["a", "b", "c"]' skip=b`).Returns("n", "total", "files", "skip"),
		p.MapOver("numbers", "range(n)", "i", p.Shell("square", "export square=$((i * i))").Returns("square")),
		p.MapOver("others", "[f for f in files if f != skip]", "file", p.Shell("name", "export seen=$file").Returns("seen")),
		p.LoopUntil("add up", 9, "total >= sum(square)", "k", p.Shell("add", "export total=$((total + 2))").Returns("total")),
		p.ConditionalBy("enough", "total > 5\nand len(seen) == 2\n", p.Branch("true", p.Stub("good")), p.Branch("false", p.Stub("bad"))),
		p.ConditionalBy("wrong", "total > skip", p.Branch("true", p.Stub("never"))).OnFailure(p.Name("told")).Next(p.Name("no truth")),
		p.Shell("told", `echo "$RUNNABLE_FAILURE_KIND $RUNNABLE_FAILURE_MESSAGE"`).Next(p.Name("no truth")),
		p.LoopUntil("no truth", 3, "total + k", "k", p.Stub("once")),
	))
}
