package pipetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// mockOf returns what stands in for the step at a path: of the case, else of the file; among several the one with the fewest
// wildcards, of those the last. A step may be called like a pattern.
func (f *File) mockOf(c *Case, path string) *Mock {
	for _, list := range [][]Mock{c.Mocks, f.Mocks} {
		var best *Mock
		for i := range list {
			m := &list[i]
			if m.Steps.Name == path {
				return m
			}
			if m.Steps.matches(path) && (best == nil || m.Steps.wildcards() <= best.Steps.wildcards()) {
				best = m
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// answerOf returns what the step at a path does in its n-th attempt, or says why nobody knows.
func (d *drive) answerOf(job engine.Job, n int) (*Answer, *diag.Diagnostic) {
	m := d.file.mockOf(d.Case, job.Path)
	if m == nil {
		if _, stub := job.Node.(*ir.Stub); stub {
			return &Answer{}, nil
		}
		return nil, d.unmocked(job)
	}
	a := &m.Answer
	if m.Each != nil {
		i := d.indexOf(job.Path)
		if i < 0 || i >= len(m.Each) {
			p := diag.Errorf(codeNoMock, m.Steps.Span, "%q runs, and \"each\" of its mock has %d entries; add one, or name the step by its path", job.Path, len(m.Each))
			return nil, &p
		}
		a = &m.Each[i]
	}
	if a.Attempts != nil {
		a = &a.Attempts[min(n, len(a.Attempts))-1]
	}
	return a, nil
}

// unmocked says that a step would run code of the user's.
func (d *drive) unmocked(job engine.Job) *diag.Diagnostic {
	what := "reduces by a Python function"
	if t, ok := job.Node.(*ir.Task); ok {
		text, more := t.Command.Text(), ""
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			text, more = text[:i], " …"
		}
		what = fmt.Sprintf("would run %s %s%s", ir.CommandType(t.Command), short(text), more)
	}
	p := diag.Errorf(codeNoMock, d.Case.Span, "the step %q has no mock and %s; add it below \"mocks\"", job.Path, what).
		With(job.Node.Base().Span, "the step is here")
	return &p
}

// indexOf is the number of the innermost item or iteration around the step at a path, or -1.
func (d *drive) indexOf(path string) int {
	names, static := strings.Split(path, "."), strings.Split(engine.StaticPath(d.pipeline, path), ".")
	for i := len(static) - 1; i >= 0; i-- {
		if n, err := strconv.Atoi(names[i]); err == nil && static[i] == ir.AnyItem {
			return n
		}
	}
	return -1
}

// returns are the values that an answer gives to a step, in the order of the definition.
func (d *drive) returns(a *Answer, job engine.Job) ([]engine.Named, *diag.Diagnostic) {
	if missing := lacking(a, job.Node); missing != nil {
		p := diag.Errorf(codeReturns, a.Span, "%s", lacks(job.Path, missing))
		return nil, &p
	}
	var out []engine.Named
	for _, r := range ir.NodeReturns(job.Node) {
		i := slices.IndexFunc(a.Returns, func(v Value) bool { return v.Name == r.Name })
		v, err := d.value(a.Returns[i], r.Kind)
		if err != nil {
			p := diag.Errorf(codeReturns, a.Returns[i].Span, "%q of the step %q: %v", r.Name, job.Path, err)
			return nil, &p
		}
		out = append(out, engine.Named{Name: r.Name, Value: v})
	}
	return out, nil
}

// value is a value as a step of the kind returns it. The JSON text of an object stands for its pickle.
func (d *drive) value(v Value, kind ir.ValueKind) (engine.Value, error) {
	out, err := engine.NewJSON(v.JSON)
	if err != nil {
		return out, err
	}
	switch {
	case kind == ir.Text && v.JSON[0] != '"':
		return out, fmt.Errorf("it is of kind text, and the mock's value is none; put it in quotes")
	case kind == ir.Object:
		b, err := d.blobs.Put(out.JSON)
		return engine.Value{Kind: ir.Object, Blob: &b}, err
	}
	out.Kind = kind
	return engine.Keep(out, d.blobs)
}
