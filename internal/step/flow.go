package step

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
)

// flowTask runs a step of a Metaflow flow. Package metaflow in package python holds the other side: what the step leaves is
// one value, whose larger parts are blobs that it names.
type flowTask struct{ *ir.Flow }

// flowGrace is what a step gets beyond its time limit, which the Python side keeps: it raises an exception there.
const flowGrace = 5 * time.Second

// errUnsealed is the error of a flow where only signed objects are unpickled: its artifacts are named by the hash of what
// Python pickled, which leaves no room for a signature.
var errUnsealed = errors.New(objectsVariable + "=own does not work with flows of Metaflow, whose artifacts are not signed; trust the store and unset it for this run")

// pyObject is a blob that a worker asks for, or has written to a file.
type pyObject struct {
	Hash string `json:"sha256"`
	Size int64  `json:"size"`
	File string `json:"file,omitempty"`
}

func (t flowTask) run(ctx context.Context, a *attempt) outcome {
	req, err := a.flowRequest(t.Flow)
	if err != nil {
		return failed(fail(engine.KindData, "%v", err))
	}
	answer, f := a.callPython(ctx, req)
	o := outcome{failure: f, code: a.pythonCode(), inputs: a.used(req.bound)}
	if f != nil {
		return o
	}
	if answer.Source != "" {
		o.code = maps.Clone(o.code)
		o.code["source"] = answer.Source
	}
	o.modules = answer.Modules
	if o.failure = a.keepObjects(answer.Objects); o.failure == nil {
		o.returns, o.failure = a.pyReturns(answer)
	}
	return o
}

// flowRequest is a request with the parameters that a step reads, and no others: a flow has one for each branch and loop.
func (a *attempt) flowRequest(t *ir.Flow) (*pyRequest, error) {
	if seal, err := a.rt.seal(); err != nil || seal != nil {
		return nil, cmp.Or(err, errUnsealed)
	}
	req := a.pyRequest(t.Step)
	read := map[string]bool{}
	for _, ref := range ir.Reads(a.task) {
		read[ref.Name] = true
	}
	maps.DeleteFunc(req.Params, func(name, _ string) bool { return !read[name] })
	maps.DeleteFunc(req.Lazy, func(name, _ string) bool { return !read[name] })
	req.Forms = map[string]string{}
	written := map[string]json.RawMessage{} // as they are: configurations keep the order of their keys, and every digit
	if err := json.Unmarshal([]byte(t.Options), &written); err != nil {
		return nil, fmt.Errorf("flow of the step %s: %w", t.Step, err)
	}
	options := map[string]any{}
	for name, value := range written {
		options[name] = value
	}
	options["run"], options["path"], options["try"] = a.Run, a.Path, a.try()
	if a.Origin != "" {
		options["origin"] = a.Origin
	}
	if len(a.Tags) > 0 {
		options["tags"] = a.Tags
	}
	if a.Store != "" {
		options["store"] = project.Absolute(a.Store)
	}
	req.limit = a.task.Timeout
	if req.limit > 0 {
		options["timeout"] = req.limit.Seconds()
		req.limit += flowGrace
	}
	req.Flow = options
	return req, nil
}

// keepObjects stores what a worker has written, and holds it against what it said of it.
func (a *attempt) keepObjects(objects []pyObject) *failure {
	for _, o := range objects {
		if filepath.Dir(o.File) != filepath.Clean(a.tmp) {
			return fail(engine.KindError, "an artifact is outside the folder of the attempt")
		}
		v, err := a.keepObject(o.File)
		switch {
		case errors.Is(err, errSecret):
			return fail(engine.KindSecret, "an artifact holds a secret that the step declares, and artifacts are kept; do not assign it to self")
		case err != nil:
			return fail(engine.KindError, "an artifact cannot be stored: %v", err)
		case v.Blob.Hash != o.Hash || v.Blob.Size != o.Size:
			return fail(engine.KindError, "an artifact was changed while it was stored")
		}
	}
	return nil
}

// fetchObject writes a blob to a file that the worker reads.
func (t *conversation) fetchObject(o pyObject) (any, error) {
	if t.a.Blobs == nil {
		return nil, errors.New("there is no store")
	}
	data, err := t.object(engine.Blob{Hash: o.Hash, Size: o.Size})
	if err != nil {
		return nil, err
	}
	file, err := t.file(data)
	return map[string]any{"file": file}, err
}

// try is the number of the attempt within this run of the step, as far as it is known; else that in the store.
func (a *attempt) try() int {
	if a.Try > 0 {
		return a.Try
	}
	return a.Attempt
}

// moduleOf is the module of a dotted function, where a class stands between the two as well.
func moduleOf(function string, c ir.Command) string {
	parts := strings.Split(function, ".")
	last := 1
	if _, ok := c.(*ir.Flow); ok {
		last = 2
	}
	return strings.Join(parts[:max(0, len(parts)-last)], ".")
}
