package compose

import (
	"cmp"
	"fmt"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/drawing/manifest"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Target is docker-compose as the command line knows it.
type Target struct{}

// Name implements [target.Target].
func (Target) Name() string { return "compose" }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title: "a plan for docker-compose 1.29 and 2, on one machine",
		Codes: "RR2", LimitsRuns: true,
		Limits: map[target.Feature]string{
			target.Loop:      "in one container",
			target.Map:       "in one container where the items are not known beforehand",
			target.Schedules: "not: start the plan by cron",
		},
	}
}

// Options implements [target.Target].
func (Target) Options() any { return &declared{} }

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	o := options.(*declared).options()
	o.ConfigFile, o.Store, o.Source, o.Definition, o.Release = in.ConfigFile, in.Store, in.Source, in.Definition, in.Release
	o.Parameters = in.Parameters
	files, list := Render(p, o)
	if list.HasErrors() {
		return target.Rendering{}, list
	}
	return target.Rendering{
		Files: files, Comment: "#", Next: "docker-compose -f %s run --rm result",
		Notes:   []string{fmt.Sprintf("%s, image: %s", target.Count(ir.Leaves(p), "step"), cmp.Or(o.Image, "as the steps say"))},
		Diagram: func() (*target.Diagram, error) { return manifest.Read(files[FileName]) },
	}, list
}
