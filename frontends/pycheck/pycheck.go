// Package pycheck compares the steps of a pipeline with the Python functions that they call: the arguments with what
// is visible, returns with what is returned, files with the catalog; what composites go by with what is visible too; and
// of scripts the files. It reads sources and runs nothing, so that a definition can be checked where none of its packages
// is installed.
//
// Only what is certain is an error: a plain function beside the definition, whose step fails for sure and whose
// failure nobody handles. What may come otherwise (a decorated function, parameters that are still to be given) is a
// warning; what cannot be told is left alone.
package pycheck

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The codes of this package's diagnostics; diag.Lookup explains them.
const (
	codeMissing    = "RR0520"
	codeNoFunction = "RR0521"
	codeReturns    = "RR0522"
	codeInput      = "RR0523"
	codeFile       = "RR0524"
	codeUnused     = "RR0525"
	codeControl    = "RR0526"
	codeDialect    = "RR0527"
)

// Options say what is known besides the pipeline.
type Options struct {
	File     string               // the definition, as the user calls it
	Layout   project.Layout       // where modules are; the zero Layout: as seen from the current folder
	Path     project.Path         // of the environment of the steps
	Initial  []string             // names of the initial parameters
	Given    map[string]diag.Span // where each of them was given; nil: they are not looked at
	Complete bool                 // there will be no other initial parameters
}

// Result is what was found, and the sources that the messages point into, by name.
type Result struct {
	Diags diag.List
	Texts map[string][]byte
}

// Check looks at every task of a pipeline that ir.Check found free of errors.
func Check(p *ir.Pipeline, o Options) Result {
	if o.Layout.Definition == "" {
		here, _ := os.Getwd()
		o.Layout = project.Find(filepath.FromSlash(o.File), here)
	}
	modules := o.Layout.Modules()
	c := &checker{p: p, o: o, folders: slices.Concat(modules.First, o.Path.All(), modules.Last), modules: map[string]*module{}, initial: map[string]bool{}, inPython: strings.HasSuffix(o.File, ".py")}
	c.texts, c.asked, c.read = map[string][]byte{}, map[string]bool{}, map[string]bool{}
	for _, n := range o.Initial {
		c.initial[n] = true
	}
	c.walk(newScope(nil, 0, p.Graph))
	c.absentScripts()
	c.misspelt()
	c.unread()
	c.gaps()
	return Result{c.list, c.pointedAt()}
}

type checker struct {
	p        *ir.Pipeline
	o        Options
	folders  []string // in which modules are looked for
	inPython bool     // the definition is Python, and so is the line to add
	modules  map[string]*module
	texts    map[string][]byte
	initial  map[string]bool
	list     diag.List
	steps    []step  // those whose function is known
	users    []*user // those whose files are known
	used     map[string]bool
	asked    map[string]bool // arguments that may be parameters of the run, told of
	idle     []idle          // arguments that stay at their default
	readsAny bool            // a step may read parameters that cannot be told
	read     map[string]bool // names that steps may read; true: they look like a parameter's
}

// step is a task with its function.
type step struct {
	task *ir.Task
	fn   *function
	mod  *module
	spot
}

type idle struct {
	arg  string
	step step
}

// walk looks at the steps of a graph and of those inside it.
func (c *checker) walk(root *scope) {
	c.used = map[string]bool{}
	for stack := []*scope{root}; len(stack) > 0; {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		var inner []*scope
		for i, n := range s.graph.Nodes {
			c.node(n, spot{s, i})
			inner = append(inner, s.enter(i, n)...)
		}
		slices.Reverse(inner)
		stack = append(stack, inner...)
	}
}

// node looks at one step. What is read within a nested pipeline is not read of the run's parameters.
func (c *checker) node(n ir.Node, at spot) {
	if at.scope.apart() {
		read, readsAny := c.read, c.readsAny
		c.read = map[string]bool{}
		defer func() { c.read, c.readsAny = read, readsAny }()
	}
	for _, ref := range ir.Reads(n) {
		c.used[ref.Name], c.read[ref.Name] = true, true
	}
	c.control(n, at)
	if t, ok := n.(*ir.Task); ok {
		c.task(t, at)
	}
}

// task looks at one task.
func (c *checker) task(t *ir.Task, at spot) {
	switch cmd := t.Command.(type) {
	case *ir.Python:
		c.python(t, at)
	case *ir.Shell:
		c.script(t, cmd, at)
	case *ir.Notebook:
		c.notebook(cmd)
		c.absentNotebook(t, cmd, at)
	case *ir.Flow: // what it reads stands in its inputs
	case *ir.GoFunc, *ir.Plugin: // their sources are not read
		c.readsAny = true
	}
}

// python looks at a task that calls a function.
func (c *checker) python(t *ir.Task, at spot) {
	mod, fn := c.function(t, at)
	if fn == nil {
		c.readsAny = true
		return
	}
	c.reads(fn)
	st := step{t, fn, mod, at}
	c.steps = append(c.steps, st)
	u := &user{task: t, mod: mod, spot: at}
	u.reads, u.writes = mod.uses(fn)
	c.users = append(c.users, u)
	c.arguments(st)
	c.inputs(st)
	c.returns(st)
}

// function finds the source of a task's function; nil where it is not beside the definition.
func (c *checker) function(t *ir.Task, at spot) (*module, *function) {
	dotted := t.Command.Text()
	i := strings.LastIndexByte(dotted, '.')
	if i < 0 {
		return nil, nil
	}
	m := c.module(dotted[:i])
	if m == nil {
		c.absentModule(t, dotted[:i], at)
		return nil, nil
	}
	want := dotted[i+1:]
	if f := m.functions[want]; f != nil {
		if f.redefined {
			return nil, nil
		}
		return m, f
	}
	if m.open || m.names[want] {
		return nil, nil
	}
	hint := diag.DidYouMean(want, sortedKeys(m.functions))
	if hint == "" && len(m.functions) > 0 {
		hint = "; it has " + listed(sortedKeys(m.functions))
	}
	c.list.Add(diag.Diagnostic{Code: codeNoFunction, Severity: c.severity(true, at, t), Span: t.Span,
		Message: fmt.Sprintf("%q: %s has no function %q%s", t.Name, m.file, want, hint)})
	return nil, nil
}

// module reads the source of a module of the user's; nil where there is none.
func (c *checker) module(dotted string) *module {
	if m, known := c.modules[dotted]; known {
		return m
	}
	c.modules[dotted] = nil
	for _, file := range c.files(dotted) {
		text, err := textfile.File(file)
		if err != nil {
			continue
		}
		shown := c.shown(file)
		c.texts[shown] = text
		c.modules[dotted] = parse(shown, string(text))
		break
	}
	return c.modules[dotted]
}

// files are those that may hold a module, in the order in which a step looks for it.
func (c *checker) files(dotted string) []string {
	own := filepath.Base(c.o.Layout.Definition)
	if c.inPython && dotted == strings.TrimSuffix(own, filepath.Ext(own)) {
		return []string{c.o.Layout.Definition}
	}
	base := filepath.FromSlash(strings.ReplaceAll(dotted, ".", "/"))
	var out []string
	for _, dir := range c.folders {
		out = append(out, filepath.Join(dir, base, "__init__.py"), filepath.Join(dir, base+".py"))
	}
	return out
}

// shown is a file as the user calls it, by way of the definition.
func (c *checker) shown(file string) string {
	dir := filepath.Dir(filepath.FromSlash(c.o.File))
	rel, err := filepath.Rel(c.o.Layout.Folder(), file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	near := filepath.Join(dir, rel)
	if strings.HasPrefix(near, "..") && !strings.HasPrefix(dir, "..") {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(near)
}

// severity is that of a finding which makes a step fail if it is certain.
func (c *checker) severity(certain bool, at spot, n ir.Node) diag.Severity {
	if certain && !at.scope.handled && !handles(n) {
		return diag.Error
	}
	return diag.Warning
}

// LooksForCode reports whether a step or reducer of a pipeline is a Python function or a notebook.
func LooksForCode(p *ir.Pipeline) bool {
	for v := range ir.Walk(p) {
		if task, ok := v.Node.(*ir.Task); ok && runsPython(task.Command) {
			return true
		}
		if m, ok := v.Node.(*ir.Map); ok && ir.PythonReducer(m.Reducer) {
			return true
		}
	}
	return false
}

func runsPython(c ir.Command) bool {
	switch c.(type) {
	case *ir.Python, *ir.Flow, *ir.Notebook:
		return true
	case *ir.Shell, *ir.GoFunc, *ir.Plugin:
		return false
	}
	return false
}

// pointedAt are the sources that messages point into.
func (c *checker) pointedAt() map[string][]byte {
	out := map[string][]byte{}
	for _, d := range c.list {
		for _, s := range append([]diag.Span{d.Span}, spans(d.Notes)...) {
			if text, ok := c.texts[s.File]; ok {
				out[s.File] = text
			}
		}
	}
	return out
}

func spans(notes []diag.Note) []diag.Span {
	out := make([]diag.Span, len(notes))
	for i, n := range notes {
		out[i] = n.Span
	}
	return out
}

func (f *function) span(m *module) diag.Span {
	return diag.Span{File: m.file, Line: f.line, Col: f.col, EndLine: f.line, EndCol: f.col + len([]rune(f.name))}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// listed joins names; of many, the first ones and how many there are more.
func listed(names []string) string {
	const most = 12
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	return strings.Join(names, ", ") + more
}
