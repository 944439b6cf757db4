// Package actions renders a pipeline as a GitHub Actions workflow (docs/github-actions.md).
//
// Each step is a job that runs the runner. Jobs determine when a step may start, by needs and if; the runner derives
// from the run's facts in the store what a step sees and does, and what a failure leads to. Rendering is pure: the same
// pipeline and options give the same bytes.
package actions

import (
	"cmp"
	"fmt"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// FileName is the key of the workflow in what a rendering holds.
const FileName = "workflow.yml"

// Target is GitHub Actions as the command line knows it.
type Target struct{}

// Name implements [target.Target].
func (Target) Name() string { return "actions" }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title: "a workflow of GitHub Actions, a job for each step",
		Codes: "RR6",
		Limits: map[target.Feature]string{
			target.Loop:      "in one job",
			target.Map:       "a job for each item, in which composites run in place",
			target.Resources: "not: the labels of the machine say its size",
			target.GPUs:      "on machines with a label of their own",
		},
	}
}

// Options implements [target.Target].
func (Target) Options() any {
	return &Options{RunsOn: "ubuntu-latest", Timeout: hostedMinutes, MapJobs: maxMatrix, Checkout: checkout}
}

// StepSettings implements [target.Stepwise].
func (Target) StepSettings() any { return &Settings{} }

// builder makes the jobs of a workflow.
type builder struct {
	target.Findings
	Options
	inputs   target.Inputs
	pipeline *ir.Pipeline
	settings map[string]ir.Effective
	ids      map[string]string // of jobs (idsOf)
	jobs     []*job
	notes    []string
}

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	b := &builder{Findings: target.Findings{Target: "actions"}, Options: *options.(*Options), inputs: in, pipeline: p, settings: ir.Settings(p), ids: idsOf(p)}
	b.MapJobs = min(b.MapJobs, maxMatrix)
	b.inputs.ConfigFile = cmp.Or(in.ConfigFile, "runnable-config.yaml")
	b.check()
	text := b.workflow()
	if b.List.HasErrors() {
		return target.Rendering{}, b.List
	}
	jobs := fmt.Sprintf("%s in %s, plus one for each further item of a map; each starts a machine, which takes 10 to 30 seconds and is billed by the minute",
		target.Count(ir.Leaves(p), "step"), target.Count(len(b.jobs)+2, "job")) // begin, result
	if in.Store == "" {
		b.notes = append(b.notes, "the repository's variable RUNNABLE_STORE names the bucket that keeps the runs; give --store to write it into the workflow")
	}
	return target.Rendering{
		Files: map[string][]byte{FileName: text}, Comment: "#", Notes: append([]string{jobs}, b.notes...),
		Next: "commit %s in .github/workflows, push, and start it with gh workflow run",
	}, b.List
}
