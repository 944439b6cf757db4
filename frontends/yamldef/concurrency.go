package yamldef

import (
	"github.com/runnable-render/runnable-render/ir"
)

// concurrency reads how many runs go on at a time; what its texts must be is for [ir.Check].
func (r *reader) concurrency(f *fields) *ir.Concurrency {
	n := f.get("concurrency")
	if n == nil {
		return nil
	}
	cf, ok := r.part(f, "concurrency", n, f.key("concurrency"))
	if !ok {
		return nil
	}
	r.check(cf, concurrencyTable())
	c := &ir.Concurrency{Span: r.Span(f.key("concurrency"))}
	if g := cf.get("group"); g != nil {
		c.Group, _ = r.text(g, cf.of("group"))
	}
	if l := cf.get("limit"); l != nil {
		c.Limit, _ = r.count(l, cf.of("limit"), 1)
	}
	if o := cf.get("on_conflict"); o != nil {
		c.OnConflict, _ = r.text(o, cf.of("on_conflict"))
	}
	return c
}
