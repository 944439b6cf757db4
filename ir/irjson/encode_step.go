package irjson

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

func (e *encoder) task(n *ir.Task) []fieldSpan {
	e.command(n.Command)
	e.inputs(n.Inputs)
	e.returns(n.Returns)
	if len(n.Secrets) > 0 {
		e.key("secrets")
		e.strings(names(n.Secrets))
	}
	places := e.catalog(n.Catalog)
	e.retry(n.Retry)
	e.duration("timeout", n.Timeout)
	e.flag("cache", n.Cache)
	for i, in := range n.Inputs {
		places = append(places, fieldSpan{element("inputs", i), in.Span})
	}
	for i, r := range n.Returns {
		places = append(places, fieldSpan{element("returns", i), r.Span})
	}
	return append(places, refSpans("secrets", n.Secrets)...)
}

func (e *encoder) command(c ir.Command) {
	if c == nil {
		e.fail("it has no command")
		return
	}
	kind := ir.CommandType(c)
	if _, plugin := c.(*ir.Plugin); plugin && builtIn(kind) {
		e.fail("a plugin has the built-in command type %q", kind)
	}
	e.must("command_type", kind)
	e.must("command", c.Text())
	switch c := c.(type) {
	case *ir.Python:
		e.str("stream_end_type", c.StreamEnd)
	case *ir.Notebook:
		e.json("optional_ploomber_args", c.Options)
	case *ir.Plugin:
		e.json("config", c.Config)
	case *ir.Shell, *ir.GoFunc:
	}
}

// builtIn reports whether a command type is one of those that no plugin can have.
func builtIn(kind string) bool {
	switch kind {
	case "python", "async-python", "shell", "notebook", "go":
		return true
	}
	return false
}

func (e *encoder) inputs(inputs []ir.Input) {
	if len(inputs) == 0 {
		return
	}
	e.list("inputs", len(inputs), func(i int) {
		in := inputs[i]
		e.must("arg", in.Arg)
		if in.From != nil {
			e.key("from")
			e.strings(in.From)
		}
		e.flag("list", in.List)
		e.json("value", in.Value)
	})
}

func (e *encoder) returns(returns []ir.Return) {
	if len(returns) == 0 {
		return
	}
	e.list("returns", len(returns), func(i int) {
		r := returns[i]
		e.must("name", r.Name)
		if r.Kind != ir.JSON {
			e.str("kind", string(r.Kind))
		}
		e.str("key", r.Key)
	})
}

func (e *encoder) catalog(c *ir.Catalog) []fieldSpan {
	if c == nil {
		return nil
	}
	e.key("catalog")
	e.open()
	for _, list := range []struct {
		key   string
		globs []ir.Ref
	}{{"get", c.Get}, {"put", c.Put}} {
		if len(list.globs) > 0 {
			e.key(list.key)
			e.strings(names(list.globs))
		}
	}
	if c.NoCopy {
		e.key("store_copy")
		e.out.WriteString("false")
	}
	e.close()
	places := append([]fieldSpan{{"catalog", c.Span}}, refSpans("catalog.get", c.Get)...)
	return append(places, refSpans("catalog.put", c.Put)...)
}

func (e *encoder) retry(r ir.Retry) {
	if r.Limit == 0 && r.Backoff == (ir.Backoff{}) && len(r.On) == 0 {
		return
	}
	e.key("retry")
	e.open()
	e.int("limit", r.Limit)
	if r.Backoff != (ir.Backoff{}) {
		e.key("backoff")
		e.open()
		e.duration("duration", r.Backoff.Duration)
		e.float("factor", r.Backoff.Factor)
		e.duration("cap", r.Backoff.Cap)
		e.close()
	}
	if len(r.On) > 0 {
		e.key("on")
		e.strings(r.On)
	}
	e.close()
}

func (e *encoder) settings(b *ir.Common) {
	if len(b.Env) > 0 {
		e.key("env")
		e.open()
		for _, v := range b.Env {
			e.must(v.Name, v.Value)
		}
		e.close()
	}
	e.str("image", b.Image)
	e.str("python", b.Python)
	if !b.Resources.IsZero() {
		e.key("resources")
		e.open()
		e.str("cpu", b.Resources.CPU)
		e.str("memory", b.Resources.Memory)
		e.str("gpu", b.Resources.GPU)
		e.close()
	}
	if len(b.Overrides) > 0 {
		e.key("overrides")
		e.open()
		for _, o := range b.Overrides {
			e.must(o.Executor, o.Key)
		}
		e.close()
	}
}

func (e *encoder) duration(key string, d time.Duration) {
	if d != 0 {
		e.must(key, d.String())
	}
}

func (e *encoder) float(key string, f float64) {
	if f == 0 {
		return
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.fail("%s is %v", key, f)
		return
	}
	e.key(key)
	e.out.WriteString(strconv.FormatFloat(f, 'g', -1, 64))
}

// json writes JSON text as it is, in ASCII and in compact form.
func (e *encoder) json(key, text string) {
	if text == "" {
		return
	}
	compact, err := ir.CompactJSON(text)
	if err != nil {
		e.fail("%s is not JSON: %v", key, err)
		return
	}
	e.key(key)
	for i := 0; i < len(compact); {
		if compact[i] != '"' {
			e.out.WriteByte(compact[i])
			i++
			continue
		}
		s, end := unquote(compact, i)
		e.quote(s)
		i = end
	}
}

func element(key string, i int) string { return fmt.Sprintf("%s.%d", key, i) }
