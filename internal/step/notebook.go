package step

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// notebookTask executes a notebook in the user's Python (SEMANTICS 3). notebook.py in package python holds the other
// side.
type notebookTask struct{ *ir.Notebook }

// pyNotebook describes a notebook to a worker.
type pyNotebook struct {
	Path        string          `json:"path"`
	File        string          `json:"file"`    // where it is
	Folders     []string        `json:"folders"` // in which it was looked for
	Options     json.RawMessage `json:"options,omitempty"`
	Output      string          `json:"output"`       // the file that the executed notebook is written to
	CatalogPath string          `json:"catalog_path"` // what the catalog calls it
}

func (t notebookTask) run(ctx context.Context, a *attempt) outcome {
	req := a.taskRequest("")
	req.label = t.Path
	l := a.layout()
	file, _ := l.File(t.Path)
	req.Notebook = &pyNotebook{
		Path: t.Path, File: file, Folders: l.Files(), Options: json.RawMessage(t.Options), Output: filepath.Join(a.tmp, "executed.ipynb"), CatalogPath: engine.ExecutedNotebook(t.Path, a.Path),
	}
	answer, failure := a.callPython(ctx, req)
	files, err := a.keepExecuted(req.Notebook)
	if err != nil && failure == nil {
		failure = fail(engine.KindError, "the executed notebook cannot be stored: %v", err)
	}
	o := outcome{failure: failure, files: files, code: a.pythonCode(), inputs: a.used(req.bound)}
	if failure != nil {
		return o
	}
	maps.Copy(o.code, answer.Code)
	o.returns, o.failure = a.pyReturns(answer)
	return o
}

// keepExecuted stores the executed notebook, also of a notebook that failed or was stopped midway.
func (a *attempt) keepExecuted(n *pyNotebook) ([]engine.File, error) {
	data, err := os.ReadFile(n.Output)
	if errors.Is(err, fs.ErrNotExist) || len(data) == 0 && err == nil || a.Blobs == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b, err := a.Blobs.Put(a.out.mask.JSON(data))
	if err != nil {
		return nil, err
	}
	return []engine.File{{Path: n.CatalogPath, Hash: b.Hash, Size: b.Size, Mode: 0o644, Stage: engine.StagePut}}, nil
}
