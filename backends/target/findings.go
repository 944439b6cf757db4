package target

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Findings are what a renderer has to say of a pipeline, with the target's name in front.
type Findings struct {
	Target string
	List   diag.List
}

// Refuse reports what the target cannot express, or what is not configured as it must be.
func (f *Findings) Refuse(code string, span diag.Span, format string, args ...any) {
	f.List.Add(diag.Errorf(code, span, f.Target+": "+format, args...))
}

// Warn reports what the target does in another way than one may think.
func (f *Findings) Warn(code string, span diag.Span, format string, args ...any) {
	f.List.Add(diag.Warningf(code, span, f.Target+": "+format, args...))
}

// RefuseSettings reports what a target cannot keep to of a schedule, besides its times, its zone and that it is suspended. A
// run whose time comes while the last one goes on is left out, or waits; policies are what the target can do instead.
func (f *Findings) RefuseSettings(code string, s ir.Schedule, policies ...string) {
	s.Timezone, s.Suspend = "", false
	if s.Policy == ir.PolicyForbid || slices.Contains(policies, s.Policy) {
		s.Policy = ""
	}
	if other := s.Settings(); other != "" {
		f.Refuse(code, s.Span, "there is no way to keep to %s of the schedule %q; leave it out, or render for Argo or Kubernetes", other, s.Cron)
	}
}

// RefuseUnattended reports the parameters that a run has to be given, where a schedule begins runs and nobody gives any.
func (f *Findings) RefuseUnattended(code string, declared []ir.Parameter, given []Parameter) {
	for i := range declared {
		p := &declared[i]
		if p.Required && !slices.ContainsFunc(given, func(g Parameter) bool { return g.Name == p.Name && len(g.Value) > 0 }) {
			f.Refuse(code, p.Span, "the parameter %q is required, and a schedule starts runs without anybody who gives it; give a default, or --param %[1]s=VALUE", p.Name)
		}
	}
}
