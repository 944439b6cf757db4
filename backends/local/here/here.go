// Package here makes the executor of this machine a target like others: its rendering is the plan of a run.
package here

import (
	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/drawing"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Target is this machine. The command line drives its runs itself, in its own process.
type Target struct{}

// Name implements [target.Target].
func (Target) Name() string { return local.Name }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title:      "this machine, in this process; --isolate gives each step its own folder",
		Codes:      "RR3",
		LimitsRuns: true, BeginsByEvents: true,
		Limits: map[target.Feature]string{
			target.Images:    "not used",
			target.Resources: "not used",
			target.GPUs:      "not used",
			target.Schedules: "not: start it by cron",
		},
	}
}

// Options implements [target.Target]. What a run here takes are flags of run, and none of a rendering.
func (Target) Options() any { return &struct{}{} }

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, _ any) (target.Rendering, diag.List) {
	var initial []engine.Named
	for _, param := range in.Parameters {
		initial = append(initial, engine.Named{Name: param.Name, Value: engine.ParseText(string(param.Value))})
	}
	plan := local.Plan(p, local.PlanOptions{Initial: engine.InitialScope(initial)})
	return target.Rendering{
		Files:   map[string][]byte{"plan.txt": plan},
		Diagram: func() (*target.Diagram, error) { return drawing.Of(p), nil },
	}, local.Unmet(p)
}
