package argo

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// with lays the fields that o names over s.
func (s Settings) with(o Settings) Settings {
	s.Image = cmp.Or(o.Image, s.Image)
	s.ImagePullPolicy = cmp.Or(o.ImagePullPolicy, s.ImagePullPolicy)
	s.ActiveDeadlineSeconds = cmp.Or(o.ActiveDeadlineSeconds, s.ActiveDeadlineSeconds)
	s.FailFast = cmp.Or(o.FailFast, s.FailFast)
	s.NodeSelector = ir.OverlayMap(s.NodeSelector, o.NodeSelector)
	s.Parallelism = cmp.Or(o.Parallelism, s.Parallelism)
	s.Retry = cmp.Or(o.Retry, s.Retry)
	s.Timeout = cmp.Or(o.Timeout, s.Timeout)
	if o.Tolerations != nil {
		s.Tolerations = o.Tolerations
	}
	s.Resources = s.Resources.with(o.Resources)
	s.Env = ir.Overlay(s.Env, o.Env, EnvVar.name)
	if o.EnvFrom != nil {
		s.EnvFrom = o.EnvFrom
	}
	if o.EnvFromConfigMaps != nil {
		s.EnvFromConfigMaps = o.EnvFromConfigMaps
	}
	s.Volumes = ir.Overlay(s.Volumes, o.Volumes, Volume.at)
	s.PodSpecPatch = cmp.Or(o.PodSpecPatch, s.PodSpecPatch)
	s.Synchronization = cmp.Or(o.Synchronization, s.Synchronization)
	s.GPUResource = cmp.Or(o.GPUResource, s.GPUResource)
	s.Affinity = cmp.Or(o.Affinity, s.Affinity)
	s.PriorityClassName = cmp.Or(o.PriorityClassName, o.PriorityClass, s.PriorityClassName)
	s.ServiceAccount = cmp.Or(o.ServiceAccount, o.Account, s.ServiceAccount)
	s.Labels = ir.OverlayMap(s.Labels, o.Labels)
	s.Annotations = ir.OverlayMap(s.Annotations, o.Annotations)
	s.Security.RunAsUser = cmp.Or(o.Security.RunAsUser, s.Security.RunAsUser)
	s.Security.RunAsGroup = cmp.Or(o.Security.RunAsGroup, s.Security.RunAsGroup)
	s.Security.FSGroup = cmp.Or(o.Security.FSGroup, s.Security.FSGroup)
	s.Security.RunAsNonRoot = cmp.Or(o.Security.RunAsNonRoot, s.Security.RunAsNonRoot)
	s.Security.ReadOnlyRootFilesystem = o.Security.ReadOnlyRootFilesystem || s.Security.ReadOnlyRootFilesystem
	return s
}

func (a Amounts) with(o Amounts) Amounts {
	return Amounts{CPU: cmp.Or(o.CPU, a.CPU), Memory: cmp.Or(o.Memory, a.Memory), GPU: cmp.Or(o.GPU, a.GPU), Storage: cmp.Or(o.Storage, a.Storage)}
}

// with lays what o names over r. What o says of a limit or a request alone moves the other along, because Kubernetes
// refuses a limit below the request.
func (r PodResources) with(o PodResources) PodResources {
	out := PodResources{Limits: r.Limits.with(o.Limits), Requests: r.Requests.with(o.Requests), shm: cmp.Or(o.shm, r.shm), extended: ir.OverlayMap(r.extended, o.extended)}
	out.Limits.CPU, out.Requests.CPU = inOrder(out.Limits.CPU, out.Requests.CPU, o.Limits.CPU != "")
	out.Limits.Memory, out.Requests.Memory = inOrder(out.Limits.Memory, out.Requests.Memory, o.Limits.Memory != "")
	out.Limits.Storage, out.Requests.Storage = inOrder(out.Limits.Storage, out.Requests.Storage, o.Limits.Storage != "")
	return out
}

// inOrder returns a limit and a request of which the limit is not the lower one.
func inOrder(limit, request string, limitGoes bool) (string, string) {
	switch {
	case limit == "" || !lower(limit, request):
		return limit, request
	case limitGoes:
		return limit, limit
	}
	return request, request
}

// name of the variable, in either spelling.
func (e EnvVar) name() string { return cmp.Or(e.Name, e.Variable) }

// Wrong implements [target.Checked].
func (e *EnvVar) Wrong() (key, why string) {
	switch name := e.name(); {
	case !envName.MatchString(name):
		return "", fmt.Sprintf("has no variable name in %q; each entry needs name, and value, secret_name and secret_key, or config_map_name and config_map_key", name)
	case runnerenv.Sets(name):
		return "", fmt.Sprintf("sets %s, a variable that the runner in a pod reads; choose another name", name)
	case (e.SecretName == "") != (e.SecretKey == ""):
		return "", fmt.Sprintf("sets %s, but secret_name and secret_key must be given together", name)
	case (e.ConfigName == "") != (e.ConfigKey == ""):
		return "", fmt.Sprintf("sets %s, but config_map_name and config_map_key must be given together", name)
	case e.SecretName != "" && e.ConfigName != "" || e.Value != "" && e.SecretName+e.ConfigName != "":
		return "", fmt.Sprintf("sets %s, but gives more than one of value, secret_name and config_map_name", name)
	}
	return "", ""
}

// asked are what the definition itself says of a step, as settings.
func asked(e ir.Effective) Settings {
	s := Settings{Image: e.Image}
	if r := e.Resources; !r.IsZero() {
		s.Resources.Requests = Amounts{CPU: r.CPU, Memory: r.Memory, Storage: r.Disk}
		s.Resources.Limits = Amounts{Memory: r.Memory, GPU: r.GPU, Storage: r.Disk}
		s.Resources.shm, s.Resources.extended = r.Shm, r.Extended
	}
	return s
}

// fallback are the resources where neither the definition nor the configuration says anything.
func fallback() Settings {
	return Settings{Resources: PodResources{Requests: Amounts{CPU: "100m", Memory: "256Mi"}, Limits: Amounts{Memory: "2Gi"}}}
}

// settingsOf are the settings of a node: the configuration's defaults, over them what the definition says for all
// targets, over them the override that it names for Argo, over them what it says for Argo itself.
func (b *builder) settingsOf(n ir.Node, static string) Settings {
	return b.settingsAt(ir.Visit{Path: ir.Join(static, n.Base().Name), Node: n})
}

// settingsAt is [builder.settingsOf] for a node at its own static path.
func (b *builder) settingsAt(v ir.Visit) Settings {
	n, e := v.Node, b.effective[v.Path]
	s := b.defaults.with(asked(e))
	if e.Resources.Shm != "" {
		s.Volumes = slices.DeleteFunc(slices.Clone(s.Volumes), Volume.isShm)
	}
	for _, o := range e.Overrides {
		if o.Executor != "argo" {
			continue
		}
		over, ok := b.o.Config.Overrides[o.Key]
		if !ok {
			known := slices.Sorted(maps.Keys(b.o.Config.Overrides))
			d := diag.Errorf("RR1005", o.Span, "the override %q is not in the configuration%s", o.Key, diag.DidYouMean(o.Key, known))
			b.list.Add(d.With(diag.Span{File: b.o.ConfigFile}, "overrides are read from the key %q of the configuration's config", "overrides"))
			continue
		}
		s = s.with(over)
	}
	for _, t := range e.TargetSettings("argo") {
		var own Settings
		list := target.DecodeStep(&own, t)
		if len(list) == 0 {
			b.checkSettings(fmt.Sprintf("targets.argo of %q", n.Base().Name), t.Span, own)
		}
		b.list = append(b.list, list...)
		s = s.with(own)
	}
	if own := s.withShm(); len(own) > 0 {
		b.checkMounts(fmt.Sprintf("the volumes of %q", n.Base().Name), n.Base().Span, slices.Concat(b.o.Config.CustomVolumes, own))
	}
	b.checkQuantities(n, s)
	b.checkImage(strconv.Quote(n.Base().Name), n.Base().Span, s.Image)
	b.checkTimeout(n)
	return s
}

// shmMount is where programs look for shared memory.
const shmMount = "/dev/shm"

func (v Volume) isShm() bool { return path.Clean(v.MountPath) == shmMount }

// withShm are the volumes with that of the shared memory that the definition asks for, unless the settings have one there.
func (s Settings) withShm() []Volume {
	if s.Resources.shm == "" || slices.ContainsFunc(s.Volumes, Volume.isShm) {
		return s.Volumes
	}
	shm := Volume{MountPath: shmMount, EmptyDir: &EmptyDir{Medium: "Memory", Size: s.Resources.shm}}
	return append(slices.Clip(s.Volumes), shm)
}

func lower(a, b string) bool {
	x, errX := resource.ParseQuantity(a)
	y, errY := resource.ParseQuantity(b)
	return errX == nil && errY == nil && x.Cmp(y) < 0
}

// checkQuantities refuses amounts that Kubernetes cannot read.
func (b *builder) checkQuantities(n ir.Node, s Settings) {
	for _, q := range []struct{ what, text string }{
		{"cpu", s.Resources.Requests.CPU}, {"memory", s.Resources.Requests.Memory}, {"gpu", s.Resources.Limits.GPU},
		{"cpu limit", s.Resources.Limits.CPU}, {"memory limit", s.Resources.Limits.Memory},
		{"ephemeral storage", s.Resources.Requests.Storage}, {"ephemeral storage limit", s.Resources.Limits.Storage},
		{"shm", s.Resources.shm},
	} {
		if q.text == "" {
			continue
		}
		if v, err := resource.ParseQuantity(q.text); err != nil || v.Sign() < 0 {
			b.refuse("RR1006", n.Base().Span, "%q asks for %s %q, which is not a Kubernetes quantity; write it like 500m, 2 or 1Gi", n.Base().Name, q.what, q.text)
		}
	}
	if gpu := s.gpuResource(); s.Resources.Limits.GPU != "" && s.Resources.extended[gpu] != "" {
		b.refuse("RR1006", n.Base().Span, "%q asks for %s twice: as resources.gpu and in resources.extended; leave one out", n.Base().Name, gpu)
	}
}
