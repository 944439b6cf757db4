package pipetest

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Parse reads a test file. name is the name under which diagnostics know it; nothing is read from disk. The file may be used if
// the list has no errors.
func Parse(name string, src []byte) (*File, diag.List) {
	r := &reader{&yaml12.Reader{File: name}}
	root := r.Reader.Parse(src)
	if root == nil || yaml12.IsNull(root) {
		if !r.Diags.HasErrors() {
			r.add(diag.Errorf(codeKey, r.At(1, 1, 1), "the file is empty; a test file has the key `cases`, with a case by name"))
		}
		return nil, r.Diags.Sorted()
	}
	f := r.file(name, root)
	return f, r.Diags.Sorted()
}

func (r *reader) file(name string, root *yaml.Node) *File {
	m, ok := r.mapping(root, "the test file", fileTable(), func(key string) bool { return strings.HasPrefix(key, "x-") })
	if !ok {
		return nil
	}
	f := &File{Name: name, Parameters: r.values(m, "parameters"), Mocks: r.mocks(m)}
	if n := m.get("pipeline"); n != nil {
		f.Pipeline = r.name(n, m.of("pipeline"))
	}
	r.text(m, "description")
	if n := m.get("cases"); n != nil {
		pairs, ok := r.pairs(n, m.of("cases"))
		if ok && len(pairs) == 0 {
			r.Errorf(codeKey, n, "the test file has no case; add one below \"cases\"")
		}
		for _, p := range pairs {
			f.Cases = append(f.Cases, r.readCase(p))
		}
	}
	return f
}

func (r *reader) readCase(p yaml12.Pair) Case {
	c := Case{Name: p.Name, Span: r.Span(p.Key)}
	m, ok := r.mapping(p.Value, fmt.Sprintf("the case %q", p.Name), caseTable(), nil)
	if !ok {
		return c
	}
	r.text(m, "description")
	c.Parameters, c.Mocks = r.values(m, "parameters"), r.mocks(m)
	if n := m.get("expect"); n != nil {
		c.Expect = r.expect(n, m)
	}
	return c
}

func (r *reader) mocks(m *fields) []Mock {
	n := m.get("mocks")
	if n == nil {
		return nil
	}
	pairs, _ := r.pairs(n, m.of("mocks"))
	var out []Mock
	for _, p := range pairs {
		mock := Mock{Steps: pattern{ir.Ref{Name: p.Name, Span: r.Span(p.Key)}}}
		mock.Answer, mock.Each = r.answer(p.Value, fmt.Sprintf("the mock of %q", p.Name), mockTable())
		mock.Span = mock.Steps.Span
		out = append(out, mock)
	}
	return out
}

// answer reads what a mocked step does; the table says which keys it may have here.
func (r *reader) answer(n *yaml.Node, what string, t table) (a Answer, each []Answer) {
	a.Span = r.Span(n)
	m, ok := r.mapping(n, what, t, nil)
	if !ok {
		return a, nil
	}
	a.Returns, a.Files = r.values(m, "returns"), r.contents(m, "files")
	a.Delay, _ = r.duration(m, "delay")
	if n := m.get("fails"); n != nil {
		a.Fails = r.failure(n, m.of("fails"))
		if m.get("returns") != nil {
			r.Errorf(codeValue, n, "%s fails and returns; a failed attempt returns nothing, so delete one", what)
		}
	}
	a.Attempts = r.answers(m, "attempts", "attempt", answerTable())
	each = r.answers(m, "each", "entry", itemTable())
	if (m.get("attempts") != nil || m.get("each") != nil) && len(m.byName) > 1 {
		r.Errorf(codeValue, n, "%s has \"attempts\" or \"each\" and further keys; put those into the entries", what)
	}
	return a, each
}

// answers reads a list of answers.
func (r *reader) answers(m *fields, name, entry string, t table) []Answer {
	n := m.get(name)
	if n == nil {
		return nil
	}
	items := r.list(n, m.of(name))
	if len(items) == 0 && yaml12.Deref(n).Kind == yaml.SequenceNode {
		r.Errorf(codeValue, n, "%s is empty; add what the step does, or delete the key", m.of(name))
	}
	var out []Answer
	for i, item := range items {
		a, _ := r.answer(item, fmt.Sprintf("%s %d of %s", entry, i+1, m.what), t)
		out = append(out, a)
	}
	return out
}

// failure reads a kind of failure, an exit code, or a mapping.
func (r *reader) failure(n *yaml.Node, what string) *engine.Failure {
	f := &engine.Failure{Kind: engine.KindError}
	switch {
	case isScalar(n, yaml12.Int):
		f.ExitCode = r.count(n, what, 255)
	case yaml12.Deref(n).Kind == yaml.MappingNode:
		m, _ := r.mapping(n, what, failureTable(), nil)
		if kind := r.word(m, "kind", failureKinds()); kind.Name != "" {
			f.Kind = engine.FailureKind(kind.Name)
		}
		if code := m.get("exit_code"); code != nil {
			f.ExitCode = r.count(code, m.of("exit_code"), 255)
		}
		f.Message = r.text(m, "message").Name
	default:
		kind := r.string(n, what)
		if problem := oneOf(kind.Name, failureKinds()); problem != "" && kind.Name != "" {
			r.Errorf(codeValue, n, "%s: %s", what, problem)
		}
		f.Kind = engine.FailureKind(kind.Name)
	}
	return f
}

func (r *reader) expect(n *yaml.Node, in *fields) Expect {
	m, ok := r.mapping(n, in.of("expect"), expectTable(), nil)
	if !ok {
		return Expect{}
	}
	status := r.word(m, "status", statuses())
	e := Expect{
		Status: engine.Status(status.Name), StatusSpan: status.Span,
		Failure: r.word(m, "failure", failureKinds()), Message: r.text(m, "message"),
		Ran: r.patterns(m, "ran"), Skipped: r.patterns(m, "skipped"), Order: r.names(m, "order"), Handled: r.patterns(m, "handled"),
		Parameters: r.values(m, "parameters"), Absent: r.names(m, "absent"), Files: r.contents(m, "files"), Steps: r.steps(m),
	}
	if n := m.get("failed"); n != nil {
		e.Failed = r.name(n, m.of("failed"))
	}
	if n := m.get("path"); n != nil {
		path := r.names(m, "path")
		e.Path, e.PathSpan = &path, r.Span(m.byName["path"].Key)
	}
	if took, ok := r.duration(m, "took"); ok {
		e.Took, e.TookSpan = &took, r.Span(m.byName["took"].Key)
	}
	r.settleStatus(&e, in)
	return e
}

// settleStatus derives the status where it is left out, and refuses one that contradicts the rest.
func (r *reader) settleStatus(e *Expect, in *fields) {
	fails := e.Failed.Name != "" || e.Failure.Name != "" || e.Message.Name != ""
	switch {
	case e.Status == "" && fails:
		e.Status = engine.Failed
	case e.Status == "":
		e.Status = engine.Success
	case e.Status == engine.Success && fails:
		r.add(diag.Errorf(codeExpect, e.StatusSpan, "a run that succeeds has no failed step, failure or message; \"handled\" and \"steps\" say what failed and was handled"))
	}
	if e.StatusSpan.IsZero() {
		e.StatusSpan = r.Span(in.byName["expect"].Key)
	}
}

func (r *reader) steps(m *fields) []ExpectStep {
	n := m.get("steps")
	if n == nil {
		return nil
	}
	pairs, _ := r.pairs(n, m.of("steps"))
	var out []ExpectStep
	for _, p := range pairs {
		s := ExpectStep{Steps: pattern{ir.Ref{Name: p.Name, Span: r.Span(p.Key)}}, Span: r.Span(p.Key)}
		what := fmt.Sprintf("the step %q", p.Name)
		if isScalar(p.Value, yaml12.String) {
			s.Status = r.word(&fields{what, map[string]yaml12.Pair{"status": p}}, "status", statuses())
		} else if f, ok := r.mapping(p.Value, what, stepTable(), nil); ok {
			r.step(&s, f)
		}
		out = append(out, s)
	}
	return out
}

func (r *reader) step(s *ExpectStep, f *fields) {
	s.Status = r.word(f, "status", statuses())
	s.Failure, s.Message, s.Handles = r.word(f, "failure", failureKinds()), r.text(f, "message"), r.text(f, "handles")
	if n := f.get("attempts"); n != nil {
		s.Attempts = r.count(n, f.of("attempts"), maxCount)
	}
	s.Returns, s.Sees = r.values(f, "returns"), r.values(f, "sees")
	s.Put, s.Get = r.contents(f, "put"), r.contents(f, "get")
	if s.Status.Name == string(engine.Success) && (s.Failure.Name != "" || s.Message.Name != "") {
		r.add(diag.Errorf(codeExpect, s.Span, "a step that succeeds has no failure; delete one of the two"))
	}
}
