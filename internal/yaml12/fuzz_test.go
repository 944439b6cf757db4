package yaml12

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzJSON demands that what is read is valid, compact JSON that comes back the same when it is read as YAML again,
// and that every refusal says where.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		"a: 1\n", "a: &x [1, .5, 0o7, 014, 1_000, 2001-01-01]\nb: *x\n", "<<: {a: 1}\n", "? [a]\n: 1\n", "&a [*a]", "- !!int 5\n",
		"\ufeff{\"a\": [1e400, -0, 1E5, \"\\ud83d\\ude00\"]}", "a: |\n  b\n  c\n", "[[[[[[]]]]]]", "--- a\n--- b\n", "\"\\ud800\"", "\"\\N\\L\"", "a: 'x'\nA: y\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		r := &Reader{File: "f", Codes: Codes{"RR0001", "RR0002", "RR0003"}}
		n := r.Parse(src)
		for _, d := range r.Diags {
			if d.Span.Line < 1 || d.Message == "" {
				t.Fatalf("%+v", d)
			}
		}
		if n == nil || r.Diags.HasErrors() {
			return
		}
		text := r.JSON(n)
		if (text == nil) != r.Diags.HasErrors() {
			t.Fatalf("%q: %s, %v", src, text, r.Diags)
		}
		if text == nil {
			return
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil || !bytes.Equal(compact.Bytes(), text) {
			t.Fatalf("%q is not compact JSON: %v", text, err)
		}
		again := &Reader{File: "f", Codes: r.Codes}
		if !again.checkText(text) || bytes.ContainsAny(text, "\u0085\u2028\u2029\ufeff") {
			return // JSON may hold control characters that YAML may not, or that end a line there
		}
		if n := again.Parse(text); n == nil || !bytes.Equal(again.JSON(n), text) {
			t.Fatalf("%s comes back otherwise: %v", text, again.Diags)
		}
	})
}
