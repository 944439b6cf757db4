// `mend` is no root: it runs when `a` failed, and b and d see its scope in a's place.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("a", "export from=a; exit 1").Returns("from").
			OnFailure(p.Shell("mend", "export from=mend").Returns("from")),
		p.Shell("b", `export b="from $from"`).Returns("b").Needs(p.Name("a")),
		p.Shell("side", "export side=1").Returns("side").
			OnFailure(p.Stub("idle")),
		p.Shell("d", `export d="$b, $side"`).Returns("d").Needs(p.Name("b"), p.Name("side")),
	))
}
