package yaml12

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Kind is the type of a scalar by the core schema of YAML 1.2.2, section 10.3.2. The library resolves by rules of
// its own (014 is octal there, 1_000 a number, 2024-01-01 a time), so that its answer is not used.
type Kind int

// The kinds of scalars.
const (
	String Kind = iota
	Null
	Bool
	Int
	Float
)

func (k Kind) String() string {
	return [...]string{"string", "null", "boolean", "whole number", "number"}[k]
}

// The lexical forms of the core schema. A Regexp is immutable.
var (
	intForm   = regexp.MustCompile(`^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$`)
	floatForm = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$`)
)

// KindOf resolves a scalar; an explicit tag of the core schema decides where there is one.
func KindOf(n *yaml.Node) Kind {
	if n.Style&yaml.TaggedStyle != 0 {
		switch n.Tag {
		case "!!null":
			return Null
		case "!!bool":
			return Bool
		case "!!int":
			return Int
		case "!!float":
			return Float
		}
		return String
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return String
	}
	return kindOfPlain(n.Value)
}

func kindOfPlain(text string) Kind {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	}
	switch c := text[0]; {
	case c != '-' && c != '+' && c != '.' && (c < '0' || c > '9'):
		return String // most text is settled here, without a regular expression
	case intForm.MatchString(text):
		return Int
	case floatForm.MatchString(text):
		return Float
	}
	return String
}

// Fits reports whether the text of a scalar has the form that its kind demands; only an explicit tag makes it differ.
func Fits(n *yaml.Node) bool {
	k := KindOf(n)
	if k == String || n.Style&yaml.TaggedStyle == 0 {
		return true
	}
	plain := kindOfPlain(n.Value)
	return plain == k || k == Float && plain == Int
}

// Integer returns the value of a scalar of kind Int.
func Integer(text string) *big.Int {
	i := new(big.Int)
	base := 10
	switch {
	case strings.HasPrefix(text, "0o"):
		text, base = text[2:], 8
	case strings.HasPrefix(text, "0x"):
		text, base = text[2:], 16
	}
	i.SetString(strings.TrimPrefix(text, "+"), base)
	return i
}

// FloatJSON returns the JSON number of a scalar of kind Float, digit by digit as it was written, so that 1.0 stays 1.0,
// and whether JSON has such a number: infinities, NaN and what overflows a double are none.
func FloatJSON(text string) (string, bool) {
	digits := strings.TrimPrefix(text, "+")
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	exponent := ""
	if e := strings.IndexAny(digits, "eE"); e >= 0 {
		digits, exponent = digits[:e], digits[e:]
	}
	whole, fraction, hasPoint := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	number := sign + whole
	if hasPoint {
		if fraction == "" {
			fraction = "0"
		}
		number += "." + fraction
	} else if exponent == "" {
		number += ".0" // !!float 1
	}
	number += exponent
	f, err := strconv.ParseFloat(number, 64)
	return number, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// Boolean returns the value of a scalar of kind Bool.
func Boolean(text string) bool { return text[0] == 't' || text[0] == 'T' }

// KindName says what a node is.
func KindName(n *yaml.Node) string {
	switch n = Deref(n); n.Kind {
	case yaml.MappingNode:
		return "mapping"
	case yaml.SequenceNode:
		return "list"
	case yaml.ScalarNode:
		return KindOf(n).String()
	}
	return "value"
}

// IsNull reports whether a node is a scalar that stands for nothing.
func IsNull(n *yaml.Node) bool {
	n = Deref(n)
	return n.Kind == yaml.ScalarNode && KindOf(n) == Null
}
