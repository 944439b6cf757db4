package ir

import (
	"path"
	"slices"
	"strings"
)

// catalog reports patterns that reach outside of the working folder (SEMANTICS 4). The step runner refuses them too,
// as links can lead out where no pattern shows it; here the author learns before anything runs.
func (c *checker) catalog() {
	for _, g := range c.graphs {
		for _, n := range g.graph.Nodes {
			spec := CatalogOf(n)
			if spec == nil {
				continue
			}
			for _, pattern := range slices.Concat(spec.Get, spec.Put) {
				if why := outside(pattern.Name); why != "" {
					c.errorf(codePattern, pattern.Span, "the pattern %q in the catalog of %q %s; the catalog carries only files below the working folder", pattern.Name, n.Base().Name, why)
				}
			}
		}
	}
}

// outside says how a pattern leaves the working folder; empty: it does not.
func outside(pattern string) string {
	switch {
	case strings.TrimSpace(pattern) == "":
		return "is empty"
	case path.IsAbs(pattern):
		return "is absolute"
	case slices.Contains(strings.Split(pattern, "/"), ".."):
		return "leads upwards"
	}
	return ""
}
