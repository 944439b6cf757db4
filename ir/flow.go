package ir

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Flow runs a step of a Metaflow flow. The frontend for such flows makes it; options say what the Python side has to
// know of the step's place in its graph.
type Flow struct {
	Step    string // module.Flow.step
	Options string // a JSON object
}

// Text returns the dotted step.
func (c *Flow) Text() string { return c.Step }

func (c *Flow) parts() CommandParts { return CommandParts{"metaflow", &c.Step, &c.Options} }

// flowProject and flowEmpty are options that do not make a step another one: the project, which belongs to the run, and
// whether a foreach may go over nothing, which no step that succeeded has asked for.
const flowProject, flowEmpty = "project", "empty"

// KeepProject gives the steps of a flow the project that a run of it began with: who continues a run need not be who began
// it, nor name its branch again.
func KeepProject(was, is *Pipeline) {
	var project json.RawMessage
	for v := range Walk(was) {
		if f := flowOf(v.Node); f != nil && project == nil {
			project = optionsOf(f)[flowProject]
		}
	}
	for v := range Walk(is) {
		if f := flowOf(v.Node); f != nil && project != nil {
			f.Options = f.with(flowProject, project)
		}
	}
}

func flowOf(n Node) *Flow {
	if t, ok := n.(*Task); ok {
		f, _ := t.Command.(*Flow)
		return f
	}
	return nil
}

// optionsOf are the options by name, each as it is written.
func optionsOf(f *Flow) map[string]json.RawMessage {
	options := map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(f.Options), &options) // Check refuses what is no object
	return options
}

// with returns the options with one of them set.
func (c *Flow) with(name string, value json.RawMessage) string {
	options := optionsOf(c)
	options[name] = value
	return optionsText(options)
}

// definition is the options that make the step what it is.
func (c *Flow) definition() string {
	options := optionsOf(c)
	delete(options, flowProject)
	delete(options, flowEmpty)
	return optionsText(options)
}

// definitionInputs are the inputs that make the step what it is. The join of a foreach takes what came before that only where
// the foreach went over nothing.
func (c *Flow) definitionInputs(inputs []Input) []Input {
	if string(optionsOf(c)["join"]) != `"foreach"` {
		return inputs
	}
	return slices.DeleteFunc(slices.Clone(inputs), func(in Input) bool { return in.Arg == "self" })
}

func optionsText(options map[string]json.RawMessage) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(options) // JSON that was read
	return string(bytes.TrimSpace(out.Bytes()))
}
