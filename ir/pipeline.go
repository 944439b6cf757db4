// Package ir is the intermediate graph that every frontend builds and every backend reads.
//
// A [Pipeline] holds one [Graph]; composite nodes hold graphs of their own, nested to any depth. Slices are in
// source order and are the truth; maps are indexes only. The graph is built by a frontend, finished by [Check]
// (which resolves references and fills what may be left out) and not changed afterwards.
//
// docs/semantics.md says what the kinds mean, and package engine implements it; this package is about shape.
package ir

import (
	"cmp"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Pipeline is a whole definition.
type Pipeline struct {
	Name        string // never empty after Check
	Description string
	Parameters  []Parameter // those that it declares; none: any may be given
	Modules     Modules     // those that it adds
	Pods        Ref         // [OnePod], or empty
	Graph       *Graph
	TargetName  string       // what targets call what they make of the pipeline; empty: its name
	Schedules   []Schedule   // when targets that can start runs by time do so
	Events      []Event      // what begins runs, on targets where events do
	Concurrency *Concurrency // nil: any number of runs go on at a time
	OnSuccess   []Hook       // what is done when the run has succeeded
	OnFailure   []Hook       // when it has failed
	Span        diag.Span
}

// Called is the name of what a target makes of the pipeline.
func (p *Pipeline) Called() string { return cmp.Or(p.TargetName, p.Name) }

// OnePod reports whether all steps of the pipeline share one pod.
func (p *Pipeline) OnePod() bool { return p.Pods.Name == OnePod }

// Modules are folders in which Python modules are looked for besides those of every definition (SEMANTICS 3), as slash
// paths from the project's root: first before those of the interpreter, last after them, those of nested definitions between.
type Modules struct{ First, Last, Inner []string }

// Success and Fail are the names of the two terminals that every graph has.
const (
	Success = "success"
	Fail    = "fail"
)

// IsTerminal reports whether name is one of the two terminals.
func IsTerminal(name string) bool { return name == Success || name == Fail }

// Style says how a graph's edges are written; one graph uses one style (SEMANTICS 1).
type Style int

const (
	// Chain is a graph of next and on_failure: one step at a time, from the start to a terminal.
	Chain Style = iota
	// Needs is a graph of needs: every step runs when those it needs are done.
	Needs
)

// Graph is a set of nodes with edges: the whole pipeline, a branch, or the body of a map or loop.
type Graph struct {
	Style       Style
	Description string
	Start       Ref    // Chain only: the first step or a terminal; never empty after Check
	Nodes       []Node // in source order; terminals are not among them
	Span        diag.Span

	index   map[string]int
	indexed int // the number of nodes that index was built of
}

// Index returns the position of the named node in Nodes, or -1; of nodes that share a name, that of the first.
//
// The first call builds the index; [Check] and [BuildIndexes] have done so for every graph, so that later reads
// are free of races.
func (g *Graph) Index(name string) int {
	if g.index == nil || g.indexed != len(g.Nodes) {
		g.buildIndex()
	}
	if i, ok := g.index[name]; ok {
		return i
	}
	return -1
}

func (g *Graph) buildIndex() {
	g.index, g.indexed = make(map[string]int, len(g.Nodes)), len(g.Nodes)
	for i, n := range g.Nodes {
		name := n.Base().Name
		if _, taken := g.index[name]; !taken {
			g.index[name] = i
		}
	}
}

// BuildIndexes builds the index of every graph of the pipeline, so that goroutines may share it. It is for
// pipelines that were checked before they travelled; [Check] does the same.
func BuildIndexes(p *Pipeline) {
	for _, g := range Graphs(p) {
		g.buildIndex()
	}
}

// Node returns the named node, or nil.
func (g *Graph) Node(name string) Node {
	if i := g.Index(name); i >= 0 {
		return g.Nodes[i]
	}
	return nil
}

// Names returns the names of the nodes in source order.
func (g *Graph) Names() []string {
	names := make([]string, len(g.Nodes))
	for i, n := range g.Nodes {
		names[i] = n.Base().Name
	}
	return names
}

// Ref is a name with the place where it was written. The zero Ref means "not given".
type Ref struct {
	Name string
	Span diag.Span
}

// Branch is a named graph of a parallel or conditional.
type Branch struct {
	Name  string
	Graph *Graph
	Span  diag.Span
}
