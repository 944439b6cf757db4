package airflow

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/flow"
	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/backends/internal/pyout"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// operators are the classes that make tasks, with the argument that holds a task's variables.
var operators = map[string]struct{ class, variables string }{
	bash: {"BashOperator", "env"}, kubernetes: {"KubernetesPodOperator", "env_vars"}, docker: {"DockerOperator", "environment"},
}

// task is one task of the file.
type task struct {
	id      string
	call    []string // the words for the runner
	args    pyout.Args
	env     pyout.Args // variables besides those of all tasks
	missing []string   // variables that are empty where Airflow has no value
}

// task writes a task that calls the runner for a step. One that runs commands of the user's has the secrets of the step, and of
// all that is inside it, and what these ask for.
func (b *builder) task(v ir.Visit, id, rule string, at place, call ...string) {
	t := b.taskOf(v, id, rule, at, call)
	if call[0] == "run" || call[0] == "subtree" {
		b.addSecrets(&t, flow.Secrets(v.Node))
		need := onepod.OfNode(v, b.amounts)
		if b.Operator != bash && !ir.IsLeaf(v.Node) {
			t.env.Text(runnerenv.Workers, strconv.Itoa(need.Steps))
		}
		t.args = append(t.args, b.resources(need.Amounts)...)
	}
	b.write(t)
}

// control writes a task whose result is a control value of the runner.
func (b *builder) control(v ir.Visit, id, rule string, at place) {
	out := "/dev/stdout" // the last line of the output is the task's result
	if b.Operator == kubernetes {
		out = "/airflow/xcom/return.json"
	}
	t := b.taskOf(v, id, rule, at, []string{"control", at.run, "--out", out})
	t.args.Add("do_xcom_push", "True")
	if b.Operator == bash && id == itemsTask {
		t.args.Add("output_processor", "numbers")
	}
	b.write(t)
}

// taskOf is a task for a step, with what holds for all that is done for the step.
func (b *builder) taskOf(v ir.Visit, id, rule string, at place, call []string) task {
	t := task{id: id, call: call}
	t.args.Text("trigger_rule", rule)
	t.args.Int("max_active_tis_per_dagrun", int64(at.limit))
	if image := b.imageOf(v); b.Operator != bash && image != b.Image {
		t.args.Text("image", image)
		t.env.Text(runnerenv.Image, untagged(image))
	}
	t.args = append(t.args, b.args(b.settingsOf(v))...)
	return t
}

// write writes a task.
func (b *builder) write(t task) {
	b.tasks++
	operator := operators[b.Operator]
	b.used[operator.class] = true
	var args pyout.Args
	args.Text("task_id", t.id)
	switch call := strings.Join(t.call, " "); b.Operator {
	case bash:
		unset := ""
		for _, name := range t.missing { // not there, rather than empty: then the runner says that it is missing
			unset += `[ -n "$` + name + `" ] || unset ` + name + "; "
		}
		args.Text("bash_command", unset+b.Runner+" "+call)
	case kubernetes:
		args.Add("arguments", pyout.Texts(t.call))
	case docker:
		args.Text("command", call)
	}
	args = append(args, t.args...)
	if t.env != nil {
		args.Add(operator.variables, "ENV | "+pyout.Inline(t.env))
	}
	b.out.Call(t.id+" = "+operator.class, args)
}

// args are settings as arguments.
func (b *builder) args(s Settings) pyout.Args {
	var args pyout.Args
	args.Text("pool", s.Pool)
	args.Text("queue", s.Queue)
	args.Text("executor", s.Executor)
	args.Int("pool_slots", int64(s.PoolSlots))
	args.Int("priority_weight", int64(s.Priority))
	if s.Timeout != 0 {
		b.used["timedelta"] = true
		args.Add("execution_timeout", "timedelta(seconds="+strconv.Itoa(s.Timeout)+")")
	}
	return args
}

// imageOf is the image of a step, or of all the steps in it.
func (b *builder) imageOf(v ir.Visit) string { return cmp.Or(b.settings[v.Path].Image, b.Image) }

// together refuses steps that need a task of their own where one task runs all steps of a composite.
func (b *builder) together(v ir.Visit) {
	own, around := b.imageOf(v), cmp.Or(v.Path, "the pipeline")
	for _, br := range ir.Subgraphs(v.Node) {
		for in := range ir.WalkGraph(br.Graph, ir.Join(v.Path, br.Name)) {
			n := in.Node.Base()
			if i := slices.IndexFunc(n.Targets, func(t ir.TargetSettings) bool { return t.Target == "airflow" }); i >= 0 {
				b.Refuse(codeSetting, n.Targets[i].Span, "%q runs in one task with all of %s, so it cannot have settings of its own; move them there", n.Name, around)
			}
			if image := b.imageOf(in); b.Operator != bash && ir.IsLeaf(in.Node) && image != own {
				b.Refuse(codeImage, n.Span, "%q asks for the image %s, but runs in one task with all of %s, in %s; set one image at %[3]s", n.Name, image, around, own)
			}
		}
	}
}
