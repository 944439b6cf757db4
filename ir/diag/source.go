package diag

import "strings"

// SplitLines cuts a source into its lines, without their ends: "\n", "\r\n" or "\r". A byte order mark at the start
// is left out, so that columns count what a reader sees. A text that ends in a line end has no further, empty line;
// an empty text has one empty line.
func SplitLines(src []byte) []string {
	text := strings.TrimPrefix(string(src), "\ufeff")
	lines := make([]string, 0, strings.Count(text, "\n")+1)
	for text != "" {
		end := strings.IndexAny(text, "\r\n")
		if end < 0 {
			lines = append(lines, text)
			break
		}
		lines = append(lines, text[:end])
		if strings.HasPrefix(text[end:], "\r\n") {
			end++
		}
		text = text[end+1:]
	}
	if len(lines) == 0 {
		lines = append(lines, "")
	}
	return lines
}
