// Package manifest reads rendered files as diagrams: the pods of an Argo Workflow, the services of a compose plan.
package manifest

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/drawing"
)

// Read returns the diagram of a rendered file, an Argo Workflow or a compose plan.
func Read(text []byte) (*drawing.Diagram, error) {
	var doc struct {
		Kind     string    `yaml:"kind"`
		Spec     spec      `yaml:"spec"`
		Services yaml.Node `yaml:"services"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	switch {
	case len(doc.Spec.Templates) > 0:
		return workflow(&doc.Spec)
	case len(doc.Services.Content) > 0:
		return services(&doc.Services)
	}
	return nil, errors.New("it is neither a Workflow nor a compose plan")
}

// comment is what the rendered file says of a mapping, in one line.
func comment(nodes ...*yaml.Node) string {
	for _, n := range nodes {
		text := strings.TrimSpace(n.HeadComment)
		if text == "" {
			continue
		}
		if i := strings.LastIndex(text, "\n\n"); i >= 0 {
			text = text[i+2:] // what stands before is of something else
		}
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = strings.TrimSpace(strings.TrimPrefix(lines[i], "#"))
		}
		return strings.Join(lines, "; ")
	}
	return ""
}

// pair is an entry of a mapping.
type pair struct{ key, value *yaml.Node }

func pairs(n *yaml.Node) []pair {
	var out []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, pair{n.Content[i], n.Content[i+1]})
	}
	return out
}

// source is a fact that shows a part of the file.
func source(n *yaml.Node) drawing.Fact {
	plain := *n
	plain.HeadComment, plain.LineComment, plain.FootComment = "", "", ""
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&plain); err != nil {
		return drawing.Fact{Label: "source", Text: err.Error()}
	}
	return drawing.Fact{Label: "source", Text: strings.TrimRight(b.String(), "\n"), Code: true}
}

func unknown(what, name, by string) error {
	return fmt.Errorf("%s names the %s %q, which does not exist", by, what, name)
}
