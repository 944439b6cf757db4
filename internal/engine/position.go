package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// position is a place in a pipeline: a node, or one run of one of a composite's graphs.
type position struct {
	path  string
	graph *ir.Graph // the graph that holds the node; for a graph's run the graph itself
	node  ir.Node   // nil for a graph's run
	above *position // the graph's run that holds the node; the composite whose graph this is; nil at the top
	slot  string    // of a graph's run: branch name, item or iteration
}

// locate follows a path of a run from the top.
func locate(p *ir.Pipeline, path string) (*position, error) {
	at := &position{graph: p.Graph}
	if path == "" {
		return at, nil
	}
	for i, name := range strings.Split(path, ".") {
		next := &position{path: ir.Join(at.path, name), above: at}
		if i%2 == 0 {
			next.graph, next.node = at.graph, at.graph.Node(name)
			if next.node == nil {
				return nil, fmt.Errorf("no step %q in this pipeline", next.path)
			}
		} else {
			next.graph, next.slot = subgraph(at.node, name), name
			if next.graph == nil {
				return nil, fmt.Errorf("no branch or item %q in this pipeline", next.path)
			}
		}
		at = next
	}
	return at, nil
}

// subgraph returns the graph of a composite that a path's segment names, or nil.
func subgraph(n ir.Node, segment string) *ir.Graph {
	if ir.Repeats(n) {
		if k, err := strconv.Atoi(segment); err != nil || k < 0 || strconv.Itoa(k) != segment {
			return nil
		}
		segment = ir.AnyItem
	}
	for _, b := range ir.Subgraphs(n) {
		if b.Name == segment {
			return b.Graph
		}
	}
	return nil
}

// StaticPath returns the path of a definition that a path of a run belongs to: [ir.AnyItem] in place of items and
// iterations.
func StaticPath(p *ir.Pipeline, path string) string {
	at, err := locate(p, path)
	if err != nil {
		return path
	}
	names := strings.Split(path, ".")
	for i := len(names) - 1; at.above != nil; at, i = at.above, i-1 {
		if at.node != nil {
			continue
		}
		if ir.Repeats(at.above.node) {
			names[i] = ir.AnyItem
		}
	}
	return strings.Join(names, ".")
}
