package local

import (
	"slices"
	"strings"
	"testing"
)

// TestProgressBarsAreOneLine: of a line that carriage returns start again the last text is kept, however it comes in pieces.
func TestProgressBarsAreOneLine(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("\r 50%|"+strings.Repeat("#", 70), 2000) // more than the longest line
	for _, c := range []struct {
		name   string
		writes []string
		lines  []string
		open   []string
	}{
		{"plain", []string{"a\nb", "c\nd"}, []string{"a", "bc", "d"}, nil},
		{"lines of Windows", []string{"a\r\nb\r\n"}, []string{"a", "b"}, nil},
		{"a return at the beginning", []string{"\r 10%", "\r100%", "\nx\n"}, []string{"100%", "x"}, []string{" 10%", "100%", ""}},
		{"a return at the end", []string{"10%\r", "20%\r", "\n"}, []string{"20%"}, []string{"10%", "20%", ""}},
		{"a return between writes", []string{"10%", "\r", "2", "0%\n"}, []string{"20%"}, []string{"10%", "2", ""}},
		{"a return and the line's end apart", []string{"a\r", "\nb\n"}, []string{"a", "b"}, []string{"a", ""}},
		{"many", []string{many, "\r100%\n"}, []string{"100%"}, []string{" 50%|" + strings.Repeat("#", 70), ""}},
		{"no end", []string{"\r1/2", "\r2/2"}, []string{"2/2"}, []string{"1/2", "2/2", ""}},
		{"longer than the longest", []string{strings.Repeat("x", longestLine+1) + "\n"}, []string{strings.Repeat("x", longestLine), "x"}, nil},
	} {
		var lines, open []string
		w := &lineWriter{show: func(s string) { lines = append(lines, s) }, open: func(s string) { open = append(open, s) }}
		for _, text := range c.writes {
			if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
				t.Errorf("%s: wrote %d, %v", c.name, n, err)
			}
		}
		w.flush()
		if !slices.Equal(lines, c.lines) || !slices.Equal(open, c.open) {
			t.Errorf("%s: lines %q, open %q", c.name, lines, open)
		}
	}
}
