package actions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/flow"
	"github.com/runnable-render/runnable-render/ir"
)

// summary says in a line what a node does.
func summary(n ir.Node) string {
	switch n := n.(type) {
	case *ir.Map:
		return strings.TrimSuffix("map over "+flow.Clip(n.Over(), 60)+", reduced by "+flow.Clip(n.Reducer, 60), ", reduced by ")
	case *ir.Task:
		text := ir.CommandType(n.Command) + ": " + flow.Clip(n.Command.Text(), 60)
		if n.Retry.Limit > 0 {
			text += fmt.Sprintf("; up to %d attempts", n.Retry.Limit+1)
		}
		if n.Timeout > 0 {
			text += fmt.Sprintf("; at most %s each", n.Timeout)
		}
		return text
	case *ir.Stub, *ir.Parallel, *ir.Conditional, *ir.Loop, *ir.Nested:
	}
	return ir.Kind(n)
}

// alone is a graph that holds a node and nothing else.
func alone(n ir.Node) *ir.Graph { return &ir.Graph{Nodes: []ir.Node{n}} }

// leaves are those of a graph at a static path.
func leaves(g *ir.Graph, static string) []ir.Visit {
	var out []ir.Visit
	for v := range ir.WalkGraph(g, static) {
		if ir.IsLeaf(v.Node) {
			out = append(out, v)
		}
	}
	return out
}

// secretsOf are the secrets that some leaves declare.
func secretsOf(all []ir.Visit) []string {
	var out []string
	for _, v := range all {
		if t, ok := v.Node.(*ir.Task); ok {
			for _, s := range t.Secrets {
				out = append(out, s.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
