package engine

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// The functions that Python has and Starlark has not, with Python's meaning.

// sum adds the elements of an iterable; as in Python, true counts as 1.
func sum(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var elems starlark.Iterable
	var total starlark.Value = starlark.MakeInt(0)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "iterable", &elems, "start?", &total); err != nil {
		return nil, err
	}
	it := elems.Iterate()
	defer it.Done()
	var e starlark.Value
	for it.Next(&e) {
		var err error
		if total, err = starlark.Binary(syntax.PLUS, total, truthNumber(e)); err != nil {
			return nil, fmt.Errorf("sum: %w", err)
		}
	}
	return total, nil
}

func truthNumber(v starlark.Value) starlark.Value {
	if b, ok := v.(starlark.Bool); ok {
		if b {
			return starlark.MakeInt(1)
		}
		return starlark.MakeInt(0)
	}
	return v
}

// round rounds half to even: without digits to a whole number, else to a float of so many digits.
func round(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var digits starlark.Value = starlark.None
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "number", &x, "ndigits?", &digits); err != nil {
		return nil, err
	}
	if i, ok := truthNumber(x).(starlark.Int); ok {
		return i, nil
	}
	f, ok := x.(starlark.Float)
	if !ok {
		return nil, fmt.Errorf("round: got %s, want a number", x.Type())
	}
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return nil, errors.New("round: the number is not finite")
	}
	if digits == starlark.None {
		whole, _ := big.NewFloat(math.RoundToEven(float64(f))).Int(nil)
		return starlark.MakeBigInt(whole), nil
	}
	n, err := starlark.AsInt32(digits)
	if err != nil || n < 0 || n > 300 {
		return nil, errors.New("round: ndigits must be a whole number from 0 to 300")
	}
	// FormatFloat rounds the exact binary value correctly, as Python does.
	r, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'f', n, 64), 64)
	return starlark.Float(r), err
}

// pow raises a number to a power: whole to whole and not negative stays whole.
func pow(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "base", &x, "exp", &y); err != nil {
		return nil, err
	}
	xi, ok1 := truthNumber(x).(starlark.Int)
	yi, ok2 := truthNumber(y).(starlark.Int)
	if ok1 && ok2 && yi.Sign() >= 0 {
		if n, ok := yi.Int64(); !ok || n > 10_000 {
			return nil, errors.New("pow: the exponent is larger than 10000")
		}
		return starlark.MakeBigInt(new(big.Int).Exp(xi.BigInt(), yi.BigInt(), nil)), nil
	}
	xf, ok1 := starlark.AsFloat(x)
	yf, ok2 := starlark.AsFloat(y)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("pow: got %s and %s, want numbers", x.Type(), y.Type())
	}
	return starlark.Float(math.Pow(xf, yf)), nil
}

// boundedRange is Starlark's range, whose numbers are made one by one only when something asks for them: so many would
// be made without a step of the lambda's own.
func boundedRange(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := starlark.Call(thread, starlark.Universe[b.Name()], args, kwargs)
	if err != nil {
		return nil, err
	}
	if n := starlark.Len(v); n > maxRange {
		return nil, fmt.Errorf("range: %d numbers are more than %d", n, maxRange)
	}
	return v, nil
}
