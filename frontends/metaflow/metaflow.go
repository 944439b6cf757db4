// Package metaflow distinguishes Metaflow flows from other Python definitions. Package pydef reads them, by the
// embedded package metaflow (folder python/flow).
package metaflow

import (
	"bytes"
	"regexp"
)

// Match reports whether a Python file holds a flow: it imports metaflow, and has a class of flows or a step. One that
// imports runnable as well is a definition of Runnable's that uses Metaflow.
func Match(_ string, text []byte) bool {
	if !bytes.Contains(text, []byte("metaflow")) {
		return false
	}
	code := regexp.MustCompile(`(?s)""".*?"""|'''.*?'''`).ReplaceAll(text, nil) // an example in a docstring is not code
	return imports("metaflow").Match(code) && !imports("runnable").Match(code) &&
		regexp.MustCompile(`(?m)^[ \t]*(?:class[ \t]+\w+\((?:.*\W)?FlowSpec\b|@(?:\w+\.)*step\b)`).Match(code)
}

func imports(module string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]*(?:from[ \t]+` + module + `(?:\.[\w.]+)?[ \t]+import\b|import[ \t]+(?:[\w. ,]*,[ \t]*)?` + module + `\b)`)
}
