package yaml12_test

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/yaml12"
)

var codes = yaml12.Codes{Syntax: "S", Duplicate: "D", Value: "V"}

func convert(src string) string {
	r := &yaml12.Reader{File: "f", Codes: codes}
	out := ""
	if n := r.Parse([]byte(src)); n != nil && len(r.Diags) == 0 {
		out = string(r.JSON(n))
	}
	for _, d := range r.Diags.Sorted() {
		out += d.Span.String() + ": " + d.Code + ": " + d.Message + "\n"
	}
	return out
}

func TestScalars(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"yes": `"yes"`, "no": `"no"`, "on": `"on"`, "y": `"y"`, "True": "true", "FALSE": "false", "tRue": `"tRue"`,
		"~": "null", "Null": "null", `""`: `""`, "''": `""`,
		"014": "14", "-014": "-14", "0": "0", "-0": "-0", "00": "0", "+5": "5", "0o14": "12", "0x1f": "31", "-0x1f": `"-0x1f"`, "0b1": `"0b1"`,
		"1_000": `"1_000"`, "123456789012345678901234567890": "123456789012345678901234567890",
		"1.0": "1.0", "1.": "1.0", ".5": "0.5", "-.5": "-0.5", "01.50": "1.50", "1e3": "1e3", "1.e3": "1.0e3", "+1.5E-7": "1.5E-7",
		".": `"."`, "e3": `"e3"`, "1e": `"1e"`, "1.2.3": `"1.2.3"`, "12:30": `"12:30"`, "2024-01-02": `"2024-01-02"`,
		"!!str 5": `"5"`, `!!int "5"`: "5", "!!float 1": "1.0", `!!null ""`: "null", "!!timestamp 2024-01-02": `"2024-01-02"`,
		"!!int x": `f:1:7: V: "x" is not a value of the type !!int` + "\n", "!!bool 1": `f:1:8: V: "1" is not a value of the type !!bool` + "\n", "!x 5": "f:1:4: V: the type !x is unknown; remove it, or quote the text if the ! belongs to it\n",
		"1e400": "f:1:1: V: 1e400 is not a JSON number; quote it to make it text\n",
	} {
		if got := convert(src); got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}

func TestMappings(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"{1: a, true: b, ~: c}": `{"1":"a","true":"b","~":"c"}`,
		"? [a]\n: 1":            "f:1:3: V: a key must be text, not a list\n",
		"a: &a {x: 1}\nb: {<<: [*a, {x: 2, y: 3}], z: 4}": `{"a":{"x":1},"b":{"x":1,"y":3,"z":4}}`,
		"a: &a {x: 1}\nb: {z: 4, <<: *a, x: 9}":           `{"a":{"x":1},"b":{"z":4,"x":9}}`,
		"a: {\"<<\": 1}":                                  `{"a":{"<<":1}}`,
		"a: {<<: 1}":                                      "f:1:9: V: the merge key << needs a mapping or a list of mappings, not a whole number\n",
		"&k a: 1\n*k : 2":                                 "f:2:1: D: the key \"a\" appears twice; rename one, or delete it\n",
		"&a {<<: *a}":                                     "f:1:9: V: the alias *a is inside the value that it refers to, which would have no end\n",
		"a: &a\n  b: *a":                                  "f:2:6: V: the alias *a is inside the value that it refers to, which would have no end\n",
		"a: \x01":                                         "f:1:4: S: the character U+0001 (a control character) is not allowed in a file; delete it, or write \"\\x01\" in a double-quoted text\n",
		"\ufeffa: 1":                                      `{"a":1}`,
		strings.Repeat("[", 1100) + strings.Repeat("]", 1100): "f:1:1001: V: values are nested more than 1000 levels deep\n",
		"a: &a [1,1,1,1,1,1,1,1,1,1]\n" + bomb("a", 10):       "",
	} {
		got := convert(src)
		if want == "" {
			if !strings.Contains(got, "aliases of aliases multiply") || strings.Count(got, "\n") != 1 {
				t.Errorf("%.40s: got %.200s", src, got)
			}
		} else if got != want {
			t.Errorf("%.60s: got %s, want %s", src, got, want)
		}
	}
}

// bomb makes lists of ten aliases of the list before, depth times.
func bomb(last string, depth int) string {
	var b strings.Builder
	for range depth {
		next := last + "x"
		b.WriteString(next + ": &" + next + " [" + strings.TrimSuffix(strings.Repeat("*"+last+", ", 10), ", ") + "]\n")
		last = next
	}
	return b.String()
}
