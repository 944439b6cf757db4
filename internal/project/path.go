package project

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Path are folders in which Python looks for modules: before those that the interpreter knows, and after them.
type Path struct {
	First []string `json:"first"`
	Last  []string `json:"last"`
	Inner []string `json:"-"` // those of nested definitions, behind all others that come before the interpreter's
}

// All are the folders in order.
func (p Path) All() []string { return slices.Concat(p.First, p.Inner, p.Last) }

func (p Path) each(change func(string) string) Path {
	changed := func(dirs []string) []string {
		out := make([]string, len(dirs))
		for i, d := range dirs {
			out[i] = change(d)
		}
		return out
	}
	return Path{First: changed(p.First), Last: changed(p.Last), Inner: changed(p.Inner)}
}

// InImage are the same folders as slash paths from the root, which is the working folder of an image; outside are those
// that no image has by way of the project.
func (l Layout) InImage() (p Path, outside []string) {
	below := func(dirs []string) (out []string) {
		for _, d := range dirs {
			rel, err := filepath.Rel(l.Root, d)
			if err != nil || !filepath.IsLocal(rel) {
				outside = append(outside, d)
				continue
			}
			out = append(out, filepath.ToSlash(rel))
		}
		return out
	}
	p.First = below(l.Own.First)
	p.Last = below(l.Own.Last)
	p.Inner = below(l.Own.Inner)
	return p, outside
}

// WithOwn is the layout in a container of a definition whose own folders are given as [Layout.InImage] gives them. The
// container holds the project, or a part of it.
func (l Layout) WithOwn(p Path) Layout {
	l.Own = p.each(func(dir string) string {
		whole := filepath.Join(l.Work, filepath.FromSlash(dir))
		for rest := dir; rest != ""; _, rest, _ = strings.Cut(rest, "/") {
			if at := filepath.Join(l.Work, filepath.FromSlash(rest)); exists(at) {
				return at
			}
		}
		return whole
	})
	return l
}

// Holds reports whether a module, or the package that it is in, is in one of these folders.
func (p Path) Holds(module string) bool { return p.Holder(module) != "" }

// Holder is the first of these folders that holds a module, or the package that it is in; empty: none does.
func (p Path) Holder(module string) string {
	top, _, _ := strings.Cut(module, ".")
	for _, dir := range p.All() {
		if isFile(filepath.Join(dir, top+".py")) || isFolder(filepath.Join(dir, top)) {
			return dir
		}
	}
	return ""
}

// pythonPath is the variable in which a user names folders of modules.
const pythonPath = "PYTHONPATH="

// PythonPath are the folders of PYTHONPATH in an environment, as seen from the working folder.
func (l Layout) PythonPath(env []string) Path {
	var p Path
	for _, kv := range env {
		if value, ok := strings.CutPrefix(kv, pythonPath); ok && value != "" {
			p.First = filepath.SplitList(value)
		}
	}
	return p.each(func(dir string) string {
		if filepath.IsAbs(dir) {
			return dir
		}
		return filepath.Join(l.Work, dir)
	})
}

// Environ is an environment in which the relative folders of PYTHONPATH are the same ones as seen from the current
// folder, although steps run in another one. Those in the working folder stay relative, as steps may run in a copy of it.
func (l Layout) Environ(env []string, here string) []string {
	if here = Absolute(here); here == l.Work {
		return env
	}
	out := slices.Clone(env)
	for i, kv := range out {
		value, ok := strings.CutPrefix(kv, pythonPath)
		if !ok || value == "" {
			continue
		}
		dirs := filepath.SplitList(value)
		for j, d := range dirs {
			if filepath.IsAbs(d) {
				continue
			}
			dirs[j] = filepath.Join(here, d)
			if rel, err := filepath.Rel(l.Work, dirs[j]); err == nil && filepath.IsLocal(rel) {
				dirs[j] = rel
			}
		}
		out[i] = pythonPath + strings.Join(dirs, string(os.PathListSeparator))
	}
	return out
}
