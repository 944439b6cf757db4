package compose

import (
	"fmt"
	"maps"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// checkShared refuses settings for compose that steps have for themselves where `pods: one` gives them one container.
func (b *builder) checkShared() {
	shared, owner := b.pipeline.OnePod(), ir.Visit{Depth: -1}
	for v := range ir.Walk(b.pipeline) {
		if shared && v.Depth > owner.Depth {
			b.refuseOwn(v.Node.Base(), owner.Node)
			continue
		}
		shared, owner = v.Node.Base().OnePod(), v
	}
}

// refuseOwn refuses the settings for compose of a step that shares the container of owner, which is nil for the pipeline.
func (b *builder) refuseOwn(n *ir.Common, owner ir.Node) {
	what, at, pods := "the pipeline", "in the configuration", b.pipeline.Pods
	if owner != nil {
		what = fmt.Sprintf("%q", owner.Base().Name)
		at, pods = "at "+what, owner.Base().Pods
	}
	refuse := func(span diag.Span, key string) {
		b.diags.Add(diag.Errorf(codeTwoExtras, span, "compose: %q shares a container with the other steps of %s, so it cannot have %s of its own; give them %s, or leave out pods: one",
			n.Name, what, key, at).With(pods.Span, "pods: one is here"))
	}
	for _, o := range n.Overrides {
		if o.Executor == "compose" || o.Executor == "local-container" {
			refuse(o.Span, "overrides")
		}
	}
	for _, t := range n.Targets {
		if t.Target == "compose" {
			refuse(t.Span, "targets")
		}
	}
}

// differs names what else the first step of a container and another one cannot both have.
func (p *profile) differs(one *profile) (clash string) {
	switch {
	case p.pull != one.pull:
		return "pull_policy"
	case !maps.Equal(values(p.env), values(one.env)):
		return "env"
	}
	return ""
}

func values(env []ir.EnvVar) map[string]string {
	out := map[string]string{}
	for _, v := range env {
		out[v.Name] = v.Value
	}
	return out
}
