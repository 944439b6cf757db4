package progress

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestShortPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path string
		n    int
		want string
	}{
		{"a.b", 10, "a.b"},
		{"train.0.evaluate", 16, "train.0.evaluate"},
		{"train.0.evaluate", 14, "train.0.eva…te"},
		{"a_very_long_name.12.b", 14, "a_ve…name.12.b"},
		{"one.two.three.four.five", 9, "…our.five"},
		{"zwölf.日本語日本語", 11, "zwölf.日…語"},
		{"a\nb\x1b[2J", 20, "a⏎b [2J"},
	} {
		got := ShortPath(c.path, c.n)
		if ansi.StringWidth(got) > c.n {
			t.Errorf("ShortPath(%q, %d) = %q, which is %d wide", c.path, c.n, got, ansi.StringWidth(got))
		}
		if got != c.want {
			t.Errorf("ShortPath(%q, %d) = %q, want %q", c.path, c.n, got, c.want)
		}
	}
}

func FuzzShortPath(f *testing.F) {
	f.Add("a.b.c", 5)
	f.Add(strings.Repeat("long", 10)+".0.x", 12)
	f.Fuzz(func(t *testing.T, path string, n int) {
		n = max(2, n%200)
		got := ShortPath(path, n)
		if strings.ContainsAny(got, "\n\r") {
			t.Errorf("%q has more than one line", got)
		}
		if w := ansi.StringWidth(got); w > n {
			t.Errorf("ShortPath(%q, %d) = %q, which is %d wide", path, n, got, w)
		}
	})
}
