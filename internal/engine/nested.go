package engine

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// RefusedError is the error of a step inside a nested pipeline that fails before any of its steps: it does not take what it
// is given. To those who do not ask for the reason it is [ErrNotReached].
type RefusedError struct{ Failure *Failure }

func (e *RefusedError) Error() string { return e.Failure.Message }

// Is makes the error an [ErrNotReached].
func (*RefusedError) Is(target error) bool { return target == ErrNotReached }

// InnerScope is the scope in which the graph of a nested pipeline starts: what the pipeline declares, what its inputs give,
// and the files of the scope around it (SEMANTICS 2.12).
func InnerScope(n *ir.Nested, path string, before *Scope, blobs Blobs) (*Scope, *Failure) {
	var entries []*Entry
	for e := range before.All() {
		if _, file := e.Key.File(); file {
			entries = append(entries, e)
		}
	}
	for i := range n.Parameters {
		if text := n.Parameters[i].Initial(); text != "" {
			entries = append(entries, &Entry{Key: ParamKey(n.Parameters[i].Name), Value: Value{JSON: []byte(text)}})
		}
	}
	for _, in := range n.Inputs {
		e, err := given(in, ir.Join(path, ir.InnerGraph), before, blobs)
		if err == nil {
			e.Value, err = accepted(n, in.Arg, e.Value, blobs)
		}
		if err != nil {
			return nil, dataFailure(path, "the input %q of %s: %v", in.Arg, n.Definition.Name, err)
		}
		entries = append(entries, e)
	}
	return (&Scope{}).With(entries...), nil
}

// given is what an input gives to the graph at a path. A value of one parameter keeps its writer, by whom lineage finds its
// origin.
func given(in ir.Input, path string, before *Scope, blobs Blobs) (*Entry, error) {
	out := &Entry{Key: ParamKey(in.Arg), By: Writer(path, 0)}
	if len(in.From) == 0 && !in.List {
		out.Value = Value{JSON: []byte(in.Value)}
		return out, nil
	}
	values := make([]Value, len(in.From))
	for i, name := range in.From {
		e := before.Get(ParamKey(name))
		if e == nil {
			return nil, fmt.Errorf("no earlier step returned %q and no initial parameter has that name%s", name, visible(before, name))
		}
		values[i] = e.Value
		if !in.List && len(in.From) == 1 {
			out.Value, out.By = e.Value, e.By
			return out, nil
		}
	}
	var err error
	out.Value, err = List(values, blobs)
	return out, err
}

// accepted is a value as the declaration of a parameter takes it.
func accepted(n *ir.Nested, name string, v Value, blobs Blobs) (Value, error) {
	p := ir.Declared(n.Parameters, name)
	if p == nil {
		return v, nil
	}
	if v.IsObject() {
		return v, fmt.Errorf("it is a pickled object, and the parameter is declared as %s", p.Type)
	}
	text, err := v.Text(blobs)
	if err != nil {
		return v, err
	}
	taken, err := p.Accept(string(text))
	if err != nil || bytes.Equal(text, []byte(taken)) {
		return v, err
	}
	return Keep(Value{JSON: []byte(taken)}, blobs)
}

// afterNested is the outcome of a nested pipeline whose graph had the outcome out: of its parameters the scope gets those that
// it returns, of its files all.
func afterNested(n *ir.Nested, path string, before *Scope, out *Outcome) Outcome {
	if !out.Status.OK() {
		return failComposite(before, out)
	}
	var entries []*Entry
	for _, r := range n.Returns {
		e := out.After.Get(ParamKey(r.Inside()))
		if e == nil || e.By == "" && !ir.Gives(n, r.Inside()) {
			continue // the steps that return it were not reached: it is absent, or the default
		}
		by := e.By
		if !strings.HasPrefix(by, path+".") {
			by = Writer(path, 0)
		}
		entries = append(entries, &Entry{Key: ParamKey(r.Name), Value: e.Value, By: by})
	}
	for _, k := range out.Changed {
		if _, file := k.File(); file {
			entries = append(entries, out.After.Get(k))
		}
	}
	return Outcome{Status: Success, After: before.With(entries...), Changed: keysOf(entries)}
}
