package accept_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/accept"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// TestRemarks accepts warnings by what stands on their line, or alone above it.
func TestRemarks(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"a: 1 # runnable: ignore RR0301",
		"# runnable: ignore RR0302, RR0524 the reader is a stub",
		"# another remark",
		"b: 2",
		"c: 3 // runnable: ignore RR0301 RR0302",
		"d: 4 # runnable: ignore rr0301",
		"e: \"# runnable\"",
	}, "\n")
	at := func(line, end int) diag.Span { return diag.Span{File: "p.yaml", Line: line, Col: 1, EndLine: end} }
	var list diag.List
	for _, w := range []struct {
		code      string
		line, end int
	}{{"RR0301", 1, 0}, {"RR0301", 2, 0}, {"RR0302", 4, 0}, {"RR0524", 3, 5}, {"RR0301", 4, 0}, {"RR0302", 5, 0}, {"RR0301", 6, 6}, {"RR0301", 7, 0}} {
		list.Add(diag.Warningf(w.code, at(w.line, w.end), "of line %d", w.line))
	}
	list.Add(diag.Errorf("RR0301", at(1, 0), "an error"))
	list.Add(diag.Warningf("RR0524", diag.Span{File: "other.yaml", Line: 1}, "with a note").With(at(4, 0), "here"))
	s := accept.Of(nil, map[string][]byte{"p.yaml": []byte(text)}, nil)
	var left []string
	for _, d := range s.Filter(list) {
		left = append(left, d.Span.String()+" "+d.Code+" "+d.Message)
	}
	want := []string{"p.yaml:1:1 RR0301 an error", "p.yaml:2:1 RR0301 of line 2", "p.yaml:4:1 RR0301 of line 4", "p.yaml:7:1 RR0301 of line 7"}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.Count() != 6 {
		t.Errorf("%d accepted", s.Count())
	}
	all := func(string) bool { return true }
	if diff := cmp.Diff([]string{"p.yaml:5 RR0301"}, places(s.Unused(all))); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
	if list := s.Unused(func(string) bool { return false }); len(list) > 0 {
		t.Error(list)
	}
}

// TestSteps accepts what is about a step, what is inside it and what stands in its part of the file, and nothing else.
func TestSteps(t *testing.T) {
	t.Parallel()
	text := `dag:
  steps:
    first:
      type: task
      command: python first.py
      ignore: [RR0117]
    both:
      type: map
      iterate_on: xs
      iterate_as: x
      ignore: [RR0117, RR0524]
      branch:
        steps:
          inner: {type: task, command: python inner.py}
      env: {A: b}
    last: {type: task, command: python last.py}
`
	p, list := yamldef.Parse("p.yaml", []byte(text))
	list = append(list, ir.Check(p)...)
	s := accept.Of(p, map[string][]byte{"p.yaml": []byte(text)}, nil)
	if diff := cmp.Diff([]string{"p.yaml:16:33 RR0117"}, places(s.Filter(list))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.Count() != 2 {
		t.Errorf("%d accepted", s.Count())
	}
	if diff := cmp.Diff([]string{"p.yaml:11:24 RR0524"}, places(s.Unused(func(string) bool { return true }))); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
}

// TestNothing reports acceptances without a code.
func TestNothing(t *testing.T) {
	t.Parallel()
	text := "a: 1 # runnable: ignore\nb: 2 # runnable: ignore RR9999\nc: 3 # runnable: ignore all of it\n"
	s := accept.Of(nil, map[string][]byte{"p.yaml": []byte(text)}, []ir.Ref{{Name: "RR0524", Span: diag.Span{File: "c.yaml", Line: 2}}})
	var got []string
	for _, d := range s.Unused(func(string) bool { return true }).Sorted() {
		got = append(got, d.Span.String()+" "+d.Code+" "+strings.SplitN(d.Message, ";", 2)[0])
	}
	want := []string{
		"c.yaml:2 RR0358 RR0524 is accepted here, but there is no such warning",
		`p.yaml:1 RR0358 "runnable: ignore" names no code`, `p.yaml:2 RR0358 "RR9999" is accepted here, but it is not the code of a warning`, `p.yaml:3 RR0358 "runnable: ignore" names no code`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// places are what is left or unused: where it stands, and the code that it is about.
func places(list diag.List) []string {
	var out []string
	for _, d := range list.Sorted() {
		code := d.Code
		if code == "RR0358" {
			code, _, _ = strings.Cut(d.Message, " ")
		}
		out = append(out, d.Span.String()+" "+code)
	}
	return out
}
