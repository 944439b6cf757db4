// Branches inherit; what they changed merges in definition order, whatever the values are.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Parallel("p",
			p.Branch("left",
				p.Shell("work", `export shared=left mine="left of $seen" same=changed`).Returns("shared", "mine", "same"),
			),
			p.Branch("right",
				p.Shell("work", "export shared=right same=as-before").Returns("shared", "same"),
			),
			p.Branch("idle",
				p.Stub("work"),
			),
		),
	))
}
