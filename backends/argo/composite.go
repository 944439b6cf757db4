package argo

import (
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// callNode returns how to run a node at a place. control is the argument that a map or conditional gets.
func (b *builder) callNode(n ir.Node, at place, control arg) call {
	if n.Base().OnePod() {
		return b.onePod(n, at)
	}
	var c call
	switch n := n.(type) {
	case *ir.Task, *ir.Stub:
		c = call{template: b.leaf(n, at), args: []arg{{inPath, at.join(n.Base().Name)}}}
	case *ir.Parallel, *ir.Nested:
		c = call{template: b.branches(n, at), args: at.passing()}
	case *ir.Map:
		c = call{template: b.mapOver(n, at), args: at.passing(control)}
	case *ir.Conditional:
		c = call{template: b.conditional(n, at), args: at.passing(control)}
	case *ir.Loop:
		c = call{template: b.loop(n, at), args: at.passing(arg{inIndex, "0"})}
	default:
		panic("argo: unknown node")
	}
	c.note = describe(n)
	return c
}

// describe says in a line what a node does, for the manifest's reader.
func describe(n ir.Node) string {
	switch n := n.(type) {
	case *ir.Task:
		return ir.CommandType(n.Command) + ": " + clip(n.Command.Text(), 36)
	case *ir.Stub:
		return "stub"
	case *ir.Parallel:
		return fmt.Sprintf("parallel: %d branches", len(n.Branches))
	case *ir.Map:
		note := fmt.Sprintf("map: over %s as %s", n.Over(), n.IterateAs.Name)
		if n.Reducer != "" {
			note += ", reduced by " + clip(n.Reducer, 40)
		}
		return note
	case *ir.Conditional:
		return "conditional: on " + n.By()
	case *ir.Loop:
		return fmt.Sprintf("loop: until %s, at most %d times", n.Until(), n.MaxIterations)
	case *ir.Nested:
		return "pipeline: of " + clip(n.Definition.Name, 60)
	}
	panic("argo: unknown node")
}

// title names a template's node in its comment.
func title(n ir.Node, at place) string {
	return clip(ir.Join(at.static, n.Base().Name), 80) + ", " + describe(n)
}

func (b *builder) nodeTemplate(n ir.Node, at place, more ...string) *template {
	t := b.newTemplate(ir.Join(at.static, n.Base().Name), title(n, at), n)
	t.inputs = at.inputs(more...)
	return t
}

// branches makes the template of a parallel or a nested pipeline: all its graphs beside each other.
func (b *builder) branches(n ir.Node, at place) string {
	t := b.nodeTemplate(n, at)
	t.failFast, t.parallelism = ir.FailsFast(n), b.settingsOf(n, at.static).Parallelism
	names := namer{}
	for _, br := range ir.Subgraphs(n) {
		c := b.callGraph(br.Graph, at.inside(n, br.Name), ir.Join(ir.Join(at.static, n.Base().Name), br.Name), "branch "+clip(br.Name, 60))
		t.tasks = append(t.tasks, &task{name: "b-" + names.give(br.Name, 60), template: c.template, args: c.args, note: c.note})
	}
	b.bounded(t)
	if inner, ok := n.(*ir.Nested); ok && ir.SucceedsRefused(inner.Body) {
		b.outcome(t, inner, at)
	}
	return t.name
}

// outcome adds the task that ends a nested pipeline's template, with the outcome that the store tells.
func (b *builder) outcome(t *template, n *ir.Nested, at place) {
	last := &task{name: "outcome", template: b.runnerTemplate(), note: "fails if the inputs were refused", args: []arg{{inDo, "join"}, {inPath, at.join(n.Name)}}}
	for _, x := range t.tasks {
		last.depends.and(succeeded(x.name))
	}
	t.tasks = append(t.tasks, last)
	b.pods.control++
}

// conditional makes the template of a conditional: one task for each branch, of which the argument chooses one, and
// one that fails where the argument chooses none.
func (b *builder) conditional(n *ir.Conditional, at place) string {
	t := b.nodeTemplate(n, at, inArm)
	t.failFast = n.FailFast
	names := namer{}
	var known []string
	for i, br := range n.Branches {
		c := b.callGraph(br.Graph, at.inside(n, br.Name), ir.Join(ir.Join(at.static, n.Name), br.Name), "branch "+clip(br.Name, 60))
		t.tasks = append(t.tasks, &task{
			name: "b-" + names.give(br.Name, 60), template: c.template, args: c.args, note: c.note,
			when: fmt.Sprintf("'%s' == '%d'", input(inArm), i),
		})
		known = append(known, fmt.Sprintf("'%d'", i))
	}
	none := b.badTask(n, at, "{{=!(inputs.parameters."+inArm+" in ["+strings.Join(known, ", ")+"])}}")
	t.tasks = append(t.tasks, none)
	b.bounded(t, none)
	return t.name
}

// badTask fails a composite whose control value could not be told: its record in the store says why.
func (b *builder) badTask(n ir.Node, at place, when string) *task {
	return &task{
		name: "bad", template: b.runnerTemplate(), when: when, note: "fails if the value is missing or unknown",
		args: []arg{{inDo, "fail"}, {inPath, at.join(n.Base().Name)}},
	}
}

// counts is the expression that holds for a control value that counts items.
const counts = "inputs.parameters." + inCount + " matches '^[0-9]+$'"

// mapOver makes the template of a map: its body for each index, by way of a template that is never retried, and
// the reducer. A task that is fanned out must have no condition (reference: Argo 4.1 would skip all of it).
func (b *builder) mapOver(n *ir.Map, at place) string {
	t := b.nodeTemplate(n, at, inCount)
	t.failFast, t.parallelism = n.FailFast, b.parallelism(n, at)
	in := at.body(n)
	path := at.join(n.Name)
	item := &task{
		name: "item", note: "the body, once for each item",
		count: "{{=" + counts + " ? inputs.parameters." + inCount + " : '0'}}",
		args:  []arg{{inPath, path + ".{{item}}"}},
	}
	bad := b.badTask(n, at, "{{=!("+counts+")}}")
	t.tasks = append(t.tasks, item, bad)
	item.template = b.dag(newFlow(n.Body), in, "", bodyName(in), "one item of "+clip(ir.Join(at.static, n.Name), 60)).name
	if n.Reducer != "" {
		r := &task{name: "reduce", note: "reduces by " + clip(n.Reducer, 60), args: []arg{{inDo, "reduce"}, {inPath, path}}}
		r.depends.and(succeeded(item.name)) // an empty list has nothing to reduce: the next reader knows what that gives
		r.depends.and("bad.Skipped")
		r.template = b.runnerTemplate()
		if ir.PythonReducer(n.Reducer) { // it runs in the map's image, the others in the runner (SEMANTICS 2.9)
			r.template = b.reduceTemplate(n, at)
		} else {
			b.pods.control++
		}
		t.tasks = append(t.tasks, r)
	}
	return t.name
}

// bodyName is the name that the template of a map's or loop's body should have.
func bodyName(in place) string { return strings.TrimSuffix(in.static, ir.AnyItem) + "body" }

// loop makes the template of a loop, which calls itself for the next iteration until the body says that it is done;
// many iterations take two levels of that, because Argo's stack is bounded.
func (b *builder) loop(n *ir.Loop, at place) string {
	t := b.nodeTemplate(n, at, inIndex)
	t.failFast = n.FailFast
	bound := n.MaxIterations
	rounds := t
	chunk := 0
	if bound > b.flatLoop {
		chunk = roundsPerChunk(bound)
		rounds = b.newTemplate(t.name+"-rounds", fmt.Sprintf("up to %d iterations of %s", chunk, clip(ir.Join(at.static, n.Name), 60)), n)
		rounds.inputs, rounds.failFast = t.inputs, t.failFast
		rounds.controlExpr = "tasks.next.status == 'Succeeded' ? tasks.next.outputs.parameters." + outValue + " : tasks.body.outputs.parameters." + outValue
		t.tasks = append(t.tasks, &task{name: "rounds", note: "iterations, as many as one recursion takes", template: rounds.name, args: t.passing()})
		t.rounds = (bound + chunk - 1) / chunk
		b.again(t, n, at, "rounds", chunk, fmt.Sprintf("%s < %d", input(inIndex), bound-chunk))
		bound = chunk
	}
	body, tells := b.iteration(n, at)
	rounds.tasks = append(rounds.tasks, body)
	if !tells { // no way through the body leads to success: the first iteration is the last
		t.rounds, rounds.controlExpr = 0, ""
		t.tasks = t.tasks[:1]
		return t.name
	}
	rounds.rounds = bound
	last := fmt.Sprintf("%s < %d", input(inIndex), n.MaxIterations-1)
	if chunk > 0 {
		last += fmt.Sprintf(" && %s %% %d != %d", input(inIndex), chunk, chunk-1)
	}
	b.again(rounds, n, at, "body", 1, last)
	return t.name
}

// again adds to a loop's template the call of itself behind a task whose control value says whether the loop is
// done, and the failure where that could not be told.
func (b *builder) again(t *template, n *ir.Loop, at place, behind string, step int, bound string) {
	next := &task{name: "next", template: t.name, note: "continues with the next iteration", when: "'" + output(behind) + "' == 'false' && " + bound}
	next.depends.and(succeeded(behind))
	for _, name := range t.inputs {
		value := input(name)
		if name == inIndex {
			value = fmt.Sprintf("{{=string(int(inputs.parameters.%s) + %d)}}", inIndex, step)
		}
		next.args = append(next.args, arg{name, value})
	}
	bad := b.badTask(n, at, fmt.Sprintf("'%s' != 'true' && '%s' != 'false'", output(behind), output(behind)))
	bad.depends.and(succeeded(behind))
	t.tasks = append(t.tasks, next, bad)
}

// iteration is the task that runs one iteration and gives its control value, and whether it ever does that.
func (b *builder) iteration(n *ir.Loop, at place) (*task, bool) {
	path := at.join(n.Name) + "." + input(inIndex)
	f := newFlow(n.Body)
	in := at.body(n)
	if v := f.single(); v != nil && ir.IsLeaf(v.node) {
		direct := in
		direct.path = path
		c := b.callNode(v.node, direct, arg{})
		return &task{name: "body", template: c.template, note: c.note, args: append(c.args, arg{inControl, path})}, true
	}
	body := b.dag(f, in, input(inPath), bodyName(in), "one iteration of "+clip(ir.Join(at.static, n.Name), 60))
	return &task{name: "body", template: body.name, note: "one iteration", args: []arg{{inPath, path}}}, body.control != ""
}

// roundsPerChunk is the number of iterations of the inner recursion that makes both together the least deep.
func roundsPerChunk(n int) int {
	best := 1
	for k := 1; k <= n && k <= maxDepth; k++ {
		if k+(n+k-1)/k < best+(n+best-1)/best {
			best = k
		}
	}
	return best
}
