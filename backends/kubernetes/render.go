package kubernetes

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// Where things stand in the pod.
const (
	mount      = "/runnable"
	binDir     = mount + "/bin"
	storeMount = mount + "/store"
)

// maxEnv bounds one variable: the system takes 128 KiB with its name.
const maxEnv = 120 << 10

type builder struct {
	Options
	pipeline *ir.Pipeline
	all      sum
	list     diag.List
}

// Render renders a pipeline that was checked. With an error among the diagnostics there are no files.
func Render(p *ir.Pipeline, o Options) (map[string][]byte, diag.List) {
	b := &builder{Options: o, pipeline: p}
	b.RunnerImage = cmp.Or(o.RunnerImage, target.RunnerImage(o.Release))
	b.Namespace = cmp.Or(o.Namespace, b.pod().Metadata.Namespace)
	b.ServiceAccount = cmp.Or(o.ServiceAccount, b.pod().Spec.ServiceAccount)
	b.gather()
	b.settings()
	definition := b.definition()
	if b.list.HasErrors() {
		return nil, b.list
	}
	return map[string][]byte{FileName: b.manifest(definition)}, b.list
}

func (b *builder) pod() Template { return b.Config.JobSpec.Template }

// definition is the pipeline as it travels: readable where it fits, else packed.
func (b *builder) definition() string {
	text, err := irjson.Fitting(b.pipeline, maxEnv)
	if err != nil {
		b.list.Add(refused(codeLong, b.pipeline.Span, "%v", err))
	}
	return text
}

// nameOf is the Job's name: the pipeline's, and a hash of its whole specification, since a Job cannot be changed. The same
// rendering is the same Job.
func (b *builder) nameOf(spec *yamlout.Map) string {
	h := sha256.Sum256(yamlout.Marshal(spec, yamlout.Options{}))
	return b.base() + fmt.Sprintf("-%x", h)[:9]
}

// base is the pipeline's name as Kubernetes takes it, short enough for what it adds for pods and Jobs of a schedule. A hash
// tells apart what begins alike.
func (b *builder) base() string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(b.pipeline.Called()))
	if len(name) > 38 {
		h := sha256.Sum256([]byte(b.pipeline.Called()))
		name = fmt.Sprintf("%s-%x", strings.TrimRight(name[:29], "-"), h[:4])
	}
	name = strings.Trim(name, "-")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = strings.Trim("p-"+name, "-")
	}
	return name
}

// manifest is the file: an account and a claim where none is named, and the Job.
func (b *builder) manifest(definition string) []byte {
	var out bytes.Buffer
	out.Write(yamlout.Comment(b.head()))
	var documents []*yamlout.Map
	if b.ServiceAccount == "" {
		documents = append(documents, b.account())
	}
	if b.generatesClaim() {
		documents = append(documents, b.claim())
	}
	for _, d := range append(documents, b.job(definition)) {
		out.WriteString("---\n")
		out.Write(yamlout.Marshal(d, yamlout.Options{}))
	}
	return out.Bytes()
}

func (b *builder) head() string {
	from := "its definition"
	if b.Source != "" {
		from = path.Base(b.Source)
	}
	kind := "Job"
	if b.schedule().Cron != "" {
		kind = "CronJob"
	}
	return fmt.Sprintf("%s as a Kubernetes %s, rendered from %s. Edit that, not this file.\n", b.pipeline.Name, kind, from)
}

func (b *builder) metadata(name string) *yamlout.Map {
	m := yamlout.NewMap("name", name)
	m.Opt("namespace", b.Namespace)
	return m.Add("labels", yamlout.NewMap("app.kubernetes.io/name", b.base(), "app.kubernetes.io/managed-by", "runnable-render"))
}

func (b *builder) account() *yamlout.Map {
	return yamlout.NewMap("apiVersion", "v1", "kind", "ServiceAccount", "metadata", b.metadata(b.base()), "automountServiceAccountToken", false)
}

// generatesClaim reports whether the facts go to a claim that the manifest brings.
func (b *builder) generatesClaim() bool {
	return b.Store == "" && b.Config.Claim == "" && b.Config.RunLogLocation == ""
}

func (b *builder) claim() *yamlout.Map {
	spec := yamlout.NewMap("accessModes", yamlout.Flow{Value: []string{"ReadWriteOnce"}})
	spec.Opt("storageClassName", b.Config.StorageClass)
	spec.Add("resources", yamlout.NewMap("requests", yamlout.NewMap("storage", cmp.Or(b.Config.StoreSize, "1Gi"))))
	return yamlout.NewMap("apiVersion", "v1", "kind", "PersistentVolumeClaim", "metadata", b.metadata(b.base()+"-store"), "spec", spec)
}

// job is the Job, or the CronJob that makes one at each time of its schedule.
func (b *builder) job(definition string) *yamlout.Map {
	spec := b.jobSpec(definition)
	s := b.schedule()
	if s.Cron == "" {
		return yamlout.NewMap("apiVersion", "batch/v1", "kind", "Job", "metadata", b.metadata(b.nameOf(spec)), "spec", spec)
	}
	cron := yamlout.NewMap("schedule", s.Cron)
	cron.Opt("timeZone", s.Timezone)
	policies := map[string]string{ir.PolicyAllow: "Allow", ir.PolicyReplace: "Replace"}
	cron.Add("concurrencyPolicy", cmp.Or(policies[s.Policy], "Forbid"))
	cron.Opt("startingDeadlineSeconds", int((s.Deadline+time.Second-1)/time.Second)).Opt("suspend", s.Suspend)
	for _, keep := range []struct {
		key string
		n   *int
	}{{"successfulJobsHistoryLimit", s.KeepSucceeded}, {"failedJobsHistoryLimit", s.KeepFailed}} {
		if keep.n != nil {
			cron.Add(keep.key, *keep.n)
		}
	}
	cron.Add("jobTemplate", yamlout.NewMap("spec", spec))
	return yamlout.NewMap("apiVersion", "batch/v1", "kind", "CronJob", "metadata", b.metadata(b.base()), "spec", cron)
}

// schedule is that of the configuration, else that of the pipeline; one without an expression says that there is none.
func (b *builder) schedule() ir.Schedule {
	if b.Config.Schedule != "" || len(b.pipeline.Schedules) == 0 {
		return ir.Schedule{Cron: b.Config.Schedule, Timezone: b.Config.TimeZone}
	}
	s := b.pipeline.Schedules[0]
	s.Timezone = cmp.Or(s.Timezone, b.Config.TimeZone)
	return s
}

// The defaults of Runnable's.
const (
	backoff  = 6
	ttl      = 86400
	deadline = 7200
)

func (b *builder) jobSpec(definition string) *yamlout.Map {
	j := b.Config.JobSpec
	m := yamlout.NewMap()
	m.Opt("activeDeadlineSeconds", j.Deadline)
	m.Note("a lost pod is replaced and continues the run; a failed pipeline is not run again")
	m.Add("backoffLimit", orElse(j.Backoff, backoff))
	m.Add("podFailurePolicy", yamlout.NewMap("rules", yamlout.NewList(
		yamlout.NewMap("action", "FailJob", "onExitCodes", yamlout.NewMap("containerName", "pipeline", "operator", "In", "values", yamlout.Flow{Value: yamlout.NewList(1, 2)})),
		yamlout.NewMap("action", "Ignore", "onPodConditions", yamlout.NewList(yamlout.Flow{Value: yamlout.NewMap("type", "DisruptionTarget", "status", "True")})),
	)))
	m.Add("ttlSecondsAfterFinished", orElse(j.TTL, ttl))
	template := yamlout.NewMap()
	meta := yamlout.NewMap()
	labels := yamlout.NewMap("app.kubernetes.io/name", b.base())
	addAll(labels, b.pod().Metadata.Labels)
	meta.Add("labels", labels)
	annotations := yamlout.NewMap()
	addAll(annotations, b.pod().Metadata.Annotations)
	meta.Opt("annotations", annotations)
	return m.Add("template", template.Add("metadata", meta).Add("spec", b.podSpec(definition)))
}

func orElse(n *int, otherwise int) int {
	if n != nil {
		return *n
	}
	return otherwise
}

// environment is what the runner is told, and then what the configuration sets.
func (b *builder) environment(definition string) *yamlout.List {
	l := yamlout.NewList()
	set := func(name, value string) { l.Add(yamlout.NewMap("name", name, "value", escape(value))) }
	field := func(name, at string) {
		l.Add(yamlout.NewMap("name", name, "valueFrom", yamlout.NewMap("fieldRef", yamlout.NewMap("fieldPath", at))))
	}
	field(runnerenv.Workflow, "metadata.labels['job-name']")
	field(runnerenv.Owner, "metadata.labels['controller-uid']")
	l.Add(yamlout.NewMap("name", runnerenv.Run, "value", "$("+runnerenv.Workflow+")-$("+runnerenv.Owner+")"))
	set(runnerenv.Target, "kubernetes")
	set(runnerenv.CapabilitiesVariable, runnerenv.Capabilities{
		Exit: runnerenv.ExitCode, Attempts: runnerenv.AttemptsAll, Begin: runnerenv.BeginTarget, Control: runnerenv.ControlNone, Parameters: runnerenv.ParametersPlain,
	}.String())
	set(runnerenv.Store, cmp.Or(b.Store, "file://"+storeMount))
	set(runnerenv.Image, b.all.image)
	set(runnerenv.Workers, strconv.Itoa(b.all.steps))
	if b.Definition != "" {
		set(runnerenv.Source, b.Definition)
	}
	set(runnerenv.Parameters, target.Document(b.Parameters))
	for _, v := range b.pod().Spec.Container.Env {
		set(v.Name, v.Value)
	}
	for _, s := range b.all.secrets { // a missing one fails its step; a pod that waits for it would never start
		ref := yamlout.NewMap("name", b.Config.Secret, "key", s.Name, "optional", true)
		l.Add(yamlout.NewMap("name", s.Name, "valueFrom", yamlout.NewMap("secretKeyRef", ref)))
	}
	l.Add(yamlout.NewMap("name", runnerenv.Definition, "value", yamlout.Block(escape(definition))))
	return l
}

// escape keeps Kubernetes from replacing anything in the value of a variable.
func escape(text string) string { return strings.ReplaceAll(text, "$", "$$") }
