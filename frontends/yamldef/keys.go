package yamldef

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// key is one key of a mapping: what the parser allows and what the JSON schema says of it.
type key = ir.Key

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
		if k.Name == name {
			return k, true
		}
	}
	for _, k := range t.common {
		if k.Name == name {
			return k, true
		}
	}
	return key{}, false
}

func (t table) names() []string {
	var names []string
	for _, k := range t.keys() {
		names = append(names, k.Name)
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
		return fmt.Sprintf("; it is a key of %s", listed(kinds))
	}
	if meant := t.meant(name); meant != "" {
		return fmt.Sprintf("; did you mean %q?", meant)
	}
	return "; it accepts " + strings.Join(t.names(), ", ")
}

// listed joins words as a sentence does.
func listed(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
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
	case "uses", "include", "path", "file":
		return "definition"
	case "failfast":
		return "fail_fast"
	}
	return ""
}

// kindsWith names the kinds of step that take a key.
func kindsWith(name string) []string {
	var kinds []string
	for _, t := range stepTables() {
		if slices.ContainsFunc(t.own, func(k key) bool { return k.Name == name }) {
			kinds = append(kinds, "a "+t.kind)
		}
	}
	return kinds
}

// stepTables are the kinds of step in the order of the documentation.
func stepTables() []table {
	var out []table
	for _, k := range ir.NodeKinds() {
		own := slices.DeleteFunc(slices.Clone(k.Own), func(k key) bool { return k.Shape == "" })
		out = append(out, table{kind: k.Name, doc: k.Doc, own: own, common: append(ir.EdgeKeys(), ir.SettingKeys()...)})
	}
	return out
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
	t.own = append([]key{{Name: "name", Shape: "name", Doc: "The pipeline's name. Without it, the file's name without its ending, or the folder's name if the file is called `pipeline` or `flow`."}}, t.own...)
	t.own = append(t.own,
		key{Name: "parameters", Shape: "parameters", Doc: "The initial parameters of the pipeline, by name."},
		key{Name: "pods", Shape: "pods", Doc: "`one`: on targets with pods or jobs, the whole pipeline runs in a single one."},
		key{Name: "schedule", Shape: "schedules", Doc: "When runs start, on targets that have schedules: a schedule, or a list of them."},
		key{Name: "events", Shape: "events", Doc: "Events that start runs, on targets that have them (Argo with a folder): an event, or a list of them."},
		key{Name: "concurrency", Shape: "concurrency", Doc: "How many runs go on at a time, and what a further run does."},
		key{Name: "on_success", Shape: "hooks", Doc: "Hooks that run when the run has succeeded: commands and webhooks."},
		key{Name: "on_failure", Shape: "hooks", Doc: "Hooks that run when the run has failed: commands and webhooks."})
	return t
}

func parameterTable() table {
	return table{kind: "parameter", doc: "One initial parameter of the pipeline.", own: []key{
		{Name: "type", Shape: "parameterType", Doc: "str, int, float, bool, list, object, or file (the content of a file that is read where the run is started). Without it, the type of the default."},
		{Name: "default", Shape: "any", Doc: "The value if none is given. Without it, null, unless the parameter is required."},
		{Name: "help", Shape: "text", Doc: "What the parameter is for."},
		{Name: "required", Shape: "boolean", Doc: "Whether a run needs a value for it."},
		{Name: "choices", Shape: "anyList", Doc: "The values that it may have."},
		{Name: "minimum", Shape: "number", Doc: "The smallest number that it may be."},
		{Name: "maximum", Shape: "number", Doc: "The largest number that it may be."},
	}}
}

func scheduleTable() table {
	return table{kind: "schedule", doc: "When runs begin.", own: []key{
		{Name: "cron", Shape: "name", Required: true, Doc: "A cron schedule of five fields, such as \"0 3 * * *\", or a word such as @daily."},
		{Name: "timezone", Shape: "name", Doc: "The time zone, such as Europe/Berlin. Without it, the target's."},
		{Name: "when", Shape: "name", Doc: "An Argo expression (3.6 or newer): a run starts if it is true."},
		{Name: "concurrency_policy", Shape: "policy", Doc: "What happens when a run is due while the last one is still going on: forbid (the default) skips it, replace stops the last one, allow runs both."},
		{Name: "starting_deadline", Shape: "duration", Doc: "How late a run may start."},
		{Name: "suspend", Shape: "boolean", Doc: "Whether runs are not started."},
		{Name: "keep_succeeded", Shape: "count", Doc: "How many runs that succeeded the target keeps."},
		{Name: "keep_failed", Shape: "count", Doc: "How many runs that failed the target keeps."},
	}}
}

func eventTable() table {
	return table{kind: "event", doc: "What begins a run: a webhook, a calendar, or another pipeline that has succeeded.", own: []key{
		{Name: "webhook", Shape: "name", Doc: "The path at which a POST request begins a run, such as /train."},
		{Name: "calendar", Shape: "name", Doc: "Five fields of cron, such as \"0 3 * * *\", or a word such as @daily."},
		{Name: "timezone", Shape: "name", Doc: "The time zone of the calendar, such as Europe/Berlin."},
		{Name: "succeeded", Shape: "name", Doc: "The name of the pipeline whose success begins a run."},
		{Name: "parameters", Shape: "payload", Doc: "Where in the event the values of initial parameters are: by name of the parameter, names joined by dots, such as body.version."},
	}}
}

func concurrencyTable() table {
	return table{kind: "concurrency", doc: "How many runs go on at a time.", own: []key{
		{Name: "group", Shape: "name", Doc: "Pipelines of one group share the limit. Without it, the pipeline is a group of its own, under its name."},
		{Name: "limit", Shape: "positive", Doc: "How many runs go on at a time. Without it, one."},
		{Name: "on_conflict", Shape: "conflict", Doc: "What a further run does: wait (the default), fail, or cancel, which stops the oldest of the others."},
	}}
}

func hookTable() table {
	return table{kind: "hook", doc: "A hook, which runs when a run has ended. It gets the run's summary and does not change the run.", own: []key{
		{Name: "command", Shape: "text", Doc: "A script for /bin/sh. It gets the summary as JSON on its standard input."},
		{Name: "webhook", Shape: "text", Doc: "An http or https URL. It gets the summary as JSON by POST."},
		{Name: "webhook_from", Shape: "name", Doc: "The secret, or the environment variable, that holds the webhook's URL."},
		{Name: "secrets", Shape: "names", Doc: "The secrets that the command sees."},
		{Name: "timeout", Shape: "duration", Doc: "How long the command, or each request, may take. Without it 30 seconds."},
	}}
}

func graphTable() table {
	return table{kind: "graph", doc: "A graph of steps: a branch, or the body of a map or loop.", own: []key{
		{Name: "description", Shape: "optionalText", Doc: "What the graph is for."},
		{Name: "start_at", Shape: "name", Doc: "The first step. Without it, the first in the file that no on_failure names."},
		{Name: "steps", Shape: "steps", Doc: "The steps by name, in the order in which they run where `next` is left out."},
	}}
}

func terminalTable(kind string) table {
	return table{kind: kind, own: []key{{Name: "type", Required: true, Doc: "success or fail."}}}
}

func catalogTable() table {
	return table{kind: "catalog", doc: "Files that travel between steps.", own: []key{
		{Name: "get", Shape: "names", Doc: "Globs of the files to get before the command."},
		{Name: "put", Shape: "names", Doc: "Globs of the files to put after the command."},
		{Name: "store_copy", Shape: "boolean", Doc: "Whether the files are copied into the store or only recorded. The default is true."},
	}}
}

func returnTable() table {
	return table{kind: "return", doc: "One name that a task returns.", own: []key{
		{Name: "name", Shape: "name", Required: true, Doc: "The name of the parameter."},
		{Name: "kind", Shape: "valueKind", Doc: "How the value is stored: json (the default), text (never decoded), metric (json, and reported) or object (pickled)."},
		{Name: "key", Shape: "name", Doc: "The key of the returned mapping that holds the value. Without it, the whole value."},
	}}
}

func resultTable() table {
	return table{kind: "result", doc: "One name that a nested pipeline returns.", own: []key{
		{Name: "name", Shape: "name", Required: true, Doc: "The name inside the pipeline."},
		{Name: "as", Shape: "name", Doc: "The name that later steps see. Without it, the same name."},
	}}
}

func retryTable() table {
	return table{kind: "retry", doc: "When, and how often, a failed attempt is repeated.", own: []key{
		{Name: "limit", Shape: "count", Required: true, Doc: "The number of attempts after the first."},
		{Name: "backoff", Shape: "backoff", Doc: "The wait before a repeated attempt."},
		{Name: "on", Shape: "retryOn", Doc: "Which failures are retried: error, timeout, oom, or an exit code. Without it, all."},
		{Name: "memory_factor", Shape: "factor", Doc: "The factor by which memory grows after a failure of kind oom. The default is 1."},
	}}
}

func backoffTable() table {
	return table{kind: "backoff", doc: "The wait before a repeated attempt.", own: []key{
		{Name: "duration", Shape: "duration", Required: true, Doc: "The first wait."},
		{Name: "factor", Shape: "factor", Doc: "How much longer each further wait is. The default is 1."},
		{Name: "cap", Shape: "duration", Doc: "The longest wait."},
	}}
}

func resourcesTable() table {
	return table{kind: "resources", doc: "The resources that a step asks for.", own: []key{
		{Name: "cpu", Shape: "quantity", Doc: "Cores, such as 2, 0.5 or 500m."},
		{Name: "memory", Shape: "quantity", Doc: "Memory, such as 512Mi or 2Gi."},
		{Name: "gpu", Shape: "gpu", Doc: "The number of GPUs."},
		{Name: "shm", Shape: "quantity", Doc: "The size of /dev/shm, such as 2Gi. What is in it counts as the step's memory."},
		{Name: "disk", Shape: "quantity", Doc: "Space for temporary files, such as 20Gi."},
		{Name: "extended", Shape: "extended", Doc: "Numbers of Kubernetes' extended resources, by their names: {example.com/fpga: 1}."},
	}}
}

func literalTable() table {
	return table{kind: "input", doc: "A literal.", own: []key{
		{Name: "value", Shape: "any", Required: true, Doc: "The value of the argument."},
	}}
}
