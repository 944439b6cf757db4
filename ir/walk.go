package ir

import "iter"

// AnyItem stands in a static path for the item of a map or the iteration of a loop.
const AnyItem = "*"

// Visit is one node met on a walk.
type Visit struct {
	Path  string // static: names joined by dots, with [AnyItem] for a map's item and a loop's iteration
	Node  Node
	Graph *Graph // the graph that holds the node
	Depth int    // 0 in the pipeline's own graph
}

// Subgraphs returns the graphs of a composite node in source order, none for a leaf. The body of a map or a
// loop has the name [AnyItem].
func Subgraphs(n Node) []Branch { return n.graphs() }

// IsLeaf reports whether n is a task or a stub.
func IsLeaf(n Node) bool { return n.leaf() }

// Repeats reports whether the one graph of n runs any number of times: it is the body of a map or a loop.
func Repeats(n Node) bool { return n.repeats() }

// OwnName returns the parameter that exists in the body of n alone: the item of a map, the index of a loop. Others have
// none.
func OwnName(n Node) Ref { return n.ownName() }

// Reads returns the parameters that the keys of n itself name, in whose place a command or a graph inside may read others.
func Reads(n Node) []Ref { return n.reads() }

// FailsFast reports whether n is a composite that starts nothing new after the first failure (SEMANTICS 2.10).
func FailsFast(n Node) bool { return n.failsFast() }

// Kind returns the word that a definition uses for the kind of n.
func Kind(n Node) string { return n.kind().Name }

// CatalogOf returns the catalog of a leaf, or nil.
func CatalogOf(n Node) *Catalog { return n.catalog() }

// Join puts one more name at the end of a path.
func Join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Walk visits every node of the pipeline, a composite before what it holds, siblings in source order. It keeps
// its own stack, so a deep or long pipeline does not grow the goroutine's.
func Walk(p *Pipeline) iter.Seq[Visit] { return walk(p.Graph, "", 0) }

// WalkGraph is [Walk] from one graph down; path is that of the graph.
func WalkGraph(g *Graph, path string) iter.Seq[Visit] { return walk(g, path, 0) }

func walk(root *Graph, path string, depth int) iter.Seq[Visit] {
	type cursor struct {
		graph *Graph
		path  string
		depth int
		next  int
	}
	return func(yield func(Visit) bool) {
		stack := []cursor{{graph: root, path: path, depth: depth}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.graph == nil || top.next == len(top.graph.Nodes) {
				stack = stack[:len(stack)-1]
				continue
			}
			n := top.graph.Nodes[top.next]
			top.next++
			v := Visit{Path: Join(top.path, n.Base().Name), Node: n, Graph: top.graph, Depth: top.depth}
			if !yield(v) {
				return
			}
			subs := Subgraphs(n)
			for i := len(subs) - 1; i >= 0; i-- {
				stack = append(stack, cursor{graph: subs[i].Graph, path: Join(v.Path, subs[i].Name), depth: v.Depth + 1})
			}
		}
	}
}

// Graphs visits every graph of the pipeline, the outer before the inner, siblings in source order.
func Graphs(p *Pipeline) iter.Seq2[string, *Graph] {
	return func(yield func(string, *Graph) bool) {
		if !yield("", p.Graph) {
			return
		}
		for v := range Walk(p) {
			for _, b := range Subgraphs(v.Node) {
				if b.Graph != nil && !yield(Join(v.Path, b.Name), b.Graph) {
					return
				}
			}
		}
	}
}

// Leaves counts the leaf steps of a pipeline.
func Leaves(p *Pipeline) int {
	n := 0
	for v := range Walk(p) {
		if IsLeaf(v.Node) {
			n++
		}
	}
	return n
}
