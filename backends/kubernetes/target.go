package kubernetes

import (
	"cmp"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/backends/internal/kubekind"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Target is a Job of Kubernetes as the command line knows it.
type Target struct{}

// Name implements [target.Target].
func (Target) Name() string { return "kubernetes" }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title:      "a Job or CronJob of Kubernetes that runs the whole pipeline in one pod",
		Codes:      "RR4",
		LimitsRuns: true,
		Limits: map[target.Feature]string{
			target.Parallel: "in one pod", target.Map: "in one pod", target.Conditional: "in one pod", target.Loop: "in one pod",
			target.Images: "one for all steps", target.Resources: "those of the steps that run at a time", target.GPUs: "as resources",
		},
	}
}

// Options implements [target.Target].
func (Target) Options() any { return &Options{} }

// Codes implements [target.Codes].
func (*Options) Codes() (key, value string) { return codeKey, codeSetting }

// Kind implements [target.Kinds].
func (*Options) Kind(is string) target.Kind {
	if is == "quantity" {
		return target.Kind{Want: "a Kubernetes quantity, such as 500m or 10Gi", Fits: func(s string) bool { _, err := resource.ParseQuantity(s); return err == nil }}
	}
	return kubekind.Of(is)
}

// Default implements [target.Typed]: what Runnable's executors do where their configuration says nothing.
func (o *Options) Default(kind string) {
	pull, folder := "Always", ""
	switch kind {
	case "k8s-job":
	case "mini-k8s-job": // whose images are on the node, and on no registry
		pull, folder = "Never", "/volume/run_logs"
	default:
		return
	}
	pod := &o.JobSpec.Template.Spec
	o.JobSpec.Deadline, pod.Deadline = cmp.Or(o.JobSpec.Deadline, deadline), cmp.Or(pod.Deadline, deadline)
	pod.Container.Pull = cmp.Or(pod.Container.Pull, pull)
	if o.Claim == "" {
		o.RunLogLocation = cmp.Or(o.RunLogLocation, folder)
	}
}

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	o := *options.(*Options)
	o.ConfigFile, o.Store, o.Source, o.Definition, o.Release = cmp.Or(in.ConfigFile, "runnable-config.yaml"), in.Store, in.Source, in.Definition, in.Release
	o.Parameters = in.Parameters
	files, list := Render(p, o)
	if list.HasErrors() {
		return target.Rendering{}, list
	}
	return target.Rendering{Files: files, Comment: "#", Next: "kubectl apply -f %s", Notes: []string{target.Count(ir.Leaves(p), "step") + ", in one pod"}, Pods: 1}, list
}
