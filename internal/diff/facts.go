package diff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

// fact is one thing that a definition says.
type fact struct {
	kind  Kind
	class Class
	what  string // which part; each once in a step
	text  string // never empty
}

// present is the text of a fact that is there or is not.
const present = "yes"

type facts []fact

// override begins what is said of an override, which a leaf gets from the composites around it. Settings of a target itself are
// compared where they are written.
const override = "override "

// command is the fact that holds what a task runs.
const command = "command"

// text is that of one fact; empty: there is none.
func (f facts) text(what string) string {
	for _, one := range f {
		if one.what == what {
			return one.text
		}
	}
	return ""
}

func (f *facts) add(kind Kind, what, text string) {
	if text != "" {
		*f = append(*f, fact{kind, kind.class(), what, text})
	}
}

// stepFacts are the facts of a step but for its name, its edges and what is in its graphs.
func stepFacts(s *step) facts {
	var f facts
	f.add(Type, "type", ir.Kind(s.Node))
	for _, k := range ir.KindOf(s.Node).Keys {
		if k.Field != nil {
			f.key(k, s)
		}
	}
	if t, ok := s.Node.(*ir.Task); ok && ordered(t) {
		f.add(Returns, "order of returns", names(t.Returns, func(r ir.Return) string { return r.Name }))
	}
	return f
}

// ordered reports whether the order of a task's returns says which value is which.
func ordered(t *ir.Task) bool {
	kind := ir.CommandType(t.Command)
	return len(t.Returns) > 1 && kind != "shell" && kind != "notebook"
}

// keyKind is the kind of the changes of a step's key.
func keyKind(key string) Kind {
	switch key {
	case "command":
		return Command
	case "timeout":
		return Timeout
	case "cache":
		return Cache
	case "pods":
		return Pods
	case "definition":
		return Names
	case "parallelism", "fail_fast":
		return Limits
	}
	return Control
}

// key adds what a step says by one key. Settings are those that hold once the composites around have been taken into account.
func (f *facts) key(k ir.Key, s *step) {
	switch v := k.Field(s.Node).(type) {
	case *ir.Ref:
		if k.Name != "next" && k.Name != "on_failure" { // they are edges
			f.add(keyKind(k.Name), k.Name, v.Name)
		}
	case ir.SpannedText:
		f.add(keyKind(k.Name), k.Name, expression(k.Name, *v.Value))
	case *string:
		f.setting(k.Name, *v, s.Effective)
	case *int:
		if *v != 0 {
			f.add(keyKind(k.Name), k.Name, strconv.Itoa(*v))
		}
	case *bool:
		if *v {
			f.add(keyKind(k.Name), k.Name, present)
		}
	case *time.Duration:
		if *v > 0 {
			f.add(keyKind(k.Name), k.Name, v.String())
		}
	case *[]ir.Ref:
		f.refs(k.Name, *v, s.Effective)
	case *[]ir.Return:
		for _, r := range *v {
			f.add(Returns, "return "+r.Name, returned(r))
		}
	case *[]ir.Input:
		for _, in := range *v {
			f.add(Inputs, "input "+in.Arg, bound(in))
		}
	case *[]ir.Parameter:
		f.parameters(*v)
	case *ir.Command:
		f.command(*v)
	case **ir.Catalog:
		f.catalog(*v)
	case *ir.Retry:
		f.retry(*v)
	case *ir.Resources:
		for _, a := range s.Effective.Resources.Amounts() {
			f.add(Resources, a.Key, a.Text)
		}
	case *[]ir.EnvVar:
		for _, e := range s.Effective.Env {
			f.add(Env, "variable "+e.Name, clear(e.Value))
		}
	case *[]ir.Override:
		for _, o := range s.Effective.Overrides {
			f.add(Targets, override+o.Executor, clear(o.Key))
		}
	case *[]ir.TargetSettings:
		f.targets(*v)
	case *[]ir.Branch, **ir.Graph: // graphs are compared on their own
	default:
		panic(fmt.Sprintf("diff: the key %s has a value of type %T", k.Name, v))
	}
}

// setting adds a setting of one text.
func (f *facts) setting(key, own string, e ir.Effective) {
	switch key {
	case "image":
		f.add(Image, key, e.Image)
	case "python":
		f.add(Python, key, e.Python)
	default:
		f.add(keyKind(key), key, own)
	}
}

// expression is the text of a control; of a reducer, without what makes no difference.
func expression(key, text string) string {
	text = strings.TrimSpace(text)
	if key == "reducer" && text == "list" {
		return ""
	}
	return text
}

func (f *facts) refs(key string, refs []ir.Ref, e ir.Effective) {
	switch key {
	case "packages":
		for _, p := range e.Packages {
			f.add(Python, "package "+ir.PackageName(p.Name), p.Name)
		}
	case "secrets":
		for _, r := range refs {
			f.add(Secrets, "secret "+r.Name, present)
		}
	case "ignore":
		f.add(Text, "accepted warnings", sortedNames(refs))
	case "needs": // they are edges
	default:
		panic("diff: no rule for the key " + key)
	}
}

func returned(r ir.Return) string {
	text := string(r.Kind)
	if text == "" {
		text = string(ir.JSON)
	}
	if r.Key != "" {
		text += ", key " + ir.Bare(r.Key)
	}
	return text
}

func bound(in ir.Input) string {
	switch {
	case len(in.From) == 0 && !in.List:
		return "value " + in.Value
	case len(in.From) == 1 && !in.List:
		return ir.Bare(in.From[0])
	}
	return "[" + names(in.From, func(name string) string { return name }) + "]"
}

func (f *facts) command(c ir.Command) {
	parts := ir.PartsOf(c)
	f.add(Command, "command_type", parts.Type)
	f.add(Command, command, clear(strings.TrimRight(*parts.Text, "\n")))
	kind, _ := ir.CommandKindNamed(parts.Type)
	if parts.Option == nil || *parts.Option == "" || *parts.Option == kind.Default {
		return
	}
	if !kind.Object {
		f.add(Command, kind.Option, clear(*parts.Option))
		return
	}
	f.object(Command, kind.Option, *parts.Option)
}

// object adds the keys of a JSON object.
func (f *facts) object(kind Kind, what, text string) {
	var keys map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &keys) != nil {
		f.add(kind, what, text)
		return
	}
	for key, value := range keys {
		f.add(kind, what+"."+key, sortedJSON(value))
	}
}

// sortedJSON is a JSON value in compact form with its keys sorted.
func sortedJSON(text json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if d.Decode(&value) != nil || e.Encode(value) != nil {
		return string(text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (f *facts) catalog(c *ir.Catalog) {
	if c == nil {
		return
	}
	for _, g := range c.Get {
		f.add(Files, "get "+g.Name, present)
	}
	for _, g := range c.Put {
		f.add(Files, "put "+g.Name, present)
	}
	if c.NoCopy {
		f.add(Files, "store_copy", "false")
	}
}

func (f *facts) retry(r ir.Retry) {
	if r.Limit == 0 { // nothing is repeated
		return
	}
	f.add(Retries, "retry limit", strconv.Itoa(r.Limit))
	if r.Backoff.Duration > 0 {
		f.add(Retries, "retry backoff", r.Backoff.Duration.String())
	}
	if r.Backoff.Factor != 0 && r.Backoff.Factor != 1 {
		f.add(Retries, "retry backoff factor", strconv.FormatFloat(r.Backoff.Factor, 'g', -1, 64))
	}
	if r.Backoff.Cap > 0 {
		f.add(Retries, "retry backoff cap", r.Backoff.Cap.String())
	}
	if r.MemoryFactor > 1 {
		f.add(Retries, "retry memory factor", strconv.FormatFloat(r.MemoryFactor, 'g', -1, 64))
	}
	f.add(Retries, "retried failures", names(slices.Sorted(slices.Values(r.On)), func(on string) string { return on }))
}

func (f *facts) targets(all []ir.TargetSettings) {
	for _, t := range all {
		f.object(Targets, t.Target, t.Settings)
	}
}

func (f *facts) parameters(all []ir.Parameter) {
	for _, p := range all {
		what := "parameter " + p.Name
		standing := "default " + p.Initial()
		if p.Required {
			standing = "required"
		}
		f.add(Parameters, what, string(p.Type)+", "+standing)
		f.add(Parameters, "choices of "+p.Name, strings.Join(p.Choices, ", "))
		f.add(Parameters, "minimum of "+p.Name, p.Minimum)
		f.add(Parameters, "maximum of "+p.Name, p.Maximum)
		f.add(Text, "help of "+p.Name, p.Help)
	}
}

// clear is a text that is never empty and never like another one's.
func clear(text string) string {
	if text == "" || text[0] == '"' {
		return strconv.Quote(text)
	}
	return text
}

func names[T any](all []T, name func(T) string) string {
	out := make([]string, len(all))
	for i, one := range all {
		out[i] = ir.Bare(name(one))
	}
	return strings.Join(out, ", ")
}

func sortedNames(refs []ir.Ref) string {
	var all []string
	for _, r := range refs {
		all = append(all, r.Name)
	}
	slices.Sort(all)
	return names(slices.Compact(all), func(name string) string { return name })
}
