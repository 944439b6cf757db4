package airflow

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/flow"
	"github.com/runnable-render/runnable-render/backends/internal/pyout"
	"github.com/runnable-render/runnable-render/ir"
)

// The trigger rules. Where exactly one step leads to another, Airflow's state of it tells what the runner would: a task ends
// as its step did, and the last task of a group as its composite. Else a task waits for all before it to end, whatever they
// came to, and the runner decides whether the step runs; one that does not is skipped.
const (
	allSuccess = "" // Airflow's default
	oneFailed  = "one_failed"
	allDone    = "all_done"
)

// place is where a graph stands.
type place struct {
	static string // path, with * for items
	run    string // the same as a word of commands
	group  string // id of the group around, with a dot at its end; empty: none
	mapped bool   // a map is around
	limit  int    // tasks of a kind at a time; 0: no limit
}

// in is the place of what the group of a composite or branch holds.
func (p place) in(name, group string) place {
	p.static, p.run = ir.Join(p.static, name), ir.Join(p.run, flow.Escaped(name))
	p.group += group + "."
	return p
}

// item is the place of the body of a map, whose items are mapped tasks.
func (p place) item(group string, n *ir.Map) place {
	in := p.in(ir.AnyItem, group)
	in.run, in.mapped, in.limit = p.run+".{{ ti.map_index }}", true, n.Parallelism
	return in
}

// ruleOf is the trigger rule of a node; one that nothing leads to has that of the graph.
func ruleOf(f *flow.Flow, i int, entry string) string {
	if len(f.Before[i]) == 0 {
		return entry
	}
	success, failure := f.Alone(i)
	switch {
	case success == failure: // of several, or whatever one came to
		return allDone
	case failure:
		return oneFailed
	}
	return allSuccess
}

// arrow is what comes before what, as variables.
type arrow [2][]string

// graph writes the tasks and groups of a graph. It returns the variables of those with which it begins and ends, none where it
// has no steps, and the arrows between them.
func (b *builder) graph(g *ir.Graph, at place, entry string) (first, last []string, arrows []arrow) {
	f := flow.Of(g)
	variables := ids(g.Names())
	variable := func(i int) string { return variables[g.Nodes[i].Base().Name] }
	for _, i := range f.Order {
		n := g.Nodes[i]
		b.node(ir.Visit{Path: ir.Join(at.static, n.Base().Name), Node: n, Graph: g}, variable(i), at, ruleOf(f, i, entry))
		var before []string
		for _, j := range f.Before[i] {
			before = append(before, variable(j))
		}
		if before == nil {
			first = append(first, variable(i))
		} else {
			arrows = append(arrows, arrow{before, {variable(i)}})
		}
		if len(f.After[i]) == 0 {
			last = append(last, variable(i))
		}
	}
	return first, last, arrows
}

// arrows writes what comes before what; those that follow one another stand on one line.
func (b *builder) arrows(arrows ...arrow) {
	side := func(names []string) string {
		if len(names) == 1 {
			return names[0]
		}
		return b.out.List(names, pyout.Width/4)
	}
	for i := 0; i < len(arrows); i++ {
		line, end := side(arrows[i][0])+" >> "+side(arrows[i][1]), arrows[i][1]
		for i+1 < len(arrows) && len(end) == 1 && slices.Equal(end, arrows[i+1][0]) && 4*b.out.Indent+len(line) < pyout.Width-20 {
			i++
			end = arrows[i][1]
			line += " >> " + side(end)
		}
		b.out.Line("%s", line)
	}
}

// node writes what becomes of a step in the file: a task, or a group.
func (b *builder) node(v ir.Visit, id string, at place, rule string) {
	inside := at.in(v.Node.Base().Name, id)
	if len(at.group)+len(id)+len(".reduce") > maxID {
		b.Refuse(codeLimit, v.Node.Base().Span, "the id of the task for %s would be longer than %d characters; shorten names, or give a composite around it `pods: one`", v.Path, maxID)
	}
	why := b.inPlace(v.Node, at)
	switch {
	case ir.IsLeaf(v.Node):
		b.out.Comment(flow.Summary(v.Node))
		b.task(v, id, rule, at, "run", inside.run)
	case why != "":
		b.notes = append(b.notes, v.Path+" runs in place, in one task: "+why)
		b.together(v)
		b.out.Comment(flow.Summary(v.Node) + "; in place")
		b.task(v, id, rule, at, "subtree", inside.run)
	default:
		b.group(id, flow.Summary(v.Node), "", func() { b.composite(v, inside, rule) })
		b.out.Line("")
	}
}

// inPlace says why a composite runs in one task; empty: it does not.
func (b *builder) inPlace(n ir.Node, at place) string {
	_, isLoop := n.(*ir.Loop)
	_, isMap := n.(*ir.Map)
	switch {
	case n.Base().OnePod():
		return "it says so"
	case isLoop:
		return "Airflow has no loops"
	case isMap && at.mapped:
		return "Airflow maps no tasks inside mapped ones"
	case strings.Count(at.group, ".") >= maxGroups:
		return "groups are too deep in one another"
	}
	return ""
}

// groupSuffix ends the names of the functions that make groups.
const groupSuffix = "_group"

// reserved are the names that mean something else in the file, besides Python's own.
var reserved = strings.Fields(`
	BashOperator CronTriggerTimetable DEFINITION DockerOperator ENV KubernetesPodOperator MultipleCronTriggerTimetable PARAMETERS
	Param Secret arm_of begin dag dict hooks int list numbers pod result str task task_group timedelta`)

// ids are the names that the steps of a graph, or the branches of a composite, have in the file: each is the id of a task or
// group, and the variable that holds it.
func ids(names []string, taken ...string) map[string]string {
	return pyout.Variables(names, func(variable string) bool {
		return slices.Contains(taken, variable) || slices.Contains(reserved, variable) || strings.HasSuffix(variable, groupSuffix)
	})
}

var notID = regexp.MustCompile(`[^A-Za-z0-9_.-]+`) // compiled once, by every import

// dagID is the id of the DAG: the pipeline's name as far as an id can have it.
func (b *builder) dagID() string {
	name := b.pipeline.Called()
	id := strings.TrimLeft(notID.ReplaceAllString(name, "_"), "_-.")
	if id == name && len(id) <= maxName {
		return id
	}
	return pyout.Hashed(cmp.Or(id, "pipeline"), name)
}
