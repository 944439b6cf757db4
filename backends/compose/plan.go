package compose

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// service is one service of the plan.
type service struct {
	path    string   // of the run; empty for those that are no steps
	name    string   // given before all others where the service is no step
	extra   string   // what it does with a composite whose steps have services of their own; empty: it runs a step
	args    []string // the runner's command line
	notes   []string // what it does, for people
	after   []*service
	profile *profile // nil: the runner's own image
}

// plan is what a pipeline comes to: its services, each behind those that it waits for.
type plan struct {
	services []*service
	last     []*service      // those that the run ends with
	fixed    map[string]bool // initial parameters that decided what services there are
	remarks  []string        // what has no service, and why
	terse    bool            // few enough edges for an anchor
}

// place is where a graph stands.
type place struct {
	path, static string
	known        *known // what the composite around sees; nil at the top
	name         string // in a map: its item's name
	item         json.RawMessage
	nested       *ir.Nested // whose graph it is
	when         string     // for people: when the branch around runs; empty: always
	budget       int        // services that a map in here may take
}

// inside is the place of a graph of the node at path.
func (at place) inside(node, branch, staticBranch string, k *known) place {
	return place{
		path: ir.Join(ir.Join(at.path, node), branch), static: ir.Join(ir.Join(at.static, node), staticBranch),
		known: k, when: at.when, budget: at.budget,
	}
}

// builder makes a plan.
type builder struct {
	Options
	plan
	pipeline *ir.Pipeline
	settings map[string]ir.Effective
	flows    map[*ir.Graph]*flow
	initial  map[string]json.RawMessage
	images   map[string]bool // the names of images that were looked at
	external map[string]bool // of volumes and networks of steps: whether they are there already
	begin    *service
	diags    diag.List
}

// build makes the plan of a pipeline.
func (b *builder) build() {
	b.begin = &service{name: beginService}
	if b.pipeline.OnePod() {
		b.last = b.whole()
	} else {
		b.last = b.graph(b.pipeline.Graph, place{budget: maxItems}, []*service{b.begin})
	}
	if s := b.hooks(); s != nil {
		b.last = []*service{b.add(s)}
	}
	b.checkSize()
}

// checkSize refuses a plan that compose would not get through. Compose 2 looks for cycles, and 1.29 gathers what a
// service needs, along each path from each service, so that every branching multiplies what came before.
func (b *builder) checkSize() {
	refuse := func(why string) {
		b.diags.Add(diag.Errorf(codeTooMany, b.pipeline.Span, "compose: %s; run %q locally or on Argo, or put what belongs together into one step", why, b.pipeline.Name))
	}
	if len(b.services) > maxServices {
		refuse(fmt.Sprintf("the plan has more than %d services, more than compose works with", maxServices))
		return
	}
	paths, depths := map[*service]float64{}, map[*service]int{}
	edges, total, depth := 0, 0.0, 0
	for _, s := range append(slices.Clip(b.services), &service{after: b.last}) {
		paths[s] = 1
		for _, before := range s.after {
			paths[s] += paths[before]
			depths[s] = max(depths[s], depths[before]+1)
		}
		edges, total, depth = edges+len(s.after), total+paths[s], max(depth, depths[s])
	}
	b.terse = edges <= maxAliases
	switch {
	case depth > maxDepth && b.Version != V2:
		refuse(fmt.Sprintf("%d services wait for one another in a row, and docker-compose 1.29 fails with more than about %d; compose 2 does not (render for it alone)", depth, maxDepth))
	case edges > maxEdges:
		refuse(fmt.Sprintf("its services wait for others %d times, and compose 2 reads no file with more than about %d", edges, maxEdges))
	case total > maxPaths:
		refuse(fmt.Sprintf("there are %.3g paths through the plan, and compose follows each of them before every command, so that more than %d make it hang", total, maxPaths))
	}
}

// graph plans a graph that starts behind the services in entry, and returns the services that it ends with: once they
// are done, so is every service of the graph.
func (b *builder) graph(g *ir.Graph, at place, entry []*service) []*service {
	f := b.flow(g)
	for _, i := range f.idle {
		b.remark("%s has no service: nothing leads to it", ir.Join(at.path, g.Nodes[i].Base().Name))
	}
	exits := make([][]*service, len(g.Nodes))
	for pos, i := range f.order {
		k := &known{outer: at.known, initial: b.initial, flow: f, at: pos, name: at.name, item: at.item, nested: at.nested}
		exits[i] = b.node(g, i, at, k, b.entry(g, i, at, k, exits, entry))
		if len(b.services) > maxServices {
			return entry
		}
	}
	var ends []*service
	for i := range g.Nodes {
		if len(f.after[i]) == 0 {
			ends = append(ends, exits[i]...)
		}
	}
	if len(f.order) == 0 {
		return entry
	}
	return unique(ends)
}

// entry is what node i waits for: the ends of the nodes before it, or those of the graph.
func (b *builder) entry(g *ir.Graph, i int, at place, k *known, exits [][]*service, entry []*service) []*service {
	f := k.flow
	if len(f.before[i]) == 0 {
		return entry
	}
	starts := b.starts(g.Nodes[i], k)
	var in []*service
	for _, j := range f.before[i] {
		if len(exits[j]) > 1 && starts*len(f.after[j]) > 1 && starts*len(f.after[j])*len(exits[j]) > maxDirect {
			exits[j] = []*service{b.join(g.Nodes[j], at, exits[j])}
		}
		in = append(in, exits[j]...)
	}
	return unique(in)
}

// join adds a service that waits for all ends of a wide composite, so that many others need not.
func (b *builder) join(n ir.Node, at place, ends []*service) *service {
	path := ir.Join(at.path, n.Base().Name)
	return b.add(&service{
		path: path, extra: "done", args: []string{"join", argument(path)}, after: ends,
		notes: []string{fmt.Sprintf("the %s %s is done", ir.Kind(n), path)},
	})
}

// starts is the number of services that start a node.
func (b *builder) starts(n ir.Node, k *known) int {
	if n.Base().OnePod() {
		return 1
	}
	switch n := n.(type) {
	case *ir.Task, *ir.Stub, *ir.Loop:
		return 1
	case *ir.Parallel:
		return b.branchStarts(n.Branches, k)
	case *ir.Conditional:
		return b.branchStarts(n.Branches, k)
	case *ir.Nested:
		return b.branchStarts(ir.Subgraphs(n), nil)
	case *ir.Map:
		items, _, ok := k.list(n.IterateOn.Name)
		if !ok || len(items) == 0 {
			return 1
		}
		return len(items) * b.branchStarts([]ir.Branch{{Graph: n.Body}}, k)
	}
	panic("compose: unknown node")
}

func (b *builder) branchStarts(branches []ir.Branch, k *known) int {
	total := 0
	for _, br := range branches {
		f := b.flow(br.Graph)
		for pos, i := range f.order {
			if len(f.before[i]) == 0 {
				total += b.starts(br.Graph.Nodes[i], &known{outer: k, flow: f, at: pos})
			}
		}
	}
	return total
}

// node plans one node and returns the services that it ends with.
func (b *builder) node(g *ir.Graph, i int, at place, k *known, in []*service) []*service {
	n := g.Nodes[i]
	name := n.Base().Name
	if n.Base().OnePod() {
		return b.inPlace(n, at, in, "pods: one")
	}
	switch n := n.(type) {
	case *ir.Task, *ir.Stub:
		return b.leaf(n, at, k.flow.failed[i], in)
	case *ir.Parallel:
		return b.branches(name, n.Branches, at, k, in)
	case *ir.Conditional:
		return b.arms(n, at, k, in)
	case *ir.Nested:
		inner := at.inside(name, ir.InnerGraph, ir.InnerGraph, k)
		inner.nested = n
		return b.graph(n.Body, inner, in)
	case *ir.Map:
		return b.mapNode(n, at, k, in)
	case *ir.Loop:
		return b.inPlace(n, at, in, fmt.Sprintf("its iterations, one after another, at most %d", n.MaxIterations))
	}
	panic("compose: unknown node")
}

func (b *builder) branches(name string, branches []ir.Branch, at place, k *known, in []*service) []*service {
	var ends []*service
	for _, br := range branches {
		ends = append(ends, b.graph(br.Graph, at.inside(name, br.Name, br.Name, k), in)...)
	}
	return unique(ends)
}

// arms plans a conditional: the services of every branch, which find out by themselves whether they are to run.
func (b *builder) arms(n *ir.Conditional, at place, k *known, in []*service) []*service {
	var ends []*service
	for _, br := range n.Branches {
		inner := at.inside(n.Name, br.Name, br.Name, k)
		inner.when = fmt.Sprintf("only if %s is %q", clip(n.By(), 40), clip(br.Name, 40))
		if n.Default == br.Name {
			inner.when = fmt.Sprintf("only if no other branch is named after %s", clip(n.By(), 40))
		}
		ends = append(ends, b.graph(br.Graph, inner, in)...)
	}
	return unique(ends)
}

// mapNode plans a map: a service for each step of each item where the list is known, else one service for all.
func (b *builder) mapNode(n *ir.Map, at place, k *known, in []*service) []*service {
	items, initial, ok := k.list(n.IterateOn.Name)
	path := ir.Join(at.path, n.Name)
	switch {
	case !ok:
		return b.inPlace(n, at, in, fmt.Sprintf("its items, since %s is known only when it runs", n.Over()))
	case len(items)*leaves(n.Body) > at.budget:
		return b.inPlace(n, at, in, fmt.Sprintf("its %d items, too many for a service each", len(items)))
	}
	if initial {
		b.fixed[n.IterateOn.Name] = true
	}
	if len(items) == 0 {
		b.remark("%s has no service: its list %s is empty", path, n.Over())
	}
	ends := in
	lanes := make([][]*service, len(items))
	for i, item := range items {
		after := in
		if n.Parallelism > 0 && i >= n.Parallelism {
			after = lanes[i-n.Parallelism]
		}
		inner := at.inside(n.Name, strconv.Itoa(i), ir.AnyItem, k)
		inner.name, inner.item, inner.budget = n.IterateAs.Name, item, at.budget/len(items)
		lanes[i] = b.graph(n.Body, inner, after)
	}
	if len(items) > 0 {
		first := 0
		if n.Parallelism > 0 {
			first = max(0, len(items)-n.Parallelism)
		}
		ends = unique(slices.Concat(lanes[first:]...))
	}
	if !ir.PythonReducer(n.Reducer) {
		return ends
	}
	s := &service{
		path: path, extra: "reduce", args: []string{"reduce", argument(path)}, after: ends,
		notes: []string{fmt.Sprintf("%s reduces what the items of %s returned", n.Reducer, path)},
	}
	s.profile = b.profileOf(n, ir.Join(at.static, n.Name), nil)
	return []*service{b.add(s)}
}

// leaves counts the tasks and stubs of a graph.
func leaves(g *ir.Graph) int {
	count := 0
	for v := range ir.WalkGraph(g, "") {
		if ir.IsLeaf(v.Node) {
			count++
		}
	}
	return count
}

// leaf plans a task or a stub. failed are the steps whose failure alone leads to it; none: it is no handler.
func (b *builder) leaf(n ir.Node, at place, failed []string, in []*service) []*service {
	path, static := ir.Join(at.path, n.Base().Name), ir.Join(at.static, n.Base().Name)
	s := &service{path: path, args: []string{"run", argument(path)}, after: in, notes: []string{summary(n)}}
	if len(failed) > 0 {
		s.notes = append(s.notes, "only if "+clip(strings.Join(failed, " or "), 60)+" failed")
	}
	if at.when != "" {
		s.notes = append(s.notes, at.when)
	}
	s.profile = b.profileOf(n, static, []ir.Visit{{Path: static, Node: n}})
	return []*service{b.add(s)}
}

// inPlace plans a composite that runs inside one service.
func (b *builder) inPlace(n ir.Node, at place, in []*service, what string) []*service {
	path, static := ir.Join(at.path, n.Base().Name), ir.Join(at.static, n.Base().Name)
	s := &service{
		path: path, args: []string{"subtree", argument(path)}, after: in,
		notes: []string{fmt.Sprintf("the whole %s %s in one container: %s", ir.Kind(n), path, what)},
	}
	own := ir.Visit{Path: static, Node: n}
	s.profile = b.sharedBy(n, static, s.inside(own, walkNode(n, static)))
	return []*service{b.add(s)}
}

// whole plans a pipeline that runs in one service.
func (b *builder) whole() []*service {
	s := &service{
		name: "pipeline", args: []string{"subtree", "-"}, after: []*service{b.begin},
		notes: []string{"the whole pipeline in one container: pods: one"},
	}
	s.profile = b.sharedBy(nil, "", s.inside(ir.Visit{}, ir.Walk(b.pipeline)))
	return []*service{b.add(s)}
}

// inside notes the steps that run in the service, and returns them, with the maps that a Python function reduces there.
func (s *service) inside(own ir.Visit, visits iter.Seq[ir.Visit]) []ir.Visit {
	var inside []ir.Visit
	reduces := func(v ir.Visit) {
		if m, ok := v.Node.(*ir.Map); ok && ir.PythonReducer(m.Reducer) {
			inside = append(inside, v)
		}
	}
	reduces(own)
	for v := range visits {
		reduces(v)
		if ir.IsLeaf(v.Node) {
			inside = append(inside, v)
			s.notes = append(s.notes, "  "+v.Path+": "+summary(v.Node))
		}
	}
	return inside
}

// sharedBy is the profile of a container that steps share; nil where there are none, so that the runner's own image will do.
func (b *builder) sharedBy(n ir.Node, static string, inside []ir.Visit) *profile {
	if len(inside) == 0 {
		return nil
	}
	return b.profileOf(n, static, inside)
}

// walkNode visits everything inside a composite.
func walkNode(n ir.Node, static string) iter.Seq[ir.Visit] {
	return func(yield func(ir.Visit) bool) {
		for _, br := range ir.Subgraphs(n) {
			for v := range ir.WalkGraph(br.Graph, ir.Join(static, br.Name)) {
				if !yield(v) {
					return
				}
			}
		}
	}
}

func (b *builder) add(s *service) *service {
	b.services = append(b.services, s)
	return s
}

func (b *builder) remark(format string, args ...any) {
	b.remarks = append(b.remarks, fmt.Sprintf(format, args...))
}

func (b *builder) flow(g *ir.Graph) *flow {
	f := b.flows[g]
	if f == nil {
		f = newFlow(g)
		b.flows[g] = f
	}
	return f
}

// unique returns the services without repetitions, in the order of their first.
func unique(in []*service) []*service {
	seen := make(map[*service]bool, len(in))
	return slices.DeleteFunc(slices.Clone(in), func(s *service) bool {
		was := seen[s]
		seen[s] = true
		return was
	})
}
