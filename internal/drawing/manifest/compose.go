package manifest

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/drawing"
)

// services is the diagram of a compose plan: each service after those that it depends on.
func services(n *yaml.Node) (*drawing.Diagram, error) {
	d := &drawing.Diagram{}
	index := map[string]int{}
	for i, s := range pairs(n) {
		index[s.key.Value] = i
		node := drawing.Node{Path: s.key.Value, Name: s.key.Value, Kind: "service", Detail: comment(s.key)}
		for _, p := range pairs(s.value) {
			if p.key.Value == "command" && node.Detail == "" {
				node.Detail = words(p.value)
			}
		}
		node.Facts = append(node.Facts, drawing.Fact{Label: "service", Text: s.key.Value}, source(s.value))
		d.Nodes = append(d.Nodes, node)
	}
	for i, s := range pairs(n) {
		for _, on := range dependsOn(s.value) {
			from, ok := index[on]
			if !ok {
				return nil, unknown("service", on, "depends_on of "+s.key.Value)
			}
			d.Edges = append(d.Edges, drawing.Edge{From: from, To: i})
		}
	}
	return d, nil
}

func dependsOn(service *yaml.Node) []string {
	var out []string
	for _, p := range pairs(service) {
		if p.key.Value != "depends_on" {
			continue
		}
		if p.value.Kind == yaml.SequenceNode {
			for _, c := range p.value.Content {
				out = append(out, c.Value)
			}
			continue
		}
		for _, on := range pairs(p.value) {
			out = append(out, on.key.Value)
		}
	}
	return out
}

func words(n *yaml.Node) string {
	out := make([]string, len(n.Content))
	for i, c := range n.Content {
		out[i] = c.Value
	}
	return strings.Join(out, " ")
}
