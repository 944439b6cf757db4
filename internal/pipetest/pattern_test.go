package pipetest

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"a", "a", true},
		{"a", "b", false},
		{"a", "a.b.c", false},
		{"m.*.fit", "m.3.fit", true},
		{"m.*.fit", "m.*.fit", true},
		{"m.3.fit", "m.*.fit", true},
		{"m.03x.fit", "m.*.fit", false},
		{"m.3.fit", "m.4.fit", false},
		{"load_*", "load_a", true},
		{"load_*", "unload_a", false},
		{"*_a*c", "x_abc", true},
		{"*a*a", "a", false},
		{"**", "m.3.fit", true},
		{"**.fit", "m.3.fit", true},
		{"**.fit", "fit", true},
		{"m.**", "m", true},
		{"m.**.x.**", "m.1.x", true},
		{"m.**.x.**", "m.1.y.x.z", true},
		{"m.**.x", "m.1.x.y", false},
		{"what*ever", "what*ever", true},
	} {
		if got := (pattern{ir.Ref{Name: c.pattern}}).matches(c.path); got != c.want {
			t.Errorf("%q matches %q: %t", c.pattern, c.path, got)
		}
	}
}

// A hostile pattern takes no time worth telling: a test that hangs fails.
func TestPatternsOfManyWildcards(t *testing.T) {
	t.Parallel()
	many := pattern{ir.Ref{Name: strings.Repeat("**.a.", 200) + "b"}}
	if many.matches(strings.Repeat("a.", 400) + "a") {
		t.Error("it matches")
	}
	long := pattern{ir.Ref{Name: strings.Repeat("*a", 100) + "b"}}
	if long.matches(strings.Repeat("a", 200)) {
		t.Error("it matches")
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":[null,true]}`, `{"b":[null,true],"a":1}`, true},
		{`1`, `1.0`, false},
		{`1.10`, `1.1`, true},
		{`1e2`, `100.0`, true},
		{`123456789012345678901`, `123456789012345678901`, true},
		{`123456789012345678901`, `123456789012345678902`, false},
		{`"1"`, `1`, false},
		{`{"a":null}`, `{"b":null}`, false},
		{`[1]`, `[1,2]`, false},
		{`null`, `false`, false},
		{`"\u00e9"`, `"é"`, true},
	} {
		if got := equal([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("%s equals %s: %t", c.a, c.b, got)
		}
	}
}
