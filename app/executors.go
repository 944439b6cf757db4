package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Codes of what the configuration's executors mean for a run on this machine.
const (
	codeElsewhere = "RR0412"
	codeNoEffect  = "RR0411"
	codePatch     = "RR0404"
)

// executors does what the configuration's executors ask of a run on this machine: it mocks, or refuses what would run
// elsewhere.
func (in *inputs) executors() diag.List {
	var list diag.List
	if in.containers() != nil {
		list = in.notInImage()
	}
	switch e := in.config.Executor; e.Type {
	case "local-container":
		if in.config.Container != nil {
			list = append(list, in.checkContainers(in.config.Container)...)
		}
	case "argo":
		list.Add(diag.Warningf(codeNoEffect, e.Span, "the executor argo has no effect on a run on this machine; render with --target argo"))
	case "mocked":
		list = append(list, mock(in.pipeline, e)...)
	}
	if in.containers() == nil {
		list = append(list, local.Unmet(in.pipeline)...)
	}
	switch e := in.config.JobExecutor; e.Type {
	case "local-container":
		if in.settings.Job && in.config.JobContainer != nil {
			list = append(list, in.checkContainers(in.config.JobContainer)...)
		}
	case "k8s-job", "mini-k8s-job":
		if in.settings.Job {
			list.Add(diag.Errorf(codeElsewhere, e.Span, "the configuration asks for jobs of type %s, but this run would run on this machine; give --target kubernetes, or write type: local", e.Type))
		} else if in.config.Executor.Type == "" {
			list.Add(diag.Warningf(codeNoEffect, e.Span, "job-executor has no effect on a pipeline, whose steps run on this machine; write pipeline-executor, if that is meant"))
		}
	}
	return list
}

// patch is what stands in place of a step's command in a mocked run.
type patch struct {
	Command     string          `json:"command"`
	CommandType string          `json:"command_type"`
	Returns     json.RawMessage `json:"returns"`
}

// mock makes stubs of all tasks but those that the configuration patches: these run another command, or return values.
func mock(p *ir.Pipeline, e config.Section) diag.List {
	var list diag.List
	var given struct {
		Patches map[string]json.RawMessage `json:"patches"`
	}
	if err := json.Unmarshal(e.JSON, &given); err != nil {
		return diag.List{diag.Errorf(codePatch, e.At("/patches"), "patches must be a mapping from the names of steps to their replacements")}
	}
	seen := map[string]bool{}
	for _, g := range ir.Graphs(p) {
		for i, n := range g.Nodes {
			t, ok := n.(*ir.Task)
			if !ok {
				continue
			}
			seen[t.Name] = true
			raw, patched := given.Patches[t.Name]
			if !patched {
				g.Nodes[i] = &ir.Stub{Common: t.Common}
				continue
			}
			if err := apply(t, raw); err != nil {
				list.Add(diag.Errorf(codePatch, e.At("/patches/"+pointer(t.Name)), "the patch of %q: %v", t.Name, err))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given.Patches)) {
		if !seen[name] {
			list.Add(diag.Errorf(codePatch, e.At("/patches/"+pointer(name)), "no task is called %q%s", name, diag.DidYouMean(name, slices.Sorted(maps.Keys(seen)))))
		}
	}
	ir.BuildIndexes(p)
	return list
}

// pointer is a name as a part of a JSON pointer.
func pointer(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// apply puts a patch in place of a task's command. A mapping of returns is what the task returns, and then nothing is run.
func apply(t *ir.Task, raw json.RawMessage) error {
	var one patch
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&one); err != nil {
		return fmt.Errorf("it takes command, command_type and returns: %w", err)
	}
	var values map[string]json.RawMessage
	if len(one.Returns) > 0 && json.Unmarshal(one.Returns, &values) != nil {
		if err := renamed(t, one.Returns); err != nil {
			return err
		}
	}
	switch {
	case values != nil && one.Command != "":
		return fmt.Errorf("returns with values and a command exclude each other; list the names of what the command returns")
	case values != nil:
		return returning(t, values)
	case one.Command == "":
		return fmt.Errorf("it needs a command, or returns: {name: value}")
	}
	return replaced(t, one)
}

// renamed replaces what a task returns by what the command of its patch returns.
func renamed(t *ir.Task, raw json.RawMessage) error {
	var list []struct{ Name, Kind string }
	if err := json.Unmarshal(raw, &list); err != nil {
		return fmt.Errorf("returns must be a mapping from names to values, or a list of {name, kind}")
	}
	t.Returns = nil
	for _, r := range list {
		kind := ir.ValueKind(r.Kind)
		if kind == ir.JSON {
			kind = ""
		}
		if r.Name == "" || !slices.Contains([]ir.ValueKind{"", ir.Text, ir.Metric, ir.Object}, kind) {
			return fmt.Errorf("returns must be a list of {name, kind}, where kind is json, text, metric or object")
		}
		t.Returns = append(t.Returns, ir.Return{Name: r.Name, Kind: kind, Span: t.Span})
	}
	return nil
}

// replaced gives a task another command of its own kind, or of the kind that the patch names.
func replaced(t *ir.Task, one patch) error {
	kind := one.CommandType
	if kind == "" {
		kind = ir.CommandType(t.Command)
	}
	switch kind {
	case "python":
		if !ir.Dotted(one.Command) {
			return fmt.Errorf("%q is not a function; write module.function, or say command_type: shell", one.Command)
		}
		t.Command = &ir.Python{Function: one.Command}
	case "shell":
		t.Command = &ir.Shell{Script: one.Command}
	case "notebook":
		if !strings.HasSuffix(one.Command, ".ipynb") {
			return fmt.Errorf("%q is not a notebook", one.Command)
		}
		t.Command = &ir.Notebook{Path: one.Command}
	default:
		return fmt.Errorf("a command of type %q cannot replace a step; want python, shell or notebook", kind)
	}
	return nil
}

// returning makes a task return values, each as a file that its script writes.
func returning(t *ir.Task, values map[string]json.RawMessage) error {
	var script strings.Builder
	for i, r := range t.Returns {
		value, ok := values[r.Name]
		if !ok {
			return fmt.Errorf("it returns no %q, as the step does", r.Name)
		}
		text := string(value)
		if r.Kind == ir.Text {
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
		} else if r.Kind == ir.Object {
			t.Returns[i].Kind = "" // what stands in the configuration is JSON
		}
		t.Returns[i].Key = ""
		fmt.Fprintf(&script, "printf '%%s\\n' '%s' > \"$RUNNABLE_RETURNS\"/'%s'\n", quoted(text), quoted(strings.ReplaceAll(r.Name, "/", "%2F")))
		delete(values, r.Name)
	}
	if len(values) > 0 {
		return fmt.Errorf("the step returns no %q", slices.Sorted(maps.Keys(values))[0])
	}
	t.Command, t.Inputs, t.Catalog, t.Secrets = &ir.Shell{Script: script.String()}, nil, nil, nil
	return nil
}

// quoted is a text between the single quotes of a script.
func quoted(text string) string { return strings.ReplaceAll(text, "'", `'\''`) }
