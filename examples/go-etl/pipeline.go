// Command go-etl is an ETL pipeline whose steps are Go functions: has the Nile carried less water since the dam at Aswan
// was begun? README.md says how to run it here, in compose and on Argo.
package main

import (
	"time"

	p "github.com/runnable-render/runnable-render/pipeline"
)

// etl reads the flow of the Nile, looks at each decade, and says where the river changed.
func etl() *p.Pipeline {
	return p.New("nile",
		p.Go(Extract).Put("clean.csv").Retry(2).RetryOn(p.OnError).Timeout(time.Minute),
		p.Map("decades", "decades", "decade",
			p.Go(Summarise).Get("clean.csv"),
		),
		p.Go(Change).Get("clean.csv"),
		p.Conditional("judge", "verdict",
			p.Branch("changed", p.Go3(Explain, "change", "before", "after")),
		).Default(p.Go1(Steady, "mean")),
		p.Go(Load).Put("report.md"),
	).Describe("The annual flow of the Nile at Aswan, 1871 to 1970")
}
