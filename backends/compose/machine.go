package compose

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// grown is the memory of a step's last attempt: that of a container is the same for all of them.
func grown(n ir.Node, memory *big.Rat) *big.Rat {
	t, ok := n.(*ir.Task)
	if !ok || memory == nil || !t.Retry.Grows() {
		return memory
	}
	return new(big.Rat).Mul(memory, new(big.Rat).SetFloat64(t.Retry.Growth(t.Retry.Limit)))
}

// shm is the size of /dev/shm that the definition asks for, in bytes.
func (b *builder) shm(n ir.Node, r ir.Resources) string {
	q := b.quantity(n, "shm", r.Shm)
	if q == nil {
		return ""
	}
	return roundedUp(q).String()
}

// withoutMeans reports what the definition asks for and compose cannot give.
func (b *builder) withoutMeans(n ir.Node, r ir.Resources, x Extras) {
	if _, stub := n.(*ir.Stub); stub {
		return
	}
	if names := slices.Sorted(maps.Keys(r.Extended)); len(names) > 0 && len(x.Devices) == 0 {
		b.diags.Add(diag.Errorf(codeNoMeans, n.Base().Span, "compose: %q asks for %s, and only Kubernetes has extended resources; name the devices that it uses, as in targets: {compose: {devices: [/dev/fpga0]}}",
			n.Base().Name, strings.Join(names, ", ")))
	}
	if r.Disk != "" {
		b.diags.Add(diag.Warningf(codeNoLimit, n.Base().Span, "compose: resources.disk of %q has no effect: containers here share the machine's disk", n.Base().Name))
	}
}
