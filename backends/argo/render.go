package argo

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Render renders a pipeline that ir.Check found free of errors: file name to bytes. Without o.Directory that is one
// Workflow, under SingleFile. What cannot be rendered is an error with its place, and the map is nil.
func Render(p *ir.Pipeline, o Options) (map[string][]byte, diag.List) {
	files, b := render(p, o)
	return files, b.list.Sorted()
}

// Summary says what a rendering came to, for the note after it.
type Summary struct {
	Steps   int      // leaf steps of the definition
	Pods    int      // pods of one run, one iteration of each loop and one item of each map counted
	Control int      // of them, pods that only evaluate control values, reduce, fail or run hooks
	Inside  int      // steps that are inside maps and loops: they run once for each item or iteration
	Store   string   // where the facts are kept
	Notes   []string // what the reader should know
}

// Summarize renders and says what it came to. The list is that of [Render].
func Summarize(p *ir.Pipeline, o Options) (Summary, diag.List) {
	_, sum, list := RenderSummary(p, o)
	return sum, list
}

// RenderSummary is [Render] and [Summarize] in one.
func RenderSummary(p *ir.Pipeline, o Options) (map[string][]byte, Summary, diag.List) {
	files, b := render(p, o)
	return files, b.summary(), b.list.Sorted()
}

func (b *builder) summary() Summary {
	where := b.store.url
	switch {
	case b.store.generated:
		where = "a claim of the workflow's own"
	case b.store.claim != "":
		where = "claim " + b.store.claim
	}
	return Summary{
		Steps: b.pods.steps, Pods: b.pods.steps + b.pods.control, Control: b.pods.control,
		Inside: b.pods.steps - b.pods.outside, Store: where, Notes: b.notes,
	}
}

func render(p *ir.Pipeline, o Options) (map[string][]byte, *builder) {
	b := &builder{o: o, pipeline: p, flatLoop: flatLoop, runnerImage: cmp.Or(o.RunnerImage, o.Config.RunnerImage, target.RunnerImage(o.Release))}
	b.defaults = fallback().with(Settings{Retry: o.Config.Workflow.Spec.Retry}).with(o.Config.Defaults).with(Settings{Image: o.Image})
	b.effective = ir.Settings(p)
	if !b.checkNesting() || !b.checkCount() {
		return nil, b
	}
	b.openStore()
	b.checkConfig()
	b.readParameters()
	b.checkEvents()
	b.readDefinition()
	b.found, b.noted = len(b.list), len(b.notes)
	b.dags()
	exit := b.exitTemplate()
	b.reportImages()
	if b.list.HasErrors() {
		return nil, b
	}
	files := b.files(exit)
	b.checkFiles(files)
	if b.list.HasErrors() {
		return nil, b
	}
	return files, b
}

// checkCount refuses at once what could never fit into one object.
func (b *builder) checkCount() bool {
	n := 0
	for range ir.Walk(b.pipeline) {
		n++
	}
	if least := n * 64; least > maxObject {
		b.refuse("RR1010", b.pipeline.Graph.Span, "the pipeline has %d steps, and a Workflow of that many is longer than the %d bytes that Kubernetes keeps; split it, or render for local or compose", n, maxObject)
		return false
	}
	return true
}

// name is the name of the objects.
func (b *builder) name() string {
	m := b.o.Config.Workflow.Metadata
	s := slug(cmp.Or(m.Name, strings.TrimRight(m.GenerateName, "-"), b.pipeline.Called()))
	if m.Name == "" && m.GenerateName == "" && b.pipeline.TargetName != "" { // its dots are meant
		parts := strings.Split(b.pipeline.TargetName, ".")
		for i, p := range parts {
			parts[i] = slug(p)
		}
		s = strings.Join(parts, ".")
	}
	if len(s) > 40 {
		s = strings.TrimRight(s[:31], "-.") + "-" + hash8(s)
	}
	return s
}

// files are the objects as text.
func (b *builder) files(exit *yamlout.Map) map[string][]byte {
	if !b.o.Directory {
		w := yamlout.NewMap("apiVersion", "argoproj.io/v1alpha1", "kind", "Workflow")
		w.Add("metadata", b.metadata("generateName", b.name()+"-", true))
		w.Add("spec", b.spec(exit))
		return map[string][]byte{SingleFile: b.document(w)}
	}
	return b.directory(exit)
}

func (b *builder) document(m *yamlout.Map) []byte {
	return yamlout.Marshal(m, yamlout.Options{})
}

// metadata of an object; only what people read goes onto the main one.
func (b *builder) metadata(key, value string, main bool) *yamlout.Map {
	conf := b.o.Config.Workflow.Metadata
	m := yamlout.NewMap(key, value)
	m.Opt("namespace", cmp.Or(b.o.Namespace, conf.Namespace))
	m.Add("labels", stringMap(ir.OverlayMap(b.labels(), conf.Labels)))
	annotations := map[string]string{}
	if main {
		annotations["runnable-render/definition-sha256"] = b.digest()
		if b.pipeline.Description != "" {
			annotations["workflows.argoproj.io/description"] = clip(b.pipeline.Description, 1000)
		}
		annotations["workflows.argoproj.io/title"] = clip(b.pipeline.Name, 200)
	}
	return m.Opt("annotations", stringMap(ir.OverlayMap(annotations, conf.Annotations)))
}

func (b *builder) labels() map[string]string {
	return map[string]string{
		"app.kubernetes.io/name":       label(b.pipeline.Called()),
		"app.kubernetes.io/component":  "pipeline",
		"app.kubernetes.io/managed-by": "runnable-render",
	}
}

func (b *builder) digest() string {
	sum := sha256.Sum256([]byte(b.definition + b.fileText))
	return hex.EncodeToString(sum[:8])
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// defaultDeadline is the time that a whole workflow gets where nothing is said: a day, as in Runnable.
const defaultDeadline = 86400

// runDeadline is the time in seconds that the whole workflow gets.
func (b *builder) runDeadline() int {
	return cmp.Or(b.o.Config.Workflow.Spec.ActiveDeadlineSeconds, defaultDeadline)
}

// spec is the specification of the workflow.
func (b *builder) spec(exit *yamlout.Map) *yamlout.Map {
	c := b.o.Config.Workflow.Spec
	m := yamlout.NewMap("entrypoint", entrypoint, "onExit", onExit)
	m.Add("arguments", b.arguments())
	m.Opt("serviceAccountName", b.serviceAccount())
	m.Add("activeDeadlineSeconds", b.runDeadline())
	m.Opt("synchronization", b.runsAtATime())
	m.Opt("parallelism", c.Parallelism)
	m.Opt("nodeSelector", stringMap(c.NodeSelector))
	m.Opt("tolerations", tolerations(c.Tolerations))
	if b.store.generated && !b.store.shared {
		m.Note("pods that share the claim below run on one node").Add("affinity", oneNode())
	}
	if c.PriorityClassName != "" {
		m.Add("podPriorityClassName", c.PriorityClassName)
	}
	pull := yamlout.NewList()
	for _, name := range c.ImagePullSecrets {
		pull.Add(yamlout.Flow{Value: yamlout.NewMap("name", name)})
	}
	m.Opt("imagePullSecrets", pull)
	m.Add("podMetadata", yamlout.NewMap("labels", stringMap(b.labels())))
	m.Add("securityContext", b.workflowSecurity())
	if g := c.PodGC; g != nil {
		gc := yamlout.NewMap()
		gc.Opt("strategy", g.Strategy).Opt("deleteDelayDuration", g.DeleteDelayDuration)
		if g.LabelSelector != nil {
			gc.Add("labelSelector", g.LabelSelector.Value)
		}
		m.Opt("podGC", gc)
	}
	if t := c.TTL; t != nil {
		ttl := yamlout.NewMap()
		m.Opt("ttlStrategy", ttl.Opt("secondsAfterCompletion", t.Completion).Opt("secondsAfterSuccess", t.Success).Opt("secondsAfterFailure", t.Failure))
	}
	if b.store.generated {
		m.Note("The run's facts: records, logs and files. The claim is deleted with the workflow.")
		m.Add("volumeClaimTemplates", yamlout.NewList(b.claim()))
	}
	m.Add("volumes", b.volumes())
	return m.Add("templates", b.templateList(exit))
}

func (b *builder) serviceAccount() string {
	name := cmp.Or(b.o.ServiceAccount, b.o.Config.Workflow.Spec.ServiceAccount)
	if name == "" && b.o.Directory {
		return b.name()
	}
	return name
}

// workflowSecurity is the pods' security context: that of the restricted standard. The image's own user is kept
// only where the configuration says run_as_user: -1, because Kubernetes refuses to start images of root.
func (b *builder) workflowSecurity() *yamlout.Map {
	s := b.defaults.Security
	m := yamlout.NewMap("runAsNonRoot", s.RunAsNonRoot == nil || *s.RunAsNonRoot)
	user := defaultUser
	if s.RunAsUser != nil {
		user = *s.RunAsUser
	}
	if user >= 0 {
		m.Add("runAsUser", user)
		group := user
		if s.RunAsGroup != nil {
			group = *s.RunAsGroup
		}
		m.Add("runAsGroup", group)
	}
	fs := max(user, 0)
	if s.FSGroup != nil {
		fs = *s.FSGroup
	}
	if fs > 0 {
		m.Add("fsGroup", fs)
	}
	return m.Add("seccompProfile", yamlout.Flow{Value: yamlout.NewMap("type", "RuntimeDefault")})
}

// defaultUser runs the steps where nothing else is said.
const defaultUser = 1000

// setsUser reports whether the manifest chooses the user that a step runs as.
func (b *builder) setsUser(s Settings) bool {
	return s.Security.RunAsUser == nil || *s.Security.RunAsUser >= 0
}

// arguments of the workflow: the initial parameters first, for the people who submit it.
func (b *builder) arguments() *yamlout.Map {
	l := yamlout.NewList()
	for _, p := range b.params {
		if p.arg == "" {
			continue
		}
		l.Add(b.argument(p))
	}
	l.Add(yamlout.NewMap("name", argRun, "value", "", "description", "the run; the workflow's name where it is empty"))
	if b.configMap == "" {
		l.Note("The pipeline, one step per line, for the runner in each pod. Edit the definition, not this.")
		l.Add(yamlout.NewMap("name", argDefinition, "description", "the pipeline; not to be changed here", "value", yamlout.Block(b.definition)))
	}
	return yamlout.NewMap("parameters", l)
}

// argument is one initial parameter, with what its declaration says for those who submit the workflow.
func (b *builder) argument(p param) *yamlout.Map {
	m := yamlout.NewMap("name", p.arg)
	if !p.open {
		m.Add("value", p.value)
	}
	declared := ir.Declared(b.pipeline.Parameters, p.name)
	var about []string
	if p.arg != p.name {
		about = append(about, "the parameter "+clip(p.name, 100))
	}
	if declared != nil && declared.Help != "" {
		about = append(about, clip(strings.Join(strings.Fields(declared.Help), " "), 300))
	}
	m.Opt("description", strings.ReplaceAll(strings.Join(about, ": "), "{{", "{ {"))
	if declared == nil || len(declared.Choices) == 0 {
		return m
	}
	choices := yamlout.NewList()
	for _, c := range declared.Choices {
		choices.Add(declaredText(declared, json.RawMessage(c)))
	}
	if declared.Initial() == "null" {
		choices.Add("null")
	}
	return m.Add("enum", choices)
}

// oneNode keeps all pods of a workflow on one node: a ReadWriteOnce claim is mounted there alone.
func oneNode() *yamlout.Map {
	term := yamlout.NewMap(
		"labelSelector", yamlout.NewMap("matchLabels", yamlout.NewMap("workflows.argoproj.io/workflow", "{{workflow.name}}")),
		"topologyKey", "kubernetes.io/hostname")
	return yamlout.NewMap("podAffinity", yamlout.NewMap("requiredDuringSchedulingIgnoredDuringExecution", yamlout.NewList(term)))
}

func (b *builder) claim() *yamlout.Map {
	c := b.o.Config
	spec := yamlout.NewMap("accessModes", yamlout.Flow{Value: []string{cmp.Or(c.StoreAccess, "ReadWriteOnce")}})
	spec.Opt("storageClassName", c.StorageClass)
	spec.Add("resources", yamlout.NewMap("requests", yamlout.NewMap("storage", cmp.Or(c.StoreSize, "1Gi"))))
	return yamlout.NewMap("metadata", yamlout.NewMap("name", "store"), "spec", spec)
}

func (b *builder) volumes() *yamlout.List {
	l := yamlout.NewList(yamlout.NewMap("name", "runnable", "emptyDir", yamlout.NewMap()))
	claim := func(name, claim string) {
		l.Add(yamlout.NewMap("name", name, "persistentVolumeClaim", yamlout.NewMap("claimName", claim)))
	}
	if b.store.claim != "" {
		claim("store", b.store.claim)
	}
	if b.configMap != "" {
		l.Add(yamlout.NewMap("name", "definition", "configMap", yamlout.NewMap("name", b.configMap)))
	}
	for i, v := range b.o.Config.CustomVolumes {
		l.Add(v.source(customVolume(i)))
	}
	return l
}

// templateList holds the graphs, the entrypoint first, and behind them what runs in pods.
func (b *builder) templateList(exit *yamlout.Map) *yamlout.List {
	l := yamlout.NewList()
	for _, t := range b.templates {
		if t.note != "" {
			l.Note(t.note)
		}
		l.Add(t.yaml())
	}
	for _, p := range b.profileOrder {
		l.Note(p.note)
		l.Add(named(p.name, p.body))
	}
	if b.usesSuccess {
		l.Note("reached success: no pod")
		l.Add(yamlout.NewMap("name", "success", "suspend", yamlout.NewMap("duration", "0")))
	}
	l.Add(exit)
	l.Note("a pod of the runner alone: stubs, control values, reducers, fail, close")
	return l.Add(named("runner", b.runnerBody()))
}

func named(name string, body *yamlout.Map) *yamlout.Map {
	return yamlout.NewMap("name", name).Extend(body)
}

// joinDocuments puts several objects into one file.
func joinDocuments(docs ...[]byte) []byte { return bytes.Join(docs, []byte("---\n")) }
