package actions

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// indexVariable holds the number of an item.
const indexVariable = "RUNNABLE_ITEM"

func expression(text string) string { return "${{ " + text + " }}" }

// job is a job that runs steps, or the runner for a composite.
func (b *builder) job(j *job) *yamlout.Map {
	m, steps := b.frame(j), b.prologue(j.code)
	outputs, env := yamlout.NewMap(), yamlout.NewMap().Opt(runnerenv.Image, j.machine.image)
	switch {
	case j.matrix != "":
		strategy := yamlout.NewMap("fail-fast", false).Opt("max-parallel", j.width)
		m.Add("strategy", strategy.Add("matrix", yamlout.NewMap("i", expression("fromJSON(needs."+j.matrix+".outputs.items || '[]')"))))
		own := capabilities()
		own.Folder, own.Index = runnerenv.FolderOwn, indexVariable // several items may share the machine
		env.Add(runnerenv.CapabilitiesVariable, own.String()).Add(indexVariable, expression("matrix.i"))
		env.Add("RUNNABLE_ITEMS", expression("needs."+j.matrix+".outputs.count"))
	case j.handled:
		outputs.Add("outcome", expression("steps.step.outcome"))
	}
	for i, s := range j.steps {
		steps.Add(b.step(j, i, s))
	}
	if _, chooses := j.asks.(*ir.Conditional); chooses {
		outputs.Add("control", expression("steps.step.outputs.control"))
	}
	if _, counts := j.asks.(*ir.Map); counts {
		outputs.Add("count", expression("steps.step.outputs.control")).Add("items", expression("steps.items.outputs.items"))
		steps.Add(b.items())
	}
	return m.Opt("outputs", outputs).Opt("env", env).Add("steps", steps)
}

// frame is what a job says before its steps.
func (b *builder) frame(j *job) *yamlout.Map {
	m := yamlout.NewMap()
	if j.matrix != "" {
		m.Add("name", shown(j.title)+"."+expression("matrix.i"))
	} else if j.title != j.id {
		m.Opt("name", shown(j.title))
	}
	m.Opt("needs", yamlout.Flow{Value: j.in.needs})
	unless := "!cancelled()"
	if j.always {
		unless = "always()"
	}
	if j.in.when != "" {
		m.Add("if", expression(and(unless, j.in.when)))
	}
	if all := labels(j.machine.labels); len(all) > 1 {
		m.Add("runs-on", yamlout.Flow{Value: all})
	} else {
		m.Add("runs-on", all[0])
	}
	return m.Opt("container", j.machine.image).Opt("environment", j.machine.environment).Add("timeout-minutes", j.machine.minutes)
}

// prologue is what comes before a job's own steps.
func (b *builder) prologue(code bool) *yamlout.List {
	steps := yamlout.NewList()
	if code {
		steps.Add(yamlout.NewMap("uses", b.Checkout).Tail(map[string]string{checkout: checkoutVersion}[b.Checkout]))
	}
	for _, s := range b.Login {
		steps.Add(s.Value)
	}
	if b.RunnerPath == "" {
		steps.Add(yamlout.NewMap("name", "fetch the runner", "run", yamlout.Block(`curl -fsSL --retry 3 -o "$RUNNER_TEMP/runnable-step" "$RUNNER_URL"
echo "$RUNNER_SHA256  $RUNNER_TEMP/runnable-step" | sha256sum -c -
chmod +x "$RUNNER_TEMP/runnable-step"
echo "$RUNNER_TEMP" >>"$GITHUB_PATH"
`)))
	}
	for _, s := range b.Setup {
		if code {
			steps.Add(s.Value)
		}
	}
	return steps
}

// program is the runner as scripts call it.
func (b *builder) program() string { return cmp.Or(b.RunnerPath, "runnable-step") }

// step is a call of the runner, which takes the place of the shell, so that it gets the signals that end the job. A secret
// that the repository does not have is an empty variable on GitHub.
func (b *builder) step(j *job, i int, s step) *yamlout.Map {
	m := yamlout.NewMap()
	if len(j.steps) != 1 {
		m.Opt("name", shown(s.name))
	}
	if j.matrix == "" && (j.handled || j.asks != nil) {
		m.Add("id", "step")
	}
	if i > 0 {
		m.Add("if", expression("!cancelled()"))
	}
	if s.handled {
		m.Add("continue-on-error", true).Tail("later jobs use the recorded outcome")
	}
	env, script := yamlout.NewMap(), ""
	for _, name := range s.secrets {
		env.Add(name, expression("secrets."+name))
		script += fmt.Sprintf("[ -n \"$%s\" ] || unset %[1]s\n", name)
	}
	call := "exec " + b.program() + " " + s.command
	switch {
	case j.matrix != "":
		script += b.shared(call, s.command)
	case script != "":
		script += call + "\n"
	default:
		return m.Add("run", call)
	}
	return m.Opt("env", env).Add("run", yamlout.Block(script))
}

// shared is a script for an item, and for those that share its job where there are more items than jobs.
func (b *builder) shared(call, command string) string {
	return strings.NewReplacer("JOBS", fmt.Sprint(b.MapJobs), "CALL", call, "INDEX", indexVariable, "COMMAND", b.program()+" "+command).Replace(`[ "$RUNNABLE_ITEMS" -gt JOBS ] || CALL
failed=0
while [ "$INDEX" -lt "$RUNNABLE_ITEMS" ]; do
  COMMAND || failed=1
  INDEX=$((INDEX + JOBS))
done
exit "$failed"
`)
}

// items is the step that makes the list of a matrix of the number of items; there is none where it could not be told.
func (b *builder) items() *yamlout.Map {
	return yamlout.NewMap("id", "items", "env", yamlout.NewMap("RUNNABLE_ITEMS", expression("steps.step.outputs.control")), "run",
		yamlout.Block(fmt.Sprintf(`case $RUNNABLE_ITEMS in '' | *[!0-9]*) RUNNABLE_ITEMS=0 ;; esac
echo "items=[$(seq -s , 0 $((RUNNABLE_ITEMS > %d ? %d : RUNNABLE_ITEMS - 1)))]" >>"$GITHUB_OUTPUT"
`, b.MapJobs, b.MapJobs-1)))
}
