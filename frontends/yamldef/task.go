package yamldef

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// command reads command and command_type, and the keys that one kind of command alone takes. Of a kind that is not
// built in, all further keys are its own.
func (r *reader) command(f *fields) ir.Command {
	kind := "python"
	if n := f.get("command_type"); n != nil {
		ref, ok := r.ref(n, f.of("command_type"))
		if !ok {
			return &ir.Python{} // never nil, so that no walk meets one
		}
		kind = ref.Name
	}
	k, builtIn := ir.CommandKindNamed(kind)
	if !builtIn {
		if hint := otherType(kind); hint != "" {
			r.Errorf("RR0107", f.get("command_type"), "%s cannot be %q; %s", f.of("command_type"), kind, hint)
			return &ir.Python{} // never nil, so that no walk meets one
		}
	}
	if builtIn {
		r.check(f, r.kinds["task"])
		r.foreignKeys(f, kind)
	} else {
		r.required(f, r.kinds["task"], nil)
	}
	c := k.New()
	p := ir.PartsOf(c)
	if n := f.get("command"); n != nil {
		*p.Text, _ = r.text(n, f.of("command"))
		r.checkCommand(n, f, k, *p.Text)
	}
	switch {
	case !builtIn:
		*p.Option = r.pluginConfig(f)
	case p.Option != nil && k.Object:
		*p.Option = r.object(f, k.Option)
	case p.Option != nil:
		*p.Option = cmp.Or(r.named(f, k.Option).Name, k.Default)
	}
	return c
}

// otherType says what to write in place of a type of command that is no plugin's by all appearances; empty: it may be one.
func otherType(kind string) string {
	switch strings.ToLower(kind) {
	case "bash", "zsh", "ksh", "perl", "ruby", "node":
		return fmt.Sprintf("write \"shell\", and in the script's first line the interpreter, as #!/usr/bin/env %s", kind)
	case "sh", "dash", "script", "command", "cmd", "exec":
		return `did you mean "shell"?`
	case "py", "python3", "function":
		return `did you mean "python"?`
	case "jupyter", "ipynb", "papermill":
		return `did you mean "notebook"?`
	case "async", "async_python":
		return `did you mean "async-python"?`
	case "golang":
		return `did you mean "go"?`
	}
	if near := diag.Nearest(kind, ir.CommandTypes()); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// foreignKeys reports the keys that another kind of command takes.
func (r *reader) foreignKeys(f *fields, kind string) {
	for _, k := range ir.CommandKinds() {
		if k.Option != "" && f.has(k.Option) && kind != k.Name {
			r.Errorf("RR0118", f.key(k.Option), "%q is for commands of the type %s, and %s has the type %s; delete it", k.Option, k.Name, f.what, kind)
		}
	}
}

// checkCommand checks the form of a command. What can only fail at run time is a warning, as Runnable has it.
func (r *reader) checkCommand(n *yaml.Node, f *fields, k ir.CommandKind, body string) {
	if !isScalar(n, yaml12.String) {
		return
	}
	switch {
	case strings.TrimSpace(body) == "":
		r.Errorf("RR0114", n, "%s is empty; to do nothing, use the type stub", f.of("command"))
	case !strings.HasSuffix(body, k.Suffix):
		r.Errorf("RR0114", n, "%s is not a %s; it must be a path that ends in %s", f.of("command"), k.Name, k.Suffix)
	case k.Dotted && !ir.Dotted(body):
		r.warnf("RR0117", n, "%s is not of the form module.function, so the step will fail%s", f.of("command"), shellHint(f, body))
	}
}

// shellHint suggests the command type that a script without one needs.
func shellHint(f *fields, body string) string {
	if !f.has("command_type") && strings.ContainsAny(body, " \n|>/") {
		return "; for a script, set command_type: shell"
	}
	return ""
}

// pluginConfig makes a JSON object of the keys that a task does not know.
func (r *reader) pluginConfig(f *fields) string {
	t := r.kinds["task"]
	var own []yaml12.Pair
	for _, e := range f.entries {
		_, known := t.find(e.Name)
		if !known || slices.ContainsFunc(ir.CommandKinds(), func(k ir.CommandKind) bool { return k.Option == e.Name }) {
			own = append(own, e)
		}
	}
	if len(own) == 0 {
		return ""
	}
	return string(r.JSONObject(own))
}

// returns reads the names that a command returns.
func (r *reader) returns(f *fields, c ir.Command) []ir.Return {
	return r.eachReturn(f, func(n *yaml.Node, name string) (ir.Return, bool) { return r.oneReturn(n, f, name, c) })
}

// eachReturn reads the entries of the list returns, each by its name in messages.
func (r *reader) eachReturn(f *fields, one func(n *yaml.Node, name string) (ir.Return, bool)) []ir.Return {
	n := f.get("returns")
	if n == nil {
		return nil
	}
	items, ok := r.list(n, f.of("returns"))
	if !ok {
		return nil
	}
	out := make([]ir.Return, 0, len(items))
	for i, item := range items {
		if ret, ok := one(item, fmt.Sprintf("returns[%d]", i)); ok {
			out = append(out, ret)
		}
	}
	return out
}

// oneReturn reads a bare name, or a mapping with name, kind and key.
func (r *reader) oneReturn(n *yaml.Node, f *fields, name string, c ir.Command) (ir.Return, bool) {
	if yaml12.Deref(n).Kind == yaml.ScalarNode {
		ref, ok := r.ref(n, f.of(name))
		return ir.Return{Name: ref.Name, Kind: ir.JSON, Span: ref.Span}, ok
	}
	rf, ok := r.part(f, name, n, n)
	if !ok {
		return ir.Return{}, false
	}
	r.check(rf, returnTable())
	as := r.named(rf, "name")
	ret := ir.Return{Name: as.Name, Kind: ir.JSON, Span: as.Span, Key: r.named(rf, "key").Name}
	if k := rf.get("kind"); k != nil {
		ret.Kind = r.valueKind(k, rf)
	}
	r.fitting(rf, ret, c)
	return ret, as.Name != ""
}

// valueKind reads the kind of a returned value.
func (r *reader) valueKind(n *yaml.Node, f *fields) ir.ValueKind {
	word, ok := r.text(n, f.of("kind"))
	if !ok {
		return ir.JSON
	}
	known := []string{string(ir.JSON), string(ir.Text), string(ir.Metric), string(ir.Object)}
	switch {
	case slices.Contains(known, word):
		return ir.ValueKind(word)
	case strings.HasPrefix(word, "pickle"): // the word of Runnable's Python API
		r.Errorf("RR0308", n, "%s cannot be %q; did you mean \"object\"?", f.of("kind"), word)
		return ir.Object
	}
	r.Errorf("RR0308", n, "%s cannot be %q%s", f.of("kind"), word, choice(word, known))
	return ir.JSON
}

// fitting refuses returns that a kind of command cannot give.
func (r *reader) fitting(rf *fields, ret ir.Return, c ir.Command) {
	kind, _ := ir.CommandKindNamed(ir.CommandType(c))
	if ret.Kind == ir.Object && !kind.Objects {
		r.Errorf("RR0308", rf.get("kind"), "a %s command cannot return the object %q; return it as json or text, or put a file into the catalog", kind.Name, ret.Name)
	}
	if ret.Key != "" && !kind.Mappings {
		r.Errorf("RR0116", rf.key("key"), "a %s command returns no mapping that a \"key\" could be taken from; delete it", kind.Name)
	}
}

// inputs reads what the arguments of a command are bound to.
func (r *reader) inputs(f *fields) []ir.Input {
	var out []ir.Input
	for _, e := range r.children(f, "inputs") {
		in := ir.Input{Arg: e.Name, Span: r.Span(e.Key)}
		if r.input(&in, f, e.Value) {
			out = append(out, in)
		}
	}
	return out
}

// input reads the parameter, the list of parameters or the literal that one argument is bound to.
func (r *reader) input(in *ir.Input, f *fields, n *yaml.Node) bool {
	name := "inputs." + in.Arg
	what := f.of(name)
	switch d := yaml12.Deref(n); {
	case isScalar(n, yaml12.String):
		ref, ok := r.ref(n, what)
		in.From = []string{ref.Name}
		return ok
	case d.Kind == yaml.SequenceNode:
		in.List, in.From = true, []string{}
		refs := r.refs(n, what)
		for _, ref := range refs {
			in.From = append(in.From, ref.Name)
		}
		return len(refs) == len(d.Content)
	case d.Kind == yaml.MappingNode:
		lf, _ := r.part(f, name, n, n)
		r.check(lf, literalTable())
		v := lf.get("value")
		if v == nil {
			return false
		}
		in.Value = string(r.JSON(v))
		return in.Value != ""
	}
	r.Errorf("RR0103", n, "%s must be a parameter, a list of parameters or {value: ...}; for the value itself write {value: %s}", what, yaml12.Deref(n).Value)
	return false
}

// object reads an optional mapping as JSON text; empty where there is none.
func (r *reader) object(f *fields, name string) string {
	n := f.get(name)
	if n == nil || yaml12.IsNull(n) {
		return ""
	}
	m, ok := r.part(f, name, n, f.key(name))
	if !ok || len(m.entries) == 0 {
		return ""
	}
	return string(r.JSONObject(m.entries))
}
