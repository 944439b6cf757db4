package argo

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// onePod returns how to run a composite in one pod.
func (b *builder) onePod(n ir.Node, at place) call {
	v := ir.Visit{Path: ir.Join(at.static, n.Base().Name), Node: n}
	b.pods.count(n, at)
	found := len(b.list)
	s := b.share(b.settingsAt(v), n.Base())
	c := call{args: []arg{{inPath, at.join(n.Base().Name)}, {inDo, "subtree"}}, note: describe(n) + ", in one pod"}
	if len(b.list) > found && b.list.HasErrors() { // each step would repeat what is wrong
		c.template = b.runnerTemplate()
		return c
	}
	s.user(v)
	for _, br := range ir.Subgraphs(n) {
		s.gather(br.Graph, ir.Join(v.Path, br.Name))
	}
	c.template = s.template(onepod.OfNode(v, s.asks), v.Path)
	return c
}

// wholeInOnePod makes the template of a pipeline that runs in one pod.
func (b *builder) wholeInOnePod() {
	t := b.newTemplate(entrypoint, "", nil)
	p := b.pipeline
	b.pods.steps, b.pods.outside = 1, 1
	s := b.share(b.defaults, &ir.Common{Name: p.Name, Span: p.Pods.Span, Pods: p.Pods})
	s.whole = true
	s.gather(p.Graph, "")
	name := s.template(onepod.OfGraph(p.Graph, "", s.asks), "pipeline")
	t.tasks = []*task{{name: "all", note: "all steps, in one pod", template: name, args: []arg{{inPath, nothing}, {inDo, "subtree"}}}}
}

// nothing is the path of the pipeline itself, as the runner reads it.
const nothing = "-"

// sharedPod is a pod that several steps share.
type sharedPod struct {
	*builder
	settings Settings
	common   *ir.Common // of the composite, or of the pipeline
	whole    bool       // it is the pipeline
	each     map[string]Settings
	image    ir.Visit // the step that the image comes from
	secrets  []ir.Ref
	retries  int // the most that a step allows: the pod may be killed for the memory of one
}

func (b *builder) share(s Settings, common *ir.Common) *sharedPod {
	return &sharedPod{builder: b, settings: s, common: common, each: map[string]Settings{}}
}

// gather puts together what the steps of a graph need besides amounts: their image, and all their secrets.
func (s *sharedPod) gather(g *ir.Graph, static string) {
	for v := range ir.WalkGraph(g, static) {
		s.refuseOwn(v.Node.Base())
		s.user(v)
		if t, ok := v.Node.(*ir.Task); ok {
			s.secrets = append(s.secrets, t.Secrets...)
			s.retries = max(s.retries, t.Retry.Limit)
		}
	}
}

// refuseOwn refuses settings for a step that shares its pod.
func (s *sharedPod) refuseOwn(n *ir.Common) {
	way := func(how string) string {
		if s.whole {
			return "set them in defaults of " + s.configName()
		}
		return fmt.Sprintf(how, s.common.Name)
	}
	const text = "%q shares a pod with the other steps of %q, so it cannot have settings of its own; %s, or leave out pods: one"
	for _, o := range n.Overrides {
		if o.Executor == "argo" {
			s.refuse("RR1026", o.Span, text, n.Name, s.common.Name, way("name "+o.Key+" in the overrides of %q"))
		}
	}
	for _, t := range n.Targets {
		if t.Target == "argo" {
			s.refuse("RR1026", t.Span, text, n.Name, s.common.Name, way("move them to the targets of %q"))
		}
	}
}

// user takes the image and the settings of what runs the user's code: tasks, stubs with files, and reducers in Python.
func (s *sharedPod) user(v ir.Visit) {
	switch n := v.Node.(type) {
	case *ir.Task:
	case *ir.Stub:
		if n.Catalog == nil {
			return
		}
	case *ir.Map:
		if !ir.PythonReducer(n.Reducer) {
			return
		}
	default:
		return
	}
	own := s.settingsAt(v)
	s.each[v.Path] = own
	switch {
	case own.Image == "":
		s.noImage(v.Node)
	case s.image.Node == nil:
		s.image, s.settings.Image = v, own.Image
	case own.Image != s.settings.Image:
		s.list.Add(diag.Errorf("RR1026", v.Node.Base().Span, "%q runs in %q, and shares a pod with %q, which runs in %q; give them one image, or leave out pods: one",
			v.Node.Base().Name, own.Image, s.image.Node.Base().Name, s.settings.Image).
			With(s.image.Node.Base().Span, "%s runs in %s", s.image.Path, s.settings.Image).
			With(s.common.Pods.Span, "pods: one is here"))
	}
}

// amounts are those of a pod by name, with the unit in which package onepod adds them up.
func amounts(r *PodResources) map[string]struct {
	text *string
	thin bool // thousandths
} {
	type amount = struct {
		text *string
		thin bool
	}
	return map[string]amount{
		"cpu": {&r.Requests.CPU, true}, "memory": {&r.Requests.Memory, false}, "gpu": {&r.Requests.GPU, false}, "storage": {&r.Requests.Storage, false},
		"cpu limit": {&r.Limits.CPU, true}, "memory limit": {&r.Limits.Memory, false}, "gpu limit": {&r.Limits.GPU, false}, "storage limit": {&r.Limits.Storage, false},
		"shm": {&r.shm, false},
	}
}

// asks tells what a step asks for.
func (s *sharedPod) asks(v ir.Visit) onepod.Amounts {
	r := s.each[v.Path].Resources
	out := onepod.Amounts{}
	for name, a := range amounts(&r) {
		q, err := resource.ParseQuantity(*a.text)
		switch {
		case err != nil: // nothing is asked for, or it is reported
		case a.thin:
			out[name] = q.MilliValue()
		default:
			out[name] = q.Value()
		}
	}
	if t, ok := v.Node.(*ir.Task); ok && t.Retry.Grows() { // the pod cannot grow with one step
		for _, name := range []string{"memory", "memory limit"} {
			if bytes, ok := out[name]; ok {
				out[name] = onepod.Times(bytes, t.Retry.Growth(t.Retry.Limit))
			}
		}
	}
	for name, text := range r.extended {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			out[extended+name] = n
		}
	}
	return out
}

// extended begins the names of extended resources among amounts.
const extended = "extended "

// template returns the name of the template of a pod that has what its steps need.
func (s *sharedPod) template(need onepod.Need, static string) string {
	if s.image.Node == nil { // stubs alone, or steps without an image, which are reported
		return s.runnerTemplate()
	}
	for name, a := range amounts(&s.settings.Resources) {
		n, ok := need.Amounts[name]
		switch {
		case !ok:
			*a.text = ""
		case a.thin:
			*a.text = resource.NewMilliQuantity(n, resource.DecimalSI).String()
		default:
			*a.text = resource.NewQuantity(n, resource.BinarySI).String()
		}
	}
	s.settings.Resources.extended = nil
	for name, n := range need.Amounts {
		if name, ok := strings.CutPrefix(name, extended); ok {
			s.settings.Resources.extended = ir.OverlayMap(s.settings.Resources.extended, map[string]string{name: strconv.FormatInt(n, 10)})
		}
	}
	if s.settings.Parallelism > 0 {
		need.Steps = min(need.Steps, s.settings.Parallelism)
	}
	s.settings.Env = ir.Overlay(s.settings.Env, []EnvVar{{Name: runnerenv.Workers, Value: itoa(need.Steps)}}, EnvVar.name)
	step := &ir.Task{Common: *s.common, Secrets: unique(s.secrets)} // a pod's template is made for a step
	s.again(step)
	body := s.container(s.settings, step)
	return s.profileTemplate(body, static, "a pod that runs many steps in their image, "+s.broughtBy())
}

// again says when the pod is started again: where it is lost, and where it is killed for its memory and a step in it has a
// retry. It goes on with what has not succeeded. The steps' own retries are the engine's.
func (s *sharedPod) again(step *ir.Task) {
	const lost = 2
	limit := lost
	if r := s.settings.Retry; r != nil && r.Limit != nil && *r.Limit > 0 {
		s.warn("RR1022", cmp.Or(s.common.Pods.Span, s.common.Span), "retry_strategy of %s repeats no step in the pod of %q: it is started again where it is lost; give steps a retry", s.configName(), s.common.Name)
		limit = max(limit, *r.Limit)
	}
	s.settings.Retry = nil
	if s.retries > 0 {
		step.Retry.Limit = max(s.retries, limit)
		return
	}
	s.settings.Retry = &RetryStrategy{Limit: &limit, Policy: "OnError"}
}

// unique are secrets without those that were named before.
func unique(secrets []ir.Ref) []ir.Ref {
	seen := map[string]bool{}
	var out []ir.Ref
	for _, r := range secrets {
		if !seen[r.Name] {
			seen[r.Name] = true
			out = append(out, r)
		}
	}
	return out
}
