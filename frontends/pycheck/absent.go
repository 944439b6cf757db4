package pycheck

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

const (
	codeAbsentModule = "RR0528"
	codeAbsentFile   = "RR0529"
)

// absentModule reports a module that is not among the user's own, where one of those has nearly its name. Of one that looks
// like none of them nothing is said: it may be installed where the step runs.
func (c *checker) absentModule(t *ir.Task, dotted string, at spot) {
	if c.inPython { // the definition imports it, and its reader tells more
		return
	}
	dirs, known := c.folders, ""
	parts := strings.Split(dotted, ".")
	for i, part := range parts {
		if next := inside(dirs, part); len(next) > 0 {
			dirs, known = next, path.Join(known, part)
			continue
		}
		if i == 0 && installed(part) {
			return
		}
		near := diag.Nearest(part, modulesIn(dirs))
		if near == "" {
			return
		}
		meant := strings.Join(slices.Concat(parts[:i], []string{near}, parts[i+1:]), ".")
		c.list.Add(diag.Diagnostic{Code: codeAbsentModule, Severity: c.severity(true, at, t), Span: t.Span,
			Message: fmt.Sprintf("%q calls %s, and there is no module %q %s; did you mean %q?", t.Name, t.Command.Text(), dotted, beside(known), meant)})
		return
	}
}

func beside(folder string) string {
	if folder == "" {
		return "beside the definition"
	}
	return "in " + folder
}

// inside are the folders of a name in folders.
func inside(dirs []string, name string) []string {
	var out []string
	for _, dir := range dirs {
		if at := filepath.Join(dir, name); isFolder(at) {
			out = append(out, at)
		}
	}
	return out
}

// modulesIn are the names of the modules and packages of folders.
func modulesIn(dirs []string) []string {
	var out []string
	for _, dir := range dirs {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			name, source := strings.CutSuffix(e.Name(), ".py")
			if source && !e.IsDir() && name != "__init__" || e.IsDir() && len(sources(filepath.Join(dir, name))) > 0 {
				out = append(out, name)
			}
		}
	}
	return out
}

func sources(dir string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, "*.py"))
	return found
}

// installed reports whether a virtual environment that is active or lies in the current folder has a package of that name.
func installed(name string) bool {
	for _, venv := range []string{os.Getenv("VIRTUAL_ENV"), ".venv"} {
		if venv == "" {
			continue
		}
		for _, pattern := range []string{name, name + ".py", name + ".*.so"} {
			if found, _ := filepath.Glob(filepath.Join(venv, "lib", "python3*", "site-packages", pattern)); len(found) > 0 {
				return true
			}
		}
	}
	return false
}

// absentNotebook reports a notebook that is not there and that nothing brings.
func (c *checker) absentNotebook(t *ir.Task, n *ir.Notebook, at spot) {
	if c.exists(n.Path) || c.brought(t, n.Path) {
		return
	}
	near := c.nearFile(n.Path)
	c.list.Add(diag.Diagnostic{Code: codeAbsentFile, Severity: c.severity(near != "" || at.first(), at, t), Span: t.Span,
		Message: fmt.Sprintf("%q runs the notebook %s, which does not exist%s", t.Name, n.Path, near)})
}

// runners are programs whose first argument that is no option is a file that they run.
var runners = words("sh bash dash zsh ksh python python3 perl ruby node Rscript source .")

// absentScripts looks at what scripts run once it is known what all of them write.
func (c *checker) absentScripts() {
	for _, u := range c.users {
		if script, ok := u.task.Command.(*ir.Shell); ok {
			c.absentFiles(u, script.Script)
		}
	}
}

// absentFiles reports files that a script runs and that are not there, where nothing can have brought them.
func (c *checker) absentFiles(u *user, script string) {
	var own scriptFiles // of what stands before
	for i, cmd := range commands(script) {
		own.command(cmd)
		words := cmd.words
		for len(words) > 0 && (skipped[words[0]] || assignment.MatchString(words[0])) {
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		if words[0] == "cd" || words[0] == "pushd" {
			return
		}
		file := words[0]
		if runners[file] {
			if len(words) == 1 || strings.HasPrefix(words[1], "-") {
				continue
			}
			file = words[1]
		}
		if !strings.Contains(file, "/") && file == words[0] || !localFile().MatchString(file) || c.exists(file) || c.brought(u.task, file) || slices.Contains(own.written, path.Clean(file)) {
			continue
		}
		near := c.nearFile(file)
		if i > 0 && near == "" {
			continue // what stands before it may make it
		}
		c.list.Add(diag.Diagnostic{Code: codeAbsentFile, Severity: c.severity(i == 0 && (near != "" || u.first()), u.spot, u.task), Span: u.task.Span,
			Message: fmt.Sprintf("%q runs %s, which does not exist%s", u.task.Name, file, near)})
	}
}

// first reports whether no step comes before the spot that could have made a file.
func (a spot) first() bool {
	for s, at := a.scope, a.at; s != nil; s, at = s.outer, s.at {
		for i := range s.graph.Nodes {
			if s.precedes(i, at) {
				return false
			}
		}
	}
	return true
}

func same(file string) func(fileUse) bool {
	return func(use fileUse) bool { return use.name == path.Clean(file) }
}

// exists reports whether there is a file where one is looked for that a definition names.
func (c *checker) exists(name string) bool {
	_, found := c.o.Layout.File(name)
	return found
}

// brought reports whether a step's catalog may bring a file, or another step writes or puts one of that name.
func (c *checker) brought(t *ir.Task, name string) bool {
	name = path.Clean(name)
	if matches(t.Catalog, name, false) {
		return true
	}
	for v := range ir.Walk(c.p) {
		if v.Node != ir.Node(t) && matches(ir.CatalogOf(v.Node), name, true) {
			return true
		}
	}
	return slices.ContainsFunc(c.users, func(u *user) bool { return u.task != t && slices.ContainsFunc(u.writes, same(name)) })
}

// nearFile suggests the file of the same folder with the nearest name.
func (c *checker) nearFile(name string) string {
	folder := path.Dir(path.Clean(name))
	var names []string
	for _, dir := range c.o.Layout.Files() {
		entries, _ := os.ReadDir(filepath.Join(dir, filepath.FromSlash(folder)))
		for _, e := range entries {
			if !e.IsDir() {
				names = append(names, e.Name())
			}
		}
	}
	if near := diag.Nearest(path.Base(name), names); near != "" {
		return fmt.Sprintf("; did you mean %s?", path.Join(folder, near))
	}
	return ""
}

func isFolder(name string) bool {
	st, err := os.Stat(name)
	return err == nil && st.IsDir()
}
