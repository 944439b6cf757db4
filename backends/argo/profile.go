package argo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

func itoa(n int) string { return strconv.Itoa(n) }

// profile is a container template that several steps share.
type profile struct {
	name string
	note string       // for people
	body *yamlout.Map // without the name
}

// slack is what a pod gets beyond its step's own time limit, which the runner keeps: image, start and records.
const slack = 10 * time.Minute

// leaf returns the name of the template that runs a leaf.
func (b *builder) leaf(n ir.Node, at place) string {
	b.pods.count(n, at)
	static := ir.Join(at.static, n.Base().Name)
	if _, ok := n.(*ir.Stub); ok && ir.CatalogOf(n) == nil {
		return b.runnerTemplate() // it does nothing, so it needs no image but the runner's
	}
	known, plain := b.plainly(n, static)
	if name := b.plain[known]; plain && name != "" {
		return name
	}
	messages := len(b.list)
	s := b.settingsOf(n, at.static)
	if s.Image == "" {
		b.noImage(n)
		return "step"
	}
	name := b.profileTemplate(b.container(s, n), static)
	if plain && len(b.list) == messages {
		b.plain[known] = name
	}
	return name
}

// asks is all that most leaves ask for. Of those that ask for the same, the first alone makes the text of a template.
type asks struct {
	image     string
	resources ir.Resources
}

// plainly returns what a leaf asks for, and whether that is all.
func (b *builder) plainly(n ir.Node, static string) (asks, bool) {
	e := b.effective[static]
	plain := len(e.Env) == 0 && len(e.Overrides) == 0
	if t, ok := n.(*ir.Task); ok {
		plain = plain && t.Retry.Limit == 0 && t.Timeout == 0 && len(t.Secrets) == 0
	}
	return asks{e.Image, e.Resources}, plain
}

// reduceTemplate returns the name of the template that runs a map's Python reducer: the map's own profile.
func (b *builder) reduceTemplate(n *ir.Map, at place) string {
	s := b.settingsOf(n, at.static)
	if s.Image == "" {
		b.noImage(n)
		return "step"
	}
	return b.profileTemplate(b.container(s, n), ir.Join(at.static, n.Name))
}

func (b *builder) noImage(n ir.Node) { b.imageless = append(b.imageless, n) }

// reportImages refuses steps without an image, in one message.
func (b *builder) reportImages() {
	if len(b.imageless) == 0 {
		return
	}
	first := b.imageless[0].Base()
	more := ""
	if n := len(b.imageless) - 1; n > 0 {
		more = fmt.Sprintf(", and so have %d more", n)
	}
	b.refuse("RR1004", first.Span, "%q has no image to run in%s: give --image NAME, or defaults.image in %s, or image: on the step", first.Name, more, b.configName())
}

// configName names the configuration file in messages.
func (b *builder) configName() string { return cmp.Or(b.o.ConfigFile, "the configuration file") }

// profileTemplate returns the name of the template with this body. The first is called step; the others are named
// after the first step that needs them.
func (b *builder) profileTemplate(body *yamlout.Map, static string) string {
	key := string(yamlout.Marshal(body, yamlout.Options{}))
	if p, ok := b.profiles[key]; ok {
		return p.name
	}
	wish := "step"
	if len(b.profiles) > 0 {
		wish = "step-" + static
	}
	p := &profile{name: b.templateName(wish), note: "a pod that runs a step in its own image, by the runner that the init container brings", body: body}
	b.profiles[key] = p
	b.profileOrder = append(b.profileOrder, p)
	return p.name
}

// runnerTemplate returns the name of the template of pods that hold nothing but the runner: stubs, control values,
// reducers, `fail` and the end of a run.
func (b *builder) runnerTemplate() string {
	if b.runner == "" {
		b.runner = "runner"
	}
	return b.runner
}

func (b *builder) successTemplate() string {
	b.usesSuccess = true
	return "success"
}

// container is the body of the template of a profile.
func (b *builder) container(s Settings, n ir.Node) *yamlout.Map {
	m := b.podHead(s)
	m.Opt("retryStrategy", b.retry(n, s))
	if seconds := b.deadline(n, s); seconds > 0 {
		m.Add("activeDeadlineSeconds", seconds)
	}
	m.Opt("timeout", s.Timeout)
	m.Add("initContainers", b.install())
	env := b.commonEnv()
	env.Add(yamlout.NewMap("name", "RUNNABLE_IMAGE", "value", s.Image))
	b.stepEnv(env, s, n)
	c := yamlout.NewMap("image", s.Image)
	c.Opt("imagePullPolicy", s.ImagePullPolicy)
	c.Add("command", yamlout.Flow{Value: []string{"/runnable/bin/runnable-step"}})
	c.Add("args", runnerArgs())
	c.Add("env", env)
	c.Opt("envFrom", b.envFrom(s))
	c.Opt("resources", resources(s))
	c.Add("securityContext", b.restricted(s))
	c.Add("volumeMounts", b.mounts(true))
	return m.Add("container", c)
}

// runnerBody is the body of the runner's own template.
func (b *builder) runnerBody() *yamlout.Map {
	s := Settings{NodeSelector: b.defaults.NodeSelector, Tolerations: b.defaults.Tolerations, Affinity: b.defaults.Affinity, ServiceAccount: b.defaults.ServiceAccount}
	m := b.podHead(s)
	// A pod that is lost is started again; that these pods fail is their answer.
	m.Add("retryStrategy", yamlout.NewMap("limit", "2", "retryPolicy", "OnError"))
	if b.preparesClaim() {
		m.Add("initContainers", b.install())
	}
	c := b.runnerImageOf(yamlout.NewMap()).Add("command", yamlout.Flow{Value: []string{b.runnerProgram()}})
	c.Add("args", runnerArgs())
	c.Add("env", b.commonEnv())
	c.Opt("envFrom", b.envFrom(Settings{}))
	c.Add("resources", runnerResources())
	c.Add("securityContext", b.restricted(Settings{}))
	c.Add("volumeMounts", b.mounts(false))
	return m.Add("container", c)
}

// install are the init containers: one, which brings the runner into the pod.
func (b *builder) install() *yamlout.List {
	command := []string{b.runnerProgram(), "install", "/runnable/bin"}
	security := b.restricted(Settings{})
	mounts := yamlout.NewList(yamlout.NewMap("name", "runnable", "mountPath", "/runnable"))
	if b.preparesClaim() {
		command = append(command, "--open", storeMount)
		security = yamlout.NewMap("runAsUser", 0, "runAsNonRoot", false).Extend(security)
		mounts.Add(yamlout.NewMap("name", "store", "mountPath", storeMount))
	}
	m := b.runnerImageOf(yamlout.NewMap("name", "runnable")).Add("command", yamlout.Flow{Value: command})
	if b.preparesClaim() {
		m.Note("root only here: some storage classes give fresh claims to root alone (prepare_claim: false leaves this out)")
	}
	m.Add("securityContext", security).Add("resources", runnerResources())
	return yamlout.NewList(m.Add("volumeMounts", yamlout.Flow{Value: mounts}))
}

// runnerImageOf adds the runner's image to a container. A node that has it asks no registry, whatever its tag.
func (b *builder) runnerImageOf(m *yamlout.Map) *yamlout.Map {
	return m.Add("image", b.runnerImage).Add("imagePullPolicy", "IfNotPresent")
}

// preparesClaim reports whether the init container opens the claim to the steps' user.
func (b *builder) preparesClaim() bool {
	if b.o.Config.PrepareClaim != nil {
		return *b.o.Config.PrepareClaim && (b.store.generated || b.store.claim != "")
	}
	return b.store.generated
}

// runnerProgram is the runner in its image: the one that knows Google's and Azure's buckets is larger.
func (b *builder) runnerProgram() string {
	if strings.HasPrefix(b.store.url, "gs:") || strings.HasPrefix(b.store.url, "azblob:") {
		return "/runnable-step-full"
	}
	return "/runnable-step"
}

func runnerArgs() yamlout.Flow {
	return yamlout.Flow{Value: []string{input(inDo), input(inPath), "--control", input(inControl)}}
}

func runnerResources() yamlout.Flow {
	return yamlout.Flow{Value: resources(Settings{Resources: runnerAmounts()})}
}

// runnerAmounts are the resources of a container that holds the runner alone.
func runnerAmounts() PodResources {
	return PodResources{Requests: Amounts{CPU: "50m", Memory: "64Mi"}, Limits: Amounts{Memory: "512Mi"}}
}

// podHead is what the container templates begin with.
func (b *builder) podHead(s Settings) *yamlout.Map {
	m := yamlout.NewMap()
	m.Add("inputs", yamlout.NewMap("parameters", yamlout.NewList(
		yamlout.Flow{Value: yamlout.NewMap("name", inPath)},
		yamlout.Flow{Value: yamlout.NewMap("name", inDo, "value", "run")},
		yamlout.Flow{Value: yamlout.NewMap("name", inControl, "value", "")},
	)))
	m.Add("outputs", controlOutput(yamlout.NewMap("path", "/runnable/out/control", "default", "!")))
	meta := yamlout.NewMap()
	meta.Opt("labels", stringMap(s.Labels))
	annotations := stringMap(s.Annotations)
	annotations.Add("runnable-render/step", input(inPath))
	m.Add("metadata", meta.Add("annotations", annotations))
	m.Opt("serviceAccountName", s.ServiceAccount)
	m.Opt("nodeSelector", stringMap(s.NodeSelector))
	m.Opt("tolerations", tolerations(s.Tolerations))
	if s.Affinity != nil {
		m.Add("affinity", s.Affinity.value)
	}
	m.Opt("priorityClassName", s.PriorityClassName)
	if sc := podSecurity(s.Security); sc.Len() > 0 {
		m.Add("securityContext", sc)
	}
	return m
}

func tolerations(list []Toleration) *yamlout.List {
	l := yamlout.NewList()
	for _, t := range list {
		m := yamlout.NewMap()
		m.Opt("key", t.Key)
		operator := t.Operator
		if operator == "" && t.Key != "" {
			operator = "Equal"
		}
		m.Opt("operator", operator).Opt("value", t.Value).Opt("effect", t.Effect)
		if t.Seconds != nil {
			m.Add("tolerationSeconds", *t.Seconds)
		}
		l.Add(m)
	}
	return l
}

// podSecurity is what a profile changes of the workflow's security context.
func podSecurity(s Security) *yamlout.Map {
	m := yamlout.NewMap()
	if s.RunAsNonRoot != nil {
		m.Add("runAsNonRoot", *s.RunAsNonRoot)
	}
	for _, f := range []struct {
		key   string
		value *int
	}{{"runAsUser", s.RunAsUser}, {"runAsGroup", s.RunAsGroup}, {"fsGroup", s.FSGroup}} {
		if f.value != nil && *f.value >= 0 {
			m.Add(f.key, *f.value)
		}
	}
	return m
}

// restricted is the container's security context of Kubernetes' restricted pod standard.
func (b *builder) restricted(s Settings) *yamlout.Map {
	m := yamlout.NewMap("allowPrivilegeEscalation", false)
	if s.Security.ReadOnlyRootFilesystem {
		m.Add("readOnlyRootFilesystem", true)
	}
	return m.Add("capabilities", yamlout.Flow{Value: yamlout.NewMap("drop", []string{"ALL"})})
}

func resources(s Settings) *yamlout.Map {
	gpu := cmp.Or(s.GPUResource, "nvidia.com/gpu")
	amounts := func(a Amounts) yamlout.Flow {
		m := yamlout.NewMap()
		m.Opt("cpu", a.CPU).Opt("memory", a.Memory).Opt("ephemeral-storage", a.Storage).Opt(gpu, a.GPU)
		return yamlout.Flow{Value: m}
	}
	m := yamlout.NewMap()
	return m.Opt("requests", amounts(s.Resources.Requests)).Opt("limits", amounts(s.Resources.Limits))
}

func stringMap(m map[string]string) *yamlout.Map {
	out := yamlout.NewMap()
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out.Add(k, m[k])
	}
	return out
}

func (b *builder) envFrom(s Settings) *yamlout.List {
	l := yamlout.NewList()
	names := slices.Clone(s.EnvFrom)
	if b.o.Config.StoreSecret != "" && !slices.Contains(names, b.o.Config.StoreSecret) {
		names = append(names, b.o.Config.StoreSecret)
	}
	for _, name := range names {
		l.Add(yamlout.Flow{Value: yamlout.NewMap("secretRef", yamlout.NewMap("name", name))})
	}
	return l
}

// mounts are the volumes of a container: the runner's folder, the store where that is a claim, the user's own.
func (b *builder) mounts(user bool) *yamlout.List {
	l := yamlout.NewList()
	add := func(name, path string, readOnly bool) {
		m := yamlout.NewMap("name", name, "mountPath", path)
		m.Opt("readOnly", readOnly)
		l.Add(yamlout.Flow{Value: m})
	}
	add("runnable", "/runnable", false)
	if b.store.claim != "" || b.store.generated {
		add("store", storeMount, false)
	}
	if b.configMap != "" {
		add("definition", definitionMount, true)
	}
	if user {
		for i, v := range b.o.Config.CustomVolumes {
			add("volume-"+itoa(i+1), v.MountPath, v.Claim.ReadOnly)
		}
	}
	return l
}

// commonEnv are the variables of every pod of the run (docs/architecture.md).
func (b *builder) commonEnv() *yamlout.List {
	l := yamlout.NewList()
	add := func(name, value string) { l.Add(yamlout.NewMap("name", name, "value", value)) }
	if b.configMap != "" {
		add("RUNNABLE_DEFINITION_FILE", definitionMount+"/definition.json")
	} else {
		add("RUNNABLE_DEFINITION", "{{workflow.parameters."+argDefinition+"}}")
	}
	add("RUNNABLE_RUN_ID", "{{=workflow.parameters['"+argRun+"'] == '' ? workflow.name : workflow.parameters['"+argRun+"']}}")
	add("RUNNABLE_STORE", b.store.url)
	add("RUNNABLE_TARGET", "argo")
	add("RUNNABLE_WORKFLOW", "{{workflow.name}}")
	add("RUNNABLE_OWNER", "{{workflow.uid}}")
	if len(b.params) > 0 {
		names := make([]string, len(b.params))
		for i, p := range b.params {
			names[i] = p.name
		}
		text, _ := json.Marshal(names)
		add("RUNNABLE_PARAM_NAMES", dollars(asciiJSON(text)))
	}
	for i, p := range b.params {
		add("RUNNABLE_PARAM_"+itoa(i), p.env)
	}
	return l
}

// stepEnv adds the variables of a profile: the configuration's, and the secrets that its steps name. What the
// definition says of `env` the runner takes from there.
func (b *builder) stepEnv(l *yamlout.List, s Settings, n ir.Node) {
	if b.setsUser(s) {
		l.Add(yamlout.NewMap("name", "HOME", "value", "/tmp"))
	}
	fromSecret := func(name, secret, key string, optional bool) {
		ref := yamlout.NewMap("secretKeyRef", yamlout.NewMap("name", secret, "key", key).Opt("optional", optional))
		l.Add(yamlout.NewMap("name", name, "valueFrom", yamlout.Flow{Value: ref}))
	}
	for _, e := range s.Env {
		if e.SecretName != "" {
			fromSecret(e.name(), e.SecretName, e.SecretKey, false)
		} else {
			l.Add(yamlout.NewMap("name", e.name(), "value", e.Value))
		}
	}
	t, ok := n.(*ir.Task)
	if !ok {
		return
	}
	for _, secret := range t.Secrets {
		switch {
		case b.o.Config.Secret == "":
			b.refuse("RR1007", secret.Span, "the secret %q needs a Kubernetes Secret to come from: name it under secret_from_k8s in %s", secret.Name, b.configName())
		case !envName.MatchString(secret.Name):
			b.refuse("RR1007", secret.Span, "the secret %q is no name that a variable and a key of a Kubernetes Secret may have; use letters, digits, '_', '-' and '.'", secret.Name)
		default:
			fromSecret(secret.Name, b.o.Config.Secret, secret.Name, true) // a missing one fails the step, not the pod
		}
	}
}

// retry is the retry strategy of a leaf's pods (DESIGN 5): the runner ends with 75 when the definition says to try
// again; a pod that was lost or killed is tried again too.
func (b *builder) retry(n ir.Node, s Settings) *yamlout.Map {
	t, ok := n.(*ir.Task)
	if !ok || t.Retry.Limit == 0 {
		return configured(s.Retry)
	}
	m := yamlout.NewMap("limit", itoa(t.Retry.Limit), "retryPolicy", "Always",
		"expression", "lastRetry.status == 'Error' || int(lastRetry.exitCode) in [75, 137]")
	back := t.Retry.Backoff
	if back.Duration <= 0 {
		return m
	}
	wait := yamlout.NewMap("duration", back.Duration.String())
	factor := int(back.Factor)
	if float64(factor) < back.Factor {
		factor++
		b.warn("RR1020", t.Span, "Argo's backoff factor is a whole number: the %v of %q becomes %d", back.Factor, t.Name, factor)
	}
	if factor > 1 {
		wait.Add("factor", itoa(factor))
	}
	if back.Cap > 0 && b.reachesCap(t.Retry) {
		if b.o.Version.atLeast("3.7") {
			wait.Add("cap", back.Cap.String())
		} else {
			b.warn("RR1021", t.Span, "the cap of the backoff of %q needs Argo 3.7 or newer, and is left out: give --argo-version 3.7 if your Argo has it", t.Name)
		}
	}
	return m.Add("backoff", wait)
}

// reachesCap reports whether any wait of the retries would be longer than their cap.
func (b *builder) reachesCap(r ir.Retry) bool {
	wait := float64(r.Backoff.Duration)
	for i := 1; i < r.Limit && wait <= float64(r.Backoff.Cap); i++ {
		wait *= max(r.Backoff.Factor, 1)
	}
	return wait > float64(r.Backoff.Cap)
}

// configured is the retry strategy of the configuration, for steps that name none themselves.
func configured(r *RetryStrategy) *yamlout.Map {
	m := yamlout.NewMap()
	if r == nil || r.Limit == nil || *r.Limit == 0 {
		return m
	}
	m.Add("limit", itoa(*r.Limit))
	m.Add("retryPolicy", cmp.Or(r.Policy, "Always"))
	if back := cmp.Or(r.BackOff, r.Other); back != nil && back.Duration != "" {
		wait := yamlout.NewMap("duration", back.Duration)
		if back.Factor > 0 {
			wait.Add("factor", itoa(back.Factor))
		}
		m.Add("backoff", wait.Opt("maxDuration", back.MaxDuration))
	}
	return m
}

// deadline is the time limit of a pod in seconds: the step's own and some slack, behind the runner that keeps it to
// the second; else the configuration's.
func (b *builder) deadline(n ir.Node, s Settings) int {
	if t, ok := n.(*ir.Task); ok && t.Timeout > 0 {
		return int((t.Timeout + slack + time.Second - 1) / time.Second)
	}
	return s.ActiveDeadlineSeconds
}
