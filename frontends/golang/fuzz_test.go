package golang

import (
	"strings"
	"testing"
)

// FuzzCompilerErrors takes any text for what go build printed; every message has a file and a line that was printed.
func FuzzCompilerErrors(f *testing.F) {
	for _, s := range []string{"# pkg\n./a.go:3:4: undefined: x\n\thave y\n", "a.go:99999999999999999999: m", "../b/a.go:1: x: y\r\n", "\tx\n", "C:\\a.go:1:1: x", "a.go:0:0: "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range compilerErrors("dir", text) {
			if !strings.HasSuffix(d.Span.File, ".go") || d.Span.Line < 0 || d.Span.Col < 0 {
				t.Fatalf("%+v of %q", d.Span, text)
			}
		}
	})
}
