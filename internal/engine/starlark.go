package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Limits of a lambda, so that a slip cannot take all time or memory. They are no fence: whoever writes a definition may
// run anything.
const (
	maxReduceSteps = 50_000_000
	maxRange       = 10_000_000 // numbers of a range
	maxReduced     = 64 << 20   // bytes of the value's JSON text
)

// compile makes a function of a lambda's source; names that it does not know are errors here, not when it runs.
func compile(source string) (starlark.Callable, error) {
	expr, err := (&syntax.FileOptions{Set: true}).ParseExpr("reducer", source, 0)
	if err != nil {
		return nil, fmt.Errorf("the lambda does not compile: %s", plain(err))
	}
	if _, ok := expr.(*syntax.LambdaExpr); !ok {
		return nil, errors.New("the lambda does not compile: it is not one lambda expression")
	}
	v, err := starlark.EvalExprOptions(&syntax.FileOptions{Set: true}, &starlark.Thread{Name: "reducer"}, expr, functions())
	if err != nil {
		return nil, fmt.Errorf("the lambda does not compile: %s", plain(err))
	}
	return v.(starlark.Callable), nil
}

// functions are those of Python that Starlark lacks or does not bound.
func functions() starlark.StringDict {
	return starlark.StringDict{
		"sum":   starlark.NewBuiltin("sum", sum),
		"round": starlark.NewBuiltin("round", round),
		"pow":   starlark.NewBuiltin("pow", pow),
		"range": starlark.NewBuiltin("range", boundedRange),
	}
}

// plain is the error's text without the place inside the one-line source.
func plain(err error) string {
	text := err.Error()
	if _, rest, ok := strings.Cut(text, ": "); ok && strings.HasPrefix(text, "reducer:") {
		return rest
	}
	return text
}

func call(fn starlark.Callable, args starlark.Tuple) (starlark.Value, error) {
	thread := &starlark.Thread{Name: "reducer", Print: func(*starlark.Thread, string) {}}
	thread.SetMaxExecutionSteps(maxReduceSteps)
	return starlark.Call(thread, fn, args, nil)
}

// toStarlark decodes JSON text; whole numbers are exact, a number with a fraction or an exponent is a float.
func toStarlark(text []byte) (starlark.Value, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	v, err := decodeStarlark(dec)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("no value")
	}
	return v, err
}

func decodeStarlark(dec *json.Decoder) (starlark.Value, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case nil:
		return starlark.None, nil
	case bool:
		return starlark.Bool(tok), nil
	case string:
		return starlark.String(tok), nil
	case json.Number:
		return number(tok.String())
	case json.Delim:
		if tok == '[' {
			return decodeList(dec)
		}
		return decodeDict(dec)
	}
	return nil, fmt.Errorf("unexpected %v", tok)
}

func number(text string) (starlark.Value, error) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		return starlark.Float(f), err
	}
	i, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, fmt.Errorf("%q is not a number", text)
	}
	return starlark.MakeBigInt(i), nil
}

func decodeList(dec *json.Decoder) (starlark.Value, error) {
	var elems []starlark.Value
	for dec.More() {
		v, err := decodeStarlark(dec)
		if err != nil {
			return nil, err
		}
		elems = append(elems, v)
	}
	_, err := dec.Token()
	return starlark.NewList(elems), err
}

func decodeDict(dec *json.Decoder) (starlark.Value, error) {
	d := new(starlark.Dict)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := decodeStarlark(dec)
		if err != nil {
			return nil, err
		}
		if err := d.SetKey(starlark.String(key.(string)), v); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return d, err
}

// fromStarlark encodes what a reducer made as JSON.
func fromStarlark(v starlark.Value) (json.RawMessage, error) {
	var b bytes.Buffer
	err := encodeStarlark(&b, v)
	return b.Bytes(), err
}

func encodeStarlark(b *bytes.Buffer, v starlark.Value) error {
	if b.Len() > maxReduced {
		return fmt.Errorf("it made more than %d MiB", maxReduced>>20)
	}
	switch v := v.(type) {
	case starlark.NoneType:
		b.WriteString("null")
	case starlark.Bool:
		b.WriteString(strconv.FormatBool(bool(v)))
	case starlark.Int:
		b.WriteString(v.String())
	case starlark.Float:
		return encodeFloat(b, float64(v))
	case starlark.String:
		b.Write(quote(string(v)))
	case *starlark.Dict:
		return encodeDict(b, v)
	case starlark.Iterable:
		if _, ok := v.(*starlark.Set); !ok {
			return encodeList(b, v)
		}
		return fmt.Errorf("it made a %s, which has no JSON form; make it a list with sorted(…)", v.Type())
	default:
		return fmt.Errorf("it made a %s, which has no JSON form", v.Type())
	}
	return nil
}

// encodeFloat writes a float as Python's json does: 1.0 stays a float, an exponent from 1e16 on.
func encodeFloat(b *bytes.Buffer, f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("it made %v, which has no JSON form", f)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		b.WriteString(strconv.FormatFloat(f, 'e', -1, 64))
		return nil
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	b.WriteString(text)
	return nil
}

func encodeDict(b *bytes.Buffer, d *starlark.Dict) error {
	b.WriteByte('{')
	for i, item := range d.Items() {
		if i > 0 {
			b.WriteByte(',')
		}
		key, ok := starlark.AsString(item[0])
		if !ok {
			return fmt.Errorf("it made a mapping with the key %s, which is not a string", item[0])
		}
		b.Write(quote(key))
		b.WriteByte(':')
		if err := encodeStarlark(b, item[1]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func encodeList(b *bytes.Buffer, v starlark.Iterable) error {
	b.WriteByte('[')
	it := v.Iterate()
	defer it.Done()
	var e starlark.Value
	for i := 0; it.Next(&e); i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encodeStarlark(b, e); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}
