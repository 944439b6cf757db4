package ir

// Returnable returns the names that a run of the graph can return, each once, in source order, with the kind
// under which its first writer returns it (SEMANTICS 2.4). What a map returns is json, whatever its items were;
// the item of a map is the map's own and not among them.
func Returnable(g *Graph) []Return { return new(returner).graph(g) }

// NodeReturns is [Returnable] for one node.
func NodeReturns(n Node) []Return { return new(returner).node(n) }

// returner finds what graphs and nodes can return.
type returner struct {
	known map[*Graph][]Return // nil: remember nothing
}

func (r *returner) graph(g *Graph) []Return {
	if out, ok := r.known[g]; ok {
		return out
	}
	var set returnSet
	for _, n := range g.Nodes {
		set.add(r.node(n)...)
	}
	if r.known != nil {
		r.known[g] = set.order
	}
	return set.order
}

func (r *returner) node(n Node) []Return {
	switch n := n.(type) {
	case *Task:
		return n.Returns
	case *Nested:
		return r.nestedReturns(n)
	case *Stub, *Parallel, *Map, *Conditional, *Loop:
	}
	var set returnSet
	for _, b := range Subgraphs(n) {
		set.add(r.graph(b.Graph)...)
	}
	_, list := n.(*Map)
	own, out := OwnName(n).Name, set.order[:0]
	for _, ret := range set.order {
		switch {
		case list && ret.Name == own:
			continue
		case list:
			ret = Return{Name: ret.Name, Kind: listKind(ret.Kind), Span: ret.Span}
		}
		out = append(out, ret)
	}
	return out
}

// returnSet collects returns, each name once.
type returnSet struct {
	order []Return
	seen  map[string]bool
}

func (s *returnSet) add(returns ...Return) {
	for _, r := range returns {
		if s.seen[r.Name] {
			continue
		}
		if s.seen == nil {
			s.seen = map[string]bool{}
		}
		s.seen[r.Name] = true
		s.order = append(s.order, r)
	}
}

// listKind is the kind of a list of values of a kind.
func listKind(k ValueKind) ValueKind {
	if k == Object {
		return Object
	}
	return JSON
}
