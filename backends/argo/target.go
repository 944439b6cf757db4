package argo

import (
	"cmp"
	"fmt"

	"github.com/runnable-render/runnable-render/backends/target"
	rendered "github.com/runnable-render/runnable-render/internal/drawing/manifest"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Target is Argo as the command line knows it.
type Target struct{}

// Name implements [target.Target].
func (Target) Name() string { return "argo" }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title: "a Workflow for Argo 3.5 to 4.1; with -o DIR/ a template, its service account and a kustomization",
		Codes: "RR1", LimitsRuns: true, BeginsByEvents: true,
	}
}

// Options implements [target.Target].
func (Target) Options() any { return &Options{} }

// Codes implements [target.Codes].
func (*Options) Codes() (key, value string) { return "RR1002", "RR1003" }

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	o := *options.(*Options)
	o.ConfigFile, o.Store, o.Directory, o.Release = cmp.Or(in.ConfigFile, "runnable-config.yaml"), in.Store, in.Folder, in.Release
	o.Definition = in.Definition
	o.Version, _ = ParseVersion(string(o.Version)) // checked as a flag
	o.Parameters = in.Parameters
	files, sum, list := RenderSummary(p, o)
	if list.HasErrors() {
		return target.Rendering{}, list
	}
	r := target.Rendering{Files: files, Comment: "#", Notes: sum.lines(), Pods: sum.Pods, Next: "argo submit --watch %s"}
	if in.Folder {
		r.Next = "kubectl apply -k %s"
	}
	r.Diagram = func() (*target.Diagram, error) { return rendered.Read(files[SingleFile]) }
	return r, list
}

// lines are what a person should know of a rendering.
func (s Summary) lines() []string {
	pods := target.Count(s.Pods, "pod")
	if s.Inside > 0 {
		pods += " and more for each further item or iteration"
	}
	return append([]string{fmt.Sprintf("%s, %s (%d of them control), store: %s", target.Count(s.Steps, "step"), pods, s.Control, s.Store)}, s.Notes...)
}
