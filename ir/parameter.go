package ir

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Parameter is an initial parameter that the pipeline declares (SEMANTICS 2). Default, choices and bounds are JSON texts.
type Parameter struct {
	Name     string
	Span     diag.Span
	Type     ParameterType
	Default  string // empty: none is given, which is null unless the parameter is required
	Help     string
	Required bool
	Choices  []string
	Minimum  string // of a number; empty: none
	Maximum  string
}

// ParameterType says which values a parameter takes, and how a text is read that stands for one.
type ParameterType string

// The types of parameters.
const (
	StrType    ParameterType = "str"
	IntType    ParameterType = "int"
	FloatType  ParameterType = "float"
	BoolType   ParameterType = "bool"
	ListType   ParameterType = "list"
	ObjectType ParameterType = "object"
	FileType   ParameterType = "file" // the content of a file, which is read where the run is started
)

// ParameterTypes are the types, in the order of the documentation.
func ParameterTypes() []ParameterType {
	return []ParameterType{StrType, IntType, FloatType, BoolType, ListType, ObjectType, FileType}
}

// TypeOf is the type of a JSON text; empty for null, which is of none.
func TypeOf(value string) ParameterType {
	switch {
	case value == "" || value == "null":
		return ""
	case value[0] == '"':
		return StrType
	case value[0] == '[':
		return ListType
	case value[0] == '{':
		return ObjectType
	case value == "true" || value == "false":
		return BoolType
	case strings.ContainsAny(value, ".eE"):
		return FloatType
	}
	return IntType
}

// Declared returns the declaration of a name, or nil.
func Declared(all []Parameter, name string) *Parameter {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// Initial is the JSON text of the value that counts where none is given; empty where there must be one.
func (p *Parameter) Initial() string {
	if p.Required {
		return ""
	}
	return cmp.Or(p.Default, "null")
}

// Standing says, for people, what holds where no value is given, and which values there may be.
func (p *Parameter) Standing() string {
	text := "default " + p.Initial()
	if p.Required {
		text = "required"
	}
	if len(p.Choices) > 0 {
		text += ", one of " + strings.Join(p.Choices, ", ")
	}
	if p.Minimum != "" {
		text += ", at least " + p.Minimum
	}
	if p.Maximum != "" {
		text += ", at most " + p.Maximum
	}
	return text
}

// FromText reads a value that is given as text: by the type, not by what the text looks like. It returns JSON text, for
// [Parameter.Accept].
func (p *Parameter) FromText(text string) string {
	trimmed := strings.TrimSpace(text)
	isJSON := json.Valid([]byte(trimmed))
	switch {
	case trimmed == "null" && p.Initial() == "null":
		return trimmed
	case p.isText() && !(isJSON && trimmed[0] == '"'):
		return quoteJSON(text)
	case p.Type == BoolType && (trimmed == "True" || trimmed == "False"): // as Python writes them
		return strings.ToLower(trimmed)
	case !isJSON:
		return quoteJSON(text)
	}
	return trimmed
}

func (p *Parameter) isText() bool { return p.Type == StrType || p.Type == FileType }

// Accept checks a JSON value, in compact form, against the declaration and returns it in the form in which steps get it.
func (p *Parameter) Accept(value string) (string, error) {
	if value == "null" && p.Initial() == "null" {
		return value, nil
	}
	switch is := TypeOf(value); {
	case is == p.Type, is == StrType && p.Type == FileType:
	case p.Type == FloatType && is == IntType:
		value += ".0"
	case p.Type == StrType && (is == IntType || is == FloatType): // the text of a number, as it was written
		value = strconv.Quote(value)
	default:
		return "", p.refuse(value)
	}
	if p.Type == FloatType {
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return "", fmt.Errorf("the parameter %q is %s, which is more than a float holds", p.Name, shown(value))
		}
	}
	return value, p.within(value)
}

// within checks the choices and the bounds.
func (p *Parameter) within(value string) error {
	if len(p.Choices) > 0 && !slices.ContainsFunc(p.Choices, func(c string) bool { return sameValue(c, value) }) {
		return fmt.Errorf("the parameter %q is %s, which is not one of its choices%s: %s", p.Name, shown(value), p.nearest(value), strings.Join(p.Choices, ", "))
	}
	if p.Minimum != "" && compareNumbers(value, p.Minimum) < 0 {
		return fmt.Errorf("the parameter %q is %s, which is less than its minimum, %s", p.Name, value, p.Minimum)
	}
	if p.Maximum != "" && compareNumbers(value, p.Maximum) > 0 {
		return fmt.Errorf("the parameter %q is %s, which is more than its maximum, %s", p.Name, value, p.Maximum)
	}
	return nil
}

func (p *Parameter) nearest(value string) string {
	if near := diag.Nearest(value, p.Choices); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	return ""
}

func (p *Parameter) refuse(value string) error {
	return fmt.Errorf("the parameter %q is %s, and must be %s", p.Name, shown(value), p.Type.described())
}

// described says what a value of the type is.
func (t ParameterType) described() string {
	switch t {
	case IntType:
		return "a whole number"
	case FloatType:
		return "a number"
	case BoolType:
		return "true or false"
	case ListType:
		return "a JSON list"
	case ObjectType:
		return "a JSON object"
	case FileType:
		return "the path of a file"
	case StrType:
	}
	return "a text"
}

// shown is a JSON text, shortened.
func shown(value string) string {
	if r := []rune(value); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return value
}

// sameValue reports whether two JSON texts are one value: numbers may be written in several ways.
func sameValue(a, b string) bool {
	if isNumber(a) && isNumber(b) {
		return compareNumbers(a, b) == 0
	}
	return a == b
}

func isNumber(value string) bool { t := TypeOf(value); return t == IntType || t == FloatType }

// compareNumbers compares the JSON texts of two numbers, at any size.
func compareNumbers(a, b string) int { return exactly(a).Cmp(exactly(b)) }

func exactly(number string) *big.Float {
	f, _, err := big.ParseFloat(number, 10, uint(4*len(number)+64), big.ToNearestEven)
	if err != nil && f == nil {
		return new(big.Float)
	}
	return f
}

// Unquoted is the text of a JSON string; empty for what is none.
func Unquoted(value string) string {
	var s string
	_ = json.Unmarshal([]byte(value), &s)
	return s
}

func quoteJSON(text string) string {
	out, _ := json.Marshal(text) // a string always marshals
	compact, _ := CompactJSON(string(out))
	return compact
}
