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
