package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/surrogates"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// expressionNames compiles an expression and returns the parameters that it reads, in the order in which they stand there.
// What is built in is none of them.
func expressionNames(text string) ([]string, error) {
	expr, err := parseExpression(text)
	if err != nil {
		return nil, err
	}
	known := functions()
	var names []string
	predeclared := func(name string) bool {
		if !known.Has(name) && !starlark.Universe.Has(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
		return known.Has(name) || !starlark.Universe.Has(name)
	}
	if _, err := resolve.ExprOptions(&syntax.FileOptions{Set: true}, expr, predeclared, starlark.Universe.Has); err != nil {
		return nil, fmt.Errorf("it does not compile: %s", plain(err))
	}
	return names, nil
}

func parseExpression(text string) (syntax.Expr, error) {
	// In parentheses a block of several lines is one expression.
	expr, err := (&syntax.FileOptions{Set: true}).ParseExpr("reducer", "("+strings.TrimSpace(text)+"\n)", 0)
	if err != nil {
		return nil, fmt.Errorf("it does not compile: %s", plain(err))
	}
	return expr, nil
}

// evaluate returns the JSON text that an expression makes of the parameters of a scope (SEMANTICS 2.11). The failure says
// what they were.
func evaluate(text, path string, scope *Scope, blobs Blobs) (json.RawMessage, *Failure) {
	names, err := expressionNames(text)
	if err != nil {
		return nil, dataFailure(path, "the expression %q: %v", text, err)
	}
	env, seen := functions(), []string{}
	for _, name := range names {
		v, ok := scope.Param(name)
		if !ok {
			return nil, dataFailure(path, "the expression %q reads %q, which no earlier step returned and no initial parameter gives%s", text, name, visible(scope, name))
		}
		raw, err := v.Text(blobs)
		if err == nil && surrogates.Half(raw) {
			err = fmt.Errorf("it holds half a surrogate pair, which is not text")
		}
		if err != nil {
			return nil, dataFailure(path, "the expression %q reads %q: %v", text, name, err)
		}
		if env[name], err = toStarlark(raw); err != nil {
			return nil, dataFailure(path, "the expression %q reads %q: %v", text, name, err)
		}
		seen = append(seen, name+" is "+shortened(raw))
	}
	value, err := evaluated(text, env)
	if err != nil {
		with := ""
		if len(seen) > 0 {
			with = "; " + strings.Join(seen, ", ")
		}
		return nil, dataFailure(path, "the expression %q failed: %s%s", text, plain(err), with)
	}
	return value, nil
}

func evaluated(text string, env starlark.StringDict) (json.RawMessage, error) {
	expr, err := parseExpression(text)
	if err != nil {
		return nil, err
	}
	thread := &starlark.Thread{Name: "expression", Print: func(*starlark.Thread, string) {}}
	thread.SetMaxExecutionSteps(maxReduceSteps)
	v, err := starlark.EvalExprOptions(&syntax.FileOptions{Set: true}, thread, expr, env)
	if err != nil {
		return nil, err
	}
	return fromStarlark(v)
}

func shortened(text json.RawMessage) string {
	if r := []rune(string(text)); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return string(text)
}

// checkExpression compiles the expression of a node and notes what it reads.
func checkExpression(n ir.Node) *diag.Diagnostic {
	e, key := ir.ExpressionOf(n)
	if e == nil {
		return nil
	}
	names, err := expressionNames(e.Text)
	if err != nil {
		d := diag.Errorf(diag.BadExpression, e.Span, "%s of %q: %v; it may be a Python expression over the names of parameters, with sum, round, len, min, max, sorted, range and the like", key, n.Base().Name, err)
		return &d
	}
	e.Names = nil
	for _, name := range names {
		e.Names = append(e.Names, ir.Ref{Name: name, Span: e.Span})
	}
	return nil
}
