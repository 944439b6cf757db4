package irjson

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

func (e *encoder) command(c ir.Command) {
	if c == nil {
		e.fail("it has no command")
		return
	}
	p := ir.PartsOf(c)
	kind, builtIn := ir.CommandKindNamed(p.Type)
	_, plugin := c.(*ir.Plugin)
	if _, its := kind.New().(*ir.Plugin); plugin && builtIn && !its {
		e.fail("a plugin has the built-in command type %q", p.Type)
		return
	}
	e.must("command_type", p.Type)
	e.must("command", *p.Text)
	switch {
	case p.Option == nil:
	case kind.Object:
		e.json(kind.Option, *p.Option)
	default:
		e.str(kind.Option, *p.Option)
	}
}

func (e *encoder) inputs(key string, inputs []ir.Input) {
	if len(inputs) == 0 {
		return
	}
	e.list(key, len(inputs), func(i int) {
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

func (e *encoder) returns(key string, returns []ir.Return) {
	if len(returns) == 0 {
		return
	}
	e.list(key, len(returns), func(i int) {
		r := returns[i]
		e.must("name", r.Name)
		if r.Kind != ir.JSON {
			e.str("kind", string(r.Kind))
		}
		e.str("key", r.Key)
	})
}

func (e *encoder) catalog(key string, c *ir.Catalog) {
	if c == nil {
		return
	}
	e.key(key)
	e.open()
	e.value("get", &c.Get)
	e.value("put", &c.Put)
	if c.NoCopy {
		e.key("store_copy")
		e.out.WriteString("false")
	}
	e.close()
}

func (e *encoder) retry(key string, r ir.Retry) {
	if r.Limit == 0 && r.Backoff == (ir.Backoff{}) && len(r.On) == 0 && r.MemoryFactor == 0 {
		return
	}
	e.key(key)
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
	e.float("memory_factor", r.MemoryFactor)
	e.close()
}

func (e *encoder) resources(key string, r ir.Resources) {
	if r.IsZero() {
		return
	}
	e.key(key)
	e.open()
	e.str("cpu", r.CPU)
	e.str("memory", r.Memory)
	e.str("gpu", r.GPU)
	e.str("shm", r.Shm)
	e.str("disk", r.Disk)
	names := slices.Sorted(maps.Keys(r.Extended))
	e.mapping("extended", len(names), func(i int) { e.must(names[i], r.Extended[names[i]]) })
	e.close()
}

// mapping writes a mapping of n entries, unless there is none.
func (e *encoder) mapping(key string, n int, write func(i int)) {
	if n == 0 {
		return
	}
	e.key(key)
	e.open()
	for i := range n {
		write(i)
	}
	e.close()
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
	e.compact(compact)
}

// texts writes a list of JSON texts.
func (e *encoder) texts(list []string) {
	e.out.WriteByte('[')
	for i, text := range list {
		if i > 0 {
			e.out.WriteByte(',')
		}
		e.compact(text)
	}
	e.out.WriteByte(']')
}

// compact writes compact JSON in ASCII.
func (e *encoder) compact(compact string) {
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
