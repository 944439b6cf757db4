// Package surrogates tells JSON texts that hold half a surrogate pair: no Unicode text, so Go's strings cannot hold it.
// Python writes a byte of a file's name that is no UTF-8 as one of them, U+DC80 to U+DCFF.
package surrogates

import (
	"encoding/json"
	"strconv"
	"unicode/utf16"
)

// Half reports whether JSON text holds half a surrogate pair.
func Half(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		size, half := escape(text[i:])
		if half != 0 {
			return true
		}
		i += size - 1
	}
	return false
}

// Text returns the string that a JSON string is, with the bytes that Python had for halves of pairs; false where a half
// stands for no byte.
func Text(literal []byte) (string, bool) {
	var out []byte
	from := 0
	take := func(to int) bool {
		var s string
		err := json.Unmarshal(append(append([]byte{'"'}, literal[from:to]...), '"'), &s)
		out = append(out, s...)
		return err == nil
	}
	if len(literal) < 2 || literal[0] != '"' {
		return "", false
	}
	from = 1
	for i := 1; i < len(literal)-1; i++ {
		if literal[i] != '\\' {
			continue
		}
		size, half := escape(literal[i:])
		if half != 0 {
			if half < 0xdc80 || half > 0xdcff || !take(i) {
				return "", false
			}
			out = append(out, byte(half-0xdc00))
			from = i + size
		}
		i += size - 1
	}
	if !take(len(literal) - 1) {
		return "", false
	}
	return string(out), true
}

// escape returns the length of the escape that text begins with, of both halves of a pair, and the half that has no other.
func escape(text []byte) (size int, half rune) {
	first, ok := unit(text)
	if !ok {
		return 2, 0
	}
	if !utf16.IsSurrogate(first) {
		return 6, 0
	}
	if second, ok := unit(text[6:]); ok && utf16.DecodeRune(first, second) != '\uFFFD' {
		return 12, 0
	}
	return 6, first
}

// unit reads \uXXXX.
func unit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
