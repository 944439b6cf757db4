package diag

import (
	"fmt"
	"io"
	"strings"
)

// Format is a printed form of a list.
type Format string

// The formats. Text is for people; TextColor is the same with ANSI colours, for a terminal that shows them.
const (
	Text      Format = "text"
	TextColor Format = "text-color"
	JSON      Format = "json"
	GitHub    Format = "github"
	SARIF     Format = "sarif"
)

// Formats are the names that a user may ask for.
func Formats() []string { return []string{string(Text), string(JSON), string(GitHub), string(SARIF)} }

// ParseFormat returns the format of that name; the error says which there are.
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats() {
		if f == name {
			return Format(f), nil
		}
	}
	return "", fmt.Errorf("unknown format %q%s", name, suggest(name, Formats()))
}

func suggest(name string, known []string) string {
	if hint := DidYouMean(name, known); hint != "" {
		return hint
	}
	return "; it is one of " + strings.Join(known, ", ")
}

// Print writes a list, sorted and without duplicates. sources holds the texts by the names that spans use; the text
// forms show lines of them, and do without where a text is missing. The error is that of w, or an unknown format.
func Print(w io.Writer, format Format, list List, sources map[string][]byte) error {
	list = list.Sorted()
	switch format {
	case Text:
		return printText(w, list, sources, plain)
	case TextColor:
		return printText(w, list, sources, colored)
	case JSON:
		return printJSON(w, list)
	case GitHub:
		return printGitHub(w, list)
	case SARIF:
		return printSARIF(w, list)
	}
	return fmt.Errorf("unknown format %q%s", format, suggest(string(format), Formats()))
}
