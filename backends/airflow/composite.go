package airflow

import (
	"encoding/json"
	"slices"

	"github.com/runnable-render/runnable-render/backends/internal/flow"
	"github.com/runnable-render/runnable-render/backends/internal/pyout"
	"github.com/runnable-render/runnable-render/ir"
)

// The tasks that a composite's group has for itself. The last is called as the runner's command.
const (
	itemsTask  = "items"  // tells how many items a map has
	whichTask  = "which"  // tells which branch of a conditional runs
	armTask    = "arm"    // skips the other branches
	joinTask   = "join"   // ends as the composite did, when all inside has ended
	reduceTask = "reduce" // that of a map
)

// group writes a group, by a function that makes it, and a call of that unless the function has a parameter.
func (b *builder) group(id, doc, parameter string, body func()) {
	b.used["task_group"] = true
	b.out.Line("")
	b.out.Line(`@task_group(group_id="%s")`, id)
	b.out.Line("def %s(%s):", id+groupSuffix, parameter)
	b.out.Indent++
	b.out.Line("%s", pyout.Docstring(doc))
	body()
	b.out.Indent--
	b.out.Line("")
	if parameter == "" {
		b.out.Line("%s = %s()", id, id+groupSuffix)
	}
}

// composite writes what is inside a composite's group. Its last task ends as the composite does, so that what follows it can go
// by that.
func (b *builder) composite(v ir.Visit, at place, rule string) {
	switch n := v.Node.(type) {
	case *ir.Parallel, *ir.Nested:
		b.end(v, joinTask, rule, b.branches(v, at, rule), at)
	case *ir.Map:
		b.items(v, n, at, rule)
	case *ir.Conditional:
		b.arms(v, at, rule)
	case *ir.Task, *ir.Stub, *ir.Loop: // one task
	}
}

// branchIDs are the ids of the groups of a composite's branches.
func branchIDs(n ir.Node) map[string]string {
	var names []string
	for _, br := range ir.Subgraphs(n) {
		names = append(names, br.Name)
	}
	return ids(names, joinTask, whichTask, armTask)
}

// branches writes a group for each branch of a composite that has steps, side by side, and returns their variables.
func (b *builder) branches(v ir.Visit, at place, rule string) []string {
	var out []string
	for _, br := range ir.Subgraphs(v.Node) {
		if id := branchIDs(v.Node)[br.Name]; hasSteps(br.Graph) {
			b.group(id, "branch "+flow.Clip(br.Name, 60), "", func() { b.inside(br.Graph, at.in(br.Name, id), rule) })
			out = append(out, id)
		}
	}
	return out
}

func hasSteps(g *ir.Graph) bool { return len(flow.Of(g).Order) > 0 }

// inside writes a graph with its arrows.
func (b *builder) inside(g *ir.Graph, at place, rule string) {
	_, _, arrows := b.graph(g, at, rule)
	b.arrows(arrows...)
}

// end writes the task that ends as the composite did, behind all that is inside.
func (b *builder) end(v ir.Visit, id, rule string, last []string, at place) {
	if last == nil { // it comes when the first step would
		b.task(v, id, rule, at, id, at.run)
		return
	}
	b.task(v, id, allDone, at, id, at.run)
	b.arrows(arrow{last, {id}})
}

// items writes a map: a task that tells how many items there are, the body once for each, and the end of all of them.
func (b *builder) items(v ir.Visit, n *ir.Map, at place, rule string) {
	b.limitItems(n)
	b.used["numbers"] = true
	b.control(v, itemsTask, rule, at)
	last := itemsTask
	if hasSteps(n.Body) {
		tasks := b.tasks
		last = ids([]string{n.IterateAs.Name}, itemsTask, reduceTask)[n.IterateAs.Name]
		b.group(last, "the body for each "+flow.Clip(n.IterateAs.Name, 40)+"; its index is ti.map_index", "index: int", func() {
			b.inside(n.Body, at.item(last, n), allSuccess)
		})
		if n.Parallelism > 0 && b.tasks-tasks > 1 {
			b.Warn(codeEffect, n.Span, "%q has parallelism %d, which Airflow keeps for each task of the body and not for items: of each task so many run at a time", n.Name, n.Parallelism)
		}
		indexes := itemsTask + ".output"
		if b.Operator == docker { // what a container printed nobody has read yet
			b.used["task"] = true
			b.tasks++
			indexes = "numbers(" + indexes + ")"
		}
		b.out.Line("%s = %s.expand(index=%s)", last, last+groupSuffix, indexes)
	}
	b.end(v, reduceTask, rule, []string{last}, at)
}

// arms writes a conditional: a task that tells which branch runs, the branches, and a task that skips all of them but that one.
func (b *builder) arms(v ir.Visit, at place, rule string) {
	b.control(v, whichTask, rule, at)
	arms, chosen := b.branches(v, at, allSuccess), []string(nil)
	for _, br := range ir.Subgraphs(v.Node) {
		group := "None"
		if hasSteps(br.Graph) {
			group = pyout.Quoted(at.group + branchIDs(v.Node)[br.Name])
		}
		chosen = append(chosen, group)
	}
	if arms == nil {
		arms = []string{whichTask}
	} else {
		b.used["task"], b.used["arm_of"] = true, true
		b.tasks++
		b.out.Line(`%s = arm_of.override(task_id="%[1]s")(%s.output, %s)`, armTask, whichTask, pyout.List(chosen))
		b.out.Line("%s >> %s", armTask, pyout.List(arms))
	}
	b.end(v, joinTask, rule, arms, at)
}

// limitItems refuses a map whose list is known to be longer than Airflow takes.
func (b *builder) limitItems(n *ir.Map) {
	var items []json.RawMessage
	_ = json.Unmarshal(b.initial(n.IterateOn.Name), &items) // what is no list has none
	if len(items) > b.MapLength && !b.changes(n.IterateOn.Name) {
		b.Refuse(codeLimit, n.Span, "%q is over %s with %d items, and Airflow maps at most %d; raise core.max_map_length there and max_map_length here, or give the map `pods: one`",
			n.Name, n.IterateOn.Name, len(items), b.MapLength)
	}
}

// changes reports whether any step returns a parameter, or a composite hides it.
func (b *builder) changes(name string) bool {
	for v := range ir.Walk(b.pipeline) {
		_, nested := v.Node.(*ir.Nested) // a scope of its own
		if nested || ir.OwnName(v.Node).Name == name || slices.ContainsFunc(ir.NodeReturns(v.Node), func(r ir.Return) bool { return r.Name == name }) {
			return true
		}
	}
	return false
}
