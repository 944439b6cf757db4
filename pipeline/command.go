package pipeline

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

func newTask(name string, c ir.Command, at diag.Span) *TaskStep {
	t := &TaskStep{task: ir.Task{Command: c}}
	return t.begin(t, name, at)
}

// Shell runs a script with /bin/sh. It returns the exported variables that [TaskStep.Returns] names.
func Shell(name, script string) *TaskStep {
	return newTask(name, &ir.Shell{Script: script}, here())
}

// Python calls a function, written module.function. The step is named after the function.
func Python(function string) *TaskStep {
	return newTask(lastPart(function), &ir.Python{Function: function}, here())
}

// AsyncPython calls an asynchronous function, which may stream events; streamEnd is the type of the event that
// carries the returns, "done" where it is empty.
func AsyncPython(function, streamEnd string) *TaskStep {
	if streamEnd == "" {
		streamEnd = "done"
	}
	return newTask(lastPart(function), &ir.Python{Function: function, Async: true, StreamEnd: streamEnd}, here())
}

// Notebook executes a Jupyter notebook. The step is named after the file.
func Notebook(file string) *TaskStep {
	return newTask(notebookName(file), &ir.Notebook{Path: file}, here())
}

// NotebookWith is [Notebook] with further arguments for the engine that executes it.
func NotebookWith(file string, options map[string]any) *TaskStep {
	c := &ir.Notebook{Path: file}
	t := newTask(notebookName(file), c, here())
	var err error
	if c.Options, err = jsonText(options); err != nil {
		t.problem(here(), "the options of %s cannot be written as JSON: %v", file, err)
	}
	return t
}

// Plugin runs a command of a kind that is not built in (docs/plugins.md). config is what the kind takes besides; it
// becomes a JSON object, nil is none.
func Plugin(name, kind, command string, config any) *TaskStep {
	c := &ir.Plugin{Kind: kind, Body: command}
	t := newTask(name, c, here())
	if _, builtIn := ir.CommandKindNamed(kind); builtIn {
		t.problem(here(), "%q is a built-in kind of command and cannot be a plugin's", kind)
	}
	if config == nil {
		return t
	}
	var err error
	if c.Config, err = jsonText(config); err != nil || !strings.HasPrefix(c.Config, "{") {
		t.problem(here(), "the configuration of %q is not a JSON object", name)
	}
	return t
}

func lastPart(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

func notebookName(file string) string {
	return strings.ReplaceAll(strings.TrimSuffix(path.Base(file), ".ipynb"), ".", "_")
}

// jsonText writes a value as compact JSON, with <, > and & as they are.
func jsonText(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
