package golang

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Meaning returns a hash of what a function of the package in a folder uses of the package: of its own declaration, and of all
// that it, and these, name. Layout and comments make no difference. A name is that of the program, such as main.fit; of one that
// is no function of the package, all counts.
func Meaning(dir, function string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", err
	}
	declared := &declarations{files: token.NewFileSet(), named: map[string][]string{}, uses: map[string][]string{}}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(declared.files, file, nil, parser.SkipObjectResolution)
		if err != nil {
			return "", fmt.Errorf("its source cannot be read: %w", err)
		}
		for _, d := range f.Decls {
			if err := declared.add(d); err != nil {
				return "", err
			}
		}
	}
	return declared.sum(function[strings.LastIndexByte(function, '.')+1:]), nil
}

// declarations are those of a package.
type declarations struct {
	files *token.FileSet
	named map[string][]string // the texts that declare a name
	uses  map[string][]string // what a text names
	whole []string            // what is done whatever is called, and imports
}

func (d *declarations) add(decl ast.Decl) error {
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), decl); err != nil { // without positions: in one layout
		return fmt.Errorf("its source cannot be read: %w", err)
	}
	text := b.String()
	names := declares(decl)
	for _, name := range names {
		d.named[name] = append(d.named[name], text)
	}
	if len(names) == 0 {
		d.whole = append(d.whole, text)
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			d.uses[text] = append(d.uses[text], id.Name)
		}
		return true
	})
	return nil
}

// declares are the names that a declaration declares; none: it counts whatever is called.
func declares(decl ast.Decl) []string {
	var out []string
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Name.Name != "init" {
			out = append(out, decl.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range decl.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				out = append(out, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					out = append(out, name.Name)
				}
			}
		}
		if slices.Contains(out, "_") {
			return nil
		}
	}
	return out
}

// sum is the hash of all that a name leads to.
func (d *declarations) sum(name string) string {
	pending := []string{name}
	if d.named[name] == nil {
		for name := range d.named {
			pending = append(pending, name)
		}
	}
	taken := map[string]bool{}
	take := func(texts []string) {
		for _, text := range texts {
			if !taken[text] {
				taken[text] = true
				pending = append(pending, d.uses[text]...)
			}
		}
	}
	take(d.whole)
	for len(pending) > 0 {
		next := pending[0]
		pending = pending[1:]
		take(d.named[next])
	}
	h := sha256.New()
	for _, text := range slices.Sorted(maps.Keys(taken)) {
		fmt.Fprintf(h, "%d %s", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
