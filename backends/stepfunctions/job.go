package stepfunctions

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// job is one job of Batch: a command of the runner.
type job struct {
	do      string
	path    string // as a state's parameter has it
	control string // the path whose control value it tells as well; empty: none
	profile *profile
	retry   *yamlout.Map // nil: that of the profile
	timeout int          // seconds; 0: none
}

// profile is what jobs have in common; each is a job definition.
type profile struct {
	wants
	id     string // of the resource
	prefix string // of the names of its jobs
}

// wants are what tells profiles apart.
type wants struct {
	image   string // empty: the template's parameter
	cpu     string
	memory  int // MiB
	gpu     int
	shm     int    // MiB of /dev/shm; 0: what there is
	disk    int    // GiB; 0: what there is
	secrets string // names, a blank between
	all     bool   // one call of the runner makes all attempts, with their waits
	workers int    // how many steps run at a time in it; 0: it runs one
}

const (
	maxAttempts = 10                  // that Batch makes
	leastLimit  = 60                  // seconds
	longest     = 14 * 24 * time.Hour // that a job runs on Fargate
	slack       = 10 * time.Minute    // beyond the time limit that the runner keeps: image, start and records
)

// job is a job of the runner alone.
func (b *builder) job(do, path string) job {
	return job{do: do, path: path, profile: b.profile("runner", wants{cpu: b.small(), memory: 512})}
}

// small is the least that a job can have.
func (b *builder) small() string {
	if b.Platform == ec2 {
		return "1"
	}
	return "0.25"
}

// leaf is the job of a step.
func (b *builder) leaf(n ir.Node, at place) job {
	path, static := at.value(n.Base().Name), ir.Join(at.static, n.Base().Name)
	t, isTask := n.(*ir.Task)
	if !isTask && ir.CatalogOf(n) == nil { // a stub: it does nothing
		return b.job("run", path)
	}
	w := b.wants(n, b.amounts(n, b.effective[at.key(n)].Resources), b.effective[at.key(n)].Image)
	if !isTask {
		return job{do: "run", path: path, profile: b.profile(static, w)}
	}
	w.secrets = b.secretsOf(t.Secrets)
	limit := t.Timeout
	if w.all = t.Retry.Backoff.Duration > 0 && t.Retry.Limit > 0 || t.Retry.Limit >= maxAttempts; w.all {
		b.note("%s makes all its attempts in one job: Batch makes at most %d, and does not wait between them", strconv.Quote(static), maxAttempts)
		if limit > 0 {
			limit = min(ir.MaxDuration, time.Duration(t.Retry.Limit+1)*limit+b.waits(t.Retry))
		}
	}
	j := job{do: "run", path: path, profile: b.profile(static, w)}
	if limit > 0 {
		j.timeout = b.seconds(n, limit)
	}
	if t.Retry.Limit > 0 && !w.all {
		j.retry = attempts(t.Retry.Limit+1, len(t.Retry.On) == 0 || slices.Contains(t.Retry.On, "oom"))
	}
	return j
}

// waits are the waits of all retries together, at most.
func (b *builder) waits(r ir.Retry) time.Duration {
	total, wait := time.Duration(0), float64(r.Backoff.Duration)
	for i := 0; i < r.Limit && total < ir.MaxDuration; i++ {
		one := min(wait, float64(ir.MaxDuration))
		if r.Backoff.Cap > 0 {
			one = min(one, float64(r.Backoff.Cap))
		}
		total += time.Duration(one)
		wait *= max(r.Backoff.Factor, 1)
	}
	return min(total, ir.MaxDuration)
}

// seconds is the time limit of a job, behind that of the runner in it.
func (b *builder) seconds(n ir.Node, limit time.Duration) int {
	if b.Platform != ec2 && limit > longest {
		b.Refuse(codeLimit, n.Base().Span, "%q may take %s, and a job on Fargate %s at most; shorten its timeout, or say platform: ec2", n.Base().Name, limit, longest)
	}
	return max(leastLimit, int((limit+slack+time.Second-1)/time.Second))
}

// attempts is the retry strategy of a job: the runner ends with 75 where the step's own policy wants another attempt. A machine
// that goes away is no attempt of the step's, but Batch counts it as one.
func attempts(n int, oom bool) *yamlout.Map {
	rules := yamlout.NewList(flow("Action", "RETRY", "OnExitCode", "75"))
	if oom {
		rules.Add(flow("Action", "RETRY", "OnReason", "OutOfMemoryError*"))
	}
	rules.Add(flow("Action", "RETRY", "OnStatusReason", "Host EC2*"))
	rules.Add(flow("Action", "EXIT", "OnExitCode", "*")).Add(flow("Action", "EXIT", "OnReason", "*"))
	return yamlout.NewMap("Attempts", n, "EvaluateOnExit", rules)
}

// reduce is the job that reduces a map: a function of Python in the map's own image, any other in the runner.
func (b *builder) reduce(n *ir.Map, at place) job {
	j := b.job("reduce", at.value(n.Name))
	if ir.PythonReducer(n.Reducer) {
		e := b.effective[at.key(n)]
		j.profile = b.profile(ir.Join(at.static, n.Name), b.wants(n, b.amounts(n, e.Resources), e.Image))
	}
	return j
}

// shared is the job in which all steps of a composite run.
func (b *builder) shared(n ir.Node, at place) job {
	v := ir.Visit{Path: at.key(n), Node: n}
	var leaves []ir.Visit
	for _, br := range ir.Subgraphs(n) {
		for inside := range ir.WalkGraph(br.Graph, ir.Join(v.Path, br.Name)) {
			leaves = append(leaves, inside)
		}
	}
	return b.together(n, v.Path, at.value(n.Base().Name), leaves, func(asks func(ir.Visit) onepod.Amounts) onepod.Need { return onepod.OfNode(v, asks) })
}

// together is the job of many steps, which have one image between them and all their secrets.
func (b *builder) together(n ir.Node, static, path string, inside []ir.Visit, need func(func(ir.Visit) onepod.Amounts) onepod.Need) job {
	var secrets []ir.Ref
	var first ir.Visit
	each := map[string]onepod.Amounts{}
	for _, v := range inside {
		t, isTask := v.Node.(*ir.Task)
		if !isTask && (!ir.IsLeaf(v.Node) || ir.CatalogOf(v.Node) == nil) {
			continue
		}
		if isTask {
			secrets = append(secrets, t.Secrets...)
		}
		e := b.effective[v.Path]
		each[v.Path] = b.amounts(v.Node, e.Resources)
		switch {
		case first.Node == nil:
			first = v
		case b.effective[first.Path].Image != e.Image:
			b.Refuse(codeImage, v.Node.Base().Span, "%q runs in %s, and shares a job with %q, which runs in %s; give them one image, or leave out pods: one",
				v.Node.Base().Name, imageName(e.Image), first.Node.Base().Name, imageName(b.effective[first.Path].Image))
		}
	}
	all := need(func(v ir.Visit) onepod.Amounts { return each[v.Path] })
	w := b.wants(n, all.Amounts, b.effective[first.Path].Image)
	w.secrets, w.all, w.workers = b.secretsOf(secrets), true, max(1, all.Steps)
	return job{do: "subtree", path: path, profile: b.profile(static, w)}
}

func imageName(image string) string { return cmp.Or(image, "the pipeline's image") }

// profile is the profile with these wants. That of steps that ask for nothing is called step, others after the first step that
// has them.
func (b *builder) profile(wish string, w wants) *profile {
	if p, ok := b.profiles[w]; ok {
		return p
	}
	if w == b.usual {
		wish = "step"
	}
	p := &profile{wants: w, id: b.ids.give(wish, "Job"), prefix: b.pipeline.Called() + " "}
	b.profiles[w] = p
	b.order = append(b.order, p)
	return p
}

// ids gives names to resources and parameters of the template: letters and digits.
type ids map[string]bool

func (s ids) give(wish, kind string) string {
	var id strings.Builder
	for _, w := range strings.FieldsFunc(wish, func(r rune) bool { return !plain(r) }) {
		id.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	name := id.String() + kind
	if s[name] || len(name) > 60 || id.Len() == 0 || name[0] <= '9' {
		name = strings.Trim(name[:min(len(name)-len(kind), 40)], "0123456789") + "X" + hash(wish) + kind
	}
	s[name] = true
	return name
}

// job adds the state of a job.
func (m *machine) job(j job, state, note string, to ways) {
	parameters := yamlout.NewMap()
	if j.do != "run" {
		parameters.Add("do", j.do)
	}
	parameters.Add("path", j.path).Opt("control", j.control)
	run := flow("Name", runnerenv.Run, "Value", "{% $states.input.run %}")
	m.task(j, state, note, parameters, yamlout.Flow{Value: yamlout.NewList(run)}, input, to)
}

// task is the state of a job with its parameters and its variables.
func (m *machine) task(j job, state, note string, parameters *yamlout.Map, variables any, output string, to ways) {
	queue := "${Queue}"
	if j.profile.gpu > 0 {
		queue = "${GpuQueue}"
	}
	arguments := yamlout.NewMap("JobName", jobName(j.profile.prefix+state), "JobQueue", queue, "JobDefinition", "${"+j.profile.id+"}")
	arguments.Add("Parameters", yamlout.Flow{Value: parameters})
	arguments.Add("ContainerOverrides", flow("Environment", variables))
	if j.retry != nil {
		arguments.Add("RetryStrategy", j.retry)
	}
	if j.timeout > 0 {
		arguments.Add("Timeout", flow("AttemptDurationSeconds", j.timeout))
	}
	body := yamlout.NewMap("Type", "Task", "Resource", "arn:aws:states:::batch:submitJob.sync", "Arguments", arguments)
	m.add(state, note, caught(body, output, to.done, to.failed), to.done, to.failed)
}

// jobName is the name of a job, for people: many may have one.
func jobName(text string) string {
	name := words(text, "-")
	if name == "" {
		name = "step-" + hash(text)
	}
	return cut(name, text, maxJobName)
}

// note tells people about a rendering, once.
func (b *builder) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(b.notes, text) {
		b.notes = append(b.notes, text)
	}
}

// secretsOf are the names of secrets, each once, and in order, so that those of two steps are one profile.
func (b *builder) secretsOf(refs []ir.Ref) string {
	var out []string
	for _, r := range refs {
		if slices.Contains(out, r.Name) {
			continue
		}
		if !ir.ValidEnvName(r.Name) {
			b.Refuse(codeSecret, r.Span, "the secret %q cannot be a variable; use letters, digits and underscores", r.Name)
			continue
		}
		out = append(out, r.Name)
		b.secret(r.Name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// secret makes the template's parameter for a secret.
func (b *builder) secret(name string) {
	if b.secrets[name] == "" {
		b.secrets[name] = b.ids.give(strings.ToLower(strings.ReplaceAll(name, "_", " ")), "Secret")
		b.secretOrder = append(b.secretOrder, name)
	}
}
