package wfformat

import (
	"math"
	"math/bits"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// builder makes a pipeline of an instance.
type builder struct {
	*instance
	options Options
	diags   diag.List

	byID   map[string]int        // of tasks; of two with one id the first
	edges  map[[2]int]bool       // parent and child
	run    map[string]*execution // by id
	writer map[string]int        // the task that wrote a file; of several the last
}

func (b *builder) pipeline() *ir.Pipeline {
	b.index()
	g := &ir.Graph{Style: ir.Needs, Description: b.description, Span: b.span, Nodes: make([]ir.Node, len(b.tasks))}
	for i := range b.tasks {
		b.children(i)
		g.Nodes[i] = b.node(i)
	}
	return &ir.Pipeline{Name: b.name, Description: b.description, Graph: g, Span: b.span}
}

func (b *builder) index() {
	b.byID = make(map[string]int, len(b.tasks))
	b.writer = map[string]int{}
	for i, t := range b.tasks {
		if _, twice := b.byID[t.id.Name]; !twice {
			b.byID[t.id.Name] = i
		}
		for _, f := range t.outputs {
			b.writer[f.Name] = i
		}
	}
	b.edges = map[[2]int]bool{}
	for i, t := range b.tasks {
		for _, p := range t.parents {
			if parent, known := b.byID[p.Name]; known {
				b.edges[[2]int{parent, i}] = true
			}
		}
	}
	b.runs()
}

// runs finds how each task was run.
func (b *builder) runs() {
	b.run = make(map[string]*execution, len(b.executions))
	for i := range b.executions {
		e := &b.executions[i]
		if first, twice := b.run[e.id.Name]; twice {
			b.diags.Add(diag.Errorf(codeExecution, e.id.Span, "the task %q is executed twice; remove one", e.id.Name).With(first.id.Span, "the first is here"))
			continue
		}
		b.run[e.id.Name] = e
		if _, known := b.byID[e.id.Name]; !known {
			b.diags.Add(diag.Errorf(codeExecution, e.id.Span, "the executed task %q is not among workflow.specification.tasks", e.id.Name))
		}
	}
}

// children compares the two places that tell of an edge. Parents count; a child that does not know its parent would
// run too early.
func (b *builder) children(i int) {
	id := b.tasks[i].id.Name
	for _, c := range b.tasks[i].children {
		child, known := b.byID[c.Name]
		switch {
		case !known:
			b.diags.Add(diag.Errorf(codeChild, c.Span, "the child %q of %q is not a task", c.Name, id))
		case !b.edges[[2]int{i, child}]:
			b.diags.Add(diag.Errorf(codeChild, c.Span, "%q is a child of %q, which is not among its parents", c.Name, id).
				With(b.tasks[child].id.Span, "add %q to the parents of this task", id))
		}
	}
}

// node is the step of a task.
func (b *builder) node(i int) ir.Node {
	t := &b.tasks[i]
	common := ir.Common{Name: stepName(t.id.Name), Span: t.id.Span}
	for _, p := range t.parents {
		common.Needs = append(common.Needs, ir.Ref{Name: stepName(p.Name), Span: p.Span})
	}
	if b.options.AsStubs {
		return &ir.Stub{Common: common}
	}
	e := b.run[t.id.Name]
	if e == nil {
		e = &execution{}
	}
	common.Resources = resources(e)
	if b.options.Scale > 0 {
		return &ir.Task{Common: common, Command: &ir.Shell{Script: "sleep " + seconds(e.runtime.value*b.options.Scale)}}
	}
	if !e.command || strings.TrimSpace(e.program) == "" {
		b.diags.Add(diag.Errorf(codeNoCommand, t.id.Span, "the task %q has no recorded command; run the instance with --as-stubs or --scale", t.id.Name))
	}
	return &ir.Task{Common: common, Command: &ir.Shell{Script: script(e)}, Catalog: b.catalog(i)}
}

// script is the program with its arguments, as WfCommons writes them into scripts: separated by spaces, and not
// quoted, since traces hold redirections and patterns among the arguments.
func script(e *execution) string {
	words := []string{e.program}
	for _, a := range e.arguments {
		words = append(words, a.Name)
	}
	return strings.Join(words, " ")
}

// seconds writes a time for sleep.
func seconds(s float64) string { return strconv.FormatFloat(math.Round(s*1000)/1000, 'f', -1, 64) }

// overhead is the memory that the runner takes beside the task.
const overhead = 64 << 20

// resources are what a task is recorded to have used. Memory is rounded up to a power of two, so that tasks that
// differ little share a pod template.
func resources(e *execution) ir.Resources {
	var r ir.Resources
	if c := e.cores.value; c > 0 {
		r.CPU = strconv.FormatFloat(math.Ceil(c*1000)/1000, 'f', -1, 64)
	}
	if m := e.memory.value; m > 0 && m < 1<<60 {
		mebi := (uint64(m) + overhead - 1) >> 20
		r.Memory = strconv.FormatUint(1<<bits.Len64(mebi), 10) + "Mi"
	}
	return r
}

// catalog are the files that a task gets from those before it, and those that it leaves. Files that no task writes
// are there before the run: they are the image's, or stand in the working folder.
func (b *builder) catalog(task int) *ir.Catalog {
	t := &b.tasks[task]
	c := &ir.Catalog{Span: t.id.Span}
	var before map[int]bool // all ancestors, where the parents do not tell
	for _, f := range t.inputs {
		writer, written := b.writer[f.Name]
		if !written {
			continue
		}
		brought := b.edges[[2]int{writer, task}]
		if !brought {
			if before == nil {
				before = b.ancestors(task)
			}
			brought = before[writer]
		}
		if brought {
			c.Get = b.file(c.Get, f)
		} else {
			b.diags.Add(diag.Warningf(codeFile, f.Span, "%q reads this file, which %q writes without running before it; the catalog does not carry it", t.id.Name, b.tasks[writer].id.Name))
		}
	}
	for _, f := range t.outputs {
		c.Put = b.file(c.Put, f)
	}
	if len(c.Get)+len(c.Put) == 0 {
		return nil
	}
	return c
}

// ancestors are the tasks before one.
func (b *builder) ancestors(task int) map[int]bool {
	seen := map[int]bool{}
	for queue := []int{task}; len(queue) > 0; queue = queue[1:] {
		for _, p := range b.tasks[queue[0]].parents {
			if i, known := b.byID[p.Name]; known && !seen[i] {
				seen[i] = true
				queue = append(queue, i)
			}
		}
	}
	return seen
}

// file adds a file's pattern. Ids that are absolute paths are taken as seen from the working folder.
func (b *builder) file(to []ir.Ref, f ir.Ref) []ir.Ref {
	name := strings.TrimLeft(path.Clean("/"+f.Name), "/")
	if name == "" || slices.Contains(strings.Split(f.Name, "/"), "..") {
		b.diags.Add(diag.Errorf(codeFile, f.Span, "%q is not the path of a file below the working folder", f.Name))
		return to
	}
	return append(to, ir.Ref{Name: literal(name), Span: f.Span})
}

// literal is the pattern that stands for one path.
func literal(name string) string {
	if !strings.ContainsAny(name, `\*?[]{}`) {
		return name
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`).Replace(name)
}
