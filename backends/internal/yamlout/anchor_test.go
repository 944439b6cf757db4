package yamlout

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	yaml3 "gopkg.in/yaml.v3"
)

func TestAnchorsAndMerges(t *testing.T) {
	t.Parallel()
	m := NewMap("x-done", Anchor{"done", Flow{NewMap("condition", "ok")}})
	m.Add("x-env", Anchor{"env", NewMap("A", "1", "B", "2")})
	m.Add("x-list", Anchor{"list", NewList("a", "b")})
	m.Add("s", NewMap("env", NewMap().Merge("env").Add("B", "3"), "after", Flow{NewMap("x", Alias("done"))}, "l", Alias("list")))
	m.Add("plain", NewMap("<<", "a string"))
	const want = `x-done: &done {condition: ok}
x-env: &env
  A: "1"
  B: "2"
x-list: &list
- a
- b
s:
  env:
    <<: *env
    B: "3"
  after: {x: *done}
  l: *list
plain:
  "<<": a string
`
	got := Marshal(m, Options{})
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	var read struct {
		S struct {
			Env   map[string]string
			After map[string]map[string]string
			L     []string
		}
		Plain map[string]string
	}
	if err := yaml3.Unmarshal(got, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"A": "1", "B": "3"}, read.S.Env); diff != "" {
		t.Error(diff)
	}
	if read.S.After["x"]["condition"] != "ok" || len(read.S.L) != 2 || read.Plain["<<"] != "a string" {
		t.Errorf("%+v", read)
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	inner := NewMap().Gap().Note("first").Add("a", "1").Gap().Note("second").Add("b", Block("x\ny\n")).Gap().Add("c", "3")
	const want = "m:\n  # first\n  a: \"1\"\n\n  # second\n  b: |\n    x\n    y\n\n  c: \"3\"\n\nlast: z\n"
	got := Marshal(NewMap("m", inner).Gap().Add("last", "z"), Options{})
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	kept := NewMap("m", NewMap("a", Block("x\n\n"))).Gap().Add("b", Block("y\n\n\n")).Gap().Note("z").Add("c", "z")
	const closed = "m:\n  a: |+\n    x\n\nb: |+\n  y\n\n\n# z\nc: z\n" // a further empty line would be the text's
	if diff := cmp.Diff(closed, string(Marshal(kept, Options{}))); diff != "" {
		t.Error(diff)
	}
	var read struct{ M map[string]string }
	if err := yaml3.Unmarshal(got, &read); err != nil || read.M["b"] != "x\ny\n" {
		t.Errorf("%v, %q", err, read.M)
	}
}
