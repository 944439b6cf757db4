package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/ir"
)

// staleSteps are the steps that a retry keeps although their code has changed since they ran.
type staleSteps struct {
	runtime *step.Runtime
	dir     string
	again   bool   // they run again instead
	own     string // the file of a flow that the caller has compared step by step; empty: none

	mu    sync.Mutex
	steps map[ir.Node]bool
	files []string
}

// runsAgain reports whether a step that succeeded is to run again because its code has changed, and notes it where not.
func (s *staleSteps) runsAgain(ctx context.Context, job engine.Job, rec *engine.Record) bool {
	changed := s.runtime.ChangedSources(ctx, step.Job{Path: job.Path, Node: job.Node, Before: job.Before, Dir: s.dir}, rec)
	if s.own != "" && !s.again && isFlow(job.Node) {
		changed = slices.DeleteFunc(changed, func(file string) bool { return file == s.own })
	}
	if len(changed) == 0 || s.again {
		return len(changed) > 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps[job.Node] = true
	for _, file := range changed {
		if !slices.Contains(s.files, file) {
			s.files = append(s.files, file)
		}
	}
	return false
}

// isFlow reports whether a node is a step of a flow of Metaflow.
func isFlow(n ir.Node) bool {
	t, ok := n.(*ir.Task)
	if ok {
		_, ok = t.Command.(*ir.Flow)
	}
	return ok
}

// most is the number of names that a warning lists.
const most = 10

// warn says once which steps were kept, and how to run them again.
func (s *staleSteps) warn(w io.Writer, p *ir.Pipeline, retry string) {
	if len(s.steps) == 0 {
		return
	}
	var paths []string
	for v := range ir.Walk(p) {
		if s.steps[v.Node] {
			paths = append(paths, v.Path)
		}
	}
	slices.Sort(s.files)
	fmt.Fprintf(w, "warning: these steps were kept although their code has changed since they ran: %s (%s); to run them again: %s --changed\n", shortList(paths), shortList(s.files), retry)
}

func shortList(names []string) string {
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}
