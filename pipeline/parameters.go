package pipeline

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Go1 is [Go] for a declared function of one plain parameter in place of a struct: a is the name under which it takes
// its value. "a,optional" leaves the zero value where no parameter of that name is visible.
//
// A Go program does not know what its functions call their parameters, so the names stand in the call. There are as
// many as the function has parameters, of any types, or the program does not compile; a function of more than four
// parameters takes a struct.
func Go1[A, Out any](f func(context.Context, A) (Out, error), a string) *TaskStep {
	type in struct{ A A }
	call := func(ctx context.Context, in in) (Out, error) { return f(ctx, in.A) }
	return plain(f, call, here(), a)
}

// Go2 is [Go1] for a function of two parameters.
func Go2[A, B, Out any](f func(context.Context, A, B) (Out, error), a, b string) *TaskStep {
	type in struct {
		A A
		B B
	}
	call := func(ctx context.Context, in in) (Out, error) { return f(ctx, in.A, in.B) }
	return plain(f, call, here(), a, b)
}

// Go3 is [Go1] for a function of three parameters.
func Go3[A, B, C, Out any](f func(context.Context, A, B, C) (Out, error), a, b, c string) *TaskStep {
	type in struct {
		A A
		B B
		C C
	}
	call := func(ctx context.Context, in in) (Out, error) { return f(ctx, in.A, in.B, in.C) }
	return plain(f, call, here(), a, b, c)
}

// Go4 is [Go1] for a function of four parameters.
func Go4[A, B, C, D, Out any](f func(context.Context, A, B, C, D) (Out, error), a, b, c, d string) *TaskStep {
	type in struct {
		A A
		B B
		C C
		D D
	}
	call := func(ctx context.Context, in in) (Out, error) { return f(ctx, in.A, in.B, in.C, in.D) }
	return plain(f, call, here(), a, b, c, d)
}

// plain makes a step of a function f whose parameters have names; call is f with the parameters in a struct.
func plain[In, Out any](f any, call func(context.Context, In) (Out, error), at diag.Span, names ...string) *TaskStep {
	code := reflect.ValueOf(f).Pointer()
	name, declared := functionName(code)
	t := newFunction(name, code, call, at)
	if !declared {
		t.problem(at, "the function has no name of its own to be called by; declare it")
	}
	for i, text := range names {
		name, optional := strings.CutSuffix(text, ",optional")
		if name == "" || strings.Contains(name, ",") || slices.Contains(names[:i], text) {
			t.problem(at, "%q cannot name argument %d of %s: want one name for each, followed by nothing but \",optional\"", text, i+1, t.function.name)
		}
		field := &t.function.in.fields[i]
		field.name, field.optional, field.place = name, optional, fmt.Sprintf("argument %d", i+1)
	}
	return t
}
