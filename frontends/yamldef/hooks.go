package yamldef

import (
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
)

// hooks reads what is done when the run has ended: a list, or one alone.
func (r *reader) hooks(f *fields, name string) []ir.Hook {
	var out []ir.Hook
	for _, item := range r.oneOrMore(f, name) {
		if h, ok := r.hook(item, f.of(name)); ok {
			out = append(out, h)
		}
	}
	return out
}

// oneOrMore are the items of a list, or what stands in place of one.
func (r *reader) oneOrMore(f *fields, name string) []*yaml.Node {
	n := f.get(name)
	if n == nil || yaml12.IsNull(n) {
		return nil
	}
	if yaml12.Deref(n).Kind != yaml.SequenceNode {
		return []*yaml.Node{n}
	}
	items, _ := r.list(n, f.of(name))
	return items
}

// hook reads one hook. A text alone is a command.
func (r *reader) hook(n *yaml.Node, what string) (ir.Hook, bool) {
	h := ir.Hook{Span: r.Span(n)}
	if yaml12.Deref(n).Kind == yaml.ScalarNode {
		var ok bool
		h.Command, ok = r.text(n, "an entry of "+what)
		return h, ok
	}
	f, ok := r.mapping(n, "an entry of "+what, n)
	if !ok {
		return h, false
	}
	r.check(f, hookTable())
	r.texts(f, map[string]*string{"command": &h.Command, "webhook": &h.Webhook, "webhook_from": &h.WebhookFrom})
	if v := f.get("secrets"); v != nil {
		h.Secrets = r.refs(v, f.of("secrets"))
	}
	h.Timeout = r.duration(f, "timeout")
	return h, true
}
