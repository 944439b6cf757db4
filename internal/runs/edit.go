package runs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// Edit is a step that succeeded in a run and has another text in the definition that the run is to go on with.
type Edit struct {
	Path string // with * for the items and iterations of a step that is still there
	Was  string // what the definition of the run says of it
	Is   string // empty: the step is no longer there
	// Accepted: the definition of the run says the same already. An earlier retry accepted the edit and did not come to
	// the step, which runs again now.
	Accepted bool
	// Recorded: the records of the step's attempts tell which of them are out of date.
	Recorded bool
}

// Edited returns the edits of steps that succeeded, but for those that run again anyway (SEMANTICS 6). Of a composite its
// own keys count; what is in it are steps of their own. Of a leaf counts what it was when it ran, as its record says.
func Edited(was *Run, is *ir.Pipeline, again func(path string) bool) ([]Edit, error) {
	records := map[string]*engine.Record{}
	for _, seen := range was.Replay.Seen {
		records[seen.Record.Path] = seen.Record
	}
	then, now := engine.NewDefinitions(was.Pipeline), engine.NewDefinitions(is)
	var edits []Edit
	told := map[string]bool{}
	for _, s := range was.Summary.Steps { // a composite comes before what inherits from it
		if !s.Status.OK() || again(s.Path) || covered(edits, s.Path) {
			continue
		}
		before, err := engine.NodeAt(was.Pipeline, s.Path)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", was.Header.Run, err)
		}
		e := Edit{Path: s.Path, Was: own(then, s.Path, before)}
		if node, err := engine.NodeAt(is, s.Path); err == nil {
			e.Path, e.Is = engine.StaticPath(is, s.Path), own(now, s.Path, node)
		}
		edited := e.Is != e.Was
		if rec := records[s.Path]; rec != nil && rec.Definition != "" && e.Is != "" {
			edited = rec.Definition != engine.DefinitionHash(e.Is)
			e.Accepted, e.Recorded = e.Is == e.Was, true
		}
		if edited && !(e.Recorded && told[e.Path]) {
			told[e.Path] = e.Recorded
			edits = append(edits, e)
		}
	}
	return edits, nil
}

// covered reports whether a step runs again with an edit that has been found.
func covered(edits []Edit, path string) bool {
	return slices.ContainsFunc(edits, func(e Edit) bool { return !e.Recorded && engine.Within(path, e.Path) })
}

// own is a node's own text. The order of its branches is none of it: where it makes a difference, what comes after the node
// sees another scope and runs again.
func own(d *engine.Definitions, path string, n ir.Node) string {
	switch n := n.(type) {
	case *ir.Parallel:
		sorted := *n
		sorted.Branches = byName(n.Branches)
		return ir.DumpOwn(&sorted)
	case *ir.Conditional:
		sorted := *n
		sorted.Branches = byName(n.Branches)
		return ir.DumpOwn(&sorted)
	case *ir.Task, *ir.Stub, *ir.Map, *ir.Loop, *ir.Nested:
	}
	return d.Text(path, n)
}

func byName(branches []ir.Branch) []ir.Branch {
	return slices.SortedStableFunc(slices.Values(branches), func(a, b ir.Branch) int { return strings.Compare(a.Name, b.Name) })
}
