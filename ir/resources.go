package ir

import (
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Resources is what a step asks of its machine, in Kubernetes' quantity notation ("500m", "1Gi"); empty: not said.
type Resources struct {
	CPU      string
	Memory   string
	GPU      string            // number of GPUs
	Shm      string            // size of /dev/shm
	Disk     string            // space for temporary files
	Extended map[string]string // numbers of Kubernetes' extended resources, such as example.com/fpga
}

// Amount is one of the amounts of [Resources], by its key in a definition.
type Amount struct{ Key, Text string }

// Amounts are what is asked for: extended resources last, in the order of their names.
func (r Resources) Amounts() []Amount {
	var out []Amount
	for _, a := range []Amount{{"cpu", r.CPU}, {"memory", r.Memory}, {"gpu", r.GPU}, {"shm", r.Shm}, {"disk", r.Disk}} {
		if a.Text != "" {
			out = append(out, a)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Extended)) {
		out = append(out, Amount{name, r.Extended[name]})
	}
	return out
}

// IsZero reports whether nothing is asked for.
func (r Resources) IsZero() bool { return len(r.Amounts()) == 0 }

// With returns r with what inner asks for in place of the same, or beside it.
func (r Resources) With(inner Resources) Resources {
	return Resources{
		CPU:      cmp.Or(inner.CPU, r.CPU),
		Memory:   cmp.Or(inner.Memory, r.Memory),
		GPU:      cmp.Or(inner.GPU, r.GPU),
		Shm:      cmp.Or(inner.Shm, r.Shm),
		Disk:     cmp.Or(inner.Disk, r.Disk),
		Extended: OverlayMap(r.Extended, inner.Extended),
	}
}

// Codes of what is wrong with extended resources, and with memory that grows.
const (
	CodeExtended     = "RR0334"
	CodeMemoryFactor = "RR0335"
)

// extendedForm is a name of Kubernetes with the domain of whoever brings the resource.
var extendedForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)

// WrongExtended says why a name is none of an extended resource; empty: it is one.
func WrongExtended(name string) string {
	switch domain, _, _ := strings.Cut(name, "/"); {
	case !extendedForm.MatchString(name) || len(domain) > 253 || strings.Contains(domain, ".."):
		return "is not the name of an extended resource, which has a domain and a name, such as example.com/fpga"
	case domain == "kubernetes.io" || strings.HasSuffix(domain, ".kubernetes.io"):
		return "is not the name of an extended resource: the domain kubernetes.io is Kubernetes' own"
	}
	return ""
}

// Whole reports whether a text is a whole number of things, such as GPUs.
func Whole(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// mostGrowth is how many times its first memory a step may come to have.
const mostGrowth = 1024

// Growth is how many times its memory a step has after so many failures of kind oom (SEMANTICS 1).
func (r Retry) Growth(failures int) float64 {
	return math.Pow(max(r.MemoryFactor, 1), float64(failures))
}

// Grows reports whether a later attempt may have more memory than the first.
func (r Retry) Grows() bool { return r.Limit > 0 && r.MemoryFactor > 1 }

// OnlyOOM reports whether nothing but a failure of kind oom is retried.
func (r Retry) OnlyOOM() bool { return slices.Equal(r.On, []string{"oom"}) }

// WrongFactor says what is wrong with the factor of memory; empty: nothing.
func (r Retry) WrongFactor() string {
	switch f := r.MemoryFactor; {
	case f == 0:
		return ""
	case !(f >= 1) || math.IsInf(f, 0):
		return "must be at least 1"
	case r.Limit == 0:
		return "has no effect without retries; give retry.limit"
	case len(r.On) > 0 && !slices.Contains(r.On, "oom"):
		return "has no effect, as a failure of kind oom is not retried; add oom to retry.on"
	case r.Growth(r.Limit) > mostGrowth:
		return "makes the last attempt's memory more than " + strconv.Itoa(mostGrowth) + " times the first's; make it, or retry.limit, smaller"
	}
	return ""
}
