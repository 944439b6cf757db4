// Package frontends says which frontend reads which file.
package frontends

import (
	"context"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/frontends/golang"
	"github.com/runnable-render/runnable-render/frontends/metaflow"
	"github.com/runnable-render/runnable-render/frontends/pydef"
	"github.com/runnable-render/runnable-render/frontends/wfformat"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
	"github.com/runnable-render/runnable-render/python"
)

// Frontend reads one kind of definition.
type Frontend struct {
	Name       string   // for people
	Extensions []string // with the dot, lower case
	// Match reports whether a file with one of the extensions is one of this kind; nil takes all of them. text is what
	// stands in it.
	Match func(file string, text []byte) bool
	Read  func(ctx context.Context, file string, src []byte, o Options) Result
}

// Options are what frontends that run programs go by. The zero value chooses everything as a step does.
type Options struct {
	Python   string           // the interpreter of Python definitions
	Layout   project.Layout   // where their modules are; the zero Layout: as seen from the current folder
	WfFormat wfformat.Options // what stands in place of the commands of a recorded workflow; other definitions refuse it
	More     []Frontend       // come before those that there are
}

// Result is what a definition says.
type Result struct {
	Pipeline *ir.Pipeline // nil where the file holds none
	Diags    diag.List
	// Settings are the arguments that the definition itself gives to its run; a command's own arguments win.
	Settings pydef.Settings
	// GoFile is the definition in Go whose program has the Go functions that steps call; empty: the file that was read.
	GoFile string
}

func fromPython(r pydef.Result) Result {
	return Result{Pipeline: r.Pipeline, Diags: r.Diags, Settings: r.Settings}
}

// All returns the frontends that there are; of those that take a file the first reads it. Those of programming languages
// run the file that is named; src is what stands in it.
func All() []Frontend {
	return []Frontend{
		foreign(),
		{Name: "YAML", Extensions: []string{".yaml", ".yml"}, Read: pure(yamldef.Parse)},
		{Name: "Metaflow", Extensions: []string{".py"}, Match: metaflow.Match, Read: func(ctx context.Context, file string, _ []byte, o Options) Result {
			return fromPython(pydef.Read(ctx, file, pydef.Options{Python: o.Python, Layout: o.Layout, Kind: python.Flow}))
		}},
		{Name: "Python", Extensions: []string{".py"}, Read: func(ctx context.Context, file string, _ []byte, o Options) Result {
			return fromPython(pydef.Read(ctx, file, pydef.Options{Python: o.Python, Layout: o.Layout}))
		}},
		{Name: "Go", Extensions: []string{".go"}, Read: func(ctx context.Context, file string, _ []byte, _ Options) Result {
			p, list := golang.Parse(ctx, file)
			return Result{Pipeline: p, Diags: list}
		}},
		{Name: recorded, Extensions: []string{".json"}, Read: func(_ context.Context, file string, src []byte, o Options) Result {
			p, list := wfformat.Parse(file, src, o.WfFormat)
			return Result{Pipeline: p, Diags: list}
		}},
	}
}

// recorded is the name of the frontend that reads recorded workflows.
const recorded = "WfFormat"

// pure is a frontend that needs nothing but the text.
func pure(parse func(file string, src []byte) (*ir.Pipeline, diag.List)) func(context.Context, string, []byte, Options) Result {
	return func(_ context.Context, file string, src []byte, _ Options) Result {
		p, list := parse(file, src)
		return Result{Pipeline: p, Diags: list}
	}
}

// Parse is [Read] without options, for what needs the pipeline alone.
func Parse(ctx context.Context, file string, src []byte) (*ir.Pipeline, diag.List) {
	r := Read(ctx, file, src, Options{})
	return r.Pipeline, r.Diags
}

// reads reports whether the frontend takes a file with an extension.
func (f Frontend) reads(ext, file string, text []byte) bool {
	return slices.Contains(f.Extensions, ext) && (f.Match == nil || f.Match(file, text))
}

// Read reads a definition, and those that its steps of the type pipeline name.
func Read(ctx context.Context, file string, src []byte, o Options) Result {
	return Inline(ctx, file, read(ctx, file, src, o), o)
}

// Handed takes a pipeline that a program hands over, as [Read] takes one from its file.
func Handed(ctx context.Context, file string, text []byte, o Options) Result {
	return Inline(ctx, file, fromPython(pydef.Handed(file, text, o.Layout)), o)
}

// read reads one definition with the first frontend that takes the file, by its extension, in any case, and its content.
func read(ctx context.Context, file string, src []byte, o Options) Result {
	ext := strings.ToLower(path.Ext(file))
	var known []string
	for _, f := range append(o.More[:len(o.More):len(o.More)], All()...) {
		if f.reads(ext, file, src) {
			if f.Name != recorded && o.WfFormat != (wfformat.Options{}) {
				return Result{Diags: diag.List{diag.Errorf("RR0610", diag.Span{File: file}, "--as-stubs and --scale are for recorded workflows in WfFormat, not for a definition in %s", f.Name)}}
			}
			return f.Read(ctx, file, src, o)
		}
		if f.Match == nil {
			known = append(known, f.Extensions...)
		}
	}
	if program, found := plugin.LookPath(plugin.RoleFrontend, strings.TrimPrefix(ext, ".")); found {
		return asked(ctx, program, file, src)
	}
	if d := foreignTool(file, src); d != nil {
		return Result{Diags: diag.List{*d}}
	}
	return Result{Diags: diag.List{diag.Errorf("RR0014", diag.Span{File: file}, "%q is not a kind of definition that can be read; the file's name must end in %s", path.Base(file), orList(known))}}
}

// asked has the program of a plugin read a definition.
func asked(ctx context.Context, program, file string, src []byte) Result {
	if !utf8.Valid(src) {
		return Result{Diags: diag.List{diag.Errorf("RR0002", diag.Span{File: file}, "the file is not UTF-8, which %s needs; save it as UTF-8", path.Base(program))}}
	}
	p, list, err := plugin.Call{Program: program, Log: os.Stderr}.Parse(ctx, file, src)
	if err != nil {
		list = append(list, diag.Errorf(plugin.CodeAnswer, diag.Span{File: file}, "%s cannot read it: %v", program, err))
	}
	return Result{Pipeline: p, Diags: list}
}

// orList joins words as prose does.
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
