package progress

import (
	"strings"
	"testing"
)

func TestWhatIsShownControlsNoTerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, line, text, lines string }{
		{"plain ä日\t.", "plain ä日\t.", "plain ä日 .", "plain ä日\t."},
		{"a\nb\r\nc", "a b  c", "a⏎b⏎c", "a\nb \nc"},
		{"\x1b[31mred\x1b[0m.", "\x1b[31mred\x1b[0m.", "red.", "red."},
		{"\x1b[31mred", "\x1b[31mred\x1b[0m", "red", "red"},
		{"\x1b[31mred\x1b[m", "\x1b[31mred\x1b[m", "red", "red"},
		{"\x1b[2J\x1b]0;t\x07\u009b2J\x7f", " [2J ]0;t  2J ", " [2J ]0;t  2J ", " [2J ]0;t  2J "},
		{"\x1b[31", " [31", " [31", " [31"},
		{"\xff\x1b", "\ufffd ", "\ufffd ", "\ufffd "},
	} {
		if got := Clean(c.in); got != c.line {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.line)
		}
		if got := Text(c.in); got != c.text {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.text)
		}
		if got := Lines(c.in); got != c.lines {
			t.Errorf("Lines(%q) = %q, want %q", c.in, got, c.lines)
		}
	}
}

func TestSettledIsTheLastText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                           "",
		"plain":                      "plain",
		"a line of Windows\r":        "a line of Windows",
		"\r 10%\r 50%\r100%":         "100%",
		"10%\r50%\r100%\r":           "100%",
		"\r\r":                       "",
		"\x1b[32m1/2\r\x1b[32m2/2\r": "\x1b[32m2/2",
	} {
		if got := Settled(in); got != want {
			t.Errorf("Settled(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\x1b[31mb\x1b[2J\r\n\u009b")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Text(s); strings.ContainsFunc(got, hostile) || strings.ContainsAny(got, "\n\t") {
			t.Errorf("Text(%q) = %q", s, got)
		}
		if got := Lines(s); strings.ContainsFunc(strings.ReplaceAll(got, "\n", ""), hostile) {
			t.Errorf("Lines(%q) = %q", s, got)
		}
		got := Clean(s)
		for i := 0; i < len(got); i++ {
			if got[i] == 0x1b && colour(got[i:]) == 0 {
				t.Errorf("Clean(%q) = %q", s, got)
			}
		}
	})
}
