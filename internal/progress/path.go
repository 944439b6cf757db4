package progress

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// leastSegment is the number of columns that a segment of a path keeps, where it has them.
const leastSegment = 5

// ShortPath is a step's path in at most n columns, as far as that goes: the longest names lose their middle, so that
// indexes and short names stay whole. Where that is not enough, the path loses its beginning.
func ShortPath(path string, n int) string {
	path = Text(path)
	if ansi.StringWidth(path) <= n {
		return path
	}
	segments := strings.Split(path, ".")
	widths := make([]int, len(segments))
	longest := 0
	for i, s := range segments {
		widths[i] = ansi.StringWidth(s)
		longest = max(longest, widths[i])
	}
	limit := longest
	for limit > leastSegment && total(widths, limit) > n {
		limit--
	}
	for i, s := range segments {
		segments[i] = shortName(s, widths[i], limit)
	}
	short := strings.Join(segments, ".")
	if ansi.StringWidth(short) <= n {
		return short
	}
	return "…" + ending(short, n-1)
}

// ending is the end of a text in at most n columns: one less where a wide character does not fit.
func ending(s string, n int) string {
	for cut := ansi.StringWidth(s) - n; ; cut++ {
		if end := ansi.TruncateLeft(s, cut, ""); ansi.StringWidth(end) <= max(0, n) {
			return end
		}
	}
}

// total is the width of a path whose segments keep to a limit.
func total(widths []int, limit int) int {
	sum := len(widths) - 1
	for _, w := range widths {
		sum += min(w, limit)
	}
	return sum
}

func shortName(s string, width, limit int) string {
	if width <= limit {
		return s
	}
	tail := (limit - 1) / 2
	return ansi.Truncate(s, limit-1-tail, "") + "…" + ending(s, tail)
}
