package slurm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/flow"
	"github.com/runnable-render/runnable-render/ir"
)

// place is where a graph stands: its static path, and the names that its jobs have in the function which submits them.
type place struct{ static, key string }

// in is the place of a branch of a node.
func (at place) in(node, branch string) place {
	return place{ir.Join(ir.Join(at.static, node), branch), at.key + flow.Escaped(node) + "." + flow.Escaped(branch) + "."}
}

// function adds the shell function that submits a graph which has one to itself, and returns its name.
func (b *builder) function(what string, g *ir.Graph, at place) string {
	name := fmt.Sprintf("graph_%d", len(b.functions))
	i := len(b.functions)
	b.functions = append(b.functions, "")
	outer := b.lines
	b.lines = nil
	b.graph(g, at, []string{"$_entry"})
	body := strings.Join(b.lines, "")
	if body == "" {
		body = "  :\n"
	}
	b.lines = outer
	b.functions[i] = fmt.Sprintf("%s() { # %s\n%s}\n", name, what, body)
	return name
}

// graph submits a graph whose first steps wait for the jobs in entry, and returns the jobs that it ends with: when these
// have ended, so have all of them.
func (b *builder) graph(g *ir.Graph, at place, entry []string) []string {
	before, last := order(g)
	ends := make([][]string, len(g.Nodes))
	var out []string
	for _, i := range ir.Topo(g) {
		if before[i] == nil {
			continue
		}
		in := entry
		if len(before[i]) > 0 {
			in = nil
			for _, j := range before[i] {
				in = append(in, ends[j]...)
			}
		}
		ends[i] = b.node(g.Nodes[i], at, in)
		if last[i] {
			out = append(out, ends[i]...)
		}
	}
	if out == nil {
		return entry
	}
	return out
}

// order returns the nodes right before each node of a graph, nil for one that nothing leads to, and which nodes nothing
// follows.
func order(g *ir.Graph) (before [][]int, last []bool) {
	edges := ir.EdgesOf(g)
	next := edges.Successors()
	before, last = make([][]int, len(next)), make([]bool, len(next))
	var open []int
	reach := func(i int) {
		if before[i] == nil {
			before[i] = []int{}
			open = append(open, i)
		}
	}
	if g.Style == ir.Chain && edges.Start >= 0 {
		reach(edges.Start)
	}
	for i := range next {
		if g.Style == ir.Needs {
			reach(i)
		}
	}
	for ; len(open) > 0; open = open[1:] {
		i := open[0]
		last[i] = len(next[i]) == 0
		for _, j := range next[i] {
			reach(j)
			before[j] = append(before[j], i)
		}
	}
	return before, last
}

// node submits one node, and returns the jobs that it ends with.
func (b *builder) node(n ir.Node, at place, in []string) []string {
	name := n.Base().Name
	v := ir.Visit{Path: ir.Join(at.static, name), Node: n}
	if n.Base().OnePod() {
		return b.inOneJob(v, at, in)
	}
	switch n := n.(type) {
	case *ir.Task, *ir.Stub:
		return b.job(at, name, in, b.options(v), "work run")
	case *ir.Parallel:
		return b.branches(n.Branches, name, at, in)
	case *ir.Nested:
		return b.branches(ir.Subgraphs(n), name, at, in)
	case *ir.Map:
		return b.mapNode(n, v, at, in)
	case *ir.Conditional:
		return b.conditional(n, v, at, in)
	case *ir.Loop:
		what := fmt.Sprintf("an iteration of %s, of at most %d", v.Path, n.MaxIterations)
		body := b.function(what, n.Body, place{static: ir.Join(v.Path, ir.AnyItem)})
		return b.expand(at, name, in, "round "+body+" 0", "", "runner join")
	}
	panic("slurm: unknown node")
}

func (b *builder) branches(branches []ir.Branch, name string, at place, in []string) []string {
	var out []string
	for _, br := range branches {
		out = append(out, b.graph(br.Graph, at.in(name, br.Name), in)...)
	}
	if out == nil {
		return in
	}
	return out
}

// mapNode submits a map: a body of one step as an array of jobs, another item by item.
func (b *builder) mapNode(n *ir.Map, v ir.Visit, at place, in []string) []string {
	what := fmt.Sprintf("an item %s of %s, over %s", oneLine(n.IterateAs.Name), v.Path, oneLine(n.Over()))
	body := b.function(what, n.Body, place{static: ir.Join(v.Path, ir.AnyItem)})
	how := "map"
	if len(n.Body.Nodes) == 1 && (ir.IsLeaf(n.Body.Nodes[0]) || n.Body.Nodes[0].Base().OnePod()) {
		how = "array"
	}
	end, options := "runner reduce", ""
	if ir.PythonReducer(n.Reducer) {
		end, options = "work reduce", b.options(v)
	}
	return b.expand(at, n.Name, in, fmt.Sprintf("%s %s %d", how, body, n.Parallelism), options, end)
}

// conditional submits the branch that runs, once that is known. The jobs of a branch are called by its name.
func (b *builder) conditional(n *ir.Conditional, v ir.Visit, at place, in []string) []string {
	how := "choose"
	for _, br := range n.Branches {
		what := fmt.Sprintf("%s, if %s is %s", v.Path, oneLine(n.By()), br.Name)
		if n.Default == br.Name {
			what = fmt.Sprintf("%s, if %s names no other branch", v.Path, oneLine(n.By()))
		}
		how += " " + b.function(what, br.Graph, place{static: ir.Join(v.Path, br.Name), key: flow.Escaped(br.Name) + "."})
	}
	return b.expand(at, n.Name, in, how, "", "runner join")
}

// inOneJob runs a composite in one job.
func (b *builder) inOneJob(v ir.Visit, at place, in []string) []string {
	return b.job(at, v.Node.Base().Name, in, b.together(v), "work subtree")
}

// job submits a job that runs a command of the script on a node's path.
func (b *builder) job(at place, name string, in []string, options, command string) []string {
	key := at.key + flow.Escaped(name)
	b.jobs++
	b.line("job %s %s%s -- %s", key, quotedAll(in), options, command)
	return []string{"${_id[" + key + "]}"}
}

// expand submits a job that submits what is inside a composite, and one that ends the composite.
func (b *builder) expand(at place, name string, in []string, how, options, end string) []string {
	key := at.key + flow.Escaped(name)
	b.jobs += 2
	b.dynamic = true
	b.line("expand %s %s %q%s -- %s", key, quotedAll(in), how, options, end)
	return []string{"${_id[" + key + "]}"}
}

func (b *builder) line(format string, args ...any) {
	b.lines = append(b.lines, "  "+fmt.Sprintf(format, args...)+"\n")
}

// quotedAll is a word with the jobs that another waits for. Those of the function wait for its entry themselves.
func quotedAll(in []string) string {
	var out []string
	for _, job := range in {
		if !slices.Contains(out, job) && (job != "$_entry" || !slices.ContainsFunc(in, func(j string) bool { return j != job })) {
			out = append(out, job)
		}
	}
	return `"` + strings.Join(out, ":") + `"`
}

// oneLine is text for a comment.
func oneLine(text string) string { return clip(strings.Join(strings.Fields(text), " "), 60) }

func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

// quoted is a text as one word of the shell.
func quoted(text string) string {
	if text != "" && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=:./,%@+") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
