// The branch whose name equals the value: strings, booleans, numbers; any names.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Conditional("by text", "data_quality",
			p.Branch("very good",
				p.Shell("work", `export text="very good"`).Returns("text"),
			),
			p.Branch("bad",
				p.Stub("never"),
			),
		),
		p.Conditional("by flag", "flag",
			p.Branch("False",
				p.Stub("never"),
			),
			p.Branch("True",
				p.Shell("work", "export flagged=1").Returns("flagged"),
			),
		),
		p.Conditional("by lower flag", "off",
			p.Branch("true",
				p.Stub("never"),
			),
			p.Branch("false",
				p.Shell("work", "export lower=1").Returns("lower"),
			),
		),
		p.Conditional("by number", "count",
			p.Branch("4",
				p.Stub("never"),
			),
			p.Branch("3",
				p.Shell("work", "export number=1").Returns("number"),
			),
		),
		p.Conditional("by float", "ratio",
			p.Branch("1",
				p.Stub("never"),
			),
		).
			Default(
				p.Shell("work", "export float=1").Returns("float"),
			),
		p.Conditional("by yes", "answer",
			p.Branch("no",
				p.Stub("never"),
			),
			p.Branch("yes",
				p.Shell("work", "export yes=1").Returns("yes"),
			),
		),
		p.Stub("join").Needs(p.Name("by text"), p.Name("by flag"), p.Name("by lower flag"), p.Name("by number"), p.Name("by float"), p.Name("by yes")),
	))
}
