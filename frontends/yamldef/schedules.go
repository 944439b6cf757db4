package yamldef

import (
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
)

// schedules reads when runs begin: a list, or one alone.
func (r *reader) schedules(f *fields) []ir.Schedule {
	var out []ir.Schedule
	for _, item := range r.oneOrMore(f, "schedule") {
		if s, ok := r.schedule(item, f.of("schedule")); ok {
			out = append(out, s)
		}
	}
	return out
}

// schedule reads one schedule. A text alone is its times.
func (r *reader) schedule(n *yaml.Node, what string) (ir.Schedule, bool) {
	s := ir.Schedule{Span: r.Span(n)}
	if yaml12.Deref(n).Kind == yaml.ScalarNode {
		var ok bool
		s.Cron, ok = r.text(n, "an entry of "+what)
		return s, ok
	}
	f, ok := r.mapping(n, "an entry of "+what, n)
	if !ok {
		return s, false
	}
	r.check(f, scheduleTable())
	r.texts(f, map[string]*string{"cron": &s.Cron, "timezone": &s.Timezone, "when": &s.When, "concurrency_policy": &s.Policy})
	s.Deadline, s.Suspend = r.duration(f, "starting_deadline"), r.flag(f, "suspend")
	for name, to := range map[string]**int{"keep_succeeded": &s.KeepSucceeded, "keep_failed": &s.KeepFailed} {
		if v := f.get(name); v != nil {
			count, _ := r.count(v, f.of(name), 0)
			*to = &count
		}
	}
	return s, true
}
