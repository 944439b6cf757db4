package yamldef

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// scalarKind is the type of a scalar by the core schema of YAML 1.2.2, section 10.3.2. The library resolves by rules of
// its own (014 is octal there, 1_000 a number, 2024-01-01 a time), so that its answer is not used.
type scalarKind int

const (
	isString scalarKind = iota
	isNull
	isBool
	isInt
	isFloat
)

// The lexical forms of the core schema. A Regexp is immutable.
var (
	intForm   = regexp.MustCompile(`^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$`)
	floatForm = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$`)
)

// kindOf resolves a scalar; an explicit tag of the core schema decides where there is one.
func kindOf(n *yaml.Node) scalarKind {
	if n.Style&yaml.TaggedStyle != 0 {
		switch n.Tag {
		case "!!null":
			return isNull
		case "!!bool":
			return isBool
		case "!!int":
			return isInt
		case "!!float":
			return isFloat
		}
		return isString
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return isString
	}
	return kindOfPlain(n.Value)
}

func kindOfPlain(text string) scalarKind {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return isNull
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return isBool
	}
	switch c := text[0]; {
	case c != '-' && c != '+' && c != '.' && (c < '0' || c > '9'):
		return isString // most text is settled here, without a regular expression
	case intForm.MatchString(text):
		return isInt
	case floatForm.MatchString(text):
		return isFloat
	}
	return isString
}

// fits reports whether the text of a scalar has the form that its kind demands; only an explicit tag makes it differ.
func fits(n *yaml.Node) bool {
	k := kindOf(n)
	if k == isString || n.Style&yaml.TaggedStyle == 0 {
		return true
	}
	plain := kindOfPlain(n.Value)
	return plain == k || k == isFloat && plain == isInt
}

// integer returns the value of a scalar of kind isInt.
func integer(text string) *big.Int {
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

// float returns the JSON number of a scalar of kind isFloat, digit by digit as it was written, so that 1.0 stays 1.0,
// and whether JSON has such a number: infinities, NaN and what overflows a double are none.
func float(text string) (string, bool) {
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

// boolean returns the value of a scalar of kind isBool.
func boolean(text string) bool { return text[0] == 't' || text[0] == 'T' }
