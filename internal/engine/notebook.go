package engine

import (
	"path"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// ExecutedNotebook is the path in the catalog of a notebook that the step at a path of a run has executed: beside the
// notebook, with the step's path in its name, so that each step's is its own.
func ExecutedNotebook(notebook, step string) string {
	dir, base := path.Split(path.Clean(notebook))
	tag := strings.ReplaceAll(step, "/", "%2F")
	return dir + strings.TrimSuffix(base, ".ipynb") + "-" + tag + "_out.ipynb"
}

// executedBy reports whether a file of a record is the notebook that its step has executed.
func (r *Record) executedBy(node ir.Node, f File) bool {
	task, ok := node.(*ir.Task)
	if !ok || f.Stage != StagePut {
		return false
	}
	notebook, ok := task.Command.(*ir.Notebook)
	return ok && f.Path == ExecutedNotebook(notebook.Path, r.Path)
}

// ExecutedNotebooks are the hashes of the notebooks that the steps of the records have executed. They hold the times of
// their cells, and so differ from run to run where all else is equal.
func ExecutedNotebooks(p *ir.Pipeline, records []Record) map[string]bool {
	hashes := map[string]bool{}
	for _, rec := range records {
		node, err := NodeAt(p, rec.Path)
		if err != nil {
			continue // of no step of this definition
		}
		for _, f := range rec.Files {
			if rec.executedBy(node, f) {
				hashes[f.Hash] = true
			}
		}
	}
	return hashes
}
