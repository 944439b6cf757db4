package compose

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// hooks plans the service that ends the run and does what the definition wants done then; nil: the definition wants
// nothing. It runs in the image of steps that name none, with their settings but for GPUs, or in the runner's own where
// no hook is a command.
func (b *builder) hooks() *service {
	all := b.pipeline.Hooks()
	if len(all) == 0 {
		return nil
	}
	s := &service{name: HooksService, args: []string{"hooks"}, after: b.last, notes: []string{"when the run has ended, by its status"}}
	for _, of := range []struct {
		when string
		list []ir.Hook
	}{{"on_success", b.pipeline.OnSuccess}, {"on_failure", b.pipeline.OnFailure}} {
		for i, h := range of.list {
			s.notes = append(s.notes, fmt.Sprintf("  %s %d: %s", of.when, i+1, hookSummary(h)))
		}
	}
	s.profile = b.hooksProfile(all)
	return s
}

// hookSummary is a hook in a line, for people. The address of a webhook may tell too much.
func hookSummary(h ir.Hook) string {
	switch {
	case h.Command != "":
		return clip(h.Command, 80)
	case h.WebhookFrom != "":
		return "the webhook in " + clip(h.WebhookFrom, 60)
	}
	return "a webhook"
}

// hooksProfile is what the container of the hooks is made of.
func (b *builder) hooksProfile(hooks []ir.Hook) *profile {
	at := cmp.Or(hooks[0].Span, b.pipeline.Span)
	d := b.Defaults
	p := &profile{image: b.RunnerImage, env: d.Env}
	if ir.NeedsImage(hooks) {
		p.image, p.pull = cmp.Or(b.Image, d.Image), d.PullPolicy
		node := &ir.Task{Common: ir.Common{Name: HooksService, Span: at}}
		p.cpus, p.memory = b.quantity(node, "cpu", d.Resources.CPU), b.quantity(node, "memory", d.Resources.Memory)
		p.extras = d.Extras
	}
	if p.image == "" {
		b.diags.Add(diag.Errorf(codeNoImage, at, "compose: the commands of on_success and on_failure have no image to run in; say --image IMAGE, or image: in %s", cmp.Or(b.ConfigFile, "runnable-config.yaml")))
	}
	b.checkImage("a hook", at, p.image)
	for _, name := range ir.HookSecrets(hooks) {
		switch {
		case !variable.MatchString(name):
			b.diags.Add(diag.Errorf(codeSecretName, at, "compose: the secret %q is passed on by name, and no environment variable can have this name; use letters, digits and underscores", name))
		case !slices.ContainsFunc(d.Env, func(v ir.EnvVar) bool { return v.Name == name }):
			p.secrets = append(p.secrets, name)
		}
	}
	slices.Sort(p.secrets)
	return p
}
