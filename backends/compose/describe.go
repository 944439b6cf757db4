package compose

import (
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// summary says in one line what a leaf does.
func summary(n ir.Node) string {
	t, ok := n.(*ir.Task)
	if !ok {
		return ir.Kind(n)
	}
	parts := []string{ir.CommandType(t.Command) + " " + clip(t.Command.Text(), 80)}
	if t.Retry.Limit > 0 {
		parts = append(parts, fmt.Sprintf("up to %d attempts", t.Retry.Limit+1))
	}
	if t.Retry.Grows() {
		parts = append(parts, "memory as the last one has it")
	}
	if t.Timeout > 0 {
		parts = append(parts, fmt.Sprintf("at most %s each", t.Timeout))
	}
	if t.Retry.Limit == 0 && t.Timeout > 0 {
		parts[len(parts)-1] = fmt.Sprintf("at most %s", t.Timeout)
	}
	return strings.Join(parts, "; ")
}
