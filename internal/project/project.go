// Package project finds the code and the files of a definition. It holds the only rule for this: for every frontend,
// for check and run, and for every target (SEMANTICS 3).
package project

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// markers are what the root of a project holds, one or the other.
var markers = []string{"pyproject.toml", ".git"}

// Layout says where a definition, its project and the steps' working folder are. Its paths are absolute; the zero Layout
// knows of no definition.
type Layout struct {
	Definition string // the definition's file
	// Root is the project's: the nearest folder at or above the definition with a pyproject.toml or a .git, else Work.
	Root string
	// Work is where steps run: the nearest folder at or above the definition that is the current one or Root, else the
	// definition's own.
	Work string
	// Own are the folders that the definition itself, or a program that hands its pipeline over, has put on Python's path.
	Own  Path
	here string // the current folder where it is above the definition; else empty
}

// Find finds the project of a definition, as seen from a current folder.
func Find(definition, here string) Layout {
	l := Layout{Definition: Absolute(definition)}
	here = Absolute(here)
	for at := filepath.Dir(l.Definition); ; at = filepath.Dir(at) {
		if at == here {
			l.here = here
		}
		if l.Root == "" && marked(at) {
			l.Root = at
		}
		if l.Work == "" && (at == here || at == l.Root) {
			l.Work = at
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	if l.Work == "" {
		l.Work = filepath.Dir(l.Definition)
	}
	if l.Root == "" {
		l.Root = l.Work
	}
	return l
}

// Within is the layout in a container whose working folder holds a project, or the part of it with the definition.
// source is what [Layout.Source] said where the container's steps were rendered.
func Within(work, source string) Layout {
	work = Absolute(work)
	l := Layout{Root: work, Work: work}
	parts := strings.Split(path.Clean(source), "/")
	if source == "" || !filepath.IsLocal(filepath.FromSlash(source)) {
		return l
	}
	for i := range parts {
		file := filepath.Join(work, filepath.FromSlash(path.Join(parts[i:]...)))
		if isFile(file) || i < len(parts)-1 && isFolder(filepath.Dir(file)) {
			l.Definition = file
			return l
		}
	}
	l.Definition = filepath.Join(work, parts[len(parts)-1])
	return l
}

// In is the layout of the same project where its working folder is another one: the one that a user chose, or a copy.
func (l Layout) In(work string) Layout {
	l.Work = Absolute(work)
	return l
}

// Of is the layout of another definition of the same project, whose steps run in the same folder.
func (l Layout) Of(definition string) Layout {
	l.Definition, l.Own = Absolute(definition), Path{}
	return l
}

// Inside reports whether a file is in the project, whatever links lead to it.
func (l Layout) Inside(file string) bool {
	root, err := filepath.EvalSymlinks(l.Root)
	if err != nil {
		return false
	}
	if file, err = filepath.EvalSymlinks(file); err != nil {
		return false
	}
	rel, err := filepath.Rel(root, file)
	return err == nil && filepath.IsLocal(rel)
}

// Copied is the layout in a copy of the working folder: what lies in that folder lies in the copy.
func (l Layout) Copied(to string) Layout {
	from := l.Work
	l.Work = Absolute(to)
	there := func(path string) string {
		if rel, err := filepath.Rel(from, path); path != "" && err == nil && filepath.IsLocal(rel) {
			return filepath.Join(l.Work, rel)
		}
		return path
	}
	l.Definition, l.Root, l.here = there(l.Definition), there(l.Root), there(l.here)
	l.Own = l.Own.each(there)
	return l
}

// Source is the definition's slash path below the root, by which a container finds it again.
func (l Layout) Source() string {
	rel, err := filepath.Rel(l.Root, l.Definition)
	if l.Definition == "" || err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// Folder is that of the definition; the working folder where there is none.
func (l Layout) Folder() string {
	if l.Definition == "" {
		return l.Work
	}
	return filepath.Dir(l.Definition)
}

// Modules are the folders in which Python modules are looked for: before those that the interpreter knows the
// definition's own, its folder, the working folder and the root, each of these two with its src, and those of nested definitions.
func (l Layout) Modules() Path {
	out := slices.Clone(l.Own.First)
	if !slices.Contains(out, l.Folder()) {
		out = append(out, l.Folder())
	}
	for _, dir := range []string{l.Work, l.Root} {
		if dir == "" {
			continue
		}
		for _, d := range []string{dir, filepath.Join(dir, "src")} {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	for _, dir := range l.Own.Inner {
		if !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	last := slices.DeleteFunc(append([]string{}, l.Own.Last...), func(dir string) bool { return slices.Contains(out, dir) })
	return Path{First: out, Last: last}
}

// Files are the folders in which a file or notebook is looked for that a definition names.
func (l Layout) Files() []string {
	var out []string
	for _, dir := range []string{l.Work, l.Folder(), l.Root, l.here} {
		if dir != "" && !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out
}

// File finds a file or notebook that a definition names; found is false where there is none, and the path then says
// where it should be.
func (l Layout) File(name string) (file string, found bool) {
	if filepath.IsAbs(name) {
		return name, isFile(name)
	}
	for _, dir := range l.Files() {
		if file := filepath.Join(dir, filepath.FromSlash(name)); isFile(file) {
			return file, true
		}
	}
	return filepath.Join(l.Work, filepath.FromSlash(name)), false
}

// Marked reports whether the root is one by what it holds, and not by where somebody stands.
func (l Layout) Marked() bool { return marked(l.Root) }

func marked(dir string) bool {
	return slices.ContainsFunc(markers, func(name string) bool {
		return exists(filepath.Join(dir, name))
	})
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func isFile(name string) bool {
	st, err := os.Stat(name)
	return err == nil && !st.IsDir()
}

func isFolder(name string) bool {
	st, err := os.Stat(name)
	return err == nil && st.IsDir()
}

// Absolute is a path that means the same in every folder.
func Absolute(p string) string {
	abs, err := filepath.Abs(p)
	if err != nil {
		return filepath.Clean(p)
	}
	return abs
}
