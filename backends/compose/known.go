package compose

import (
	"encoding/json"
	"slices"

	"github.com/runnable-render/runnable-render/ir"
)

// known is what can be said, while rendering, of the parameters that one node sees: those that were given, and the
// items of maps whose lists are known, unless a step before the node may have returned the name (SEMANTICS 2).
type known struct {
	outer   *known                     // what the composite around the node's graph sees; nil at the top
	initial map[string]json.RawMessage // at the top: the initial parameters
	flow    *flow
	at      int // the node's place in the flow's order
	name    string
	item    json.RawMessage // the item of the map around the graph, under name
	nested  *ir.Nested      // whose graph it is: a scope of its own; nil: none's
}

// value returns the value of a parameter; initial tells that it is an initial one. ok is false where only the run
// can tell.
func (k *known) value(name string) (v json.RawMessage, initial, ok bool) {
	for ; k != nil; k = k.outer {
		if first, returned := k.flow.firstReturn[name]; returned && first < k.at {
			return nil, false, false
		}
		if k.item != nil && k.name == name {
			return k.item, false, true
		}
		if k.nested != nil {
			v, ok := k.given(name)
			return v, false, ok
		}
		if k.outer == nil {
			v, ok := k.initial[name]
			return v, true, ok
		}
	}
	return nil, false, false
}

// given is the value that a nested pipeline has under a name from the start. One that goes back to an initial parameter is
// left to the run: it has another name there.
func (k *known) given(name string) (json.RawMessage, bool) {
	for _, in := range k.nested.Inputs {
		switch {
		case in.Arg != name:
		case in.List || len(in.From) > 1:
			return nil, false
		case len(in.From) == 1:
			v, initial, ok := k.outer.value(in.From[0])
			return v, ok && !initial
		default:
			return json.RawMessage(in.Value), true
		}
	}
	if p := ir.Declared(k.nested.Parameters, name); p != nil {
		return json.RawMessage(p.Initial()), !p.Required
	}
	return nil, false
}

// list returns the items of a list that is known.
func (k *known) list(name string) (items []json.RawMessage, initial, ok bool) {
	v, initial, ok := k.value(name)
	if !ok || json.Unmarshal(v, &items) != nil || items == nil {
		return nil, false, false
	}
	return items, initial, true
}

// flow is a graph as the plan needs it: its order, and what comes before what.
type flow struct {
	graph       *ir.Graph
	order       []int          // the nodes that the graph can come to, each behind those before it
	before      [][]int        // by node: the nodes whose outcome decides about it
	after       [][]int        // by node
	firstReturn map[string]int // by name: the first place in order whose node can return it
	idle        []int          // nodes that nothing reaches
	failed      [][]string     // by node: the steps whose failure alone leads to it
}

func newFlow(g *ir.Graph) *flow {
	edges := ir.EdgesOf(g)
	f := &flow{graph: g, after: edges.Successors(), before: make([][]int, len(g.Nodes)), firstReturn: map[string]int{}, failed: make([][]string, len(g.Nodes))}
	reached := reach(g, edges, f.after)
	for _, i := range ir.Topo(g) {
		if !reached[i] {
			continue
		}
		for _, r := range ir.NodeReturns(g.Nodes[i]) {
			if _, there := f.firstReturn[r.Name]; !there {
				f.firstReturn[r.Name] = len(f.order)
			}
		}
		f.order = append(f.order, i)
	}
	for i := range g.Nodes {
		if !reached[i] {
			f.idle = append(f.idle, i)
			continue
		}
		for _, j := range f.after[i] {
			if n := len(f.before[j]); n == 0 || f.before[j][n-1] != i { // several edges may lead from i to j
				f.before[j] = append(f.before[j], i)
			}
		}
	}
	f.handlers(edges)
	return f
}

// handlers fills failed.
func (f *flow) handlers(edges *ir.Edges) {
	for i, n := range f.graph.Nodes {
		if h := edges.OnFailure[i]; h >= 0 {
			f.failed[h] = append(f.failed[h], n.Base().Name)
		}
	}
	if f.graph.Style == ir.Needs {
		return
	}
	for _, i := range append(slices.Clone(edges.Next), edges.Start) {
		if i >= 0 {
			f.failed[i] = nil
		}
	}
}

// reach tells for each node whether the graph can come to it.
func reach(g *ir.Graph, edges *ir.Edges, after [][]int) []bool {
	reached := make([]bool, len(g.Nodes))
	var todo []int
	if g.Style == ir.Chain {
		if edges.Start >= 0 {
			todo = append(todo, edges.Start)
		}
	} else {
		for i := range g.Nodes {
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if reached[i] {
			continue
		}
		reached[i] = true
		todo = append(todo, after[i]...)
	}
	return reached
}
