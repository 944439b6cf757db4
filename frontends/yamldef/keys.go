package yamldef

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// key is one key of a mapping: what the parser allows and what the JSON schema says of it.
type key struct {
	name     string
	shape    string // a definition of the schema, see shapes
	doc      string // full sentences
	required bool
}

// table is the keys that one kind of mapping takes: its own, and those it shares with others.
type table struct {
	kind   string // "task": as `type` says it, or what people call it
	doc    string
	own    []key
	common []key
}

func (t table) keys() []key { return slices.Concat(t.own, t.common) }

func (t table) find(name string) (key, bool) {
	for _, k := range t.own {
		if k.name == name {
			return k, true
		}
	}
	for _, k := range t.common {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

func (t table) names() []string {
	var names []string
	for _, k := range t.keys() {
		names = append(names, k.name)
	}
	return names
}

// meant returns the key that the writer of an unknown one probably meant, or "".
func (t table) meant(name string) string {
	if word := otherName(name); word != "" {
		if _, ok := t.find(word); ok {
			return word
		}
	}
	return diag.Nearest(name, t.names())
}

// instead says what to write in place of an unknown key: the key that was meant, the kinds that take it, or all there
// is.
func (t table) instead(name string) string {
	if kinds := kindsWith(name); len(kinds) > 0 {
		return fmt.Sprintf("; it is a key of %s", strings.Join(kinds, " and "))
	}
	if meant := t.meant(name); meant != "" {
		return fmt.Sprintf("; did you mean %q?", meant)
	}
	return "; it takes " + strings.Join(t.names(), ", ")
}

// otherName translates words that other tools, and Runnable's own documents, use for our keys; "" for all others.
func otherName(name string) string {
	switch name {
	case "task_type":
		return "command_type"
	case "cmd", "run", "script", "function", "notebook", "shell":
		return "command"
	case "depends_on", "dependencies", "depends":
		return "needs"
	case "on_success":
		return "next"
	case "on_error", "on_fail":
		return "on_failure"
	case "retries":
		return "retry"
	case "time_limit":
		return "timeout"
	case "outputs", "return":
		return "returns"
	case "args", "arguments", "parameters", "params":
		return "inputs"
	case "environment":
		return "env"
	case "files", "artifacts":
		return "catalog"
	case "concurrency", "max_parallel":
		return "parallelism"
	case "items", "over", "foreach":
		return "iterate_on"
	case "as":
		return "iterate_as"
	case "times":
		return "max_iterations"
	case "until":
		return "break_on"
	case "switch":
		return "parameter"
	case "body", "graph":
		return "branch"
	case "cases":
		return "branches"
	case "nodes", "tasks":
		return "steps"
	case "start":
		return "start_at"
	case "failfast":
		return "fail_fast"
	}
	return ""
}

// kindsWith names the kinds of step that take a key.
func kindsWith(name string) []string {
	var kinds []string
	for _, t := range stepTables() {
		if slices.ContainsFunc(t.own, func(k key) bool { return k.name == name }) {
			kinds = append(kinds, "a "+t.kind)
		}
	}
	return kinds
}

// stepTables are the kinds of step in the order of the documentation.
func stepTables() []table {
	return []table{taskTable(), stubTable(), parallelTable(), mapTable(), conditionalTable(), loopTable()}
}

// stepKinds are the words that `type` takes.
func stepKinds() []string {
	var kinds []string
	for _, t := range stepTables() {
		kinds = append(kinds, t.kind)
	}
	return append(kinds, "success", "fail")
}

func dagTable() table {
	t := graphTable()
	t.kind, t.doc = "dag", "The pipeline."
	t.own = append([]key{{name: "name", shape: "name", doc: "The pipeline's name. Without it, the name of the file's folder."}}, t.own...)
	t.own = append(t.own,
		key{name: "on_success", shape: "hooks", doc: "What is done when the run has succeeded: commands and webhooks."},
		key{name: "on_failure", shape: "hooks", doc: "What is done when the run has failed: commands and webhooks."})
	return t
}

func hookTable() table {
	return table{kind: "hook", doc: "What is done when a run has ended. It gets the run's summary and changes nothing about the run.", own: []key{
		{name: "command", shape: "text", doc: "A script for /bin/sh. It gets the summary as JSON on its standard input."},
		{name: "webhook", shape: "text", doc: "An http or https URL. It gets the summary as JSON by POST."},
		{name: "webhook_from", shape: "name", doc: "The secret, or the variable of the environment, that holds the webhook's URL."},
		{name: "secrets", shape: "names", doc: "The secrets that the command sees."},
		{name: "timeout", shape: "duration", doc: "How long the command, or each request, may take. Without it 30 seconds."},
	}}
}

func graphTable() table {
	return table{kind: "graph", doc: "A graph of steps: a branch, or the body of a map or loop.", own: []key{
		{name: "description", shape: "optionalText", doc: "What the graph is for, for its readers."},
		{name: "start_at", shape: "name", doc: "The first step. Without it, the first in the file that no on_failure names."},
		{name: "steps", shape: "steps", doc: "The steps by name, in the order in which they run where `next` is left out."},
	}}
}

// commonKeys are those of every kind of step.
func commonKeys() []key {
	return []key{
		{name: "type", shape: "type", required: true, doc: "The kind of step."},
		{name: "next", shape: "name", doc: "The step that runs after success, or `success` or `fail`. Without it, the next step in the file that no on_failure names, else `success`."},
		{name: "next_node", shape: "name", doc: "Another name of `next`."},
		{name: "on_failure", shape: "text", doc: "The step that runs after a failure, or `success` or `fail`."},
		{name: "needs", shape: "names", doc: "The steps that must be done first. One graph uses either `needs` or `next` and `start_at`."},
		{name: "env", shape: "env", doc: "Environment variables. On a composite, the defaults of its leaves."},
		{name: "image", shape: "name", doc: "The container image. On a composite, the default of its leaves."},
		{name: "python", shape: "name", doc: "The Python interpreter: a path, a name on PATH, or a version such as `\"3.12\"`. On a composite, the default of its leaves."},
		{name: "resources", shape: "resources", doc: "What the step asks of its machine. On a composite, the defaults of its leaves."},
		{name: "overrides", shape: "overrides", doc: "For an executor, the name of a group of settings in the configuration file."},
	}
}

func taskTable() table {
	return table{kind: "task", doc: "Runs a command.", common: commonKeys(), own: []key{
		{name: "command", shape: "name", required: true, doc: "What to run. python: module.function; shell: a script; notebook: a path that ends in .ipynb; go: the name of a function."},
		{name: "command_type", shape: "commandType", doc: "The kind of command. The default is python."},
		{name: "returns", shape: "returns", doc: "The names of what the command returns. A shell step returns exported variables."},
		{name: "inputs", shape: "inputs", doc: "For arguments whose name is not that of their parameter: a parameter, a list of parameters whose values make a list, or {value: ...}."},
		{name: "secrets", shape: "names", doc: "Secrets that the command finds in its environment."},
		{name: "catalog", shape: "catalog", doc: "Files to get before and to put after the command."},
		{name: "retry", shape: "retry", doc: "How often and when a failed attempt is repeated."},
		{name: "max_attempts", shape: "positive", doc: "How many attempts there are at most; `retry: {limit: n-1}` is the same."},
		{name: "timeout", shape: "duration", doc: "The time limit of each attempt."},
		{name: "cache", shape: "boolean", doc: "Whether an earlier success with the same inputs stands for a new run."},
		{name: "optional_ploomber_args", shape: "object", doc: "Further arguments of the notebook engine."},
		{name: "stream_end_type", shape: "name", doc: "The type of the event that carries the returns of an async-python command. The default is done."},
	}}
}

func stubTable() table {
	return table{kind: "stub", doc: "Does nothing and succeeds; its catalog is synced. Other keys are ignored, so that any step is silenced by calling it a stub.", common: commonKeys(), own: []key{
		{name: "catalog", shape: "catalog", doc: "Files to get and to put."},
		{name: "max_attempts", shape: "positive", doc: "Without effect on a stub."},
	}}
}

func parallelTable() table {
	return table{kind: "parallel", doc: "Runs all its branches.", common: commonKeys(), own: []key{
		{name: "branches", shape: "branches", required: true, doc: "The branches by name."},
		failFast(),
	}}
}

func mapTable() table {
	return table{kind: "map", doc: "Runs its branch once for each item of a list.", common: commonKeys(), own: []key{
		{name: "branch", shape: "graph", required: true, doc: "The graph that runs for each item."},
		{name: "iterate_on", shape: "name", required: true, doc: "The parameter that holds the list."},
		{name: "iterate_as", shape: "name", required: true, doc: "The name of the item in the branch."},
		{name: "reducer", shape: "optionalText", doc: "What becomes of the returned values: a name (max, min, sum, len, first, last, mean, sorted, any, all), a lambda, or a dotted Python function. Without it, their list."},
		{name: "parallelism", shape: "positive", doc: "How many iterations run at a time. Without it, as many as the target allows."},
		failFast(),
	}}
}

func conditionalTable() table {
	return table{kind: "conditional", doc: "Runs the branch that a parameter's value names.", common: commonKeys(), own: []key{
		{name: "parameter", shape: "name", required: true, doc: "The parameter whose value is the name of a branch."},
		{name: "branches", shape: "branches", required: true, doc: "The branches by value."},
		{name: "default", shape: "default", doc: "The graph for all other values, or the name of one of the branches. Without it, such a value fails the step."},
		failFast(),
	}}
}

func loopTable() table {
	return table{kind: "loop", doc: "Runs its branch again and again, at least once.", common: commonKeys(), own: []key{
		{name: "branch", shape: "graph", required: true, doc: "The graph that runs in each iteration."},
		{name: "max_iterations", shape: "positive", required: true, doc: "After how many iterations the loop ends, with success."},
		{name: "break_on", shape: "name", required: true, doc: "The parameter that ends the loop when it is true after an iteration."},
		{name: "index_as", shape: "name", required: true, doc: "The name of the iteration's number in the branch, from 0 on."},
		failFast(),
	}}
}

func failFast() key {
	return key{name: "fail_fast", shape: "boolean", doc: "Whether nothing new starts after the first failure."}
}

func terminalTable(kind string) table {
	return table{kind: kind, own: []key{{name: "type", required: true, doc: "success or fail."}}}
}

func catalogTable() table {
	return table{kind: "catalog", doc: "Files that travel between steps.", own: []key{
		{name: "get", shape: "names", doc: "Globs of the files to get before the command."},
		{name: "put", shape: "names", doc: "Globs of the files to put after the command."},
		{name: "store_copy", shape: "boolean", doc: "Whether the files are copied into the store or only recorded. The default is true."},
	}}
}

func returnTable() table {
	return table{kind: "return", doc: "One name that a task returns.", own: []key{
		{name: "name", shape: "name", required: true, doc: "The name of the parameter."},
		{name: "kind", shape: "valueKind", doc: "How the value travels: json (the default), text (never decoded), metric (json, and reported) or object (pickled)."},
		{name: "key", shape: "name", doc: "The key of the returned mapping that holds the value. Without it, the whole value."},
	}}
}

func retryTable() table {
	return table{kind: "retry", doc: "How often and when a failed attempt is repeated.", own: []key{
		{name: "limit", shape: "count", required: true, doc: "How many attempts there are after the first."},
		{name: "backoff", shape: "backoff", doc: "The wait before a repeated attempt."},
		{name: "on", shape: "retryOn", doc: "Which failures are worth another try: error, timeout, oom, or an exit code. Without it, all."},
	}}
}

func backoffTable() table {
	return table{kind: "backoff", doc: "The wait before a repeated attempt.", own: []key{
		{name: "duration", shape: "duration", required: true, doc: "The first wait."},
		{name: "factor", shape: "factor", doc: "How much longer each further wait is. The default is 1."},
		{name: "cap", shape: "duration", doc: "The longest wait."},
	}}
}

func resourcesTable() table {
	return table{kind: "resources", doc: "What a step asks of its machine.", own: []key{
		{name: "cpu", shape: "quantity", doc: "Cores, such as 2, 0.5 or 500m."},
		{name: "memory", shape: "quantity", doc: "Memory, such as 512Mi or 2Gi."},
		{name: "gpu", shape: "gpu", doc: "The number of GPUs."},
	}}
}

func literalTable() table {
	return table{kind: "input", doc: "A literal.", own: []key{
		{name: "value", shape: "any", required: true, doc: "The value of the argument."},
	}}
}
