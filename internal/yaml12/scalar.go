package yaml12

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// The core schema of YAML 1.2 (chapter 10.3.2).
var (
	decimal = regexp.MustCompile(`^[-+]?[0-9]+$`)
	octal   = regexp.MustCompile(`^0o[0-7]+$`)
	hexa    = regexp.MustCompile(`^0x[0-9a-fA-F]+$`)
	float   = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	noReal  = regexp.MustCompile(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// Resolve tells the type and value of a scalar by the core schema of YAML 1.2: yes is a string, 014 is 14, a date is
// a string. Numbers keep their digits: whole ones are exact at any size, and 1.0 stays 1.0.
func Resolve(n *yaml.Node) (Scalar, error) {
	if n.Style&yaml.TaggedStyle != 0 {
		return resolveTagged(n)
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return Scalar{Kind: String}, nil
	}
	return resolvePlain(n.Value)
}

func resolvePlain(v string) (Scalar, error) {
	switch v {
	case "", "~", "null", "Null", "NULL":
		return Scalar{Null, "null"}, nil
	case "true", "True", "TRUE":
		return Scalar{Bool, "true"}, nil
	case "false", "False", "FALSE":
		return Scalar{Bool, "false"}, nil
	}
	switch {
	case decimal.MatchString(v):
		return Scalar{Int, plainDigits(v)}, nil
	case octal.MatchString(v), hexa.MatchString(v):
		i, _ := new(big.Int).SetString(v, 0)
		return Scalar{Int, i.String()}, nil
	case float.MatchString(v):
		if f := jsonFloat(v); inRange(f) {
			return Scalar{Float, f}, nil
		}
		return Scalar{}, fmt.Errorf("%s is larger than any number that programs share; quote it to make it a string", v)
	case noReal.MatchString(v):
		return Scalar{}, fmt.Errorf("%s is not a JSON number; leave it out, or quote it to make it a string", v)
	}
	return Scalar{Kind: String}, nil
}

func resolveTagged(n *yaml.Node) (Scalar, error) {
	switch tag := n.ShortTag(); tag {
	case "!", "!!str", "!!timestamp", "!!binary":
		return Scalar{Kind: String}, nil
	case "!!null", "!!bool", "!!int", "!!float":
		s, err := resolvePlain(n.Value)
		if err != nil {
			return s, err
		}
		if s.Kind == Int && tag == "!!float" {
			return Scalar{Float, s.JSON + ".0"}, nil
		}
		if want := map[string]Kind{"!!null": Null, "!!bool": Bool, "!!int": Int, "!!float": Float}[tag]; s.Kind != want {
			return s, notA(tag, n.Value)
		}
		return s, nil
	default:
		return Scalar{}, fmt.Errorf("tag %s means nothing here; remove it", n.Tag)
	}
}

// plainDigits writes a whole number as JSON does: no plus, no zeros in front.
func plainDigits(v string) string {
	v, negative := strings.CutPrefix(strings.TrimPrefix(v, "+"), "-")
	if v = strings.TrimLeft(v, "0"); v == "" {
		v = "0"
	}
	if negative {
		return "-" + v
	}
	return v
}

// jsonFloat writes a float as JSON does, with the digits that were given: .5 is 0.5 and 5. is 5.0.
func jsonFloat(v string) string {
	mantissa, exp := v, ""
	if i := strings.IndexAny(v, "eE"); i >= 0 {
		mantissa, exp = v[:i], v[i:]
	}
	whole, fraction, dot := strings.Cut(mantissa, ".")
	out := plainDigits(whole) // "", "-" and "+" become 0, -0 and 0
	if dot {
		if fraction == "" {
			fraction = "0"
		}
		out += "." + fraction
	}
	return out + exp
}

// inRange reports whether a JSON number is a whole one, or no infinity as a double.
func inRange(number string) bool {
	if !strings.ContainsAny(number, ".eE") {
		return true
	}
	_, err := strconv.ParseFloat(number, 64)
	return err == nil
}
