package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Value is the canonical JSON text of a value: keys sorted, whole numbers exact, floats always with a fraction or
// an exponent, so that 1 and 1.0 differ. This is not the project's own reading of YAML, so that the two check each
// other.
type Value string

// Values that stand for something that cannot be written down.
const (
	Any    Value = `"<any>"`    // whatever it is
	Object Value = `"<object>"` // a pickled object, or a list of them
)

var wholeNumber = regexp.MustCompile(`^[-+]?[0-9]+$`)

// Values are values by name.
type Values map[string]Value

// UnmarshalYAML reads a mapping with its merge keys; the library would pass over null values.
func (v *Values) UnmarshalYAML(n *yaml.Node) error {
	plain, err := fromYAML(n)
	if err != nil {
		return err
	}
	m, ok := plain.(map[string]any)
	if !ok {
		return fmt.Errorf("line %d: want names with their values", n.Line)
	}
	*v = Values{}
	for name, value := range m {
		(*v)[name] = canonical(value)
	}
	return nil
}

func fromYAML(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return fromYAML(n.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			var err error
			if list[i], err = fromYAML(c); err != nil {
				return nil, err
			}
		}
		return list, nil
	case yaml.MappingNode:
		return fromMapping(n)
	}
	switch tag := n.ShortTag(); {
	case n.Style == 0 && wholeNumber.MatchString(n.Value): // yaml.v3 makes floats of large ones
		return json.Number(n.Value), nil
	case tag == "!!float":
		f, err := strconv.ParseFloat(n.Value, 64)
		return f, err
	case tag == "!!bool":
		return n.Value == "true", nil
	case tag == "!!null":
		return nil, nil
	case tag == "!!str":
		return n.Value, nil
	default:
		return nil, fmt.Errorf("line %d: %s is a %s: put it in quotes", n.Line, n.Value, tag)
	}
}

// fromMapping reads a mapping; what is written counts before what is merged.
func fromMapping(n *yaml.Node) (any, error) {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		value, err := fromYAML(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		if key.ShortTag() != "!!merge" {
			m[key.Value] = value
			continue
		}
		merged, ok := value.(map[string]any)
		if !ok || i > 0 {
			return nil, fmt.Errorf("line %d: a merge key stands first and takes one mapping here", key.Line)
		}
		maps.Copy(m, merged)
	}
	return m, nil
}

// ParseValue reads JSON text.
func ParseValue(text []byte) (Value, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return "", fmt.Errorf("%q: %w", text, err)
	}
	return canonical(plain), nil
}

func canonical(plain any) Value {
	var b strings.Builder
	write(&b, plain)
	return Value(b.String())
}

func write(b *strings.Builder, plain any) {
	switch v := plain.(type) {
	case json.Number:
		if i, ok := new(big.Int).SetString(v.String(), 10); ok {
			b.WriteString(i.String())
			return
		}
		f, _ := v.Float64()
		write(b, f)
	case float64:
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		b.WriteString(text)
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, e)
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, k)
			b.WriteString(": ")
			write(b, v[k])
		}
		b.WriteByte('}')
	default: // nil, bool, string: encoding/json writes them; a float or a number never comes here
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(v)
		b.WriteString(strings.TrimSuffix(text.String(), "\n"))
	}
}
