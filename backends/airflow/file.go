package airflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/flow"
	"github.com/runnable-render/runnable-render/backends/internal/pyout"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

type builder struct {
	target.Findings
	Options
	inputs   target.Inputs
	pipeline *ir.Pipeline
	settings map[string]ir.Effective
	out      pyout.Source
	used     map[string]bool // names that the file imports, and functions that it needs
	tasks    int
	notes    []string
}

// imports are what a file may import. Airflow reads DAG files every few seconds: there is nothing else that could take time, and
// timedelta only where a setting needs it.
var imports = pyout.Imports{
	{Module: "datetime", Names: "timedelta"},
	{Module: "airflow.providers.cncf.kubernetes.operators.pod", Names: "KubernetesPodOperator"},
	{Module: "airflow.providers.cncf.kubernetes.secret", Names: "Secret"},
	{Module: "airflow.providers.docker.operators.docker", Names: "DockerOperator"},
	{Module: "airflow.providers.standard.operators.bash", Names: "BashOperator"},
	{Module: "airflow.sdk", Names: "Param dag task task_group"},
	{Module: "airflow.timetables.trigger", Names: "CronTriggerTimetable MultipleCronTriggerTimetable"},
}

// file is the DAG file: the DAG first, the definition last.
func (b *builder) file() string {
	b.used["dag"] = true
	name := ids([]string{b.pipeline.Called()})[b.pipeline.Called()]
	parameters := b.params()
	b.out.Indent = 1
	b.body()
	body := b.out.Text.String()
	b.out = pyout.Source{}
	b.decorator(parameters)
	b.out.Line("def %s():", name)
	decorator := b.out.Text.String()

	b.out = pyout.Source{}
	b.out.Line("%s\n", pyout.Docstring(b.title()))
	b.out.Imports(imports, b.used)
	b.out.Line("")
	b.constants(parameters)
	b.functions()
	b.out.Text.WriteString("\n\n" + decorator + body)
	b.out.Line("\n\nDEFINITION = r'''%s'''\n", b.definition())
	b.out.Line("%s()", name)
	return b.out.Text.String()
}

// title is the file's docstring, which Airflow shows with the DAG.
func (b *builder) title() string {
	about := ","
	if d := strings.TrimSpace(b.pipeline.Description); d != "" {
		about = ": " + d + " This file is"
	}
	return fmt.Sprintf("%s%s rendered from %s by runnable-render. Edit that, not this file.", b.pipeline.Name, about, cmp.Or(b.inputs.Source, "its definition"))
}

// constants are what all tasks share.
func (b *builder) constants(parameters pyout.Args) {
	can := runnerenv.Capabilities{
		Exit: runnerenv.ExitCode, Attempts: runnerenv.AttemptsAll, Begin: runnerenv.BeginTarget, Control: runnerenv.ControlFile,
		Items: runnerenv.ItemsList, Parameters: runnerenv.ParametersPlain, Skipped: skipped,
	}
	if b.Operator == bash {
		can.Folder = runnerenv.FolderOwn
	}
	var env pyout.Args
	env.Text(runnerenv.Target, "airflow")
	env.Text(runnerenv.CapabilitiesVariable, can.String())
	env.Text(runnerenv.Store, cmp.Or(untagged(b.inputs.Store), "{{ var.value."+storeVariable+" }}"))
	env.Text(runnerenv.Run, "{{ dag.dag_id }}-{{ run_id | replace(':', '-') | replace('+', '-') }}")
	env.Text(runnerenv.Owner, "{{ dag.dag_id }}/{{ run_id }}")
	env.Text(runnerenv.Source, untagged(b.inputs.Definition))
	if b.Operator != bash {
		env.Text(runnerenv.Image, untagged(b.Image))
	}
	b.out.Line("ENV = %s", pyout.Dict(env))
	b.out.Line("PARAMETERS = %s", b.given(parameters))
}

// functions are what the file needs besides the DAG.
func (b *builder) functions() {
	if b.used["numbers"] && b.Operator != kubernetes { // a pod's result has been read
		decorator := map[string]string{docker: "@task\n"}[b.Operator]
		b.out.Line(`

%sdef numbers(text: str) -> list[int]:
    """The indexes of a map's items, which the runner prints as [0,1,2]."""
    return [int(i) for i in text.strip("[]").split(",") if i]`, decorator)
	}
	if b.used["arm_of"] {
		b.out.Line(`

@task.branch
def arm_of(which: str, arms: list[str | None]) -> str | None:
    """The branch whose number the runner prints; none where no branch matches, or it has no steps."""
    return arms[int(which)] if str(which).isdigit() else None`)
	}
	if b.Operator == kubernetes {
		b.out.Line(podFunction, pyout.Quoted(b.RunnerImage))
	}
}

// decorator is what makes the function a DAG.
func (b *builder) decorator(parameters pyout.Args) {
	var args pyout.Args
	args.Text("dag_id", b.dagID())
	args.Text("description", flow.Clip(b.pipeline.Description, 100))
	args.Add("schedule", b.schedule())
	args.Add("catchup", "False")
	args.Int("max_active_runs", int64(b.activeRuns()))
	if b.Tags == nil {
		b.Tags = []string{"runnable-render"}
	}
	args.Add("tags", pyout.Texts(b.Tags))
	args.Add("doc_md", "__doc__")
	if parameters != nil {
		args.Add("params", pyout.Dict(parameters))
	}
	args.Add("default_args", pyout.Dict(b.defaults()))
	b.out.Call("@dag", args)
}

// defaults are the arguments of all tasks. Airflow's own retries would run steps again that are not to be retried.
func (b *builder) defaults() pyout.Args {
	var args pyout.Args
	args.Add(operators[b.Operator].variables, "ENV")
	args.Add("retries", "0")
	args.Add("do_xcom_push", "False")
	args.Add("skip_on_exit_code", skipped)
	switch b.Operator {
	case bash:
		args.Add("append_env", "True")
		args.Text("cwd", cmp.Or(b.Folder, "{{ dag.folder }}"))
	case kubernetes:
		args.Text("image", b.Image)
		args.Add("cmds", `["/runnable/bin/runnable-step"]`)
		args.Add("pod_template_dict", "pod({})")
		args.Text("namespace", b.Namespace)
		args.Text("service_account_name", b.ServiceAccount)
	case docker:
		args.Text("image", b.Image)
		args.Text("entrypoint", b.Runner)
		args.Text("auto_remove", "success")
		args.Add("mount_tmp_dir", "False")
	}
	return append(args, b.args(b.Settings)...)
}

// body is that of the DAG's function.
func (b *builder) body() {
	b.write(task{id: "begin", call: []string{"begin"}, env: pyout.Args{{runnerenv.Definition, "DEFINITION"}, {runnerenv.Parameters, "PARAMETERS"}}})
	first, last, arrows := b.steps()
	before := []string{"begin"}
	if first != nil {
		arrows = slices.Concat([]arrow{{before, first}}, arrows)
		before = last
	}
	for _, id := range b.ends() {
		arrows = append(arrows, arrow{before, {id}})
		before = []string{id}
	}
	b.out.Line("")
	b.arrows(arrows...)
}

// steps writes those of the pipeline, as graph does.
func (b *builder) steps() (first, last []string, arrows []arrow) {
	if !b.pipeline.OnePod() {
		return b.graph(b.pipeline.Graph, place{}, allSuccess)
	}
	b.out.Comment("the whole pipeline in one task, as it says")
	whole := ir.Visit{Node: &ir.Parallel{Common: ir.Common{Name: "pipeline", Span: b.pipeline.Span}, Branches: []ir.Branch{{Graph: b.pipeline.Graph}}}}
	b.together(whole)
	b.task(whole, "pipeline", allSuccess, place{}, "subtree", "-")
	return []string{"pipeline"}, []string{"pipeline"}, nil
}

// ends writes the tasks behind all others: the hooks, where there are some, and the one that ends as the run did. It is the
// only leaf, so Airflow says of the run what the runner does.
func (b *builder) ends() []string {
	var out []string
	last := func(id string, secrets []ir.Ref) {
		t := task{id: id, call: []string{id}}
		t.args.Text("trigger_rule", allDone)
		b.addSecrets(&t, secrets)
		b.write(t)
		out = append(out, id)
	}
	if hooks := b.pipeline.Hooks(); len(hooks) > 0 {
		b.out.Comment("what is done when the run has ended; whatever it comes to, the run stays as it is")
		var secrets []ir.Ref
		for _, name := range ir.HookSecrets(hooks) {
			secrets = append(secrets, ir.Ref{Name: name, Span: cmp.Or(hooks[0].Span, b.pipeline.Span)})
		}
		last("hooks", secrets)
	}
	b.out.Comment("ends as the run did: the only leaf, so that it alone decides what Airflow says of the run")
	last("result", nil)
	return out
}

// definition is the pipeline as it travels, in the variable of one task. No quote ends Python's text early, and no template begins
// in it.
func (b *builder) definition() string {
	text, err := irjson.Fitting(b.pipeline, maxEnv)
	if err != nil {
		b.Refuse(codeLimit, b.pipeline.Span, "%v", err)
	}
	return strings.NewReplacer(`'''`, `''\u0027`, "{%", `{\u0025`, "{#", `{\u0023`).Replace(strings.TrimSuffix(text, "\n"))
}
