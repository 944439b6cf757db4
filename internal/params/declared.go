package params

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Files reads the parameters file, and parameters of the type file.
type Files struct {
	read   func(name string) ([]byte, error)
	beside func(name string) string
}

// NewFiles returns what reads files until the context ends. beside finds a file that the definition names, as the default of
// a parameter.
func NewFiles(ctx context.Context, beside func(name string) string) *Files {
	return &Files{func(name string) ([]byte, error) { return textfile.Read(ctx, name) }, beside}
}

// readFile reads a file as long as the context of Files lasts.
func (l *loader) readFile(name string) ([]byte, error) {
	if l.Files == nil {
		return textfile.File(name)
	}
	return l.Files.read(name)
}

// Encoded returns the parameters that a rendered target passes as texts, in the order of the names. open says that the
// values may still be replaced.
func Encoded(declared []ir.Parameter, names, texts []string, open bool) ([]engine.Named, diag.List) {
	l := loader{Sources: Sources{Declared: declared, Open: open}, index: map[string]int{}, places: map[string]diag.Span{}}
	for i, name := range names {
		if p := ir.Declared(declared, name); p != nil {
			l.fromText(p, texts[i], diag.Span{})
		} else {
			l.put(name, engine.ParseText(texts[i]), diag.Span{})
		}
	}
	l.declared()
	return l.out, l.diags
}

// Unfit reports whether an error says that the parameters do not fit their declarations.
func Unfit(d diag.Diagnostic) bool { return d.Code == codeRequired || d.Code == codeUnfit }

// declared brings the declared parameters to the front, in their order, with their defaults where no value is given.
func (l *loader) declared() {
	if len(l.Declared) == 0 || l.diags.HasErrors() {
		return
	}
	given, index := l.out, l.index
	l.out, l.index = nil, map[string]int{}
	for i := range l.Declared {
		p := &l.Declared[i]
		if at, ok := index[p.Name]; ok {
			l.put(p.Name, given[at].Value, l.places[p.Name])
			continue
		}
		l.initial(p)
	}
	for _, n := range given {
		if ir.Declared(l.Declared, n.Name) == nil {
			l.put(n.Name, n.Value, l.places[n.Name])
		}
	}
}

// initial takes the value that counts where none is given.
func (l *loader) initial(p *ir.Parameter) {
	text := p.Initial()
	switch {
	case text == "" && !l.Open:
		l.errorf(codeRequired, p.Span, "the parameter %q is required and has no value; give it by --param %[1]s=VALUE, in the environment as %[2]s%[1]s or in the parameters file", p.Name, Prefix)
	case text == "":
	case p.Type == ir.FileType && l.Files != nil && text != "null":
		l.content(p, l.Files.beside(pathOf(text)), p.Span)
	default:
		v, err := engine.NewJSON([]byte(text))
		if err != nil {
			l.errorf(codeUnfit, p.Span, "the default of the parameter %q: %v", p.Name, err)
			return
		}
		l.put(p.Name, v, diag.Span{})
	}
	delete(l.places, p.Name) // nobody gave it
}

// fromText takes a text as the declaration reads it.
func (l *loader) fromText(p *ir.Parameter, text string, span diag.Span) {
	if !utf8.ValidString(text) {
		l.errorf(codeValue, span, "the parameter %q is not UTF-8; give it in a parameters file, or encode it", p.Name)
		return
	}
	v, err := engine.NewJSON([]byte(p.FromText(text)))
	if err != nil {
		l.errorf(codeUnfit, span, "the parameter %q: %v", p.Name, err)
		return
	}
	l.accept(p, v, "", span)
}

// accept takes a value that fits the declaration. dir is the folder from which a file's path is relative.
func (l *loader) accept(p *ir.Parameter, v engine.Value, dir string, span diag.Span) {
	text, err := p.Accept(string(v.JSON))
	if err != nil {
		l.diags.Add(diag.Errorf(codeUnfit, span, "%v", err).With(p.Span, "it is declared here"))
		return
	}
	if p.Type == ir.FileType && l.Files != nil && text != "null" {
		file := pathOf(text)
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		l.content(p, file, span)
		return
	}
	l.put(p.Name, engine.Value{JSON: []byte(text)}, span)
}

// content takes the text of a file.
func (l *loader) content(p *ir.Parameter, file string, span diag.Span) {
	text, err := l.readFile(file)
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	switch {
	case err != nil:
		l.errorf(codeUnfit, span, "the parameter %q is the file %s, which cannot be read: %v", p.Name, filepath.ToSlash(file), err)
	case !utf8.Valid(text):
		l.errorf(codeUnfit, span, "the parameter %q is the file %s, which is not UTF-8; let a step get it by the catalog", p.Name, filepath.ToSlash(file))
	default:
		l.put(p.Name, engine.String(string(text)), span)
	}
}

// pathOf is the path that a JSON string holds.
func pathOf(text string) string {
	return filepath.FromSlash(ir.Unquoted(text))
}

// stray reports a name that the pipeline does not declare, where it declares its parameters.
func (l *loader) stray(name string, span diag.Span, set bool) {
	if len(l.Declared) == 0 || ir.Declared(l.Declared, name) != nil {
		return
	}
	names := make([]string, len(l.Declared))
	for i, p := range l.Declared {
		names[i] = p.Name
	}
	hint := diag.DidYouMean(name, names)
	if hint == "" {
		hint = "; it declares " + orList(names)
	}
	if set {
		l.errorf(codeUndeclared, span, "the pipeline declares no parameter %q%s", name, hint)
		return
	}
	l.diags.Add(diag.Warningf(codeStray, span, "the pipeline declares no parameter %q%s", name, hint))
}
