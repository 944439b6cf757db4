package pipetest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// text is the JSON text of a value; that of an object is what the mock returned for it.
func (r *Result) text(v engine.Value) string {
	switch {
	case v.Items != nil:
		items := make([]string, len(v.Items))
		for i, item := range v.Items {
			items[i] = r.text(item)
		}
		return "[" + strings.Join(items, ",") + "]"
	case v.Blob != nil:
		return string(r.blobs[v.Blob.Hash])
	}
	return string(v.JSON)
}

// short cuts a text for a message.
func short(text string) string {
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}

// equal compares JSON texts: keys in any order, whole numbers exactly, and 1 is not 1.0, as a step could tell them apart.
func equal(a, b []byte) bool {
	return bytes.Equal(a, b) || same(decoded(a), decoded(b))
}

func decoded(text []byte) any {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	_ = dec.Decode(&v) // both are values that were read before
	return v
}

func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(string(a), string(b))
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, value := range a {
			other, there := b[name]
			if !there || !same(value, other) {
				return false
			}
		}
		return true
	}
	return a == b
}

func sameNumber(a, b string) bool {
	if isWhole(a) || isWhole(b) {
		return a == b
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

func isWhole(number string) bool { return !strings.ContainsAny(number, ".eE") }
