// The pipeline of examples/quickstart, in Go. Its graph is the same to the last byte of `graph --format text`.
//
//	runnable-render run examples/quickstart-go --workdir examples/quickstart
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("quickstart",
		p.Parallel("gather", // both branches run at the same time
			p.Branch("sensors",
				p.Shell("read", `echo "asking three sensors"
export readings='[21.5, 24.0, 22.3]'`).Returns("readings")), // an exported variable, decoded as JSON
			p.Branch("wishes",
				p.Python("steps.comfortable").Named("ask").Returns("threshold"))),

		p.Map("convert", "readings", "celsius", // once for each reading, at the same time; then one value of all
			p.Python("steps.fahrenheit").Returns("hottest")).Reduce("max"),

		p.Python("steps.judge").Returns("verdict").Metrics("margin"), // a metric is also shown at the end of the run

		p.Conditional("decide", "verdict", // runs the branch that the verdict names
			p.Branch("beach",
				p.Shell("pack", `export plan="towel, sunscreen, $hottest F"`).Returns("plan"))).
			Default(
				p.Shell("stay", `export plan="a book by the fire"`).Returns("plan")),

		// This one fails: nobody listens there. That is handled, so the run succeeds.
		p.Shell("publish", `echo "$plan" > /nowhere/at/all`).OnFailure(
			p.Shell("keep", `echo "$RUNNABLE_FAILED_STEP failed, keeping the plan here"
export message="Plan: $plan"`).Texts("message")),
	).Describe("Is it warm enough for the beach?"))
}
