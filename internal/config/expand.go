package config

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// reference is $$, $NAME or ${NAME}, as in Python's string.Template, which Runnable uses.
var reference = regexp.MustCompile(`\$(\$|[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})`)

// expander puts values of the environment into the strings of a document. What it makes stays a string, whatever it
// looks like; a key that wants a number or boolean takes the string for one.
type expander struct {
	r    *yaml12.Reader
	env  []string
	seen map[*yaml.Node]bool
}

func (e *expander) expand(root *yaml.Node) {
	todo := []*yaml.Node{root}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if e.seen[n] {
			continue
		}
		e.seen[n] = true
		switch n.Kind {
		case yaml.AliasNode:
			todo = append(todo, n.Alias)
		case yaml.SequenceNode:
			todo = append(todo, n.Content...)
		case yaml.MappingNode:
			for i := 1; i < len(n.Content); i += 2 {
				todo = append(todo, n.Content[i])
			}
		case yaml.ScalarNode:
			e.scalar(n)
		}
	}
}

func (e *expander) scalar(n *yaml.Node) {
	if !strings.Contains(n.Value, "$") {
		return
	}
	span := e.r.Span(n)
	n.Value = reference.ReplaceAllStringFunc(n.Value, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		name := strings.Trim(ref[1:], "{}")
		if value, ok := lookup(e.env, VarPrefix+name); ok {
			return value
		}
		e.r.Diags.Add(diag.Warningf(codeVariable, span, "%s stays as it is: %s%s is not set; set it, or write $%s if that is meant", ref, VarPrefix, name, ref))
		return ref
	})
	n.Style = n.Style&^yaml.TaggedStyle | yaml.DoubleQuotedStyle
}
