// Package stepfunctions renders a pipeline as a CloudFormation template: a state machine of AWS Step Functions whose steps are
// jobs of AWS Batch (docs/aws.md).
//
// The machine says when a step may start and with which path, and the runner in the job does the rest. Values stay in the store:
// what passes from state to state is the run's name and the path of the item or iteration. Rendering is pure: the same pipeline
// and options give the same bytes.
package stepfunctions

import (
	"cmp"
	"strings"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Target is Step Functions as the command line knows it.
type Target struct{}

// Name implements [target.Target].
func (Target) Name() string { return "stepfunctions" }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title: "a CloudFormation template of AWS Step Functions, whose steps are jobs of AWS Batch",
		Codes: "RR8",
		Limits: map[target.Feature]string{
			target.Needs:   "by levels where it is not series-parallel",
			target.Retries: "with waits, or more than 10 attempts: in one job",
			target.GPUs:    "in a queue of EC2 machines",
		},
	}
}

// Options implements [target.Target].
func (Target) Options() any { return &Options{} }

// StepSettings implements [target.Stepwise].
func (Target) StepSettings() any { return &StepSettings{} }

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	o := *options.(*Options)
	o.ConfigFile, o.Store, o.Source, o.Definition = cmp.Or(in.ConfigFile, "runnable-config.yaml"), in.Store, in.Source, in.Definition
	o.Parameters = in.Parameters
	files, notes, list := render(p, o)
	if list.HasErrors() {
		return target.Rendering{}, list
	}
	return target.Rendering{
		Files: files, Comment: "#", Notes: notes,
		Next: "aws cloudformation deploy --stack-name " + strings.ToLower(words(p.Called(), "-")) + " --template-file %s --capabilities CAPABILITY_IAM",
	}, list
}
