package ir_test

import (
	"slices"
	"testing"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The examples of the codes do what they say: the bad one gets the code, the good one gets no error and not the
// code either.
func TestCodeExamples(t *testing.T) {
	t.Parallel()
	check := func(src string) diag.List {
		p, list := yamldef.Parse("p.yaml", []byte(src))
		if p != nil {
			list = append(list, ir.Check(p)...)
		}
		return list
	}
	examples := 0
	for _, c := range diag.Codes() {
		if c.Code != "RR0104" && c.Code < "RR0150" || c.Code >= "RR0320" || c.Bad == "" {
			continue
		}
		examples++
		is := func(d diag.Diagnostic) bool { return d.Code == c.Code }
		if list := check(c.Bad); !slices.ContainsFunc(list, is) {
			t.Errorf("%s: the bad example gets\n%s\n%s", c.Code, told(list), c.Bad)
		}
		if list := check(c.Good); slices.ContainsFunc(list, is) || list.HasErrors() {
			t.Errorf("%s: the good example gets\n%s\n%s", c.Code, told(list), c.Good)
		}
	}
	if examples < 20 {
		t.Errorf("only %d examples", examples)
	}
}
