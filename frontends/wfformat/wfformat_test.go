package wfformat

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// small is an instance with one of everything.
func small(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/small.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		options Options
		want    string
	}{
		{"commands", Options{}, "small.txt"},
		{"stubs", Options{AsStubs: true}, "stubs.txt"},
		{"sleeping", Options{Scale: 0.5}, "sleeping.txt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, list := Parse("small.json", small(t), tt.options)
			list = append(list, ir.Check(p)...)
			if len(list) > 0 {
				t.Fatal(list)
			}
			want, err := os.ReadFile("testdata/" + tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if got := ir.Dump(p); got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Every place points at the text that it speaks of, also behind characters of several bytes.
func TestPlaces(t *testing.T) {
	t.Parallel()
	src := small(t)
	p, _ := Parse("small.json", src, Options{})
	lines := diag.SplitLines(src)
	at := func(s diag.Span) string {
		line := []rune(lines[s.Line-1])
		return string(line[s.Col-1 : s.EndCol-1])
	}
	ids := []string{`"split.1"`, `"wörk#1"`, `"work/2"`, `"join"`}
	for i, n := range p.Graph.Nodes {
		if got := at(n.Base().Span); got != ids[i] {
			t.Errorf("step %d is at %s, want %s", i, got, ids[i])
		}
	}
	needs := p.Graph.Nodes[3].Base().Needs
	if got := at(needs[1].Span); got != `"work/2"` {
		t.Errorf("the second parent of join is at %s", got)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {AsStubs: true}, {Scale: 0.001}} {
		if err := o.Validate(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, o := range []Options{{AsStubs: true, Scale: 1}, {Scale: -1}, {Scale: 1e7}, {Scale: math.NaN()}} {
		if o.Validate() == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

func TestStepName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x.", 200)
	for id, want := range map[string]string{
		"mProject_ID0000001": "mProject_ID0000001",
		"NFCORE.HIC.ALIGN_9": "NFCORE:HIC:ALIGN_9",
		"a#1/b":              "a#1/b",
		"a:b%c~":             "a~cb~pc~~",
		"success":            "~tsuccess",
		"a\x00\xffb\u2028":   "a~u0000~xffb~u2028",
		"\ufffd":             "\ufffd",
		long:                 strings.Repeat("x:", 50) + "~hce03c0599505f708866a36dfe839c31a",
	} {
		if got := stepName(id); got != want {
			t.Errorf("%q: got %q, want %q", id, got, want)
		}
	}
	if stepName(long+"1") == stepName(long+"2") {
		t.Error("two long ids have one name")
	}
}

// FuzzStepName demands that ids that differ have names that differ, which every check of names lets pass.
func FuzzStepName(f *testing.F) {
	for _, pair := range [][2]string{{"a.b", "a:b"}, {"fail", "~tfail"}, {"%", "~p"}, {"\xff", "~xff"}, {"\n", "~u000a"}, {"~", "~~"}, {"a", "a"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if a != b && stepName(a) == stepName(b) {
			t.Errorf("%q and %q are both named %q", a, b, stepName(a))
		}
		if a == "" {
			return
		}
		p := &ir.Pipeline{Graph: &ir.Graph{Nodes: []ir.Node{&ir.Stub{Common: ir.Common{Name: stepName(a)}}}}}
		if list := ir.Check(p); list.HasErrors() {
			t.Errorf("%q: %v", a, list)
		}
	})
}

// FuzzParse demands of every text that reading it ends without a panic, with a pipeline or a reason, and that every
// place told lies inside the text.
func FuzzParse(f *testing.F) {
	f.Add(small(f))
	f.Add([]byte(`{"schemaVersion":"1.5","workflow":{"specification":{"tasks":[{"id":"a","parents":["a"],"children":[]}]}}}`))
	f.Add([]byte("\ufeff[{\"id\"\n:1}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		lines := diag.SplitLines(src)
		inside := func(s diag.Span) {
			if s.Line < 0 || s.Line > len(lines)+1 || s.Line > 0 && s.Line <= len(lines) && s.Col > len([]rune(lines[s.Line-1]))+1 {
				t.Errorf("%v is outside of the text", s)
			}
		}
		for _, o := range []Options{{}, {AsStubs: true}, {Scale: 1}} {
			p, list := Parse("x.json", src, o)
			if p == nil && !list.HasErrors() {
				t.Fatal("neither a pipeline nor a reason")
			}
			for _, d := range list {
				inside(d.Span)
			}
			if p == nil {
				continue
			}
			for _, n := range p.Graph.Nodes {
				inside(n.Base().Span)
			}
			ir.Check(p)
		}
	})
}
