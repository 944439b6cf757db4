package app

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"sync"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// noticesVariable names the open descriptor to which execute() of the package runnable wants each task that starts and ends to
// be written (python/runnable/_notices.py).
const noticesVariable = "RUNNABLE_NOTICES"

// maxNoticeName is how much of a script stands for its name.
const maxNoticeName = 100

// notice is a line of JSON, in the words that Runnable has for its queue.
type notice struct {
	Type    string                 `json:"type"`
	Name    string                 `json:"name"`
	Inputs  map[string]noticeValue `json:"inputs,omitzero"`
	Outputs map[string]noticeValue `json:"outputs,omitempty"`
	Error   string                 `json:"error,omitempty"`
}

// noticeValue is a value, or nothing for an object.
type noticeValue struct {
	Value json.RawMessage `json:"value,omitempty"`
}

// noticing is a runner that writes a notice of each task.
type noticing struct {
	local.Runner
	blobs engine.Blobs
	mu    sync.Mutex
	to    io.Writer
}

// noticed is the runner, which writes notices if the program that handed the pipeline over wants them.
func (d *drive) noticed(ctx context.Context, r local.Runner) local.Runner {
	fd, err := strconv.Atoi(os.Getenv(noticesVariable))
	if err != nil || !d.flags.inputs.handed {
		return r
	}
	closeOnExec(fd)
	n := &noticing{Runner: r, blobs: d.store.Blobs(context.WithoutCancel(ctx)), to: os.NewFile(uintptr(fd), "notices")}
	if all, ok := r.(local.MapReducer); ok {
		return struct {
			*noticing
			local.MapReducer
		}{n, all}
	}
	return n
}

// Run implements [local.Runner].
func (n *noticing) Run(ctx context.Context, l local.Leaf) (*engine.Record, error) {
	task, ok := l.Node.(*ir.Task)
	if !ok {
		return n.Runner.Run(ctx, l)
	}
	name := task.Command.Text()
	if _, script := task.Command.(*ir.Shell); script {
		name = firstCharacters(name, maxNoticeName)
	}
	n.write(notice{Type: "task_started", Name: name, Inputs: n.inputs(task, l.Before)})
	rec, err := n.Runner.Run(ctx, l)
	switch {
	case err != nil: // the run ends, and says why
	case rec.Failure != nil:
		n.write(notice{Type: "task_error", Name: name, Error: rec.Failure.Message})
	default:
		outputs := map[string]noticeValue{}
		for _, v := range rec.Returns {
			outputs[v.Name] = n.value(v.Value)
		}
		n.write(notice{Type: "task_completed", Name: name, Outputs: outputs})
	}
	return rec, err
}

// inputs are what a task sees: objects only where it can load them.
func (n *noticing) inputs(task *ir.Task, before *engine.Scope) map[string]noticeValue {
	_, python := task.Command.(*ir.Python)
	inputs := map[string]noticeValue{}
	for name, v := range before.Params() {
		if python || !v.IsObject() {
			inputs[name] = n.value(v)
		}
	}
	return inputs
}

func firstCharacters(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

func (n *noticing) value(v engine.Value) noticeValue {
	if v.IsObject() {
		return noticeValue{}
	}
	text, err := v.Text(n.blobs)
	if err != nil { // the step that needs it says why
		return noticeValue{}
	}
	return noticeValue{text}
}

// write tells of a task. Whoever does not listen any more is not told.
func (n *noticing) write(what notice) {
	line, err := json.Marshal(what)
	if err != nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	_, _ = n.to.Write(append(line, '\n'))
}
