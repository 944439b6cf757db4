package diff

import (
	"fmt"
	"io"
	"strings"
)

// PrintMarkdown writes reports as a comment on a pull request. Texts of the definitions are code in it, whatever they hold.
func PrintMarkdown(w io.Writer, all []*Report) {
	for i, r := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		r.markdown(w)
	}
	if len(all) == 0 {
		fmt.Fprint(w, nothing)
	}
}

func (r *Report) markdown(w io.Writer) {
	title := codeSpan(r.File)
	if r.Was != "" {
		title = codeSpan(r.Was) + " → " + title
	}
	fmt.Fprintf(w, "### %s: %s\n", title, r.Headline())
	r.table(w)
	if r.Effects.visible() {
		fmt.Fprint(w, "\nWhat follows:\n\n")
		r.Effects.write(w, "- ", codeSpan)
	}
}

func (r *Report) table(w io.Writer) {
	if len(r.Changes) == 0 {
		return
	}
	fmt.Fprint(w, "\n| | step | change | before | after |\n| --- | --- | --- | --- | --- |\n")
	for _, c := range r.Changes {
		before, after := cell(c.Old), cell(c.New)
		if c.long() {
			before, after = "", "see below"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", marked(c.Class), c.step(), text(c.named()), before, after)
	}
	for _, c := range r.Changes {
		if lines := strings.Join(c.lines(), "\n"); lines != "" {
			fence := strings.Repeat("`", max(3, longestRun(lines)+1))
			fmt.Fprintf(w, "\n<details><summary>%s</summary>\n\n%sdiff\n%s\n%s\n\n</details>\n", html(c.subject()+": "+c.What), fence, lines, fence)
		}
	}
}

func marked(c Class) string {
	if c == Breaking {
		return "**" + string(c) + "**"
	}
	return string(c)
}

func (c *Change) step() string {
	switch {
	case c.Path == "":
		return "the pipeline"
	case c.Was != "":
		return codeSpan(c.Path) + ", was " + codeSpan(c.Was)
	}
	return codeSpan(c.Path)
}

func (c *Change) named() string {
	what := c.What
	if len(c.Steps) > 0 {
		what += " (" + plural(len(c.Steps), "step") + ")"
	}
	return what
}

// cell is a text in a table.
func cell(text string) string {
	if text == "" || text == present {
		return text
	}
	return codeSpan(text)
}

// codeSpan is a text in one line as code.
func codeSpan(text string) string {
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
	tick := strings.Repeat("`", longestRun(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || text == "" {
		text = " " + text + " "
	}
	return tick + text + tick
}

// text is a text in one line that nothing in it turns into Markdown or HTML.
func text(s string) string {
	if strings.ContainsAny(s, "`*_<>[]|&\\~@#!\n") {
		return codeSpan(s)
	}
	return s
}

func html(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ").Replace(s)
}

func longestRun(text string) int {
	most, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}
