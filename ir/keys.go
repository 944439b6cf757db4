package ir

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// NodeKind is a kind of step: what `type` says, and the keys that such a step takes.
type NodeKind struct {
	Name string
	Doc  string
	New  func(Common) Node
	Own  []Key // those that not every kind has
	Keys []Key // Own, then [EdgeKeys] and [SettingKeys]
}

// Key is one key of a step. YAML definitions, their schema, the JSON form, [Dump] and [Check] follow this table, and
// tests hold the fronts in Python and Go and the documentation against it.
type Key struct {
	Name     string
	Shape    string // which values it takes: a definition of the schema (package yamldef); empty: no definition writes the key
	Required bool
	Doc      string // full sentences
	// Field is where the value lies in a node of a kind that has the key: a pointer, whose type says how the value is read
	// and written. It is nil where another key's reader reads this one too: for a second name of a key, and for what
	// belongs to a command.
	Field func(Node) any
}

// SpannedText is a text of a node that has a place: the value of a [Key.Field].
type SpannedText struct {
	Value *string
	Span  *diag.Span
}

func kind(name, doc string, made func(Common) Node, own ...Key) NodeKind {
	return NodeKind{name, doc, made, own, slices.Concat(own, EdgeKeys(), SettingKeys())}
}

// in is the field of a kind of node.
func in[N Node](field func(N) any) func(Node) any { return func(n Node) any { return field(n.(N)) } }

// KindOf returns the kind of a node.
func KindOf(n Node) NodeKind { return n.kind() }

// NodeKinds are the kinds of step, in the order of the documentation.
func NodeKinds() []NodeKind {
	return []NodeKind{taskKind, stubKind, parallelKind, mapKind, conditionalKind, loopKind, nestedKind}
}

// KindNamed returns the kind of that name, and whether there is one.
func KindNamed(name string) (NodeKind, bool) {
	for _, k := range NodeKinds() {
		if k.Name == name {
			return k, true
		}
	}
	return NodeKind{}, false
}

// EdgeKeys are the keys of every kind of step that say what it is and where it stands in its graph.
func EdgeKeys() []Key {
	return []Key{
		{"type", "type", true, "The kind of step.", nil},
		{"needs", "names", false, "The steps that must be done first. One graph uses either `needs` or `next` and `start_at`.", func(n Node) any { return &n.Base().Needs }},
		{"next", "name", false, "The step that runs after success, or `success` or `fail`. Without it, the next step in the file that no on_failure names, else `success`.", func(n Node) any { return &n.Base().Next }},
		{"next_node", "name", false, "The same as `next`.", nil},
		{"on_failure", "text", false, "The step that runs after a failure, or `success` or `fail`.", func(n Node) any { return &n.Base().OnFailure }},
	}
}

// SettingKeys are the settings that every kind of step takes; on a composite they are defaults.
func SettingKeys() []Key {
	return []Key{
		{"env", "env", false, "Environment variables. On a composite, the defaults of its leaves.", func(n Node) any { return &n.Base().Env }},
		{"image", "name", false, "The container image. On a composite, the default of its leaves.", func(n Node) any { return &n.Base().Image }},
		{"python", "name", false, "The Python interpreter: a path, a name on PATH, or a version such as `\"3.12\"`. On a composite, the default of its leaves.", func(n Node) any { return &n.Base().Python }},
		{"packages", "names", false, "Python packages in pip's notation, such as `pandas==2.2.3`. The step's function or notebook runs in its own environment with these packages, which is created once on each machine. On a composite, they are added to the packages of its leaves.", func(n Node) any { return &n.Base().Packages }},
		{"resources", "resources", false, "The resources that the step asks for. On a composite, the defaults of its leaves.", func(n Node) any { return &n.Base().Resources }},
		{"overrides", "overrides", false, "For each target, the key of a group under `overrides` in the target's section of the configuration file.", func(n Node) any { return &n.Base().Overrides }},
		{"targets", "targets", false, "Settings of the step for single targets, by the target's name. On a composite, the defaults of its leaves. Other targets ignore them.", func(n Node) any { return &n.Base().Targets }},
		{"ignore", "names", false, "Codes of accepted warnings, such as RR0524, about the step and the steps inside it. They are counted but not printed.", func(n Node) any { return &n.Base().Ignore }},
	}
}

var taskKind = kind("task", "Runs a command.", func(c Common) Node { return &Task{Common: c} },
	Key{"command", "name", true, "What to run. python: module.function; shell: a script; notebook: a path that ends in .ipynb; go: the name of a function.", in(func(t *Task) any { return &t.Command })},
	Key{"command_type", "commandType", false, "The kind of command. The default is python.", nil},
	Key{"inputs", "inputs", false, "For arguments whose names differ from those of their parameters: by argument, the name of a parameter, a list of names (their values form a list), or {value: ...}.", in(func(t *Task) any { return &t.Inputs })},
	Key{"returns", "returns", false, "The names of the values that the command returns. A shell step returns exported variables.", in(func(t *Task) any { return &t.Returns })},
	Key{"secrets", "names", false, "Secrets that the command gets as environment variables.", in(func(t *Task) any { return &t.Secrets })},
	Key{"catalog", "catalog", false, "Files to get before the command and to put after it.", in(func(t *Task) any { return &t.Catalog })},
	Key{"retry", "retry", false, "When, and how often, a failed attempt is repeated.", in(func(t *Task) any { return &t.Retry })},
	Key{"max_attempts", "positive", false, "The largest number of attempts; `max_attempts: n` is the same as `retry: {limit: n-1}`.", nil},
	Key{"timeout", "duration", false, "The time limit of each attempt.", in(func(t *Task) any { return &t.Timeout })},
	Key{"cache", "boolean", false, "Whether the result of an earlier success with the same inputs is reused.", in(func(t *Task) any { return &t.Cache })},
	Key{"optional_ploomber_args", "object", false, "Further arguments of the notebook engine.", nil},
	Key{"flow", "object", false, "The place of a command of type metaflow in its flow. The Metaflow frontend sets it.", nil},
	Key{"stream_end_type", "name", false, "The type of the event that carries the returns of an async-python command. The default is done.", nil},
)

var stubKind = kind("stub", "Runs nothing and succeeds; its catalog is synced. Other keys are ignored, so you can skip any step by changing its type to stub.", func(c Common) Node { return &Stub{Common: c} },
	Key{"catalog", "catalog", false, "Files to get and to put.", in(func(s *Stub) any { return &s.Catalog })},
	Key{"max_attempts", "positive", false, "Has no effect on a stub.", nil},
)

var parallelKind = kind("parallel", "Runs all its branches.", func(c Common) Node { return &Parallel{Common: c} },
	Key{"branches", "branches", true, "The branches by name.", in(func(p *Parallel) any { return &p.Branches })},
	failFast(in(func(p *Parallel) any { return &p.FailFast })),
	pods(),
)

var mapKind = kind("map", "Runs its branch once for each item of a list.", func(c Common) Node { return &Map{Common: c} },
	Key{"branch", "graph", true, "The graph that runs for each item.", in(func(m *Map) any { return &m.Body })},
	Key{"iterate_on", "name", true, "The parameter that holds the list.", in(func(m *Map) any { return &m.IterateOn })},
	Key{"iterate_over", "text", false, "In place of iterate_on: an expression over the parameters whose value is the list, such as `range(n)`.", in(func(m *Map) any { return SpannedText{&m.IterateOver.Text, &m.IterateOver.Span} })},
	Key{"iterate_as", "name", true, "The name under which the branch sees the item.", in(func(m *Map) any { return &m.IterateAs })},
	Key{"reducer", "optionalText", false, "How the returned values are combined: a name (max, min, sum, len, first, last, mean, sorted, any, all), a lambda, or a Python function as module.function. Without it, they form a list.", in(func(m *Map) any { return SpannedText{&m.Reducer, &m.ReducerSpan} })},
	Key{"parallelism", "positive", false, "How many items run at a time. Without it, as many as the target allows.", in(func(m *Map) any { return &m.Parallelism })},
	failFast(in(func(m *Map) any { return &m.FailFast })),
	pods(),
)

var conditionalKind = kind("conditional", "Runs the branch that a parameter's value names.", func(c Common) Node { return &Conditional{Common: c} },
	Key{"parameter", "name", true, "The parameter whose value is the name of a branch.", in(func(c *Conditional) any { return &c.Parameter })},
	Key{"expression", "text", false, "In place of parameter: an expression over the parameters whose value is the name of a branch, such as `accuracy >= threshold`.", in(func(c *Conditional) any { return SpannedText{&c.Expression.Text, &c.Expression.Span} })},
	Key{"branches", "branches", true, "The branches by value.", in(func(c *Conditional) any { return &c.Branches })},
	Key{"default", "default", false, "The graph for all other values, or the name of one of the branches. Without it, such a value fails the step.", in(func(c *Conditional) any { return &c.Default })},
	failFast(in(func(c *Conditional) any { return &c.FailFast })),
	pods(),
)

var loopKind = kind("loop", "Repeats its branch, which runs at least once.", func(c Common) Node { return &Loop{Common: c} },
	Key{"branch", "graph", true, "The graph that runs in each iteration.", in(func(l *Loop) any { return &l.Body })},
	Key{"max_iterations", "positive", true, "The largest number of iterations. Reaching it is a success.", in(func(l *Loop) any { return &l.MaxIterations })},
	Key{"break_on", "name", true, "The parameter that ends the loop when it is true after an iteration.", in(func(l *Loop) any { return &l.BreakOn })},
	Key{"break_when", "text", false, "In place of break_on: an expression over the parameters that ends the loop when it is true after an iteration.", in(func(l *Loop) any { return SpannedText{&l.BreakWhen.Text, &l.BreakWhen.Span} })},
	Key{"index_as", "name", true, "The name under which the branch sees the number of the iteration, counted from 0.", in(func(l *Loop) any { return &l.IndexAs })},
	failFast(in(func(l *Loop) any { return &l.FailFast })),
	pods(),
)

var nestedKind = kind("pipeline", "Runs the pipeline of another definition, in a scope of its own.", func(c Common) Node { return &Nested{Common: c} },
	Key{"definition", "name", true, "The file of the definition, in any language. It is looked for beside the definition that names it, then in the working folder and in the project's root.", in(func(n *Nested) any { return &n.Definition })},
	Key{"inputs", "bindings", false, "The parameters of the pipeline: a list of names that are the same outside; or, by parameter, a name, a list of names (their values form a list), or {value: ...}. It sees no other parameters.", in(func(n *Nested) any { return &n.Inputs })},
	Key{"returns", "results", false, "The values of the pipeline that later steps see: names, or {name, as} for another name outside.", in(func(n *Nested) any { return &n.Returns })},
	pods(),
	Key{"parameters", "", false, "The parameters that the pipeline declares, read from its definition.", in(func(n *Nested) any { return &n.Parameters })},
	Key{"dag", "", false, "The steps of the pipeline, read from its definition.", in(func(n *Nested) any { return &n.Body })},
)

// Instead returns the key that may stand in place of a required one; empty: none.
func Instead(key string) string {
	switch key {
	case "iterate_on":
		return "iterate_over"
	case "parameter":
		return "expression"
	case "break_on":
		return "break_when"
	}
	return ""
}

func failFast(field func(Node) any) Key {
	return Key{"fail_fast", "boolean", false, "Whether nothing new starts after the first failure.", field}
}

func pods() Key {
	return Key{"pods", "pods", false, "`one`: on targets with pods or jobs, all steps inside run in a single one.", func(n Node) any { return &n.Base().Pods }}
}
