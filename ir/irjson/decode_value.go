package irjson

import (
	"math"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

func (d *decoder) refs() []ir.Ref {
	out := []ir.Ref{}
	d.array(func(int) { out = append(out, ir.Ref{Name: d.str()}) })
	return out
}

func (d *decoder) resources(r *ir.Resources) {
	d.object(func(key string) {
		switch key {
		case "cpu":
			r.CPU = d.str()
		case "memory":
			r.Memory = d.str()
		case "gpu":
			r.GPU = d.str()
		case "shm":
			r.Shm = d.str()
		case "disk":
			r.Disk = d.str()
		case "extended":
			r.Extended = map[string]string{}
			d.object(func(name string) { r.Extended[name] = d.str() })
		default:
			d.unknown(key, []string{"cpu", "memory", "gpu", "shm", "disk", "extended"})
		}
	})
}

func (d *decoder) input() ir.Input {
	var in ir.Input
	d.object(func(key string) {
		switch key {
		case "arg":
			in.Arg = d.str()
		case "from":
			in.From = d.strings()
		case "list":
			in.List = d.bool()
		case "value":
			in.Value = d.json("", "")
		default:
			d.unknown(key, []string{"arg", "from", "list", "value"})
		}
	})
	return in
}

func (d *decoder) returned() ir.Return {
	r := ir.Return{Kind: ir.JSON}
	d.object(func(key string) {
		switch key {
		case "name":
			r.Name = d.str()
		case "kind":
			r.Kind = ir.ValueKind(d.str())
		case "key":
			r.Key = d.str()
		default:
			d.unknown(key, []string{"name", "kind", "key"})
		}
	})
	return r
}

func (d *decoder) catalog() *ir.Catalog {
	c := &ir.Catalog{}
	d.object(func(key string) {
		switch key {
		case "get":
			c.Get = d.refs()
		case "put":
			c.Put = d.refs()
		case "store_copy":
			c.NoCopy = !d.bool()
		default:
			d.unknown(key, []string{"get", "put", "store_copy"})
		}
	})
	return c
}

func (d *decoder) retry(r *ir.Retry) {
	d.object(func(key string) {
		switch key {
		case "limit":
			r.Limit = d.int()
		case "on":
			r.On = d.strings()
		case "backoff":
			d.object(func(key string) {
				switch key {
				case "duration":
					r.Backoff.Duration = d.duration()
				case "factor":
					r.Backoff.Factor = d.float()
				case "cap":
					r.Backoff.Cap = d.duration()
				default:
					d.unknown(key, []string{"duration", "factor", "cap"})
				}
			})
		case "memory_factor":
			r.MemoryFactor = d.float()
		default:
			d.unknown(key, []string{"limit", "backoff", "on", "memory_factor"})
		}
	})
}

// duration reads a duration in Go's notation, or a number of seconds.
func (d *decoder) duration() time.Duration {
	if d.peek() != '"' {
		seconds := d.float()
		if nanos := seconds * float64(time.Second); math.Abs(nanos) < math.MaxInt64 {
			return time.Duration(math.Round(nanos))
		}
		d.fail(d.pos, "%v seconds are too many", seconds)
		return 0
	}
	at, text := d.pos, d.str()
	t, err := time.ParseDuration(text)
	if err != nil {
		d.fail(at, "%q is not a duration; write it like 1h30m or 45s", text)
	}
	return t
}

// json reads a value of any type, or of the type that begins with a certain character.
func (d *decoder) json(begin, want string) string {
	if begin != "" && string(d.peek()) != begin {
		d.expect(want)
		return ""
	}
	at := d.pos
	text, err := ir.CompactJSON(d.raw())
	if err != nil {
		d.fail(at, "not JSON: %v", err)
	}
	return text
}
