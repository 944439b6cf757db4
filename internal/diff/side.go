package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// side is one of the two definitions.
type side struct {
	pipeline *ir.Pipeline
	root     *graph
	steps    []*step // as on a walk
}

// graph is one graph of a definition.
type graph struct {
	*ir.Graph
	name     string // of the branch
	path     string
	owner    *step // nil: the pipeline's own
	handled  bool  // a handler is told which of several steps failed first
	steps    []*step
	before   [][]string // what each step comes after
	order    *ancestry
	clash    tristate // whether steps that are not ordered change one thing
	identity string
}

// step is one step of a definition.
type step struct {
	Step
	graph    *graph
	index    int // in the graph
	inside   []*graph
	facts    facts
	identity string // hash of what it is, without its name and edges
}

func newSide(p *ir.Pipeline) *side {
	s := &side{pipeline: p}
	s.root = s.enter(p.Graph, "", "", nil, ir.Settings(p))
	return s
}

func (s *side) enter(g *ir.Graph, name, path string, owner *step, settings map[string]ir.Effective) *graph {
	out := &graph{Graph: g, name: name, path: path, owner: owner}
	if owner != nil {
		out.handled = owner.graph.handled || handler(owner.Node)
	}
	out.before, out.order = befores(g), newAncestry(g)
	for i, n := range g.Nodes {
		at := &step{graph: out, index: i, Step: Step{ir.Join(path, n.Base().Name), n, ir.Effective{}}}
		at.Effective = settings[at.Path]
		at.facts = stepFacts(at)
		s.steps = append(s.steps, at)
		for _, b := range ir.Subgraphs(n) {
			at.inside = append(at.inside, s.enter(b.Graph, b.Name, ir.Join(at.Path, b.Name), at, settings))
		}
		at.identity = at.sum()
		out.steps = append(out.steps, at)
	}
	out.identity = out.sum()
	return out
}

func handler(n ir.Node) bool {
	to := n.Base().OnFailure.Name
	return to != "" && !ir.IsTerminal(to)
}

// hash is the semantic hash of the definition.
func (s *side) hash() string {
	h := sha256.New()
	writeFacts(h, pipelineFacts(s.pipeline))
	write(h, s.root.identity)
	return hex.EncodeToString(h.Sum(nil))
}

func (s *step) name() string { return s.Node.Base().Name }

// sum is the hash of what a step is and holds.
func (s *step) sum() string {
	h := sha256.New()
	writeFacts(h, s.facts)
	for _, g := range slices.SortedFunc(slices.Values(s.inside), func(a, b *graph) int { return strings.Compare(a.name, b.name) }) {
		write(h, g.name, g.identity)
	}
	if s.orderCounts() {
		write(h, "order", strings.Join(branchNames(s), "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sum is the hash of the steps of a graph with their names and edges.
func (g *graph) sum() string {
	h := sha256.New()
	if g.styled() {
		write(h, "style", styleName(g.Style))
	}
	for _, s := range slices.SortedFunc(slices.Values(g.steps), func(a, b *step) int { return strings.Compare(a.name(), b.name()) }) {
		write(h, "step", s.name(), s.identity, ending(s.Node), strings.Join(g.before[s.index], "\x00"))
		if g.merges() {
			write(h, "needs", strings.Join(needNames(s.Node), "\x00"))
		}
	}
	if g.Style == ir.Needs && g.orderCounts() {
		write(h, "order", strings.Join(g.Names(), "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// writeFacts writes the facts that are not cosmetic, in an order of their own.
func writeFacts(h hash.Hash, all facts) {
	var lines []string
	for _, f := range all {
		if f.class != Cosmetic {
			lines = append(lines, fmt.Sprintf("%q %q %q", f.kind, f.what, f.text))
		}
	}
	slices.Sort(lines)
	write(h, slices.Compact(lines)...)
}

func write(h hash.Hash, texts ...string) {
	for _, t := range texts {
		fmt.Fprintf(h, "%d %s", len(t), t)
	}
}
