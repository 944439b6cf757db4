package kubernetes

import (
	"cmp"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

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
		Title: "a Job or CronJob of Kubernetes that runs the whole pipeline in one pod",
		Codes: "RR4",
		Limits: map[target.Feature]string{
			target.Parallel: "in one pod", target.Map: "in one pod", target.Conditional: "in one pod", target.Loop: "in one pod",
			target.Images: "one for all steps", target.Resources: "the most that a step asks for", target.GPUs: "as resources",
		},
	}
}

// Options implements [target.Target].
func (Target) Options() any { return &Options{} }

// Codes implements [target.Codes].
func (*Options) Codes() (key, value string) { return codeKey, codeSetting }

// Kind implements [target.Kinds].
func (*Options) Kind(is string) target.Kind {
	switch is {
	case "name":
		return target.Kind{Want: "a name as Kubernetes takes them: lower-case letters, digits, hyphens and dots", Fits: fits(validation.IsDNS1123Subdomain)}
	case "namespace":
		return target.Kind{Want: "the name of a namespace: lower-case letters, digits and hyphens", Fits: fits(validation.IsDNS1123Label)}
	case "label key":
		return target.Kind{Want: "a key as Kubernetes takes them, such as team or example.org/team", Fits: fits(validation.IsQualifiedName)}
	case "label":
		return target.Kind{Want: "a label's value: up to 63 letters, digits, hyphens, underscores and dots", Fits: fits(validation.IsValidLabelValue)}
	case "annotation":
		return target.Kind{Want: "a text", Fits: func(string) bool { return true }}
	case "path":
		return target.Kind{Want: "an absolute path without a colon", Fits: func(s string) bool { return len(s) > 1 && s[0] == '/' && !strings.Contains(s, ":") }}
	case "quantity":
		return target.Kind{Want: "a quantity of Kubernetes, such as 500m or 10Gi", Fits: func(s string) bool { _, err := resource.ParseQuantity(s); return err == nil }}
	}
	return target.Kind{}
}

func fits(wrong func(string) []string) func(string) bool {
	return func(s string) bool { return len(wrong(s)) == 0 }
}

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	o := *options.(*Options)
	o.ConfigFile, o.Store, o.Source, o.Definition, o.Release = cmp.Or(in.ConfigFile, "runnable-config.yaml"), in.Store, in.Source, in.Definition, in.Release
	for _, param := range in.Parameters {
		o.Parameters = append(o.Parameters, Parameter(param))
	}
	files, list := Render(p, o)
	if list.HasErrors() {
		return target.Rendering{}, list
	}
	return target.Rendering{Files: files, Comment: "#", Next: "kubectl apply -f %s", Notes: []string{target.Count(ir.Leaves(p), "step") + ", in one pod"}}, list
}
