package ir

// Returnable returns the names that a run of the graph can return, each once, in source order, with the kind
// under which its first writer returns it (SEMANTICS 2.4). What a map returns is json, whatever its items were;
// the item of a map and the index of a loop are the composite's own and not among them.
func Returnable(g *Graph) []Return {
	var out []Return
	seen := map[string]bool{}
	add := func(r Return) {
		if !seen[r.Name] {
			seen[r.Name] = true
			out = append(out, r)
		}
	}
	for _, n := range g.Nodes {
		for _, r := range NodeReturns(n) {
			add(r)
		}
	}
	return out
}

// NodeReturns is [Returnable] for one node.
func NodeReturns(n Node) []Return {
	switch n := n.(type) {
	case *Task:
		return n.Returns
	case *Stub:
		return nil
	case *Parallel:
		return branchReturns(n.Branches)
	case *Conditional:
		return branchReturns(n.Branches)
	case *Map:
		var out []Return
		for _, r := range Returnable(n.Body) {
			if r.Name != n.IterateAs.Name {
				out = append(out, Return{Name: r.Name, Kind: listKind(r.Kind), Span: r.Span})
			}
		}
		return out
	case *Loop:
		var out []Return
		for _, r := range Returnable(n.Body) {
			if r.Name != n.IndexAs.Name {
				out = append(out, r)
			}
		}
		return out
	}
	panic("ir: unknown node")
}

func branchReturns(branches []Branch) []Return {
	joined := &Graph{}
	for _, b := range branches {
		joined.Nodes = append(joined.Nodes, b.Graph.Nodes...)
	}
	return Returnable(joined)
}

// listKind is the kind of a list of values of a kind.
func listKind(k ValueKind) ValueKind {
	if k == Object {
		return Object
	}
	return JSON
}
