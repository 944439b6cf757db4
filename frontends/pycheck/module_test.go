package pycheck

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSignatures reads the headers of functions in the forms that Python has.
func TestSignatures(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"def f(): pass":                              "",
		"def f(a, b=1): pass":                        "a b?",
		"async def f(a):\n  pass":                    "a",
		"def f(a, /, b, *, c, d=2, **kw): pass":      "a b c d? rest",
		"def f(*args, a): pass":                      "a",
		"def f(a: 'x, y' = \"),\", b=(1, 2)): pass":  "a? b?",
		"def f(a: Dict[str, int], b: int | None): 1": "a b",
		"def f(a=lambda x, y: {x: y}, b=[1,\n2]): 1": "a? b?",
		"def f(\n  a,  # one, two\n  b,\n): 1":       "a b",
		"def f[T](a: T) -> list[T]: 1":               "a",
		"def f(ns: argparse.Namespace): 1":           "rest",
		"def f(größe): 1":                            "größe",
		"def \\\n f(a):\n  1":                        "a",
		"if x:\n  def f(a): 1\nelse:\n  pass":        "a",
		"@deco(a, b)\ndef f(c): 1":                   "c decorated",
		"class A:\n  def g(self): 1\ndef f(a): 1":    "a",
		"x = f'{a['b']}' \ndef f(a): 1":              "a",
		"s = '''\ndef f(no): 1\n'''\ndef f(a): 1":    "a",
		"def f(a): 1\r\nx = 1\r\n":                   "a",
		"\tx = 1\ndef f(a):\n\treturn 1\n":           "a",
	} {
		f := parse("m.py", src).functions["f"]
		if f == nil {
			t.Errorf("no function in %q", src)
			continue
		}
		var got []string
		for _, p := range f.params {
			if p.optional {
				p.name += "?"
			}
			got = append(got, p.name)
		}
		if f.takesRest {
			got = append(got, "rest")
		}
		if f.decorated {
			got = append(got, "decorated")
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %s, want %s", src, s, want)
		}
	}
}

// TestReturns reads the forms of what is returned.
func TestReturns(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"return":                           "nothing",
		"return 1, 2":                      "tuple 2",
		"return (1, [2, 3], f(4, 5))":      "tuple 3",
		"return (1)":                       "a number",
		"return x,":                        "tuple 1",
		"return *xs, 1":                    "unknown",
		"return lambda a, b: a":            "unknown",
		"return {'a': 1, \"b\": {2: 3}}":   "mapping a b",
		"return {'a': 1, **more}":          "mapping a open",
		"return {k: 1}":                    "mapping open",
		"return {k: v for k, v in x}":      "unknown",
		"return {1, 2}":                    "a set",
		"return [x for x in y]":            "a list",
		"return (x for x in y)":            "a generator",
		"return None":                      "nothing",
		"return 'x' 'y'":                   "unknown",
		"return a if b else (c, d)":        "unknown",
		"return f(1, 2)":                   "unknown",
		"if x: return 1\n  return 2, 3":    "a number; tuple 2",
		"def g():\n    return 1\n  return": "nothing",
		"class B:\n    def g(self):\n      return 1\n  return 1, 2": "tuple 2",
		"for x in y:\n    return 1, 2":                              "tuple 2",
		"x = 1; return 5":                                           "a number",
	} {
		f := parse("m.py", "def f():\n  "+src+"\n").functions["f"]
		var got []string
		for _, s := range f.returns {
			words := []string{s.kind}
			switch s.kind {
			case "":
				words[0] = "unknown"
			case "tuple":
				words = append(words, fmt.Sprint(s.size))
			case "mapping":
				words = append(words, s.keys...)
				if s.open {
					words = append(words, "open")
				}
			}
			got = append(got, strings.Join(words, " "))
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%q: %s, want %s", src, s, want)
		}
	}
}

// TestFiles finds the files that functions name, through those that they call.
func TestFiles(t *testing.T) {
	t.Parallel()
	m := parse("m.py", `
import pandas as pd
OUT = "out.csv"
def f(path="not.this"):
    with open("a.txt") as x, open("b.txt", "w") as y, open('c.bin', mode='rb'):
        pd.read_csv("d.csv", sep=";", index_col="x.y")
        frame.to_csv(OUT, index=False)
        joblib.dump(model, "e.joblib")
        Path("g.txt").read_text()
        Path("h.txt").write_text("i.txt")
        print("j.txt"); open(path); open(f"{path}.k"); open("https://x/l.txt"); open("/abs.txt")
    helper()
def helper():
    open("m.json"); open("b.txt")
def other():
    open("n.txt")
`)
	reads, writes := m.uses(m.functions["f"])
	names := func(uses []fileUse) []string {
		var out []string
		for _, u := range uses {
			out = append(out, u.name)
		}
		return out
	}
	if diff := cmp.Diff([]string{"a.txt", "c.bin", "d.csv", "g.txt", "m.json"}, names(reads)); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b.txt", "out.csv", "e.joblib", "h.txt"}, names(writes)); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

// FuzzParse: no text makes the reader of Python fail or loop.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"def f(a, b=1): return {'x': 1}", "@\n\tdef", "f'{{'", "'''", "class A(\n", "def f(:", "return (", "\\", "\\\n", "#", "\"\\", "\t\x0c x", "def f(a=", "if x: return", "def f(\"\nopen(\"a.b\"", "0x1e+", "\ufeff"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, src string) {
		m := parse("m.py", src)
		for _, fn := range m.functions {
			m.uses(fn)
		}
	})
}
