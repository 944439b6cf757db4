package argo

import (
	"cmp"
	"slices"
	"time"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// notSucceeded holds, in what runs when a workflow has ended, unless it succeeded.
const notSucceeded = "'{{workflow.status}}' != 'Succeeded'"

// exitTemplate is what runs when the workflow has ended: it closes the run where that is needed, and does what the
// definition wants done then. It has steps, not tasks: Argo takes a DAG of a workflow that is stopped for failed, and the
// workflow for over, while its tasks are still on their way.
func (b *builder) exitTemplate() *yamlout.Map {
	steps := yamlout.NewList()
	add := func(t *task) {
		// What comes of a step is no failure of the workflow, and no reason to leave out the next.
		m := t.yaml().Add("continueOn", yamlout.Flow{Value: yamlout.NewMap("failed", true, "error", true)})
		steps.Note(t.note).Add(yamlout.NewList(m))
	}
	add(&task{
		name: "close", note: "closes the run if the workflow could not", template: b.runnerTemplate(),
		when: notSucceeded, args: []arg{{inDo, "close"}, {inPath, "--status={{workflow.status}}"}},
	})
	if len(b.pipeline.Hooks()) > 0 {
		hooks := &task{
			name: "hooks", note: "runs the hooks of the definition when the run has ended", template: b.hooksTemplate(),
			args: []arg{{inDo, "hooks"}, {inPath, "--status={{workflow.status}}"}},
		}
		if len(b.pipeline.OnSuccess) == 0 {
			hooks.when = notSucceeded
		} else {
			b.pods.control++
		}
		add(hooks)
	}
	return yamlout.NewMap("name", onExit, "steps", steps)
}

// hooksTemplate returns the name of the template that runs hooks: in the image of steps that name none, with their
// settings but for GPUs, or in the runner's own where no hook is a command.
func (b *builder) hooksTemplate() string {
	hooks := b.pipeline.Hooks()
	s := b.defaults
	if !ir.NeedsImage(hooks) {
		s.Image, s.ImagePullPolicy, s.Resources = b.runnerImage, "IfNotPresent", runnerAmounts()
	}
	if s.Image == "" {
		b.refuse("RR1004", b.hookSpan(hooks[0]), "the commands of on_success and on_failure have no image to run in: give --image NAME, or defaults.image in %s", b.configName())
		return "runner"
	}
	b.checkImage("a hook", b.hookSpan(hooks[0]), s.Image)
	s.Resources.Limits.GPU, s.Resources.Requests.GPU = "", ""
	lost := 2 // a pod that is lost is started again
	s.Retry, s.Timeout, s.ActiveDeadlineSeconds = &RetryStrategy{Limit: &lost, Policy: "OnError"}, "", 0
	// A pod's template is made for a step.
	step := &ir.Task{Common: ir.Common{Name: "hooks", Span: b.hookSpan(hooks[0])}, Secrets: b.hookSecrets(hooks, s), Timeout: b.hooksLimit()}
	b.checkQuantities(step, s)
	p := &profile{name: b.templateName("hooks"), body: b.container(s, step), note: "a pod that runs hooks, " + b.broughtBy()}
	b.profileOrder = append(b.profileOrder, p)
	return p.name
}

// hooksLimit is the time that the hooks of an end take at most.
func (b *builder) hooksLimit() time.Duration {
	return min(max(ir.HooksLimit(b.pipeline.OnSuccess), ir.HooksLimit(b.pipeline.OnFailure)), ir.MaxDuration)
}

// hookSecrets are the secrets that hooks use, where they come from the Secret of the pipeline: the address of a
// webhook may be in a variable of the settings instead.
func (b *builder) hookSecrets(hooks []ir.Hook, s Settings) []ir.Ref {
	var out []ir.Ref
	add := func(r ir.Ref, h ir.Hook) {
		if slices.ContainsFunc(out, func(have ir.Ref) bool { return have.Name == r.Name }) {
			return
		}
		if r.Span.IsZero() {
			r.Span = b.hookSpan(h)
		}
		out = append(out, r)
	}
	for _, h := range hooks {
		for _, r := range h.Secrets {
			add(r, h)
		}
		set := slices.ContainsFunc(s.Env, func(v EnvVar) bool { return v.name() == h.WebhookFrom })
		if h.WebhookFrom == "" || set || b.o.Config.Secret == "" && len(s.EnvFrom) > 0 {
			continue
		}
		add(ir.Ref{Name: h.WebhookFrom}, h)
	}
	return out
}

// hookSpan is the place of a hook, or of the pipeline where that of hooks is not known.
func (b *builder) hookSpan(h ir.Hook) diag.Span { return cmp.Or(h.Span, b.pipeline.Span) }
