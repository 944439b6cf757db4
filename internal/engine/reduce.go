package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/internal/surrogates"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"go.starlark.net/starlark"
)

// Reducer makes one value of the values that a map's items returned (SEMANTICS 2.9). It is one of [PlainList],
// [*Formula] and [PythonReducer].
//
//sumtype:decl
type Reducer interface{ reducer() }

// PlainList keeps the values as a list, with null where an item did not return one.
type PlainList struct{}

// Formula is a reducer known by name, or a lambda, evaluated in Starlark: the same bits on every target.
type Formula struct {
	source string
	fn     starlark.Callable
	empty  string // the JSON text that it makes of nothing
	pick   func([]Value) Value
}

// PythonReducer is a dotted Python function, called as f(*values) in a Python of the map's image.
type PythonReducer struct{ Function string }

func (PlainList) reducer()     {}
func (*Formula) reducer()      {}
func (PythonReducer) reducer() {}

// named are the reducers known by name: each is a lambda, and the JSON text that it makes of nothing.
var named = map[string]struct{ lambda, empty string }{
	"all":    {"lambda *x: all(x)", "true"},
	"any":    {"lambda *x: any(x)", "false"},
	"first":  {"lambda *x: x[0]", "null"},
	"last":   {"lambda *x: x[-1]", "null"},
	"len":    {"lambda *x: len(x)", "0"},
	"max":    {"lambda *x: max(x)", "null"},
	"mean":   {"lambda *x: sum(x) / len(x)", "null"},
	"min":    {"lambda *x: min(x)", "null"},
	"sorted": {"lambda *x: sorted(x)", "[]"},
	"sum":    {"lambda *x: sum(x)", "0"},
}

// ReducerNames are the reducers known by name, sorted.
var ReducerNames = []string{"all", "any", "first", "last", "len", "max", "mean", "min", "sorted", "sum"}

// ParseReducer reads a map's reducer. The error says what is wrong with it and names the forms there are.
func ParseReducer(text string) (Reducer, error) {
	text = strings.TrimSpace(text)
	switch n, ok := named[text]; {
	case text == "" || text == "list":
		return PlainList{}, nil
	case ok:
		f, err := compile(n.lambda)
		if err != nil {
			return nil, err
		}
		return &Formula{source: text, fn: f, empty: n.empty, pick: pickers[text]}, nil
	case strings.HasPrefix(text, "lambda"):
		f, err := compile(text)
		if err != nil {
			return nil, fmt.Errorf("%w; a lambda may use Python expressions with sum, round, abs, len, min, max, sorted and the like (no attributes of modules); else give a name (%s) or a dotted Python function (module.function)", err, strings.Join(ReducerNames, ", "))
		}
		return &Formula{source: text, fn: f, empty: "null"}, nil
	case ir.PythonReducer(text):
		return PythonReducer{Function: text}, nil
	}
	return nil, fmt.Errorf("%q is not a reducer%s; give a name (%s), a lambda (lambda *x: max(x)) or a dotted Python function (module.function)",
		text, diag.DidYouMean(text, ReducerNames), strings.Join(ReducerNames, ", "))
}

// pickers are the named reducers that need not look into the values, so that they work on objects too.
var pickers = map[string]func([]Value) Value{
	"first": func(v []Value) Value { return v[0] },
	"last":  func(v []Value) Value { return v[len(v)-1] },
	"len":   func(v []Value) Value { return Int(len(v)) },
}

// Check reports what is wrong with a pipeline as far as only the engine can tell: its reducers and expressions.
func Check(p *ir.Pipeline) diag.List {
	var list diag.List
	for v := range ir.Walk(p) {
		if d := checkExpression(v.Node); d != nil {
			list.Add(*d)
		}
		n, ok := v.Node.(*ir.Map)
		if !ok {
			continue
		}
		if _, err := ParseReducer(n.Reducer); err != nil {
			list.Add(diag.Errorf(diag.BadReducer, n.ReducerSpan, "map %q: %v", n.Name, err))
		}
	}
	return list
}

// Apply reduces the values that were returned, in item order.
func (f *Formula) Apply(values []Value, blobs Blobs) (Value, error) {
	if len(values) == 0 {
		return Value{JSON: json.RawMessage(f.empty)}, nil
	}
	if f.pick != nil {
		return f.pick(values), nil
	}
	args := make(starlark.Tuple, len(values))
	for i, v := range values {
		text, err := v.Text(blobs)
		if err != nil {
			return Value{}, fmt.Errorf("reducer %s, value %d: %w", f.source, i, err)
		}
		if surrogates.Half(text) {
			return Value{}, fmt.Errorf("reducer %s, value %d: it holds half a surrogate pair, which is not text", f.source, i)
		}
		if args[i], err = toStarlark(text); err != nil {
			return Value{}, err
		}
	}
	out, err := call(f.fn, args)
	if err != nil {
		return Value{}, fmt.Errorf("reducer %s: %w", f.source, err)
	}
	text, err := fromStarlark(out)
	if err != nil {
		return Value{}, fmt.Errorf("reducer %s: %w", f.source, err)
	}
	return Keep(Value{JSON: text}, blobs)
}

// CallPython calls a Python function with values; the driver brings it, since the engine runs nothing.
type CallPython func(function string, values []Value) (Value, error)

// reduce makes the value of each name of a map's result.
func (r mapResult) reduce(by Reducer, blobs Blobs, python CallPython) ([]Value, error) {
	out := make([]Value, len(r.names))
	for i, values := range r.values {
		v, err := reduceOne(by, values, blobs, python)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", r.names[i], err)
		}
		out[i] = v
	}
	return out, nil
}

func reduceOne(by Reducer, values []Value, blobs Blobs, python CallPython) (Value, error) {
	switch by := by.(type) {
	case PlainList:
		return List(values, blobs)
	case *Formula:
		return by.Apply(returned(values), blobs)
	case PythonReducer:
		got := returned(values)
		if len(got) == 0 {
			return Null(), nil
		}
		if python == nil {
			return Value{}, errors.New("no Python to call " + by.Function)
		}
		return python(by.Function, got)
	}
	panic("engine: unknown reducer")
}

// returned leaves out the items that did not return the value.
func returned(values []Value) []Value {
	var out []Value
	for _, v := range values {
		if !v.IsZero() {
			out = append(out, v)
		}
	}
	return out
}
