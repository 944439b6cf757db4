package argo

import (
	"cmp"
	"strconv"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// inOnePod reports whether a composite runs in one pod, by the engine in it.
func inOnePod(n ir.Node) bool { return n.Base().Pods.Name == ir.OnePod }

// onePod returns how to run a composite in one pod.
func (b *builder) onePod(n ir.Node, at place) call {
	static := ir.Join(at.static, n.Base().Name)
	b.pods.count(n, at)
	s := b.share(b.settingsOf(n, at.static), n.Base())
	for _, br := range ir.Subgraphs(n) {
		s.gather(br.Graph, ir.Join(static, br.Name))
	}
	need := onepod.OfNode(ir.Visit{Path: static, Node: n}, s.asks)
	return call{
		template: s.template(need, static), args: []arg{{inPath, at.join(n.Base().Name)}, {inDo, "subtree"}},
		note: describe(n) + ", in one pod",
	}
}

// wholeInOnePod makes the template of a pipeline that runs in one pod.
func (b *builder) wholeInOnePod() {
	t := b.newTemplate(entrypoint, "", nil)
	p := b.pipeline
	b.pods.steps, b.pods.outside = 1, 1
	s := b.share(b.defaults, &ir.Common{Name: p.Name, Span: p.Pods.Span, Pods: p.Pods})
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
	fallback string     // the image of steps that name none
	image    ir.Visit   // the step that the image comes from
	secrets  []ir.Ref
	retries  int // the most that a step allows: the pod may be killed for the memory of one
}

func (b *builder) share(s Settings, common *ir.Common) *sharedPod {
	return &sharedPod{builder: b, settings: s, common: common, fallback: s.Image}
}

// gather puts together what the steps of a graph need besides amounts: their image, and all their secrets.
func (s *sharedPod) gather(g *ir.Graph, static string) {
	for v := range ir.WalkGraph(g, static) {
		n := v.Node.Base()
		for _, o := range n.Overrides {
			if o.Executor == "argo" {
				s.refuse("RR1026", o.Span, "%q shares a pod with the other steps of %q, so it cannot have settings of its own; name %q in the overrides of %q",
					n.Name, s.common.Name, o.Key, s.common.Name)
			}
		}
		for _, t := range n.Targets {
			if t.Target == "argo" {
				s.refuse("RR1026", t.Span, "%q shares a pod with the other steps of %q, so it cannot have settings of its own; move them to the targets of %q, or leave out pods: one",
					n.Name, s.common.Name, s.common.Name)
			}
		}
		if st, ok := v.Node.(*ir.Stub); ok && st.Catalog == nil || !ir.IsLeaf(v.Node) { // it needs no image
			continue
		}
		s.imageOf(v)
		if t, ok := v.Node.(*ir.Task); ok {
			s.secrets = append(s.secrets, t.Secrets...)
			s.retries = max(s.retries, t.Retry.Limit)
		}
	}
}

func (s *sharedPod) imageOf(v ir.Visit) {
	image := cmp.Or(s.effective[v.Path].Image, s.fallback)
	switch {
	case image == "":
		s.noImage(v.Node)
	case s.image.Node == nil:
		s.image, s.settings.Image = v, image
		s.checkImage(strconv.Quote(v.Node.Base().Name), v.Node.Base().Span, image)
	case image != s.settings.Image:
		s.list.Add(diag.Errorf("RR1026", v.Node.Base().Span, "%q runs in %q, and shares a pod with %q, which runs in %q; give them one image, or leave out pods: one",
			v.Node.Base().Name, image, s.image.Node.Base().Name, s.settings.Image).
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
	}
}

// asks tells what a step asks for.
func (s *sharedPod) asks(v ir.Visit) onepod.Amounts {
	if st, ok := v.Node.(*ir.Stub); ok && st.Catalog == nil {
		return nil
	}
	r := s.settings.with(asked(s.effective[v.Path])).Resources
	s.checkQuantities(v.Node, Settings{Resources: r})
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
	return out
}

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
	s.settings.Env = mergedBy(s.settings.Env, []EnvVar{{Name: runnerenv.Workers, Value: itoa(need.Steps)}}, EnvVar.name)
	lost := 2 // a pod that is lost is started again, and goes on with what has not succeeded
	if s.settings.Retry == nil && s.retries == 0 {
		s.settings.Retry = &RetryStrategy{Limit: &lost, Policy: "OnError"}
	}
	step := &ir.Task{Common: *s.common, Secrets: unique(s.secrets)} // a pod's template is made for a step
	if s.settings.Retry == nil {
		step.Retry.Limit = max(s.retries, lost)
	}
	return s.profileTemplate(s.container(s.settings, step), static)
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
