package stepfunctions

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

type builder struct {
	target.Findings
	Options
	pipeline    *ir.Pipeline
	effective   map[string]ir.Effective
	definition  string // the pipeline as it travels
	store       *url.URL
	names       names
	ids         ids
	profiles    map[wants]*profile
	usual       wants // of a step that asks for nothing
	order       []*profile
	secrets     map[string]string // the template's parameter of each
	secretOrder []string
	wide        []wide
	starts      bool // the machine starts executions: the items of a distributed Map
	lists       bool // it asks which executions go on
	notes       []string
}

// Render renders a pipeline that was checked. With an error among the diagnostics there are no files.
func Render(p *ir.Pipeline, o Options) (map[string][]byte, diag.List) {
	files, _, list := render(p, o)
	return files, list
}

func render(p *ir.Pipeline, o Options) (map[string][]byte, []string, diag.List) {
	b := &builder{
		Findings: target.Findings{Target: "stepfunctions"}, Options: o, pipeline: p, effective: ir.Settings(p), names: names{}, ids: ids{}, profiles: map[wants]*profile{}, secrets: map[string]string{},
	}
	b.usual = b.wants(nil, b.amounts(&ir.Stub{Common: ir.Common{Name: "the pipeline", Span: p.Span}}, ir.Resources{}), "")
	inside := transitions(p.Graph)
	if p.OnePod() {
		inside = 1
	}
	b.notes = []string{fmt.Sprintf("%s, about %s a run where each map has one item and each loop goes round once",
		target.Count(ir.Leaves(p), "step"), target.Count(ownTransitions+inside, "state transition"))}
	b.readDefinition()
	b.readStore()
	b.overrides()
	b.checkScheduled()
	machine := b.machine()
	text := b.template(machine)
	if !b.List.HasErrors() {
		b.checkSizes(text)
	}
	if b.List.HasErrors() {
		return nil, nil, b.List.Sorted()
	}
	return map[string][]byte{FileName: text}, b.notes, b.List.Sorted()
}

// readDefinition takes the pipeline as it travels: readable where it fits, else packed.
func (b *builder) readDefinition() {
	text, err := irjson.Encode(b.pipeline)
	if err != nil {
		b.Refuse(codeLimit, b.pipeline.Span, "%v", err)
		return
	}
	if b.definition = string(text); jsonSize(b.definition) > maxPlain {
		b.definition = irjson.Packed(text)
	}
}

var (
	bucketForm = regexp.MustCompile(bucketPattern) // compiled once, by every import
	prefixForm = regexp.MustCompile(prefixPattern)
)

// The forms of a bucket and of a prefix, in the template too: both stand in JSONata.
const (
	bucketPattern = `^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`
	prefixPattern = `^[A-Za-z0-9!_.()-]+(/[A-Za-z0-9!_.()-]+)*$`
)

// readStore reads the bucket and the folder in it.
func (b *builder) readStore() {
	at := diag.Span{File: b.ConfigFile}
	text := cmp.Or(b.Store, "s3://")
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" {
		b.Refuse(codeStore, at, "the store %q is no bucket of S3, which jobs share; write it like s3://bucket/folder", b.Store)
		u = &url.URL{}
	}
	u.Path = strings.Trim(u.Path, "/")
	if b.Store == "" {
		u.Path = cmp.Or(words(b.pipeline.Called(), "-"), "pipeline")
	} else if !bucketForm.MatchString(u.Host) || u.Path != "" && !prefixForm.MatchString(u.Path) {
		b.Refuse(codeStore, at, "the store %q names no bucket and folder; write it like s3://bucket/folder, in letters, digits and !_.()-", b.Store)
	}
	b.store = u
}

// folder is the folder of the store in its bucket, with a slash where there is one, as the template has it.
func (b *builder) folder() string {
	if b.store.Path == "" {
		return ""
	}
	return "${Prefix}/"
}

// overrides refuses settings that would have no effect.
func (b *builder) overrides() {
	for v := range ir.Walk(b.pipeline) {
		if _, ok := v.Node.(*ir.Map); !ok && b.stepSettings(v.Node).Distributed {
			b.Refuse(codeSetting, v.Node.Base().Span, "%q is no map, and only the items of a map are executions of their own; leave out distributed", v.Node.Base().Name)
		}
		for _, o := range v.Node.Base().Overrides {
			if o.Executor == "stepfunctions" {
				b.Refuse(codeSetting, o.Span, "%q names the override %q, and this target has none; say resources, image and env at the step", v.Node.Base().Name, o.Key)
			}
		}
	}
}

// spanOf is the place of a node, or of the pipeline.
func (b *builder) spanOf(n ir.Node) diag.Span {
	if n == nil {
		return b.pipeline.Span
	}
	return n.Base().Span
}

// machine is the state machine: the pipeline, and what ends it.
func (b *builder) machine() *yamlout.Map {
	for _, name := range []string{"begin", "stopped", "stopped run", "close stopped", "known?", "others", "others?", "left out", "run", "run?", "parameters?", "parameters", "pipeline", "ok?", "end", "end failed", "succeeded", "failed", "refused"} {
		b.names[name] = true
	}
	m := &machine{}
	kinds := []way{{"$exists($states.input.source) and $states.input.source = 'aws.states'", "stopped"}}
	if b.lists = slices.ContainsFunc(b.scheduled(), alone); b.lists {
		kinds = append(kinds, way{"$exists($states.input.scheduled)", "others"})
	}
	m.choice("begin", "a run; or the news that an execution of this machine was stopped, which has to close its run", "known?", kinds...)
	b.others(m)
	m.choice("known?", "a run that goes on keeps its parameters", "run",
		way{"$count($filter($keys($states.input), function($k) { $not($k in ['run', 'parameters']) })) > 0", "refused"},
		way{"$exists($states.input.run) and $exists($states.input.parameters)", "refused"})
	m.pass("run", "the run has the execution's name, unless the input names one that is to go on", "{% {'run': $exists($states.input.run) ? $string($states.input.run) : $states.context.Execution.Name} %}", "run?")
	m.choice("run?", "", "refused", way{"$contains($states.input.run, /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/)", "parameters?"})
	b.begins(m)
	b.runs(m)
	b.ends(m)
	out := m.done("begin")
	return yamlout.NewMap("Comment", strings.ReplaceAll(clip(cmp.Or(b.pipeline.Description, b.pipeline.Called()), 200), "${", "$ {"), "QueryLanguage", "JSONata",
		"TimeoutSeconds", cmp.Or(b.TimeLimit, 86400)).Extend(out)
}

// others adds what a schedule asks for, which starts no run beside one that goes on.
func (b *builder) others(m *machine) {
	if !b.lists {
		return
	}
	ask := yamlout.NewMap("Type", "Task", "Resource", "arn:aws:states:::aws-sdk:sfn:listExecutions")
	ask.Add("Arguments", flow("StateMachineArn", "{% $states.context.StateMachine.Id %}", "StatusFilter", "RUNNING"))
	m.add("others", "a schedule starts no run beside one that goes on",
		caught(ask, "{% {'others': $count($states.result.Executions) > 1} %}", "others?", "refused"), "others?", "refused")
	m.choice("others?", "", "run", way{"$states.input.others", "left out"})
	m.add("left out", "", yamlout.NewMap("Type", "Succeed"))
}

// begins adds the job that begins a run with parameters of its own: the header keeps them for all others.
func (b *builder) begins(m *machine) {
	m.choice("parameters?", "", "pipeline", way{"$exists($states.context.Execution.Input.parameters)", "parameters"})
	m.task(b.job("begin", "-"), "parameters", "begins the run with the parameters of the input; the runner checks them", yamlout.NewMap("do", "begin"),
		"{% $append([{'Name': '"+runnerenv.Run+"', 'Value': $states.input.run}], $each($states.context.Execution.Input.parameters, function($v, $k) { {'Name': 'RUNNABLE_PRM_' & $k, 'Value': $string($v)} })) %}",
		input, ways{"pipeline", "refused"})
}

// runs adds the pipeline as the one branch of a Parallel, which catches whatever happens in it.
func (b *builder) runs(m *machine) {
	inner := &machine{}
	to := ways{b.names.give("success"), b.names.give("fail")}
	var start string
	events := 0
	switch {
	case b.pipeline.OnePod():
		var all []ir.Visit
		for v := range ir.Walk(b.pipeline) {
			all = append(all, v)
		}
		start, events = b.names.give("all steps"), jobEvents
		inner.job(b.together(nil, "all steps", "-", all, func(asks func(ir.Visit) onepod.Amounts) onepod.Need {
			return onepod.OfGraph(b.pipeline.Graph, "", asks)
		}), start, "all steps, in one job", to)
	case len(b.pipeline.Graph.Nodes) == 0:
		start, events = b.names.give("no steps"), jobEvents
		done, _ := (&graph{g: b.pipeline.Graph, e: ir.EdgesOf(b.pipeline.Graph)}).chain(to)
		if b.pipeline.Graph.Style == ir.Needs {
			done = to.done
		}
		inner.job(b.job("begin", "-"), start, "writes down that the run was there", ways{done, to.failed})
	default:
		start, events = b.graph(inner, b.pipeline.Graph, place{}, "", to)
	}
	body := yamlout.NewMap("Type", "Parallel", "Branches", yamlout.NewList(inner.told(start, to)))
	m.add("pipeline", b.title(), caught(body, allOK, "ok?", "end failed"), "ok?", "end failed")
	b.checkEvents(events + aroundEvents + 7*smallEvents + 2*jobEvents)
}

func (b *builder) title() string { return "the pipeline " + clip(b.pipeline.Called(), 60) }

// ends adds what happens when the pipeline has ended: hooks, and closing a run that did not succeed, or that was stopped.
func (b *builder) ends(m *machine) {
	end := b.job("close", "--status=FAILED")
	succeeded, note := "succeeded", "closes the run: what was started and left no record is lost"
	if hooks := b.pipeline.Hooks(); len(hooks) > 0 {
		end, note = b.hooks(hooks), "closes the run, and does what the definition wants done then"
		end.path = "--status=FAILED"
		if len(b.pipeline.OnSuccess) > 0 {
			succeeded = "end"
			ok := end
			ok.path = "--status=SUCCEEDED"
			m.job(ok, "end", "does what the definition wants done when a run has succeeded", ways{"succeeded", "succeeded"})
		}
	}
	m.choice("ok?", "", "end failed", way{"$states.input.ok", succeeded})
	m.job(end, "end failed", note, ways{"failed", "failed"})
	m.add("succeeded", "", yamlout.NewMap("Type", "Succeed"))
	m.add("failed", "", yamlout.NewMap("Type", "Fail", "Error", "Runnable.Failed", "Cause", "{% 'runnable-render runs show ' & $states.input.run %}"))
	m.add("refused", "", yamlout.NewMap("Type", "Fail", "Error", "Runnable.Refused",
		"Cause", "the input is neither {\"parameters\": {…}} nor {\"run\": RUN}, which goes on with a run and its parameters; or a parameter is refused (see the log of the job); or the name of the run is not letters, digits and -_."))
	m.choice("stopped", "what closes a run needs no closing", "stopped run", way{"$exists($parse($states.input.detail.input).source)", "succeeded"})
	m.pass("stopped run", "", "{% ($run := $parse($states.input.detail.input).run; {'run': $exists($run) ? $string($run) : $states.input.detail.name}) %}", "close stopped")
	end.path = "--status=STOPPED"
	m.job(end, "close stopped", note, ways{"succeeded", "failed"})
}

// hooks is the job that ends a run with hooks.
func (b *builder) hooks(hooks []ir.Hook) job {
	var refs []ir.Ref
	for _, name := range ir.HookSecrets(hooks) {
		refs = append(refs, ir.Ref{Name: name, Span: b.pipeline.Span})
	}
	w := b.usual
	w.secrets = b.secretsOf(refs)
	limit := min(max(ir.HooksLimit(b.pipeline.OnSuccess), ir.HooksLimit(b.pipeline.OnFailure)), ir.MaxDuration)
	return job{do: "hooks", profile: b.profile("hooks", w), timeout: int((limit + slack).Seconds())}
}

func (b *builder) head() string {
	from := "its definition"
	if b.Source != "" {
		from = path.Base(b.Source)
	}
	return fmt.Sprintf("%s for AWS Step Functions and Batch, rendered from %s. Edit that, not this file.\n", b.pipeline.Name, from)
}
