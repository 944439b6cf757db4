// Schedules say when runs begin, and change nothing of what a run comes to.
package main

import (
	"time"

	p "github.com/runnable-render/runnable-render/pipeline"
)

func main() {
	p.Main(p.New("",
		p.Shell("load", "export loaded=3").Returns("loaded"),
	).
		Schedule(
			p.Schedule{Cron: "0 3 * * *", Timezone: "Europe/Berlin", Deadline: 10 * time.Minute},
			p.Schedule{Cron: "0 5 * * 6", Timezone: "Europe/Berlin", Deadline: 10 * time.Minute},
			p.Schedule{Cron: "@hourly", When: "{{= cronworkflow.failed < 3 }}", Policy: p.Replace, Suspend: true, KeepSucceeded: new(0), KeepFailed: new(10)},
			p.Schedule{Cron: "30 4 1 * *"},
		))
}
