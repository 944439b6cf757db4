package drawing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// facts tells what a definition says of a node. Of a secret it tells the name.
func (m *maker) facts(n ir.Node, path string) []Fact {
	var f facts
	switch n := n.(type) {
	case *ir.Task:
		f.task(n)
	case *ir.Stub:
		f.catalog(n.Catalog)
	case *ir.Parallel:
		f.names("branches", n.Branches)
		f.flag("fail fast", n.FailFast)
	case *ir.Map:
		f.add("iterate on", n.Over())
		f.add("iterate as", n.IterateAs.Name)
		f.add("reducer", n.Reducer)
		f.number("parallelism", n.Parallelism)
		f.flag("fail fast", n.FailFast)
	case *ir.Conditional:
		f.add("parameter", n.By())
		f.names("branches", n.Branches)
		f.add("default", n.Default)
		f.flag("fail fast", n.FailFast)
	case *ir.Loop:
		f.add("break on", n.Until())
		f.number("max iterations", n.MaxIterations)
		f.add("index as", n.IndexAs.Name)
		f.flag("fail fast", n.FailFast)
	case *ir.Nested:
		f.add("definition", n.Definition.Name)
		f.inputs(n.Inputs)
		f.returns(n.Returns)
	}
	f.settings(m.settings[path])
	f.add("needs", join(n.Base().Needs))
	f.add("on failure", n.Base().OnFailure.Name)
	return f
}

type facts []Fact

func (f *facts) add(label, text string) {
	if text != "" {
		*f = append(*f, Fact{Label: label, Text: text})
	}
}

func (f *facts) number(label string, n int) {
	if n != 0 {
		f.add(label, strconv.Itoa(n))
	}
}

func (f *facts) flag(label string, on bool) {
	if on {
		f.add(label, "yes")
	}
}

func (f *facts) names(label string, branches []ir.Branch) {
	names := make([]string, len(branches))
	for i, b := range branches {
		names[i] = b.Name
	}
	f.add(label, strings.Join(names, ", "))
}

func (f *facts) task(t *ir.Task) {
	*f = append(*f, Fact{Label: "command", Text: t.Command.Text(), Code: true})
	f.inputs(t.Inputs)
	f.returns(t.Returns)
	f.add("secrets", join(t.Secrets))
	f.catalog(t.Catalog)
	f.add("retry", retry(t.Retry))
	if t.Timeout > 0 {
		f.add("timeout", t.Timeout.String())
	}
	f.flag("cached", t.Cache)
}

func (f *facts) inputs(all []ir.Input) {
	inputs := make([]string, len(all))
	for i, in := range all {
		from := strings.Join(in.From, ", ")
		switch {
		case len(in.From) == 0:
			from = in.Value
		case in.List || len(in.From) > 1:
			from = "[" + from + "]"
		}
		inputs[i] = in.Arg + " = " + from
	}
	f.add("inputs", strings.Join(inputs, ", "))
}

func (f *facts) returns(all []ir.Return) {
	returns := make([]string, len(all))
	for i, r := range all {
		returns[i] = r.Name
		if r.Kind != "" && r.Kind != ir.JSON {
			returns[i] += " (" + string(r.Kind) + ")"
		}
	}
	f.add("returns", strings.Join(returns, ", "))
}

func (f *facts) catalog(c *ir.Catalog) {
	if c != nil {
		f.add("gets files", join(c.Get))
		f.add("puts files", join(c.Put))
	}
}

func (f *facts) settings(e ir.Effective) {
	f.add("image", e.Image)
	var ask []string
	for _, a := range e.Resources.Amounts() {
		ask = append(ask, a.Key+" "+a.Text)
	}
	f.add("resources", strings.Join(ask, ", "))
	env := make([]string, len(e.Env))
	for i, v := range e.Env {
		env[i] = v.Name + "=" + v.Value
	}
	f.add("environment", strings.Join(env, ", "))
}

func retry(r ir.Retry) string {
	if r.Limit == 0 {
		return ""
	}
	text := fmt.Sprintf("%d attempts", r.Limit+1)
	if r.Backoff.Duration > 0 {
		text += ", after " + r.Backoff.Duration.String()
	}
	if len(r.On) > 0 {
		text += ", on " + strings.Join(r.On, ", ")
	}
	if r.Grows() {
		text += fmt.Sprintf(", %v times the memory after oom", r.MemoryFactor)
	}
	return text
}

func join(refs []ir.Ref) string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = r.Name
	}
	return strings.Join(names, ", ")
}
