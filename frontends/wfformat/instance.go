package wfformat

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// instance is what the file holds, as far as a pipeline has a use for it.
type instance struct {
	span        diag.Span // the key "workflow"
	name        string
	description string
	version     ir.Ref // the zero Ref: not given
	tasks       []task
	executions  []execution
	specified   bool // workflow.specification.tasks is there
}

// task is one task of the specification. Files and other tasks go by their ids.
type task struct {
	id                ir.Ref
	parents, children []ir.Ref
	inputs, outputs   []ir.Ref
}

// execution is how a task was run.
type execution struct {
	id        ir.Ref
	runtime   number // seconds
	command   bool   // there is one
	program   string
	arguments []ir.Ref
	cores     number
	memory    number // bytes
}

// number is a JSON number; the zero number was not given.
type number struct {
	value float64
	span  diag.Span
}

// instance reads the file; nil when it is no instance of this version.
func (r *reader) instance() *instance {
	in := &instance{}
	kind, start := r.next()
	err := r.object("the file", func(key ir.Ref) error {
		switch key.Name {
		case "name":
			return r.textTo(&in.name, "the name")
		case "description":
			return r.textTo(&in.description, "the description")
		case "schemaVersion":
			return r.refTo(&in.version, "schemaVersion")
		case "workflow":
			in.span = key.Span
			return r.workflow(in)
		}
		return r.skip()
	})
	if err == nil {
		err = r.end()
	}
	switch {
	case err != nil:
		r.syntax(err)
		return nil
	case kind != '{':
		return nil // which is reported
	case in.version.Name == "" && !in.specified:
		r.errorf(codeNotFormat, start, "this is not WfFormat: it has neither schemaVersion nor workflow.specification.tasks")
	case in.version.Name == "":
		r.errorf(codeVersion, start, "schemaVersion is not given; this program reads WfFormat %s", Version)
	case in.version.Name != Version:
		r.errorf(codeVersion, in.version.Span, "WfFormat %q is unknown; this program reads %s, and WfCommons' migration tool converts others", in.version.Name, Version)
	case !in.specified:
		r.errorf(codeNotFormat, start, "the file has no workflow.specification.tasks")
	default:
		return in
	}
	return nil
}

func (r *reader) workflow(in *instance) error {
	return r.object("workflow", func(key ir.Ref) error {
		switch key.Name {
		case "specification":
			return r.object("workflow.specification", func(key ir.Ref) error {
				if key.Name != "tasks" {
					return r.skip()
				}
				in.specified = true
				return r.list("workflow.specification.tasks", func() error { return r.task(in) })
			})
		case "execution":
			return r.object("workflow.execution", func(key ir.Ref) error {
				if key.Name != "tasks" {
					return r.skip()
				}
				return r.list("workflow.execution.tasks", func() error { return r.execution(in) })
			})
		}
		return r.skip()
	})
}

func (r *reader) task(in *instance) error {
	kind, start := r.next()
	t := task{}
	err := r.object("a task", func(key ir.Ref) error {
		switch key.Name {
		case "id":
			return r.refTo(&t.id, "the id of a task")
		case "parents":
			return r.refs(&t.parents, "parents")
		case "children":
			return r.refs(&t.children, "children")
		case "inputFiles":
			return r.refs(&t.inputs, "inputFiles")
		case "outputFiles":
			return r.refs(&t.outputs, "outputFiles")
		}
		return r.skip()
	})
	if err != nil || kind != '{' {
		return err
	}
	if t.id.Span.IsZero() {
		r.errorf(codeType, start, "the task has no id")
		return nil
	}
	in.tasks = append(in.tasks, t)
	return nil
}

func (r *reader) execution(in *instance) error {
	kind, start := r.next()
	e := execution{}
	err := r.object("an executed task", func(key ir.Ref) error {
		switch key.Name {
		case "id":
			return r.refTo(&e.id, "the id of an executed task")
		case "runtimeInSeconds":
			return r.numberTo(&e.runtime, "runtimeInSeconds")
		case "coreCount":
			return r.numberTo(&e.cores, "coreCount")
		case "memoryInBytes":
			return r.numberTo(&e.memory, "memoryInBytes")
		case "command":
			return r.command(&e)
		}
		return r.skip()
	})
	if err != nil || kind != '{' {
		return err
	}
	if e.id.Span.IsZero() {
		r.errorf(codeType, start, "the executed task has no id")
		return nil
	}
	in.executions = append(in.executions, e)
	return nil
}

func (r *reader) command(e *execution) error {
	return r.object("command", func(key ir.Ref) error {
		switch key.Name {
		case "program":
			e.command = true
			return r.textTo(&e.program, "program")
		case "arguments":
			return r.refs(&e.arguments, "arguments")
		}
		return r.skip()
	})
}

// refs reads a list of texts.
func (r *reader) refs(to *[]ir.Ref, what string) error {
	return r.list(what, func() error {
		var ref ir.Ref
		if err := r.refTo(&ref, "an entry of "+what); err != nil {
			return err
		}
		if !ref.Span.IsZero() {
			*to = append(*to, ref)
		}
		return nil
	})
}

// kindName says what a value is.
func kindName(k jsontext.Kind) string {
	switch k {
	case '"':
		return "text"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	default:
		return "null"
	}
}
