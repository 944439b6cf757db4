// All of the language at once. What is said of machines, of other runs and of the time changes nothing of what a run comes to.
package main

import (
	p "github.com/runnable-render/runnable-render/pipeline"
)

type parameters struct {
	Rates  []int
	Goal   float64 `minimum:"0" help:"What the total must reach."`
	Mode   string  `choices:"exact,fast"`
	Letter p.FileContent
}

func main() {
	p.Main(p.New("all of it",
		p.MapOver("each", "[r for r in rates if r < goal / 20]", "rate",
			p.Python("models.fit").Returns("score").Resources(p.Resources{Memory: "96Mi", Shm: "16Mi"}).Retry(1).RetryOn(p.OnOOM).MemoryFactor(2),
			p.Nested("tune", "lib/tune.py").BindList("values", "rate", "score").ReturnAs("best", "tuned"),
		).Reduce("sum").OnePod(),
		p.LoopUntil("climb", 9, "total >= goal", "round", p.Shell("add", "export total=$((${total:-0} + tuned))").Returns("total")),
		p.ConditionalBy("enough", `total >= goal and mode == "exact"`,
			p.Branch("true",
				p.Shell("write", `export said="$letter$total"`).
					Texts("said").
					Resources(p.Resources{Memory: "96Mi", Disk: "64Mi"}).
					Retry(2).RetryOn(p.OnOOM).MemoryFactor(1.5).
					Target("argo", p.Settings{"tolerations": []p.Settings{{"key": "gpu", "operator": "Exists"}}}).
					Target("compose", p.Settings{"ulimits": p.Settings{"nofile": 4096}}),
			),
			p.Branch("false", p.Stub("complain")),
		).
			Target("argo", p.Settings{"labels": p.Settings{"role": "writer"}}).
			Target("compose", p.Settings{"shm_size": "96m"}),
	).
		Schedule(p.Schedule{Cron: "0 3 * * *", Timezone: "Europe/Berlin"}).
		Concurrency(p.Concurrency{OnConflict: p.Wait}).
		Parameters(parameters{Rates: []int{1, 2, 8}, Goal: 100, Mode: "exact", Letter: "letter.txt"}))
}
