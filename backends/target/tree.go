package target

import (
	"encoding/json"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// treeOf is a JSON text as a YAML tree. No YAML is read on the way: that refuses characters, and folds others, which
// JSON has as they are.
func treeOf(text string) (*yaml.Node, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return nextNode(d)
}

// nextNode reads one value.
func nextNode(d *json.Decoder) (*yaml.Node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if token == '[' {
			n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		}
		for d.More() { // keys and their values in turn, as a YAML tree has them
			item, err := nextNode(d)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, item)
		}
		_, err := d.Token() // the end
		return n, err
	case json.Number:
		return scalarNode(numberTag(token.String()), token.String()), nil
	case bool:
		return scalarNode("!!bool", strconv.FormatBool(token)), nil
	case string:
		return scalarNode("!!str", token), nil
	}
	return scalarNode("!!null", "null"), nil
}

func scalarNode(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// numberTag is the tag that YAML has for a number: one beyond 64 bits is no whole number.
func numberTag(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return "!!int"
	}
	return "!!float"
}
