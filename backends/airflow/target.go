// Package airflow renders a pipeline as a DAG file of Airflow 3 (docs/airflow.md).
//
// Each step is a task that calls the runner. Trigger rules say when a task may start; what a step sees and does, and what a
// failure leads to, the runner derives from the run's facts in the store. Rendering is pure: the same pipeline and options
// give the same bytes.
package airflow

import (
	"cmp"
	"fmt"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// FileName is the key of the DAG file in what a rendering holds.
const FileName = "dag.py"

// Target is Airflow as the command line knows it.
type Target struct{}

// Name implements [target.Target].
func (Target) Name() string { return "airflow" }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title: "a DAG file of Airflow 3, a task for each step",
		Codes: "RR5",
		Limits: map[target.Feature]string{
			target.Loop:      "in one task",
			target.Map:       "mapped tasks; a map inside a map in one task",
			target.Images:    "with the operators kubernetes and docker",
			target.Resources: "with the operators kubernetes and docker",
			target.GPUs:      "with the operator kubernetes",
			target.Secrets:   "passwords of connections, Secrets of Kubernetes",
		},
	}
}

// Options implements [target.Target].
func (Target) Options() any {
	return &Options{Operator: bash, Runner: "runnable-step", MapLength: maxMapLength}
}

// StepSettings implements [target.Stepwise].
func (Target) StepSettings() any { return &Settings{} }

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	b := &builder{Findings: target.Findings{Target: "airflow"}, Options: *options.(*Options), inputs: in, pipeline: p, settings: ir.Settings(p), used: map[string]bool{}}
	b.inputs.ConfigFile = cmp.Or(in.ConfigFile, "runnable-config.yaml")
	b.RunnerImage = cmp.Or(b.RunnerImage, target.RunnerImage(in.Release))
	b.check()
	b.Image = cmp.Or(b.Image, b.RunnerImage) // of a pipeline of stubs
	text := b.file()
	if b.tasks > manyTasks {
		b.Warn(codeLimit, p.Span, "the DAG has %d tasks; Airflow parses and shows more than %d slowly; give composites of short steps `pods: one`", b.tasks, manyTasks)
	}
	if b.List.HasErrors() {
		return target.Rendering{}, b.List
	}
	notes := append([]string{fmt.Sprintf("%s in %s", target.Count(ir.Leaves(p), "step"), target.Count(b.tasks, "task"))}, b.notes...)
	if in.Store == "" {
		notes = append(notes, "the Variable "+storeVariable+" of Airflow names the store; give --store to write a bucket into the DAG")
	}
	return target.Rendering{
		Files: map[string][]byte{FileName: []byte(text)}, Comment: "#", Notes: notes,
		Next: "put %s into the DAG folder; then `airflow dags trigger " + b.dagID() + "`",
	}, b.List
}

// check reports what the target cannot express, before anything is written.
func (b *builder) check() {
	b.checkSchedules()
	for v := range ir.Walk(b.pipeline) {
		n := v.Node.Base()
		for _, o := range n.Overrides {
			if o.Executor == "airflow" {
				b.Refuse(codeSetting, o.Span, "%q names settings of the configuration; write them at the step: targets: {airflow: {…}}", n.Name)
			}
		}
		if ir.IsLeaf(v.Node) {
			b.checkLeaf(v)
		}
	}
}
