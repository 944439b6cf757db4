package ir

import "testing"

func TestDotted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"a.b": true, "_a.b2.c": true, "größe.f": true, "a": false, "": false, ".": false, "a.": false, ".b": false, "a..b": false,
		"2a.b": false, "a.2b": false, "a-b.c": false, "a.b()": false, "a .b": false, "a.\xff": false, "lambda *x: a.b": false,
	} {
		if got := Dotted(text); got != want {
			t.Errorf("Dotted(%q) = %t, want %t", text, got, want)
		}
	}
}
