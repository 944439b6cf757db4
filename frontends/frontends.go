// Package frontends says which frontend reads which file.
package frontends

import (
	"path"
	"strings"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Frontend reads one kind of definition.
type Frontend struct {
	Name       string   // for people
	Extensions []string // with the dot, lower case
	Parse      func(file string, src []byte) (*ir.Pipeline, diag.List)
}

// All returns the frontends that there are.
func All() []Frontend {
	return []Frontend{
		{Name: "YAML", Extensions: []string{".yaml", ".yml"}, Parse: yamldef.Parse},
	}
}

// Parse reads a definition with the frontend that its file's extension, in any case, calls for. The pipeline is nil
// when the text holds none.
func Parse(file string, src []byte) (*ir.Pipeline, diag.List) {
	ext := strings.ToLower(path.Ext(file))
	var known []string
	for _, f := range All() {
		for _, e := range f.Extensions {
			if e == ext {
				return f.Parse(file, src)
			}
			known = append(known, e)
		}
	}
	return nil, diag.List{diag.Errorf("RR0014", diag.Span{File: file}, "%q is no kind of definition that can be read; the file's name must end in %s", path.Base(file), orList(known))}
}

// orList joins words as prose does.
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
