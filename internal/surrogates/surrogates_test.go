package surrogates

import "testing"

func TestHalvesAreTold(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{
		`"a"`: "a", `""`: "", `"\ud83d\ude00\n"`: "😀\n", `"\\ud800"`: `\ud800`, `"x\udcffy\uDC80"`: "x\xffy\x80", `"\u0000"`: "\x00", `"é\"\udce9"`: "é\"\xe9",
	} {
		if got, ok := Text([]byte(literal)); !ok || got != want {
			t.Errorf("%s: %q, %v", literal, got, ok)
		}
	}
	for _, literal := range []string{`"\ud800"`, `"\udc00\ud800"`, `"\udfff"`, `1`} {
		if got, ok := Text([]byte(literal)); ok {
			t.Errorf("%s: %q", literal, got)
		}
	}
	for text, want := range map[string]bool{
		`["\ud83d\ude00"]`: false, `{"\udc80": 1}`: true, `"\ud800\ud800"`: true, `"\\\\ud800"`: false, `"\u00e9"`: false, `"\`: false, `"\ud8`: false,
	} {
		if got := Half([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
