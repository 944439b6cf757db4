package engine

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
)

// Level is one graph's run on the way to a node, with the node of that graph that the way goes through.
type Level struct {
	Path  string    // of the graph's run: "" for the pipeline's own
	Graph *ir.Graph // the graph
	Node  ir.Node   // in the graph: the composite that holds the next level; last the node itself
}

// Levels returns the way to the node at the path of a run, the outermost level first.
func Levels(p *ir.Pipeline, path string) ([]Level, error) {
	at, err := locate(p, path)
	if err != nil {
		return nil, err
	}
	var out []Level
	for ; at.above != nil; at = at.above {
		if at.node != nil {
			out = append(out, Level{Path: at.above.path, Graph: at.graph, Node: at.node})
		}
	}
	slices.Reverse(out)
	return out, nil
}
