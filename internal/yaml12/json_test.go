package yaml12

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Places that are counted on from token to token are those that are counted from the start of the text.
func TestPlacesAreCountedOn(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "{}", "{\n\n\"ä\": [1,\n 2], \"é\": \"😀\"\n}\n", strings.Repeat("ü", 50), strings.Repeat("\n", 50), "a\r\nb\r\n\xff\xfe c\n",
	} {
		src := []byte(text)
		r := &Reader{File: "f"}
		for step := 1; step < 4; step++ {
			w := jsonWalk{r: r, src: src}
			for i := 0; i <= len(src); i += step {
				if i < len(src) && src[i]&0xc0 == 0x80 {
					continue // no token begins inside a character
				}
				before := src[:i]
				want := diag.Span{File: "f", Line: 1 + bytes.Count(before, []byte("\n")), Col: 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])}
				if got := w.at(i); got != want {
					t.Fatalf("%q, byte %d: %v, want %v", src, i, got, want)
				}
			}
			if got, want := w.at(0), (diag.Span{File: "f", Line: 1, Col: 1}); got != want { // and back
				t.Fatalf("%q: %v, want %v", src, got, want)
			}
		}
	}
}

func TestObjectSaysWhere(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"{\"a\": 1,\n \"b\": {\"é\": 1, \"é\": 2}}": "f:2:16: key \"é\" is given twice; remove one",
		"{\"a\": 1,\n\n  \"a\": 2}":                 "f:3:3: key \"a\" is given twice; remove one",
		"{\"ää\": [1, 1e999]}":                      "f:1:12: 1e999 is larger than any number that programs share; write it as a string",
		"{\"a\": 1}\n x":                            "f:2:2: the file continues after its one JSON value; remove the rest",
		"{\"a\": [1,\n 2":                           "f:1:7: the list that begins here is not closed; add a `]`, or the missing `,`",
	} {
		r := &Reader{File: "f"}
		r.Object([]byte(src))
		if len(r.Diags) != 1 || fmt.Sprintf("%v: %s", r.Diags[0].Span, r.Diags[0].Message) != want {
			t.Errorf("%s: %+v, want %s", src, r.Diags, want)
		}
	}
}

// BenchmarkObject reads objects of so many numbers; the time of each number must not grow with them.
func BenchmarkObject(b *testing.B) {
	for _, sep := range []string{" ", "\n"} {
		for _, n := range []int{1000, 10_000, 100_000} {
			var text bytes.Buffer
			text.WriteString(`{"values": [0`)
			for i := range n {
				fmt.Fprintf(&text, ",%s%d", sep, i)
			}
			text.WriteString("]}")
			b.Run(fmt.Sprintf("%q/%d", sep, n), func(b *testing.B) {
				for b.Loop() {
					if r := (&Reader{File: "f"}); len(r.Object(text.Bytes())) != 1 {
						b.Fatal(r.Diags)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/number")
			})
		}
	}
}
