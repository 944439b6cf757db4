package diag

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// jsonNote and jsonDiagnostic are the JSON form; its names stay as they are. Lines and columns count from 1, columns
// in code points, the end is exclusive; what is not known is left out.
type jsonNote struct {
	Message   string `json:"message"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"`
}

type jsonDiagnostic struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	jsonNote
	Notes []jsonNote `json:"notes,omitempty"`
}

func toJSON(message string, s Span) jsonNote {
	return jsonNote{Message: message, File: s.File, Line: s.Line, Column: s.Col, EndLine: s.EndLine, EndColumn: s.EndCol}
}

// printJSON writes one object with the list, empty or not.
func printJSON(w io.Writer, list List) error {
	out := struct {
		Diagnostics []jsonDiagnostic `json:"diagnostics"`
	}{[]jsonDiagnostic{}}
	for _, d := range list {
		j := jsonDiagnostic{Code: d.Code, Severity: d.Severity.String(), jsonNote: toJSON(d.Message, d.Span)}
		for _, n := range d.Notes {
			j.Notes = append(j.Notes, toJSON(n.Message, n.Span))
		}
		out.Diagnostics = append(out.Diagnostics, j)
	}
	return writeJSON(w, out)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printGitHub writes one workflow command a line, which GitHub Actions shows beside the source. Notes join the
// message, as a command has one place only.
func printGitHub(w io.Writer, list List) error {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "::%s %s::%s\n", d.Severity, strings.Join(gitHubProperties(d), ","), gitHubText.Replace(gitHubMessage(d)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// What GitHub's runner decodes: % and line ends in a message, the separators too in a property.
var (
	gitHubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	gitHubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func gitHubProperties(d Diagnostic) []string {
	var props []string
	add := func(name, value string) { props = append(props, name+"="+gitHubProperty.Replace(value)) }
	number := func(name string, value int) {
		if value > 0 {
			add(name, fmt.Sprint(value))
		}
	}
	s := d.Span
	if s.File != "" {
		add("file", s.File)
	}
	number("line", s.Line)
	number("endLine", s.EndLine)
	if s.EndLine == 0 || s.EndLine == s.Line { // GitHub takes columns within one line only
		number("col", s.Col)
		if s.EndCol > s.Col {
			number("endColumn", s.EndCol-1) // inclusive there
		}
	}
	title := d.Code
	if c, ok := Lookup(d.Code); ok {
		title += ": " + c.Title
	}
	add("title", cmp.Or(title, d.Severity.String()))
	return props
}

func gitHubMessage(d Diagnostic) string {
	text := d.Message
	for _, n := range d.Notes {
		text += "\nnote: "
		if !n.Span.IsZero() {
			text += n.Span.String() + ": "
		}
		text += n.Message
	}
	return text
}
