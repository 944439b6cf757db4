package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// pipelineFacts are the facts of a pipeline that no step has.
func pipelineFacts(p *ir.Pipeline) facts {
	var f facts
	f.add(Names, "name", p.Name)
	f.add(Names, "name on targets", p.TargetName)
	f.add(Text, "description", cmp.Or(p.Description, p.Graph.Description))
	f.parameters(p.Parameters)
	f.add(Modules, "modules before others", strings.Join(p.Modules.First, ", "))
	f.add(Modules, "modules after others", strings.Join(p.Modules.Last, ", "))
	f.add(Modules, "modules of nested definitions", strings.Join(p.Modules.Inner, ", "))
	f.add(Pods, "pods", p.Pods.Name)
	var schedules []string
	for _, s := range p.Schedules {
		schedules = append(schedules, strings.TrimSpace(s.Cron+" "+s.Settings()))
	}
	f.add(Schedule, "schedule", strings.Join(slices.Sorted(slices.Values(schedules)), ", "))
	var events []string
	for _, e := range p.Events {
		events = append(events, e.String())
	}
	f.add(Schedule, "events", strings.Join(slices.Sorted(slices.Values(events)), "; "))
	if p.Concurrency != nil {
		f.add(Limits, "concurrency", p.Concurrency.String())
	}
	f.hooks("on_success", p.OnSuccess)
	f.hooks("on_failure", p.OnFailure)
	return f
}

func (f *facts) hooks(when string, hooks []ir.Hook) {
	for i, h := range hooks {
		text := ""
		switch {
		case h.Command != "":
			text = "command " + strings.TrimRight(h.Command, "\n")
		case h.Webhook != "":
			text = "webhook " + h.Webhook
		case h.WebhookFrom != "":
			text = "webhook_from " + h.WebhookFrom
		case h.Flow != nil:
			text = "flow " + h.Flow.Step + " " + h.Flow.Options
		}
		what := fmt.Sprintf("hook %d of %s", i+1, when)
		f.add(Hooks, what, text)
		if len(h.Secrets) > 0 { // what a hook comes to changes nothing about the run
			*f = append(*f, fact{Secrets, Neutral, "secrets of " + what, sortedNames(h.Secrets)})
		}
		if h.Timeout > 0 {
			f.add(Timeout, "timeout of "+what, h.Timeout.String())
		}
	}
}
