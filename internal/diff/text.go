package diff

import (
	"fmt"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Version is that of [Document].
const Version = 1

// Document is what programs are told.
type Document struct {
	Version     int       `json:"version"`
	Definitions []*Report `json:"definitions"`
}

// Report is what is told of one definition.
type Report struct {
	File    string   `json:"file"`          // the new definition; of one that is gone the old one
	Was     string   `json:"was,omitempty"` // the old one, where it is called otherwise
	Equal   bool     `json:"equal"`         // the semantic hashes are the same
	OldHash string   `json:"old_hash,omitempty"`
	NewHash string   `json:"new_hash,omitempty"`
	Changes []Change `json:"changes"`
	Effects *Effects `json:"effects,omitempty"`
}

// Headline sums up a report in a line.
func (r *Report) Headline() string {
	if len(r.Changes) == 0 {
		return "no change"
	}
	var parts []string
	for _, class := range Classes() {
		n := 0
		for _, c := range r.Changes {
			if c.Class == class {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, class))
		}
	}
	text := strings.Join(parts, ", ")
	if len(r.Changes) == 1 {
		return text + " change"
	}
	return text + " changes"
}

// nothing is told where no definition has changed.
const nothing = "no definition has changed\n"

// PrintText writes reports for a terminal.
func PrintText(w io.Writer, all []*Report) {
	for i, r := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		r.write(w)
	}
	if len(all) == 0 {
		fmt.Fprint(w, nothing)
	}
}

func (r *Report) write(w io.Writer) {
	fmt.Fprintf(w, "%s: %s\n", r.title(), r.Headline())
	at := ""
	for i, c := range r.Changes {
		if subject := c.subject(); i == 0 || subject != at {
			fmt.Fprintf(w, "\n%s\n", subject)
			at = subject
		}
		fmt.Fprintf(w, "  %-8s  %s\n", c.Class, c.line())
		for _, line := range c.lines() {
			fmt.Fprintf(w, "              %s\n", line)
		}
	}
	if r.Effects.visible() {
		fmt.Fprintln(w, "\nwhat follows")
		r.Effects.write(w, "  ", func(text string) string { return text })
	}
}

func (r *Report) title() string {
	if r.Was != "" {
		return r.Was + " → " + r.File
	}
	return r.File
}

// subject is what a change is of.
func (c *Change) subject() string {
	switch {
	case c.Path == "":
		return "pipeline"
	case c.Was != "":
		return c.Path + " (was " + c.Was + ")"
	}
	return c.Path
}

// line says in one line what has changed.
func (c *Change) line() string {
	text := c.What + " "
	switch {
	case c.Old == present && c.New == "", c.New == "" && c.long():
		text += "removed"
	case c.New == present && c.Old == "", c.Old == "" && c.long():
		text += "added"
	case c.long():
		text += "changed"
	case c.Old == "":
		text += "added: " + c.New
	case c.New == "":
		text += "removed: " + c.Old
	default:
		text += c.Old + " → " + c.New
	}
	if len(c.Steps) > 0 {
		text += " (" + plural(len(c.Steps), "step") + ")"
	}
	return text
}

// longText is the length from which on texts are shown as a difference of lines.
const longText = 60

func (c *Change) long() bool {
	return strings.Contains(c.Old+c.New, "\n") || len(c.Old) > longText || len(c.New) > longText
}

// lines are the lines of a long text that have changed.
func (c *Change) lines() []string {
	if !c.long() {
		return nil
	}
	text := string(diff.Diff("old", ended(c.Old), "new", ended(c.New)))
	var out []string
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if !strings.HasPrefix(line, "diff ") && !strings.HasPrefix(line, "--- old") && !strings.HasPrefix(line, "+++ new") && !strings.HasPrefix(line, "@@ ") {
			out = append(out, line)
		}
	}
	return out
}

func ended(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text + "\n")
}
