package ir

import (
	"regexp"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// requirement is what pip takes for a package of an index: a name, extras, versions or a place, and a marker.
var requirement = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[A-Za-z0-9,._\s-]*\])?\s*(?:@ [a-z+]+://\S+|(?:[<>=!~][^;@]*)?)\s*(?:;.*)?$`)

var separators = regexp.MustCompile(`[-_.]+`)

// PackageName returns the name of the package that a requirement asks for, as Python's index compares it.
func PackageName(requirement string) string {
	end := strings.IndexAny(requirement, " \t[<>=!~;@")
	if end < 0 {
		end = len(requirement)
	}
	return separators.ReplaceAllString(strings.ToLower(requirement[:end]), "-")
}

func packageOf(r Ref) string { return PackageName(r.Name) }

// packages reports what pip would not take, or would take for an option, and packages that nothing could use.
func (c *checker) packages(n Node) {
	b := n.Base()
	for _, p := range b.Packages {
		if !requirement.MatchString(p.Name) || strings.ContainsAny(p.Name, "\n\r\x00") {
			c.errorf(codePackage, p.Span, "%q names the package %q, which pip does not accept; write a name and, better, a version, such as pandas==2.2.3", b.Name, p.Name)
		}
	}
	if t, ok := n.(*Task); ok && len(b.Packages) > 0 {
		switch t.Command.(type) {
		case *Python, *Flow, *Notebook:
		default:
			c.list.Add(diag.Warningf(codePackage, b.Packages[0].Span, "%q has packages, which only a Python function or a notebook uses; the step runs without them", b.Name))
		}
	}
	if name := Repeated(b.Packages, packageOf); name != "" {
		c.errorf(codePackage, b.Span, "%q names the package %s twice; leave one", b.Name, name)
	}
}
