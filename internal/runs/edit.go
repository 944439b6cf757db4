package runs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// Edit is a step that succeeded in a run and has another text, as [ir.DumpOwn] writes it, in the definition that the run
// is to go on with.
type Edit struct {
	Path, Was string
	Is        string // empty: the step is no longer there
}

// Edited returns the first edit of a step that succeeded, but for those that run again anyway; nil where there is none
// (SEMANTICS 6). Of a composite its own keys count; what is in it are steps of their own.
func Edited(was *Run, is *ir.Pipeline, again func(path string) bool) (*Edit, error) {
	for _, s := range was.Summary.Steps { // a composite comes before what inherits from it
		if !s.Status.OK() || again(s.Path) {
			continue
		}
		before, err := engine.NodeAt(was.Pipeline, s.Path)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", was.Header.Run, err)
		}
		e := &Edit{Path: s.Path, Was: own(before)}
		if now, err := engine.NodeAt(is, s.Path); err == nil {
			e.Is = own(now)
		}
		if e.Is != e.Was {
			return e, nil
		}
	}
	return nil, nil
}

// own is a node's own text. The order of its branches is none of it: where it makes a difference, what comes after the node
// sees another scope and runs again.
func own(n ir.Node) string {
	if p, ok := n.(*ir.Parallel); ok {
		sorted := *p
		sorted.Branches = byName(p.Branches)
		return ir.DumpOwn(&sorted)
	}
	if c, ok := n.(*ir.Conditional); ok {
		sorted := *c
		sorted.Branches = byName(c.Branches)
		return ir.DumpOwn(&sorted)
	}
	return ir.DumpOwn(n)
}

func byName(branches []ir.Branch) []ir.Branch {
	return slices.SortedStableFunc(slices.Values(branches), func(a, b ir.Branch) int { return strings.Compare(a.Name, b.Name) })
}
