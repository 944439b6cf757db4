package kubernetes

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/distribution/reference"

	"github.com/runnable-render/runnable-render/backends/internal/kubekind"
	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// gather puts together what the steps ask for: one image for all of them, the most of each resource, every secret.
func (b *builder) gather() {
	settings := ir.Settings(b.pipeline)
	fallback := cmp.Or(b.Image, b.pod().Spec.Container.Image)
	asked := map[string]onepod.Amounts{}
	for v := range ir.Walk(b.pipeline) {
		b.overrides(v.Node.Base())
		if !ir.IsLeaf(v.Node) {
			continue
		}
		if s, ok := v.Node.(*ir.Stub); ok && s.Catalog == nil { // it does nothing, in any image
			continue
		}
		e := settings[v.Path]
		b.image(v, cmp.Or(e.Image, fallback))
		asked[v.Path] = b.amounts(v, e.Resources)
		if t, ok := v.Node.(*ir.Task); ok {
			b.secrets(t)
		}
	}
	need := onepod.OfGraph(b.pipeline.Graph, "", func(v ir.Visit) onepod.Amounts { return asked[v.Path] })
	b.all.steps = max(need.Steps, 1) // a pipeline without steps has none
	b.all.amounts = need.Amounts.Texts()
	b.hookSecrets()
	if b.all.image == "" && !b.list.HasErrors() { // a pipeline of stubs
		b.all.image = cmp.Or(fallback, b.RunnerImage)
	}
	if _, err := reference.ParseAnyReference(b.all.image); b.all.image != "" && err != nil {
		b.list.Add(refused(codeSetting, b.all.first.Node.Base().Span, "%q is not the name of an image: %v; write it like registry.example/app:1", b.all.image, err))
	}
}

// overrides refuses settings for single steps, which one pod cannot have.
func (b *builder) overrides(n *ir.Common) {
	for _, o := range n.Overrides {
		switch o.Executor {
		case "kubernetes", "k8s-job", "mini-k8s-job":
			b.list.Add(refused(codeSetting, o.Span, "the pipeline runs in one pod, so %q cannot have settings of its own; set them for all steps in the section kubernetes of %s, or render for Argo", n.Name, cmp.Or(b.ConfigFile, "runnable-config.yaml")))
		}
	}
}

func (b *builder) image(v ir.Visit, image string) {
	name := v.Node.Base().Name
	switch {
	case image == "":
		b.list.Add(refused(codeImage, v.Node.Base().Span, "%q has no image to run in; say --image IMAGE, image: at the step, or image of the container in %s", name, cmp.Or(b.ConfigFile, "runnable-config.yaml")))
	case b.all.first.Node == nil:
		b.all.image, b.all.first = image, v
	case b.all.image != image:
		b.list.Add(refused(codeImage, v.Node.Base().Span, "the pipeline runs in one pod, but its steps ask for the images %q and %q; give them one image, or render for Argo", b.all.image, image).
			With(b.all.first.Node.Base().Span, "%s runs in %s", b.all.first.Path, b.all.image))
	}
}

// amounts are what a step asks for.
func (b *builder) amounts(v ir.Visit, r ir.Resources) onepod.Amounts {
	out := onepod.Read(v.Node, r, func(a ir.Amount) {
		b.list.Add(refused(codeAmount, v.Node.Base().Span, "%q asks for %s %q, which is not an amount; write it like 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu)", v.Node.Base().Name, a.Key, a.Text))
	})
	if _, ok := out[gpuResource]; ok && r.GPU != "" {
		b.list.Add(refused(codeAmount, v.Node.Base().Span, "%q asks for %s twice: as resources.gpu and in resources.extended; leave one out", v.Node.Base().Name, gpuResource))
	}
	return out
}

// gpuResource is the resource that GPUs are.
const gpuResource = "nvidia.com/gpu"

func (b *builder) secrets(t *ir.Task) {
	for _, s := range t.Secrets {
		b.secret(s)
	}
}

func (b *builder) hookSecrets() {
	for _, name := range ir.HookSecrets(b.pipeline.Hooks()) {
		b.secret(ir.Ref{Name: name, Span: b.pipeline.Span})
	}
}

// secretKey is a key of a Kubernetes Secret that is the name of a variable as well.
var secretKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) // compiled once, by every import

func (b *builder) secret(s ir.Ref) {
	switch {
	case slices.ContainsFunc(b.all.secrets, func(have ir.Ref) bool { return have.Name == s.Name }):
	case b.Config.Secret == "":
		b.list.Add(refused(codeSecret, s.Span, "the secret %q is in no Secret of the cluster; name it: secret_from_k8s in the section kubernetes of %s", s.Name, cmp.Or(b.ConfigFile, "runnable-config.yaml")))
	case !secretKey.MatchString(s.Name):
		b.list.Add(refused(codeSecret, s.Span, "the secret %q cannot be a variable; use letters, digits and underscores", s.Name))
	default:
		b.all.secrets = append(b.all.secrets, s)
	}
}

// settings reports what of the configuration has no effect, and what cannot be.
func (b *builder) settings() {
	span := diag.Span{File: b.ConfigFile}
	for _, s := range []struct {
		given bool
		what  string
	}{
		{b.Config.Mock, "mock has no effect: rendering submits nothing"},
		{b.Config.ConfigPath != "", "config_path has no effect: kubectl knows the cluster"},
		{b.Config.CatalogLocation != "", "mini_k8s_catalog_location has no effect: one store holds records and files, in mini_k8s_run_log_location"},
		{len(b.Config.JobSpec.Selector.Labels)+len(b.Config.JobSpec.Selector.Expressions) > 0, "selector has no effect: a Job makes its own"},
		{b.pod().Metadata.GenerateName != "", "generate_name has no effect: the pods are named after the Job"},
		{b.pod().Spec.RestartPolicy != "" && b.pod().Spec.RestartPolicy != "Never", "restart_policy has no effect: it is Never, so that the Job starts what was lost again, and nothing else"},
		{b.Config.TimeZone != "" && b.schedule().Cron == "", "time_zone has no effect without a schedule"},
		{b.Config.Claim != "" && b.Store != "", "pvc_claim_name has no effect: the store is a bucket"},
	} {
		if s.given {
			b.list.Add(diag.Warningf(codeEffect, span, "kubernetes: %s", s.what))
		}
	}
	for _, s := range []struct{ key, text, is string }{{"schedule", b.Config.Schedule, "schedule"}, {"time_zone", b.Config.TimeZone, "zone"}} {
		if k := kubekind.Of(s.is); s.text != "" && !k.Fits(s.text) {
			b.list.Add(refused(codeSetting, span, "%s must be %s, not %q%s", s.key, k.Want, s.text, k.Explain(s.text)))
		}
	}
	for i, s := range b.pipeline.Schedules {
		switch {
		case b.Config.Schedule != "":
			b.list.Add(diag.Warningf(codeEffect, s.Span, "the definition's schedule %q has no effect: schedule of the configuration replaces it", s.Cron))
			continue
		case i > 0:
			b.list.Add(refused(codeSetting, s.Span, "a CronJob has one schedule, and the definition has %d; render for Argo", len(b.pipeline.Schedules)))
		}
		if s.When != "" {
			b.list.Add(refused(codeSetting, s.Span, "the schedule %q has when, which a CronJob has not; render for Argo", s.Cron))
		}
		for _, why := range kubekind.Refused(s) {
			b.list.Add(refused(codeSetting, s.Span, "%s", why))
		}
	}
	for _, v := range b.pod().Spec.Container.Env {
		if !ir.ValidEnvName(v.Name) || runnerenv.Sets(v.Name) {
			b.list.Add(refused(codeSetting, span, "%q cannot be a variable of the container: it is no name, or the runner reads it", v.Name))
		}
	}
}
