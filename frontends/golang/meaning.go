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
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Meaning returns a hash of what a function of the package in a folder uses: of the package its own declaration, and all that it, and
// these, name; of each package of the same module that they name everything. Layout and comments make no difference. A name is
// that of the program, such as main.fit; of one that is no function of the package, all counts.
func Meaning(dir, function string) (string, error) {
	r := &packages{module: moduleAt(dir), read: map[string]*declarations{}}
	d, err := r.at(dir)
	if err != nil {
		return "", err
	}
	return d.sum(function[strings.LastIndexByte(function, '.')+1:]), nil
}

// module is a module of Go: the beginning of its packages' paths, and its folder.
type module struct{ path, dir string }

// moduleAt is the module of a folder; the zero module: it is in none.
func moduleAt(dir string) module {
	at, err := filepath.Abs(dir)
	for ; err == nil; at = filepath.Dir(at) {
		if text, err := os.ReadFile(filepath.Join(at, "go.mod")); err == nil {
			if found := regexp.MustCompile(`(?m)^module[ \t]+"?([^\s"]+)`).FindSubmatch(text); found != nil {
				return module{string(found[1]), at}
			}
			break
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	return module{}
}

// folder is that of a package of the module; empty: the package is of another one.
func (m module) folder(path string) string {
	rel, inside := strings.CutPrefix(path+"/", m.path+"/")
	if m.path == "" || !inside {
		return ""
	}
	return filepath.Join(m.dir, filepath.FromSlash(rel))
}

// packages reads packages, each once.
type packages struct {
	module module
	read   map[string]*declarations // by folder
}

// at returns the declarations of the package in a folder.
func (r *packages) at(dir string) (*declarations, error) {
	if known := r.read[dir]; known != nil {
		return known, nil
	}
	d := &declarations{named: map[string][]string{}, uses: map[string][]string{}}
	r.read[dir] = d
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("its source cannot be read: %w", err)
		}
		d.name = f.Name.Name
		for _, decl := range f.Decls {
			if err := d.add(decl); err != nil {
				return nil, err
			}
		}
		for _, spec := range f.Imports {
			if err := r.imported(d, spec); err != nil {
				return nil, err
			}
		}
		if err := d.embedded(dir, text); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// imported adds a package of the module under the name that it has in a file.
func (r *packages) imported(to *declarations, spec *ast.ImportSpec) error {
	path, err := strconv.Unquote(spec.Path.Value)
	dir := r.module.folder(path)
	if err != nil || dir == "" {
		return err
	}
	other, err := r.at(dir)
	if err != nil {
		return err
	}
	name := other.name
	if spec.Name != nil {
		name = spec.Name.Name
	}
	text := path + " " + other.sum("")
	if name == "_" || name == "." {
		to.whole = append(to.whole, text)
		return nil
	}
	to.named[name] = append(to.named[name], text)
	return nil
}

// declarations are those of a package.
type declarations struct {
	name  string
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
	if imports, ok := decl.(*ast.GenDecl); ok && imports.Tok == token.IMPORT { // what is imported counts where it is used
		return nil
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			d.uses[text] = append(d.uses[text], id.Name)
		}
		return true
	})
	return nil
}

// declares are the names that a declaration declares; none: it counts whatever is called. A method belongs to its type as well, as it
// may be called by another name than its own.
func declares(decl ast.Decl) []string {
	var out []string
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv != nil {
			ast.Inspect(decl.Recv.List[0].Type, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					out = append(out, id.Name)
				}
				return true
			})
		}
		if decl.Recv != nil || decl.Name.Name != "init" {
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

// embedded adds the files that a file of the package in a folder embeds.
func (d *declarations) embedded(dir string, text []byte) error {
	for _, line := range regexp.MustCompile(`(?m)^//go:embed[ \t]+(.+)$`).FindAllSubmatch(text, -1) {
		for _, pattern := range strings.Fields(string(line[1])) {
			pattern = strings.TrimPrefix(strings.Trim(pattern, "\"`"), "all:")
			found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
			if err != nil {
				return err
			}
			for _, place := range found {
				if err := d.embed(dir, place); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// embed adds a file, or the files of a folder.
func (d *declarations) embed(dir, place string) error {
	return filepath.WalkDir(place, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		d.whole = append(d.whole, fmt.Sprintf("%s %x", filepath.ToSlash(rel), sha256.Sum256(text)))
		return err
	})
}

// sum is the hash of all that a name leads to; of all where it is no name of the package.
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
