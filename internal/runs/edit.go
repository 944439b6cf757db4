package runs

import (
	"fmt"

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
		e := &Edit{Path: s.Path, Was: ir.DumpOwn(before)}
		if now, err := engine.NodeAt(is, s.Path); err == nil {
			e.Is = ir.DumpOwn(now)
		}
		if e.Is != e.Was {
			return e, nil
		}
	}
	return nil, nil
}
