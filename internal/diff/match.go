package diff

import (
	"slices"
	"strings"
	"unicode"

	"github.com/runnable-render/runnable-render/ir"
)

// comparer finds which steps are the same step, and what of them has changed.
type comparer struct {
	old, new *side
	newOf    map[*step]*step // of each old step
	oldOf    map[*step]*step
	graphOf  map[*graph]*graph // the new graph of each old one
	changes  []*Change
	settings map[*step]map[string]*Change // what has changed of a composite's defaults
}

func newComparer(o, n *side) *comparer {
	return &comparer{old: o, new: n, newOf: map[*step]*step{}, oldOf: map[*step]*step{}, graphOf: map[*graph]*graph{}, settings: map[*step]map[string]*Change{}}
}

// match finds the steps that are in both definitions: in a graph by their names, then by what they are; and last, wherever
// they are, those that have moved.
func (c *comparer) match() {
	c.matchGraph(c.old.root, c.new.root)
	c.matchMoved(equal)
	c.matchMoved(alike)
}

func (c *comparer) matchGraph(o, n *graph) {
	c.graphOf[o] = n
	for _, s := range o.steps {
		if i := n.Index(s.name()); i >= 0 && c.oldOf[n.steps[i]] == nil && c.newOf[s] == nil {
			c.pair(s, n.steps[i])
		}
	}
	c.matchLeft(c.left(o.steps, c.newOf), c.left(n.steps, c.oldOf), equal)
	c.matchLeft(c.left(o.steps, c.newOf), c.left(n.steps, c.oldOf), alike)
}

// left are the steps without a partner.
func (c *comparer) left(steps []*step, partners map[*step]*step) []*step {
	var out []*step
	for _, s := range steps {
		if partners[s] == nil {
			out = append(out, s)
		}
	}
	return out
}

// pair makes two steps one, and looks for what is in both of them.
func (c *comparer) pair(o, n *step) {
	c.newOf[o], c.oldOf[n] = n, o
	left := slices.Clone(n.inside)
	match := func(same func(a, b *graph) bool) {
		for _, g := range o.inside {
			i := slices.IndexFunc(left, func(other *graph) bool { return same(g, other) })
			if c.graphOf[g] == nil && i >= 0 {
				found := left[i]
				left = slices.Delete(left, i, i+1)
				c.matchGraph(g, found)
			}
		}
	}
	match(func(a, b *graph) bool { return a.name == b.name })
	match(func(a, b *graph) bool { return a.identity == b.identity })
}

// mostCompared bounds the pairs of steps that are looked at for likeness.
const mostCompared = 250_000

// test says how much two steps are the same step; 0: they are not.
type test func(o, n *step) float64

// equal steps are the same in all but name and place.
func equal(o, n *step) float64 {
	if o.identity != n.identity {
		return 0
	}
	if o.name() == n.name() {
		return 2
	}
	return 1
}

// leastAlike is the likeness from which on a step is one that was edited, and not another one.
const leastAlike = 0.5

// alike steps share at least half of what they say and hold.
func alike(o, n *step) float64 {
	if ir.Kind(o.Node) != ir.Kind(n.Node) {
		return 0
	}
	shared, all := likeness(o, n)
	if o.name() == n.name() {
		shared, all = shared+3, all+3
	}
	if all == 0 || shared/all < leastAlike {
		return 0
	}
	return shared / all
}

// likeness counts what two steps share of what they say. What they run says most, that they are of a kind nothing.
func likeness(o, n *step) (shared, all float64) {
	has := map[fact]bool{}
	for _, f := range o.facts {
		has[f] = true
	}
	for _, f := range n.facts {
		all += f.weight()
		if has[f] {
			shared += f.weight()
			delete(has, f)
		} else if f.what == command {
			like := wordsShared(o.facts.text(command), f.text)
			shared += f.weight() * like
			all -= f.weight() * like
		}
	}
	for f := range has {
		all += f.weight()
	}
	inside := map[string]int{}
	for _, name := range holds(o) {
		inside[name]++
		all++
	}
	for _, name := range holds(n) {
		if inside[name]--; inside[name] >= 0 {
			shared++
			continue
		}
		all++
	}
	return shared, all
}

// weight says how much a fact tells of which step this is. What is set for where it runs, often on all steps, tells nothing.
func (f fact) weight() float64 {
	switch {
	case f.kind == Type, f.kind == Text, inherited(f.kind), f.what == "command_type":
		return 0
	case f.kind == Command, f.kind == Control:
		return 3
	}
	return 1
}

// wordsShared is the share of the words of two texts that both have.
func wordsShared(a, b string) float64 {
	has := map[string]int{}
	x, y := words(a), words(b)
	for _, w := range x {
		has[w]++
	}
	shared := 0
	for _, w := range y {
		if has[w] > 0 {
			has[w]--
			shared++
		}
	}
	return 2 * float64(shared) / float64(max(1, len(x)+len(y)))
}

func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
}

// holds are the names of the steps directly in a composite.
func holds(s *step) []string {
	var out []string
	for _, g := range s.inside {
		out = append(out, g.Names()...)
	}
	return out
}

// matchLeft pairs steps without a partner, the likest first; of those that are equally like the first of both.
func (c *comparer) matchLeft(o, n []*step, how test) {
	if len(o)*len(n) > mostCompared {
		return
	}
	type candidate struct {
		old, new *step
		likeness float64
	}
	var all []candidate
	for _, x := range o {
		for _, y := range n {
			if l := how(x, y); l > 0 {
				all = append(all, candidate{x, y, l})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.likeness > b.likeness:
			return -1
		case a.likeness < b.likeness:
			return 1
		}
		return 0
	})
	for _, x := range all {
		if c.newOf[x.old] == nil && c.oldOf[x.new] == nil {
			c.pair(x.old, x.new)
		}
	}
}

// matchMoved pairs steps without a partner wherever they are, composites before what is in them.
func (c *comparer) matchMoved(how test) {
	c.matchLeft(c.left(c.old.steps, c.newOf), c.left(c.new.steps, c.oldOf), how)
}
