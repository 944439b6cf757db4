package yamlout

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	goyaml2 "go.yaml.in/yaml/v2"
	yaml3 "gopkg.in/yaml.v3"
	k8syaml "sigs.k8s.io/yaml"
)

// hostile holds strings that some reader takes for something else than that string.
var hostile = []string{
	"", " ", "n", "N", "y", "Y", "yes", "No", "on", "OFF", "true", "False", "null", "Null", "~", "1e3", "0o17", "012",
	"0x1F", "1_000", "12:30", "12:30:45", "190:20:30", "2001-01-01", "2001-01-01T00:00:00Z", ".5", "5.", "+1", "-1", "-", "--- a",
	"---", "...", ".inf", "-.inf", ".nan", ".NaN", "=", "<<", "!", "!tag", "&a", "*a", "a: b", "a:b", "a:", ": a", "a #b", "#a",
	"a\tb", "a\nb", "\na", "a\n", "a\n\n", " a", "a ", "\ta", "'", `"`, `it's "q"`, `back\slash`, "%a", "@a", "`a", "|", ">", "?", "? a",
	"[a", "a]", "{a", "a}", "{{inputs.parameters.x}}", "{{=sprig.b64enc(workflow.parameters['p'])}}", "a,b", "a, b", "é", "日本", "😀",
	"\u0085", "\u2028", "a\u2029b", "\ufeff", "\u00a0", "\x00", "\x1b[31m", "\x7f", "\x80bad"[0:1] + "x", "500m", "1Gi", "s-a.Succeeded && !s-b.Failed",
	"x.Failed || x.Errored", "a\r\nb", "0", "1", "0b1", "0.1", "1.0", "NaN", "inf", "a - b", "- a", "a:\tb", "http://x/y?z=1", "key=",
	"/bin/sh", "repo/img@sha256:00ff", "s3://b?region=x&y=z", "\U000e0001", "a\\nb", "\v", "\f",
}

func TestScalarComesBackFromEveryReader(t *testing.T) {
	t.Parallel()
	for _, s := range hostile {
		want := strings.ToValidUTF8(s, "\ufffd")
		for _, form := range []any{NewMap(s, s), NewMap("k", Flow{NewMap(s, NewList(s, s))}), NewList(s, NewMap("a", s)), NewMap("b", Block(s))} {
			text := Marshal(form, Options{})
			for name, read := range map[string]func([]byte, any) error{
				"yaml.v3": yaml3.Unmarshal, "yaml.v2": goyaml2.Unmarshal,
				"sigs": func(b []byte, v any) error { return k8syaml.Unmarshal(b, v) },
			} {
				var got any
				if err := read(text, &got); err != nil {
					t.Errorf("%s cannot read %q: %v\n%s", name, s, err, text)
					continue
				}
				for _, leaf := range leaves(got) {
					if leaf != want && leaf != "k" && leaf != "a" && leaf != "b" {
						t.Errorf("%s: %q came back as %#v from\n%s", name, s, leaf, text)
					}
				}
			}
		}
	}
}

// leaves returns the keys and scalars of a decoded document.
func leaves(v any) []any {
	switch v := v.(type) {
	case []any:
		var out []any
		for _, e := range v {
			out = append(out, leaves(e)...)
		}
		return out
	case map[string]any:
		var out []any
		for k, e := range v {
			out = append(append(out, k), leaves(e)...)
		}
		return out
	case map[any]any:
		var out []any
		for k, e := range v {
			out = append(append(out, k), leaves(e)...)
		}
		return out
	}
	return []any{v}
}

func TestLayout(t *testing.T) {
	t.Parallel()
	doc := NewMap("kind", "Workflow").Note("what it does\nin two lines").Add("spec", NewMap(
		"n", 3, "on", true, "text", Block("one\n  two\n\nthree\n"), "list", NewList("a", NewMap("b", "c", "d", NewList("e"))),
		"flow", Flow{NewMap("parameters", NewList(NewMap("name", "path", "value", "a b")))}, "empty", NewList(), "none", NewMap()))
	doc.Add("args", []string{"run", "x, y"}).Tail("the path")
	doc.Opt("left out", "").Opt("also", NewMap())
	const want = `kind: Workflow
# what it does
# in two lines
spec:
  "n": 3
  "on": true
  text: |
    one
      two

    three
  list:
  - a
  - b: c
    d:
    - e
  flow: {parameters: [{name: path, value: a b}]}
  empty: []
  none: {}
args: # the path
- run
- "x, y"
`
	if got := string(Marshal(doc, Options{})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	indented := string(Marshal(doc, Options{IndentLists: true}))
	if !strings.Contains(indented, "\nargs: # the path\n  - run\n") || !strings.Contains(indented, "    - b: c\n      d:\n        - e\n") {
		t.Errorf("lists are not indented:\n%s", indented)
	}
}

func TestBlocksKeepTheirLines(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"a\nb", "a\nb\n", "a\nb\n\n", "a\n\n\n\n", " a\nb\n", "\n\na\n", "\ta\nb", "a \n b \n", "a\n\n  \nb", "a: b\n# c\n--- d\n", "\n", "\n\n", "a\n ", "a\n \n"} {
		text := Marshal(NewMap("k", NewList(Block(s), NewMap("x", Block(s)), "after")), Options{})
		var got struct{ K []any }
		if err := yaml3.Unmarshal(text, &got); err != nil {
			t.Errorf("%q: %v\n%s", s, err, text)
			continue
		}
		if got.K[0] != s || got.K[1].(map[string]any)["x"] != s || got.K[2] != "after" {
			t.Errorf("%q came back as %#v from\n%s", s, got.K, text)
		}
	}
}

// TestLongKeys: a key of which the colon is far away is announced.
func TestLongKeys(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1022, 1023, 1024, 1025, 5000} {
		for _, c := range []string{"k", "ü", "\x04"} {
			key := strings.Repeat(c, n)
			text := Marshal(NewMap("a", NewMap(key, "v"), key, NewList("x", NewMap(key, 1)), "f", Flow{NewMap(key, "y", "z", 2)}), Options{})
			want := map[string]any{"a": map[string]any{key: "v"}, key: []any{"x", map[string]any{key: 1}}, "f": map[string]any{key: "y", "z": 2}}
			for name, read := range map[string]func([]byte, any) error{"yaml.v3": yaml3.Unmarshal, "yaml.v2": goyaml2.Unmarshal} {
				var got any
				if err := read(text, &got); err != nil {
					t.Errorf("%s: %d times %q: %v", name, n, c, err)
				} else if diff := cmp.Diff(any(want), stringKeys(got)); diff != "" {
					t.Errorf("%s: %d times %q comes back otherwise", name, n, c)
				}
			}
		}
	}
}

func TestCommentsCannotBeLeft(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"a\nkind: b", "a\r\nkind: b", "a\u0085kind: b", "a\u2028kind: b", "a\x00", "a\x1b[2J"} {
		text := Marshal(NewMap().Note(s).Add("k", "v").Tail(s), Options{})
		var got map[string]any
		if err := yaml3.Unmarshal(append(Comment(s), text...), &got); err != nil || len(got) != 1 || got["k"] != "v" {
			t.Errorf("%q: %v %v\n%s", s, got, err, text)
		}
	}
}

func FuzzScalar(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var a, b map[string]string
		text := Marshal(NewMap("k", s, "l", Flow{NewList(s)}).Note(s), Options{})
		var any3 map[string]any
		if err := yaml3.Unmarshal(text, &any3); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		one := Marshal(NewMap("k", s), Options{})
		if err := yaml3.Unmarshal(one, &a); err != nil {
			t.Fatal(err)
		}
		if err := goyaml2.Unmarshal(one, &b); err != nil {
			t.Fatal(err)
		}
		if a["k"] != b["k"] {
			t.Fatalf("%q: %q and %q", s, a["k"], b["k"])
		}
		if strings.ToValidUTF8(s, "") == s && a["k"] != s {
			t.Fatalf("%q came back as %q", s, a["k"])
		}
	})
}
