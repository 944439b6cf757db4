// Package slurm renders a pipeline as a script for Slurm's sbatch (docs/slurm.md).
//
// The script submits itself: a job for each step, which starts when the jobs before it have ended, with any status. The
// runner reads in the store whether the step has to run. Steps that are only known during the run (the items of a map,
// the branch of a conditional, the next iteration of a loop) are submitted by a job. Rendering is pure: the same
// pipeline and options give the same bytes.
package slurm

import (
	"bytes"
	"fmt"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// FileName is the key of the script in what is rendered.
const FileName = "pipeline.sbatch"

// Target is Slurm as the command line knows it.
type Target struct{}

// Name implements [target.Target].
func (Target) Name() string { return "slurm" }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title: "a script that submits itself as Slurm jobs; nothing has to stay running",
		Codes: "RR7",
		Limits: map[target.Feature]string{
			target.Images:    "with Apptainer, if the configuration says so",
			target.Secrets:   "from the environment of who submits",
			target.Schedules: "submit the script by scrontab or cron",
		},
	}
}

// Options implements [target.Target].
func (Target) Options() any { return &Options{Runner: "runnable-step"} }

// Codes of what the target cannot express, or says of a definition.
const (
	codeShared  = "RR7001"
	codeMany    = "RR7002"
	codeLong    = "RR7003"
	codeAmount  = "RR7004"
	codeOneJob  = "RR7005"
	codeSlow    = "RR7006"
	codeEffect  = "RR7007"
	codeSetting = "RR7008"
	codeNoMeans = "RR7009"
	codeMemory  = "RR7010"
)

// Limits of a script.
const (
	manyJobs    = 1000      // a submission of more takes minutes, and sites rarely allow them
	maxJobs     = 10_000    // Slurm's MaxJobCount, for all users together
	maxScript   = 4 << 20   // bytes: Slurm's max_script_size
	maxVariable = 120 << 10 // bytes: the system takes 128 KiB with its name
)

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	o := *options.(*Options)
	o.Inputs = in
	b := &builder{Options: o, pipeline: p, settings: ir.Settings(p)}
	text := b.script()
	if b.list.HasErrors() {
		return target.Rendering{}, b.list
	}
	jobs := target.Count(b.jobs, "job")
	if b.dynamic {
		jobs += " and more for each item and iteration"
	}
	return target.Rendering{
		Files: map[string][]byte{FileName: text}, Comment: "#", Next: "bash %s submit",
		Notes: []string{fmt.Sprintf("%s, %s", target.Count(ir.Leaves(p), "step"), jobs)},
	}, b.list
}

// InRoot reports whether a script is to be submitted in the root of its project; else in the folder where its steps work.
func InRoot(script []byte) bool { return bytes.Contains(script, []byte("\nexport RUNNABLE_SOURCE=")) }
