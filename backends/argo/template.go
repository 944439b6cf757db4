package argo

import (
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// template is one DAG template.
type template struct {
	name        string
	note        string
	inputs      []string
	parallelism int
	failFast    bool
	tasks       []*task
	control     string // the task whose control value the template passes on; empty: none
	controlExpr string // the same as an expression
	rounds      int    // how many times it may call itself; 0: never
	node        ir.Node
}

// task is one task of a DAG template.
type task struct {
	name     string
	note     string
	template string
	depends  cond
	when     string
	count    string // withSequence
	args     []arg
}

type arg struct{ name, value string }

// call is a template with the arguments to call it with.
type call struct {
	template string
	args     []arg
	note     string
}

// The names of the inputs and of the one output that templates have.
const (
	inPath    = "path"
	inControl = "control"
	inDo      = "do"
	inIndex   = "i"
	inCount   = "count"
	inArm     = "arm"
	outValue  = "control"
)

func input(name string) string { return "{{inputs.parameters." + name + "}}" }

func output(task string) string { return "{{tasks." + task + ".outputs.parameters." + outValue + "}}" }

// cond is what a task depends on: a conjunction of alternatives, each a list of results such as x.Succeeded.
type cond [][]string

// and adds an alternative that must be met as well.
func (c *cond) and(results ...string) {
	if len(results) > 0 {
		*c = append(*c, results)
	}
}

// String is the text of `depends`.
func (c cond) String() string {
	parts := make([]string, len(c))
	for i, alternatives := range c {
		parts[i] = strings.Join(alternatives, " || ")
		if len(alternatives) > 1 && len(c) > 1 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " && ")
}

// tasks are the names of the tasks that the condition looks at.
func (c cond) tasks(yield func(string) bool) {
	for _, alternatives := range c {
		for _, result := range alternatives {
			name, _, _ := strings.Cut(strings.TrimPrefix(result, "!"), ".")
			if !yield(name) {
				return
			}
		}
	}
}

func succeeded(task string) string { return task + ".Succeeded" }

func failed(task string) []string { return []string{task + ".Failed", task + ".Errored"} }

// leaves are the tasks that no other task of the template depends on.
func (t *template) leaves() []string {
	used := map[string]bool{}
	for _, task := range t.tasks {
		for name := range task.depends.tasks {
			used[name] = true
		}
	}
	var out []string
	for _, task := range t.tasks {
		if !used[task.name] {
			out = append(out, task.name)
		}
	}
	return out
}

// seal makes last the only leaf: it waits for every other task that nobody waits for, whatever it came to. The phase
// of a DAG is the worst of its leaves', and a handler that had nothing to handle would pass a failure on.
func (t *template) seal(last *task) {
	for _, name := range t.leaves() {
		if name != last.name {
			last.depends.and(name+".Omitted", "!"+name+".Omitted")
		}
	}
}

// passing are the arguments that hand a template's own inputs on to another that takes the same.
func (t *template) passing() []arg {
	var out []arg
	for _, name := range t.inputs {
		out = append(out, arg{name, input(name)})
	}
	return out
}

// longGraph is the number of tasks above which each stands on one line.
const longGraph = 40

func (t *template) yaml() *yamlout.Map {
	m := yamlout.NewMap("name", t.name)
	m.Opt("inputs", parameterList(t.inputs))
	switch {
	case t.control != "":
		m.Add("outputs", controlOutput(yamlout.NewMap("parameter", output(t.control))))
	case t.controlExpr != "":
		m.Add("outputs", controlOutput(yamlout.NewMap("expression", t.controlExpr)))
	}
	m.Opt("parallelism", t.parallelism)
	tasks := yamlout.NewList()
	for _, task := range t.tasks {
		if task.note != "" {
			tasks.Note(task.note)
		}
		if len(t.tasks) > longGraph {
			tasks.Add(yamlout.Flow{Value: task.yaml()})
		} else {
			tasks.Add(task.yaml())
		}
	}
	return m.Add("dag", yamlout.NewMap("failFast", t.failFast, "tasks", tasks))
}

func controlOutput(from *yamlout.Map) *yamlout.Map {
	return yamlout.NewMap("parameters", yamlout.NewList(yamlout.NewMap("name", outValue, "valueFrom", yamlout.Flow{Value: from})))
}

func parameterList(names []string) *yamlout.Map {
	if len(names) == 0 {
		return nil
	}
	list := yamlout.NewList()
	for _, name := range names {
		list.Add(yamlout.NewMap("name", name))
	}
	return yamlout.NewMap("parameters", yamlout.Flow{Value: list})
}

func (t *task) yaml() *yamlout.Map {
	m := yamlout.NewMap("name", t.name, "template", t.template)
	m.Opt("depends", t.depends.String())
	m.Opt("when", t.when)
	if t.count != "" {
		m.Add("withSequence", yamlout.Flow{Value: yamlout.NewMap("count", t.count)})
	}
	if len(t.args) > 0 {
		list := yamlout.NewList()
		for _, a := range t.args {
			list.Add(yamlout.NewMap("name", a.name, "value", a.value))
		}
		m.Add("arguments", yamlout.Flow{Value: yamlout.NewMap("parameters", list)})
	}
	return m
}

// bounded returns the template with its tasks in groups when there are more than a DAG may have. The tasks must not
// depend on each other; keep stays where it is.
func (b *builder) bounded(t *template, keep ...*task) {
	if len(t.tasks) <= maxTasks {
		return
	}
	var groups []*task
	for chunk := range slices.Chunk(slices.DeleteFunc(t.tasks, func(x *task) bool { return slices.Contains(keep, x) }), maxTasks-1) {
		g := &template{
			name: b.templateName(t.name + "-group"), inputs: t.inputs, failFast: t.failFast, tasks: slices.Clone(chunk),
			note: t.note + ", a part", node: t.node,
		}
		b.templates = append(b.templates, g)
		groups = append(groups, &task{name: "g-" + chunk[0].name, template: g.name, args: t.passing()})
	}
	t.tasks = append(groups, keep...)
	b.bounded(t, keep...)
}
