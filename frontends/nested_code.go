package frontends

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// functions notes whose program has the Go functions that the steps of a definition call: there is one in a run.
func (in *inliner) functions(d *inner) {
	for v := range ir.Walk(d.pipeline) {
		t, ok := v.Node.(*ir.Task)
		if !ok {
			continue
		}
		if _, isGo := t.Command.(*ir.GoFunc); !isGo {
			continue
		}
		program := ""
		if strings.EqualFold(filepath.Ext(d.file), ".go") {
			program = d.file
		}
		if _, known := in.programs[program]; !known {
			in.programs[program] = t.Span
		}
		if len(in.programs) > 1 {
			e := diag.Errorf(codeInnerCode, t.Span, "%q calls a Go function of a different program than a step of another definition of this run, and a run has one program of Go functions; put both into one package", t.Name)
			for _, other := range slices.Sorted(maps.Keys(in.programs)) {
				if other != program {
					e = e.With(in.programs[other], "the other step")
				}
			}
			in.out.Diags.Add(e)
			return
		}
		if program != "" && d.pipeline != in.out.Pipeline {
			in.out.GoFile = program
		}
	}
}

// notebooks makes the notebooks of a definition those that it means: steps look for them by way of the definition that is
// run.
func (in *inliner) notebooks(d *inner) {
	for v := range ir.Walk(d.pipeline) {
		t, ok := v.Node.(*ir.Task)
		if !ok {
			continue
		}
		n, ok := t.Command.(*ir.Notebook)
		if !ok {
			continue
		}
		meant, found := d.layout.File(n.Path)
		if taken, _ := in.layout.File(n.Path); !found || taken == meant {
			continue
		}
		for _, dir := range []string{in.layout.Work, in.layout.Root} {
			if rel, err := filepath.Rel(dir, meant); err == nil && filepath.IsLocal(rel) {
				n.Path = filepath.ToSlash(rel)
				break
			}
		}
	}
}

// modules makes the folders of a definition's Python modules known to the steps, behind those of the definitions that use
// it. A module that another folder hides is refused where a step names it.
func (in *inliner) modules(d *inner) {
	own := d.layout.Modules()
	for _, dir := range own.First {
		if !slices.Contains(in.layout.Modules().First, dir) {
			in.layout.Own.Inner = append(in.layout.Own.Inner, dir)
		}
	}
	for _, dir := range own.Last {
		if !slices.Contains(in.layout.Own.Last, dir) {
			in.layout.Own.Last = append(in.layout.Own.Last, dir)
		}
	}
	in.out.Settings.Path = in.layout.Own
	inImage, _ := in.layout.InImage()
	in.out.Pipeline.Modules = ir.Modules(inImage)
	all := in.layout.Modules()
	calls, refused := false, false
	for v := range ir.Walk(d.pipeline) {
		top, at := moduleOf(v.Node)
		calls = calls || top != ""
		meant, taken := own.Holder(top), all.Holder(top)
		if top == "" || meant == taken || meant == "" || sameModule(meant, taken, top) {
			continue
		}
		refused = true
		in.errorf(codeInnerCode, at, "%q calls a function of the module %q, which is in %s here, and in %s for the definition that uses this one; rename one of the two modules", v.Node.Base().Name, top, in.folder(meant), in.folder(taken))
	}
	if hidden := hiddenModules(d.layout.Folder(), all); calls && !refused && len(hidden) > 0 {
		in.out.Diags.Add(diag.Warningf(codeInnerCode, d.pipeline.Span, "another folder, which is searched first for the definition that uses this one, has modules that are in %s too (%s), and the steps here get those; rename one of each pair",
			in.folder(d.layout.Folder()), strings.Join(hidden, ", ")))
	}
}

// folder is a folder as people know it: by way of the project's root.
func (in *inliner) folder(dir string) string {
	rel, err := filepath.Rel(in.layout.Root, dir)
	switch {
	case err != nil || !filepath.IsLocal(rel):
		return dir
	case rel == ".":
		return "the project's root"
	}
	return filepath.ToSlash(rel)
}

// hiddenModules are the modules in a folder that others of the path, which come before it, have too.
func hiddenModules(folder string, all project.Path) []string {
	files, _ := filepath.Glob(filepath.Join(folder, "*.py"))
	var out []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".py")
		if taken := all.Holder(name); !strings.HasPrefix(name, "__") && taken != folder && !sameModule(taken, folder, name) {
			out = append(out, name)
		}
	}
	return out
}

// sameModule reports whether a module is one file by way of two folders.
func sameModule(a, b, module string) bool {
	one, err := os.Stat(filepath.Join(a, module+".py"))
	if err != nil {
		return false
	}
	other, err := os.Stat(filepath.Join(b, module+".py"))
	return err == nil && os.SameFile(one, other)
}

// moduleOf is the top of the module whose function a node calls; empty: it calls none.
func moduleOf(n ir.Node) (string, diag.Span) {
	dotted, at := "", n.Base().Span
	switch n := n.(type) {
	case *ir.Task:
		switch c := n.Command.(type) {
		case *ir.Python, *ir.Flow:
			dotted = c.Text()
		case *ir.Shell, *ir.Notebook, *ir.GoFunc, *ir.Plugin:
		}
	case *ir.Map:
		if ir.PythonReducer(n.Reducer) {
			dotted, at = n.Reducer, cmp.Or(n.ReducerSpan, at)
		}
	case *ir.Stub, *ir.Parallel, *ir.Conditional, *ir.Loop, *ir.Nested:
	}
	top, _, _ := strings.Cut(strings.TrimSpace(dotted), ".")
	return top, at
}
