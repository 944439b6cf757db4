package actions

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// workflow is the file.
func (b *builder) workflow() []byte {
	ends := b.everything()
	asked := b.dispatch()
	m := yamlout.NewMap("name", shown(b.pipeline.Called()), "on", b.triggers(asked))
	m.Gap().Add("permissions", b.permissions())
	group := b.Concurrency
	if len(b.schedules()) > 0 {
		group = cmp.Or(group, b.runName())
	}
	if group != "" {
		m.Add("concurrency", yamlout.NewMap("group", group, "cancel-in-progress", false))
	}
	m.Add("env", b.environment())
	run := yamlout.NewMap("shell", "sh")
	run.Opt("working-directory", b.Directory)
	m.Add("defaults", yamlout.NewMap("run", run))
	jobs := yamlout.NewMap().Note("records the start of the run, with its definition and parameters").Add(beginJob, b.begin(asked))
	for _, j := range b.jobs {
		jobs.Gap().Note(shown(j.note)).Add(j.id, b.job(j))
	}
	jobs.Gap().Note("closes the run, shows its summary, and ends with its status").Add(resultJob, b.result(ends))
	m.Gap().Add("jobs", jobs)
	from := path.Base(cmp.Or(b.inputs.Source, "its definition"))
	head := fmt.Sprintf("%s as a GitHub Actions workflow, rendered from %s. Edit that, not this file.\n", b.pipeline.Name, from)
	text := append(yamlout.Comment(head), yamlout.Marshal(m, yamlout.Options{})...)
	if len(text) > maxFile {
		b.Refuse(codeLimit, b.pipeline.Span, "the workflow has %d bytes, and GitHub reads no file above %d; let parts of it share a job: pods: one", len(text), maxFile)
	}
	return text
}

// everything makes the jobs of the pipeline, and returns those that it ends with.
func (b *builder) everything() []string {
	begin := condition{[]string{beginJob}, "needs." + beginJob + ".result == 'success'"}
	if !b.pipeline.OnePod() {
		return b.graph(b.pipeline.Graph, place{}, begin)
	}
	nodes := leaves(b.pipeline.Graph, "")
	return []string{b.add(&job{
		id: "pipeline", note: "the whole pipeline in place: pods: one", in: begin, machine: b.machine(nodes), code: true,
		steps: []step{{command: "subtree -", secrets: secretsOf(nodes)}},
	}).id}
}

// triggers say what starts a run.
func (b *builder) triggers(asked dispatch) *yamlout.Map {
	m := yamlout.NewMap("workflow_dispatch", nil)
	if asked.form.Len() > 0 {
		m = yamlout.NewMap("workflow_dispatch", yamlout.NewMap("inputs", asked.form))
	}
	times := yamlout.NewList()
	for _, cron := range b.schedules() {
		times.Add(yamlout.NewMap("cron", cron))
	}
	return m.Opt("schedule", times)
}

func (b *builder) permissions() *yamlout.Map {
	all := ir.OverlayMap(map[string]string{"contents": "read"}, b.Permissions)
	m := yamlout.NewMap()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m.Add(name, all[name])
	}
	return m
}

// capabilities tell the runner how to treat the workflow (docs/architecture.md).
func capabilities() runnerenv.Capabilities {
	return runnerenv.Capabilities{
		Exit: runnerenv.ExitCode, Attempts: runnerenv.AttemptsAll, Begin: runnerenv.BeginTarget,
		Control: runnerenv.ControlLine, Line: "GITHUB_OUTPUT", Parameters: runnerenv.ParametersPlain,
	}
}

// environment is what every job is told.
func (b *builder) environment() *yamlout.Map {
	m := yamlout.NewMap(
		runnerenv.Target, Target{}.Name(), runnerenv.CapabilitiesVariable, capabilities().String(),
		runnerenv.Store, cmp.Or(b.inputs.Store, "${{ vars.RUNNABLE_STORE }}"),
		runnerenv.Run, b.runName()+"-${{ github.run_id }}",
	).Tail("re-run jobs continue the same run")
	m.Add(runnerenv.Owner, "${{ github.run_id }}").Opt(runnerenv.Source, shown(b.inputs.Definition))
	if b.RunnerPath == "" {
		m.Add("RUNNER_URL", b.runnerURL()).Add("RUNNER_SHA256", b.RunnerSHA256)
	}
	for _, name := range slices.Sorted(maps.Keys(b.Env)) {
		m.Add(name, b.Env[name])
	}
	return m
}

func (b *builder) runnerURL() string {
	program := "runnable-step"
	if scheme, _, _ := strings.Cut(b.inputs.Store, "://"); scheme == "gs" || scheme == "azblob" {
		program = "runnable-step-full"
	}
	return cmp.Or(b.RunnerURL, "https://github.com/runnable-render/runnable-render/releases/download/"+b.inputs.Release+"/"+program+"-linux-amd64")
}

// begin is the job that writes the run's header. It alone knows the definition and the parameters.
func (b *builder) begin(asked dispatch) *yamlout.Map {
	m := b.frame(&job{id: beginJob, machine: b.service()})
	definition, err := irjson.Encode(b.pipeline)
	if err != nil {
		b.Refuse(codeLimit, b.pipeline.Span, "%v", err)
	}
	defaults := documentOf(b.inputs.Parameters)
	if n := max(len(definition), len(defaults)); n > maxEnv {
		b.Refuse(codeLimit, b.pipeline.Span, "the definition or its parameters take %d bytes, and a variable holds no more than %d; divide the pipeline", n, maxEnv)
	}
	m.Add("env", yamlout.NewMap(runnerenv.Definition, yamlout.Block(definition)))
	steps, call := b.prologue(false), "exec "+b.program()+" begin"
	if len(b.schedules()) == 0 || asked.env.Len() == 0 {
		return m.Add("steps", steps.Add(yamlout.NewMap("name", "begin").Opt("env", asked.env).Add("run", call)))
	}
	steps.Add(yamlout.NewMap("name", "begin", "if", expression("github.event_name == 'workflow_dispatch'"), "env", asked.env, "run", call))
	steps.Add(yamlout.NewMap("name", "begin by schedule", "if", expression("github.event_name != 'workflow_dispatch'"), "env", yamlout.NewMap(runnerenv.Parameters, defaults), "run", call))
	return m.Add("steps", steps)
}

// result is the last job.
func (b *builder) result(ends []string) *yamlout.Map {
	hooks := b.pipeline.Hooks()
	j := &job{
		id: resultJob, machine: b.service(), always: true, code: ir.NeedsImage(hooks),
		in: condition{unique(append([]string{beginJob}, ends...)), "needs." + beginJob + ".result == 'success'"},
	}
	if j.code {
		j.machine.image = b.Image
	}
	j.machine.minutes += int(min(math.Ceil(ir.HooksLimit(hooks).Minutes()), hostedMinutes-serviceTime))
	m, steps := b.frame(j), b.prologue(j.code)
	if len(hooks) > 0 {
		steps.Add(b.step(j, 0, step{name: "hooks", command: "hooks", secrets: ir.HookSecrets(hooks)}))
	}
	return m.Add("steps", steps.Add(yamlout.NewMap("name", "result", "if", expression("always()"), "run", yamlout.Block(fmt.Sprintf(`code=0
%s result >"$RUNNER_TEMP/result.txt" || code=$?
cat "$RUNNER_TEMP/result.txt"
sed 's/^/    /' "$RUNNER_TEMP/result.txt" >>"$GITHUB_STEP_SUMMARY"
exit "$code"
`, b.program())))))
}
