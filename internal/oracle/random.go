package oracle

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/runnable-render/runnable-render/ir"
)

// Case is a random pipeline with everything that decides how a run of it goes.
type Case struct {
	Seed     uint64
	Pipeline *ir.Pipeline // checked
	Initial  Params
}

// Random makes the case of a seed: all kinds of node nested in each other, chains and graphs of needs, handlers,
// `next: fail`, joins, empty maps, names that are shared, hidden and missing.
func Random(seed uint64) *Case {
	r := &random{Rand: rand.New(rand.NewPCG(seed, 1))}
	p := &ir.Pipeline{Name: fmt.Sprint("random ", seed)}
	for len(ir.Returnable(graphOrEmpty(p))) == 0 { // a pipeline that returns nothing tells little
		r.made = 0
		p.Graph = r.graph(3, nil)
	}
	if list := ir.Check(p); list.HasErrors() {
		panic(fmt.Sprintf("oracle: case %d is not a valid pipeline: %v\n%s", seed, list, ir.Dump(p)))
	}
	return &Case{Seed: seed, Pipeline: p, Initial: r.initial()}
}

func graphOrEmpty(p *ir.Pipeline) *ir.Graph {
	if p.Graph == nil {
		return &ir.Graph{}
	}
	return p.Graph
}

// The names that random pipelines use. Each holds values of one sort, so that composites find what they can use,
// but for what a map has made of it.
var (
	numbers  = []string{"n1", "n2", "n3"}
	switches = []string{"done", "done too"}
	lists    = []string{"xs", "y.s"}
	choices  = []string{"which"}
	items    = []string{"item", "n1", "xs", "which"}
	indexes  = []string{"i", "n2", "done"}
)

// arms are the names of a conditional's branches; values below are what they are chosen by.
var arms = []string{"a", "b b", "True", "false", "7", "-1e3"}

// Leaf tells what a leaf comes to. It depends on the seed and the path alone.
func (c *Case) Leaf(path string, n ir.Node) Result {
	h := fnv.New64a()
	fmt.Fprint(h, c.Seed, path)
	r := &random{Rand: rand.New(rand.NewPCG(c.Seed, h.Sum64()))}
	if r.oneIn(6) {
		return Result{Failed: true, Kind: r.pick("error", "timeout", "oom"), Message: "failed at " + path}
	}
	out := Result{Returns: Params{}}
	if task, ok := n.(*ir.Task); ok {
		for _, ret := range task.Returns {
			out.Returns[ret.Name] = r.value(ret.Name)
		}
	}
	return out
}

func (r *random) initial() Params {
	p := Params{}
	for _, name := range slices.Concat(numbers, switches, lists, choices) {
		if !r.oneIn(6) {
			p[name] = r.value(name)
		}
	}
	return p
}

// random makes random choices.
type random struct {
	*rand.Rand
	made int // steps so far
}

func (r *random) oneIn(n int) bool { return r.IntN(n) == 0 }

func (r *random) pick(of ...string) string { return of[r.IntN(len(of))] }

// value returns a value of the sort that a name holds.
func (r *random) value(name string) string {
	switch {
	case slices.Contains(numbers, name):
		return strconv.Itoa(r.IntN(9) - 2)
	case slices.Contains(switches, name):
		return r.pick("true", "false", "false", `"true"`, "1", "null")
	case slices.Contains(lists, name):
		return r.pick("[]", "[1]", "[3,1,3]", `["a","b b"]`, `[true,null,{"k":1}]`, `[[1,2],[]]`, `"no list"`)
	}
	return r.pick(`"a"`, `"b b"`, "true", "false", "7", "-1e3", "1.5", `"none"`, "null")
}

func (r *random) parameter(names []string) ir.Ref {
	if r.oneIn(12) {
		return ir.Ref{Name: "missing"}
	}
	return ir.Ref{Name: r.pick(names...)}
}

// graph makes a graph; forbidden are the names that nothing in it may return.
func (r *random) graph(depth int, forbidden []string) *ir.Graph {
	var nodes []ir.Node
	for range r.IntN(5) {
		nodes = append(nodes, r.node(depth, forbidden))
	}
	if r.oneIn(3) {
		return r.needs(nodes, depth, forbidden)
	}
	return r.chain(nodes)
}

func (r *random) node(depth int, forbidden []string) ir.Node {
	r.made++
	c := ir.Common{Name: fmt.Sprint(r.pick("s", "step ", "ü"), r.made)}
	kind := r.IntN(12)
	if depth == 0 || r.made > 40 {
		kind = r.IntN(4)
	}
	switch kind {
	case 4, 5:
		return &ir.Parallel{Common: c, Branches: r.branches([]string{"l", "r", "x y"}, depth, forbidden)}
	case 6, 7:
		n := &ir.Conditional{Common: c, Parameter: r.parameter(choices), Branches: r.branches(arms, depth, forbidden)}
		if r.oneIn(2) {
			n.Default = n.Branches[r.IntN(len(n.Branches))].Name
		}
		return n
	case 8, 9:
		n := &ir.Map{Common: c, IterateOn: r.parameter(lists), IterateAs: ir.Ref{Name: r.pick(items...)}, Parallelism: r.IntN(3)}
		n.Body = r.graph(depth-1, append(slices.Clip(forbidden), n.IterateAs.Name))
		n.Reducer = r.reducer(n.Body)
		return n
	case 10:
		n := &ir.Loop{Common: c, MaxIterations: 1 + r.IntN(3), BreakOn: r.parameter(switches), IndexAs: ir.Ref{Name: r.pick(indexes...)}}
		n.Body = r.graph(depth-1, forbidden)
		return n
	case 11:
		return r.nested(c, depth, forbidden)
	case 0:
		return &ir.Stub{Common: c}
	}
	return r.task(c, forbidden)
}

// nested makes a pipeline in a pipeline: names of some sorts go in, or of numbers alone where they are declared, and some of
// those inside come out.
func (r *random) nested(c ir.Common, depth int, forbidden []string) ir.Node {
	n := &ir.Nested{Common: c, Definition: ir.Ref{Name: "inner.yaml"}, Body: r.graph(depth-1, nil)}
	sorts := [][]string{numbers, switches, lists, choices}
	if r.oneIn(2) {
		sorts = sorts[:1]
		for _, name := range numbers {
			n.Parameters = append(n.Parameters, ir.Parameter{Name: name, Type: ir.IntType})
		}
	}
	for _, names := range sorts {
		if !r.oneIn(4) {
			n.Inputs = append(n.Inputs, ir.Input{Arg: names[0], From: []string{r.parameter(names).Name}})
		}
	}
	if r.oneIn(2) {
		n.Inputs = append(n.Inputs, ir.Input{Arg: "n3", Value: "3"})
	}
	for _, inside := range ir.Returnable(n.Body) {
		if r.oneIn(2) && !slices.Contains(forbidden, inside.Name) {
			n.Returns = append(n.Returns, ir.Return{Name: inside.Name, Kind: ir.JSON})
		}
	}
	return n
}

func (r *random) task(c ir.Common, forbidden []string) ir.Node {
	n := &ir.Task{Common: c, Command: &ir.Shell{Script: "true"}}
	for _, name := range slices.Concat(numbers, switches, lists, choices) {
		if r.oneIn(4) && !slices.Contains(forbidden, name) {
			n.Returns = append(n.Returns, ir.Return{Name: name, Kind: ir.JSON})
		}
	}
	return n
}

func (r *random) branches(names []string, depth int, forbidden []string) []ir.Branch {
	var out []ir.Branch
	for _, i := range r.Perm(len(names))[:1+r.IntN(len(names))] {
		out = append(out, ir.Branch{Name: names[i], Graph: r.graph(depth-1, forbidden)})
	}
	return out
}

// reducer picks one that the oracle can tell of: what compares or adds gets whole numbers alone, or fails on the
// first string, as everywhere.
func (r *random) reducer(body *ir.Graph) string {
	any := []string{"", "", "list", "len", "first", "last", "any", "all"}
	for v := range ir.WalkGraph(body, "") {
		if _, ok := v.Node.(*ir.Map); ok {
			return r.pick(any...)
		}
	}
	for _, ret := range ir.Returnable(body) {
		if !slices.Contains(numbers, ret.Name) {
			return r.pick(any...)
		}
	}
	return r.pick("sum", "max", "min", "mean", "sorted", "len", "")
}

// chain links nodes forward: each to a later one, a terminal, or to what is next in file order.
func (r *random) chain(nodes []ir.Node) *ir.Graph {
	g := &ir.Graph{Nodes: nodes}
	for i, n := range nodes {
		later := nodes[i+1:]
		b := n.Base()
		if r.oneIn(3) {
			b.Next = r.forward(later)
		}
		if r.oneIn(2) {
			b.OnFailure = r.forward(later)
		}
	}
	if r.oneIn(5) {
		g.Start = r.forward(nodes)
	}
	return g
}

func (r *random) forward(later []ir.Node) ir.Ref {
	if len(later) == 0 || r.oneIn(5) {
		return ir.Ref{Name: r.pick(ir.Success, ir.Success, ir.Fail)}
	}
	return ir.Ref{Name: later[r.IntN(min(3, len(later)))].Base().Name}
}

// needs makes a graph of needs: each node may need some of those before it, in any order, and have a handler of its
// own. The nodes are then written in any order.
func (r *random) needs(nodes []ir.Node, depth int, forbidden []string) *ir.Graph {
	g := &ir.Graph{Style: ir.Needs}
	for i, n := range nodes {
		b := n.Base()
		for _, j := range r.Perm(i) {
			if r.oneIn(2) {
				b.Needs = append(b.Needs, ir.Ref{Name: nodes[j].Base().Name})
			}
		}
		g.Nodes = append(g.Nodes, n)
		switch r.IntN(5) {
		case 0, 1:
			handler := r.node(max(0, depth-1), forbidden)
			b.OnFailure = ir.Ref{Name: handler.Base().Name}
			g.Nodes = append(g.Nodes, handler)
		case 2:
			b.OnFailure = ir.Ref{Name: r.pick(ir.Success, ir.Fail)}
		}
	}
	r.Shuffle(len(g.Nodes), func(i, j int) { g.Nodes[i], g.Nodes[j] = g.Nodes[j], g.Nodes[i] })
	return g
}
