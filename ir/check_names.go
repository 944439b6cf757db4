package ir

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// names checks the names of steps and branches. Names may hold anything but `.` and `%` (SEMANTICS 1),
// which paths and command lines use, and control characters, which break lines of logs and terminals.
func (c *checker) names() {
	for _, at := range c.graphs {
		seen := make(map[string]diag.Span, len(at.graph.Nodes))
		for _, n := range at.graph.Nodes {
			b := n.Base()
			c.name("step", b.Name, b.Span)
			if _, twice := seen[b.Name]; twice || b.Name == "" || IsTerminal(b.Name) {
				at.misnamed = true
			}
			if IsTerminal(b.Name) {
				c.errorf(codeNameTerminal, b.Span, "a step must not be named %q: every graph ends at the terminals success and fail; give it another name", b.Name)
			}
			c.once(seen, "steps", b.Name, b.Span)
			if !Repeats(n) {
				c.branchNames(Subgraphs(n))
			}
		}
	}
}

func (c *checker) branchNames(branches []Branch) {
	seen := make(map[string]diag.Span, len(branches))
	for _, b := range branches {
		c.name("branch", b.Name, b.Span)
		c.once(seen, "branches", b.Name, b.Span)
	}
}

// once reports a name that its neighbours have already.
func (c *checker) once(seen map[string]diag.Span, what, name string, span diag.Span) {
	if first, twice := seen[name]; twice && name != "" {
		c.list.Add(diag.Errorf(codeNameTwice, span, "two %s are named %q; rename one", what, name).With(first, "the first one is here"))
		return
	}
	seen[name] = span
}

// name checks one name of a step or branch.
func (c *checker) name(what, name string, span diag.Span) {
	switch {
	case name == "":
		c.errorf(codeEmptyName, span, "the name of a %s is empty; give it one", what)
	case !printable(name):
		c.errorf(codeNameControl, span, "%s %s has a control character or broken UTF-8 in its name; use printable characters", what, strconv.QuoteToASCII(shorten(name)))
	case utf8.RuneCountInString(name) > MaxNameLength:
		c.errorf(codeNameLength, span, "%s %q has a name of %d characters; at most %d are allowed", what, shorten(name), utf8.RuneCountInString(name), MaxNameLength)
	}
	if i := strings.IndexAny(name, ".%"); i >= 0 {
		c.errorf(codeNameCharacter, span, "%s %q has %q in its name; names may hold anything but `.` and `%%`, so use `_` or `-`", what, shorten(name), name[i:i+1])
	}
}

// printable reports whether a name can stand in a line of text.
func printable(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

// shorten cuts a long name down for a message.
func shorten(name string) string {
	if r := []rune(name); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return name
}
