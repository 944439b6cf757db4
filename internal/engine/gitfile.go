package engine

import (
	"slices"
	"strings"
)

// GitOwns reports whether a path belongs to git: a file in a folder .git can be a hook, which git runs.
func GitOwns(path string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' }), func(part string) bool {
		return strings.EqualFold(strings.TrimRight(part, ". "), ".git")
	})
}
