// Command runnable-render-backend-dot is a backend in Go: it renders a pipeline as a Graphviz drawing.
//
//	go install ./examples/plugins/runnable-render-backend-dot
//	runnable-render pipeline.yaml --target dot | dot -Tsvg > pipeline.svg
package main

import (
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
)

func main() {
	plugin.Program{Description: "a drawing for Graphviz", Backend: plugin.BackendFunc(render)}.Main()
}

// render draws the steps and what follows what; the graphs of composites are boxes.
func render(p *ir.Pipeline, _ plugin.BackendOptions) (map[string][]byte, diag.List) {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %q {\n", p.Name)
	for path, g := range ir.Graphs(p) {
		fmt.Fprintf(&b, "  subgraph %q {\n    label=%q\n", "cluster_"+path, path)
		e := ir.EdgesOf(g)
		for i, n := range g.Nodes {
			from := ir.Join(path, n.Base().Name)
			fmt.Fprintf(&b, "    %q [label=%q]\n", from, n.Base().Name)
			for _, to := range append([]int{e.Next[i]}, e.Dependents[i]...) {
				if to >= 0 {
					fmt.Fprintf(&b, "    %q -> %q\n", from, ir.Join(path, g.Nodes[to].Base().Name))
				}
			}
			if to := e.OnFailure[i]; to >= 0 {
				fmt.Fprintf(&b, "    %q -> %q [style=dashed]\n", from, ir.Join(path, g.Nodes[to].Base().Name))
			}
		}
		b.WriteString("  }\n")
	}
	b.WriteString("}\n")
	return map[string][]byte{"pipeline.dot": []byte(b.String())}, nil
}
