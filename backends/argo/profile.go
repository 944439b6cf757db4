package argo

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
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
	name := b.profileTemplate(b.container(s, n), static, b.stepNote())
	if plain && len(b.list) == messages {
		b.plain[known] = name
	}
	return name
}

// asks is all that most leaves ask for. Of those that ask for the same, the first alone makes the text of a template.
type asks struct{ image, resources string }

// plainly returns what a leaf asks for, and whether that is all.
func (b *builder) plainly(n ir.Node, static string) (asks, bool) {
	e := b.effective[static]
	plain := len(e.Env) == 0 && len(e.Overrides) == 0 && len(e.Targets) == 0
	if t, ok := n.(*ir.Task); ok {
		plain = plain && t.Retry.Limit == 0 && t.Timeout == 0 && len(t.Secrets) == 0
	}
	return asks{e.Image, fmt.Sprint(e.Resources.Amounts())}, plain
}

// reduceTemplate returns the name of the template that runs a map's Python reducer: the map's own profile.
func (b *builder) reduceTemplate(n *ir.Map, at place) string {
	s := b.settingsOf(n, at.static)
	if s.Image == "" {
		b.noImage(n)
		return "step"
	}
	return b.profileTemplate(b.container(s, n), ir.Join(at.static, n.Name), b.stepNote())
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

func (b *builder) stepNote() string {
	return "a pod that runs a step in its own image, " + b.broughtBy()
}

// broughtBy says where a pod has the runner from.
func (b *builder) broughtBy() string {
	if b.o.Config.RunnerPath != "" {
		return "with the runner of the image"
	}
	return "with the runner from the init container"
}

// profileTemplate returns the name of the template with this body. The first is called step; the others are named
// after the first step that needs them.
func (b *builder) profileTemplate(body *yamlout.Map, static, note string) string {
	key := string(yamlout.Marshal(body, yamlout.Options{}))
	if p, ok := b.profiles[key]; ok {
		return p.name
	}
	wish := "step"
	if len(b.profiles) > 0 {
		wish = "step-" + static
	}
	p := &profile{name: b.templateName(wish), note: note, body: body}
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
	s.Volumes = s.withShm()
	m := b.podHead(s)
	m.Opt("retryStrategy", b.retry(n, s))
	if seconds := b.deadline(n, s); seconds > 0 {
		m.Add("activeDeadlineSeconds", seconds)
	}
	m.Opt("timeout", s.Timeout)
	m.Opt("synchronization", b.locks(n, s.Synchronization))
	if patch := b.podPatch(n, s); patch != nil {
		m.Add("podSpecPatch", yamlout.Block(yamlout.Marshal(patch, yamlout.Options{})))
	}
	m.Opt("volumes", ownVolumes(s))
	if b.o.Config.RunnerPath == "" || b.preparesClaim() {
		m.Add("initContainers", b.install())
	}
	env := b.commonEnv()
	env.Add(yamlout.NewMap("name", runnerenv.Image, "value", s.Image))
	b.stepEnv(env, s, n)
	c := yamlout.NewMap("image", s.Image)
	c.Opt("imagePullPolicy", s.ImagePullPolicy)
	c.Add("command", yamlout.Flow{Value: []string{cmp.Or(b.o.Config.RunnerPath, "/runnable/bin/runnable-step")}})
	c.Add("args", runnerArgs())
	c.Add("env", env)
	c.Opt("envFrom", b.envFrom(s))
	c.Opt("resources", resources(s))
	c.Add("securityContext", b.restricted(s))
	mounts := b.mounts(true)
	for i := range s.Volumes {
		mounts.Add(s.Volumes[i].mount(ownVolume(i)))
	}
	c.Add("volumeMounts", mounts)
	return m.Add("container", c)
}

// ownVolumes are those of a step's own settings.
func ownVolumes(s Settings) *yamlout.List {
	l := yamlout.NewList()
	for i := range s.Volumes {
		l.Add(s.Volumes[i].source(ownVolume(i)))
	}
	return l
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
	mounts := yamlout.NewList(yamlout.NewMap("name", "runnable", "mountPath", runnableMount))
	if b.preparesClaim() {
		command = append(command, "--open", storeMount)
		security = yamlout.NewMap("runAsUser", 0, "runAsNonRoot", false).Extend(security)
		mounts.Add(yamlout.NewMap("name", "store", "mountPath", storeMount))
	}
	m := b.runnerImageOf(yamlout.NewMap("name", "runnable")).Add("command", yamlout.Flow{Value: command})
	if b.preparesClaim() {
		m.Note("root only here: with some storage classes only root can write to a new claim (prepare_claim: false leaves this out)")
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
