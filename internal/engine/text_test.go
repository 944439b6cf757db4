package engine

import "testing"

// One value has one text, however its writer escaped it: digests and traces compare texts.
func TestCompactEscapesInOneWay(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"\u00e9"`: `"é"`, `"\/"`: `"/"`, `{"\u0061" : "{\u007b"}`: `{"a":"{{"}`, `["a\"b","\\"]`: `["a\"b","\\"]`,
		`"\ud83d\ude00"`: `"😀"`, `"\ud800"`: `"\ud800"`, `"\u001B"`: `"\u001b"`, `"\u003c"`: `"<"`, "\"\u2028\"": `"\u2028"`, `1.0`: `1.0`, `["\\\\","x"]`: `["\\\\","x"]`,
	} {
		got, err := Compact([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", in, got, err, want)
		}
	}
}
