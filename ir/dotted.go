package ir

import (
	"strings"
	"unicode"
)

// Dotted reports whether text names a Python function with its module: identifiers with dots between them, at least two.
func Dotted(text string) bool {
	parts := 0
	for part := range strings.SplitSeq(text, ".") {
		if parts++; !identifier(part) {
			return false
		}
	}
	return parts > 1
}

func identifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsNumber(r)) {
			return false
		}
	}
	return s != ""
}

// PythonReducer reports whether a map's reducer is a Python function: neither a name nor a lambda (SEMANTICS 2.9).
func PythonReducer(text string) bool {
	text = strings.TrimSpace(text)
	return Dotted(text) && !strings.HasPrefix(text, "lambda")
}
