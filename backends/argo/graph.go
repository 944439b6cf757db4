package argo

import (
	"github.com/runnable-render/runnable-render/ir"
)

// place is where a graph stands.
type place struct {
	path   string // the graph's path as text for Argo: "" for the pipeline's own, a prefix with tags in a body
	static string // the same in static form, for names and messages
	inBody bool   // inside a map or loop: templates take the path of the innermost iteration
}

// join is the path of a node in the graph.
func (p place) join(name string) string {
	if p.path == "" {
		return segment(name)
	}
	return p.path + "." + segment(name)
}

// inside is the place of a branch of a node in the graph.
func (p place) inside(n ir.Node, branch string) place {
	name := n.Base().Name
	p.path = p.join(name) + "." + segment(branch)
	p.static = ir.Join(ir.Join(p.static, name), branch)
	return p
}

// body is the place of the body of a map or loop: there the path is an input of the template.
func (p place) body(n ir.Node) place {
	p.static = ir.Join(ir.Join(p.static, n.Base().Name), ir.AnyItem)
	p.path, p.inBody = input(inPath), true
	return p
}

// inputs are those of a template at this place, and what it takes besides.
func (p place) inputs(more ...string) []string {
	if p.inBody {
		return append([]string{inPath}, more...)
	}
	return more
}

// passing are the arguments for a template at the same place.
func (p place) passing(more ...arg) []arg {
	if p.inBody {
		return append([]arg{{inPath, input(inPath)}}, more...)
	}
	return more
}

// vertexTasks are the tasks of one vertex.
type vertexTasks struct {
	main    string
	control string // the pod that evaluates its control value; empty: none
	task    *task
	before  *task // the control pod's task
}

// first is the task that waits for what the vertex comes after.
func (v *vertexTasks) first() *task {
	if v.before != nil {
		return v.before
	}
	return v.task
}

// failures are the results that mean that the vertex failed.
func (v *vertexTasks) failures() []string {
	if v.control == "" {
		return failed(v.main)
	}
	return append(failed(v.control), failed(v.main)...)
}

// graph is one graph on its way to a DAG template.
type graph struct {
	*builder
	*flow
	at       place
	end      string // the path of the loop's iteration whose control value the template gives; empty: none
	tmpl     *template
	names    namer
	tasks    []*vertexTasks
	incoming map[int][]int // Chain: the vertices that have an edge to a vertex or terminal
}

// callGraph returns how to run a graph: as a DAG template, or directly where it is a single step.
func (b *builder) callGraph(g *ir.Graph, at place, wish, note string) call {
	f := newFlow(g)
	if v := f.single(); v != nil {
		switch v.node.(type) {
		case *ir.Task, *ir.Stub, *ir.Parallel, *ir.Loop, *ir.Nested: // those that need no control value
			return b.callNode(v.node, at, arg{})
		case *ir.Map, *ir.Conditional:
		}
	}
	t := b.dag(f, at, "", wish, note)
	return call{template: t.name, args: at.passing(), note: note}
}

// dag makes the DAG template of a flow.
func (b *builder) dag(f *flow, at place, end, wish, note string) *template {
	t := b.newTemplate(wish, note, nil)
	t.inputs = at.inputs()
	g := &graph{builder: b, flow: b.split(f, at, wish, t), at: at, end: end, tmpl: t, names: namer{}}
	g.name()
	g.connect()
	for i := range g.vertices {
		g.fill(i)
	}
	g.finish()
	return t
}

// name makes the tasks of all vertices, so that conditions can name them.
func (g *graph) name() {
	parts := 0
	for _, v := range g.vertices {
		vt := &vertexTasks{task: &task{}}
		if v.part != nil {
			parts++
			vt.main = g.names.give("part "+itoa(parts), 60)
		} else {
			vt.main = "s-" + g.names.give(v.node.Base().Name, 60)
		}
		vt.task.name = vt.main
		g.tasks = append(g.tasks, vt)
	}
	for i, v := range g.vertices {
		if v.node != nil && needsControl(v.node) && g.provider(i) < 0 {
			vt := g.tasks[i]
			vt.control = "c-" + vt.main[len("s-"):]
			vt.before = &task{name: vt.control}
			vt.task.depends.and(succeeded(vt.control))
		}
	}
}

// needsControl reports whether something must be known before the node can start: how many items, which branch.
func needsControl(n ir.Node) bool {
	switch n.(type) {
	case *ir.Map, *ir.Conditional:
		return !n.Base().OnePod()
	case *ir.Task, *ir.Stub, *ir.Parallel, *ir.Loop, *ir.Nested:
		return false
	}
	panic("argo: unknown node")
}

// provider is the leaf that gives the control value of vertex i: the only way to it is that leaf's success. -1: none,
// so that it takes a pod of its own.
func (g *graph) provider(i int) int {
	var p int
	if g.style == ir.Needs {
		if len(g.vertices[i].needs) != 1 {
			return -1
		}
		if p = g.vertices[i].needs[0]; g.vertices[p].failure != toFail || g.asked(p) != i {
			return -1
		}
	} else {
		if p = g.onlyBefore(i); p < 0 || g.vertices[p].next != i {
			return -1
		}
	}
	if g.vertices[p].node == nil || !ir.IsLeaf(g.vertices[p].node) {
		return -1
	}
	return p
}

// asked is the first vertex of a needs graph that needs vertex p alone and wants a control value: a step gives one.
func (g *graph) asked(p int) int {
	for i, v := range g.vertices {
		if v.node != nil && needsControl(v.node) && len(v.needs) == 1 && v.needs[0] == p {
			return i
		}
	}
	return -1
}

// onlyBefore is the vertex of a chain that has the only edge to vertex i (or terminal), or -1.
func (g *graph) onlyBefore(i int) int {
	if g.start == i {
		return -1
	}
	if g.incoming == nil {
		g.incoming = map[int][]int{}
		for p, v := range g.vertices {
			g.incoming[v.next] = append(g.incoming[v.next], p)
			g.incoming[v.failure] = append(g.incoming[v.failure], p)
		}
	}
	if w := g.incoming[i]; len(w) == 1 {
		return w[0]
	}
	return -1
}

// connect writes what each vertex depends on.
func (g *graph) connect() {
	if g.style == ir.Needs {
		for i, v := range g.vertices {
			c := &g.tasks[i].first().depends
			if v.handles >= 0 {
				c.and(g.tasks[v.handles].failures()...)
			}
			for _, p := range v.needs {
				c.and(g.done(g.tasks, p)...)
			}
		}
		return
	}
	into := g.edges()
	for i := range g.vertices {
		g.tasks[i].first().depends.and(into[i]...)
	}
}

// edges lists, for each vertex and terminal of a chain, the results that lead to it; a failure that leads to `fail`
// needs no task to fail.
func (g *graph) edges() map[int][]string {
	into := map[int][]string{}
	for p, v := range g.vertices {
		into[v.next] = append(into[v.next], succeeded(g.tasks[p].main))
		if v.failure != toFail {
			into[v.failure] = append(into[v.failure], g.tasks[p].failures()...)
		}
	}
	return into
}

// fill says what the tasks of vertex i run.
func (g *graph) fill(i int) {
	v, vt := g.vertices[i], g.tasks[i]
	if v.part != nil {
		t := g.dag(v.part, g.at, "", g.tmpl.name+"-part", "a part of "+g.tmpl.name)
		vt.task.template, vt.task.args = t.name, g.at.passing()
		g.tmpl.tasks = append(g.tmpl.tasks, vt.task)
		return
	}
	name := v.node.Base().Name
	control := arg{}
	if needsControl(v.node) {
		control = arg{inCount, output(vt.control)}
		if _, ok := v.node.(*ir.Conditional); ok {
			control.name = inArm
		}
		if p := g.provider(i); p >= 0 {
			control.value = output(g.tasks[p].main)
		} else {
			vt.before.note = "asks the store how to continue with " + clip(name, 40)
			g.runnerTask(vt.before, "control", g.at.join(name))
			g.tmpl.tasks = append(g.tmpl.tasks, vt.before)
		}
	}
	c := g.callNode(v.node, g.at, control)
	vt.task.template, vt.task.args, vt.task.note = c.template, c.args, c.note
	if ir.IsLeaf(v.node) {
		if path := g.wanted(i); path != "" {
			vt.task.args = append(vt.task.args, arg{inControl, path})
		}
	}
	g.tmpl.tasks = append(g.tmpl.tasks, vt.task)
}

// wanted is the path whose control value leaf i gives, or "".
func (g *graph) wanted(i int) string {
	if g.ender() == i {
		return g.end
	}
	next := []int{g.vertices[i].next}
	if g.style == ir.Needs {
		next = []int{g.asked(i)}
	}
	for _, n := range next {
		if n >= 0 && g.vertices[n].node != nil && needsControl(g.vertices[n].node) && g.provider(n) == i {
			return g.at.join(g.vertices[n].node.Base().Name)
		}
	}
	return ""
}

// ender is the leaf that gives the control value of the loop's iteration: the last step, where that is always the
// same. -1: a pod of its own does.
func (g *graph) ender() int {
	if g.end == "" || g.handled() {
		return -1
	}
	p := -1
	if g.style == ir.Chain {
		p = g.onlyBefore(toSuccess)
	} else if sinks := g.sinks(); len(sinks) == 1 {
		p = sinks[0]
	}
	if p < 0 || g.vertices[p].node == nil || !ir.IsLeaf(g.vertices[p].node) {
		return -1
	}
	return p
}

// finish adds the tasks that stand for the terminals.
func (g *graph) finish() {
	var into map[int][]string
	if g.style == ir.Chain {
		into = g.edges()
	}
	var last *task
	if results := into[toFail]; len(results) > 0 || g.style == ir.Chain && g.start == toFail {
		last = &task{name: ir.Fail, note: "reached fail"}
		last.depends.and(results...)
		g.runnerTask(last, "fail", g.at.path)
		g.tmpl.tasks = append(g.tmpl.tasks, last)
	}
	if p := g.ender(); p >= 0 {
		g.tmpl.control = g.tasks[p].main
	}
	if s := g.successTask(into, last != nil); s != nil {
		g.tmpl.tasks = append(g.tmpl.tasks, s)
		last = s
	}
	if last != nil {
		g.tmpl.seal(last)
	}
}

// successTask is the task that stands for `success`, where the last step alone does not tell: after handlers, beside
// `fail`, and where the control value of an iteration needs a pod.
func (g *graph) successTask(into map[int][]string, fails bool) *task {
	var c cond
	switch {
	case g.inParts():
		for _, vt := range g.tasks {
			c.and(succeeded(vt.main))
		}
	case g.style == ir.Needs:
		for _, p := range g.sinks() {
			c.and(g.done(g.tasks, p)...)
		}
	default:
		c.and(into[toSuccess]...)
		if len(c) == 0 && g.start != toSuccess {
			return nil // success is never reached
		}
	}
	asks := g.end != "" && g.ender() < 0
	if !asks && len(g.vertices) > 0 && (g.saysAll(c) || !fails && !g.handled() && !g.inParts()) {
		return nil
	}
	s := &task{name: ir.Success, depends: c}
	if len(g.vertices) == 0 && g.at.static == "" {
		s.note = "writes down that the run was there: it has no steps"
		g.runnerTask(s, "begin", "--status=")
		return s
	}
	if asks {
		s.note = "asks the store whether the loop is done"
		g.runnerTask(s, "control", g.end)
		g.tmpl.control = s.name
		return s
	}
	s.template = g.successTemplate()
	return s
}

// saysAll reports whether the template has one leaf, and its success is all that the condition asks for.
func (g *graph) saysAll(c cond) bool {
	leaves := g.tmpl.leaves()
	return len(leaves) == 1 && c.String() == succeeded(leaves[0])
}

// inParts reports whether the graph is a needs graph in parts: they do not stop each other, so each counts at the end.
func (g *graph) inParts() bool {
	return g.style == ir.Needs && len(g.vertices) > 0 && g.vertices[0].part != nil
}

// runnerTask makes t a pod of the runner's own.
func (g *graph) runnerTask(t *task, do, path string) {
	t.template = g.runnerTemplate()
	t.args = []arg{{inDo, do}, {inPath, path}}
	g.pods.control++
}
