package yamldef

import (
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir"
)

// events reads what begins runs: a list, or one alone.
func (r *reader) events(f *fields) []ir.Event {
	var out []ir.Event
	for _, item := range r.oneOrMore(f, "events") {
		if e, ok := r.event(item, f.of("events")); ok {
			out = append(out, e)
		}
	}
	return out
}

// event reads one event; what its texts must be is for [ir.Check].
func (r *reader) event(n *yaml.Node, what string) (ir.Event, bool) {
	e := ir.Event{Span: r.Span(n)}
	f, ok := r.mapping(n, "an entry of "+what, n)
	if !ok {
		return e, false
	}
	r.check(f, eventTable())
	r.texts(f, map[string]*string{"webhook": &e.Webhook, "calendar": &e.Calendar, "timezone": &e.Timezone, "succeeded": &e.Succeeded})
	for _, p := range r.children(f, "parameters") {
		if e.Parameters == nil {
			e.Parameters = map[string]string{}
		}
		e.Parameters[p.Name], _ = r.text(p.Value, `"`+p.Name+`" of `+f.of("parameters"))
	}
	return e, true
}
