package ir

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// CompactJSON returns one JSON value without insignificant white space and without needless escapes. Numbers and
// the order of keys stay as they are.
func CompactJSON(text string) (string, error) {
	if !json.Valid([]byte(text)) {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return "", err
		}
		return "", errors.New("invalid")
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		switch b := text[i]; b {
		case ' ', '\t', '\r', '\n':
			i++
		case '"':
			end := stringEnd(text, i)
			out.WriteString(plainString(text[i:end]))
			i = end
		default:
			out.WriteByte(b)
			i++
		}
	}
	return out.String(), nil
}

// stringEnd returns the index behind the JSON string that begins at i.
func stringEnd(text string, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// plainString returns a valid JSON string with only those characters escaped that must be.
func plainString(quoted string) string {
	var s string
	_ = json.Unmarshal([]byte(quoted), &s) // valid: the whole text was looked at
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
