package kubernetes

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
)

// user is as whom steps run: the pod standard "restricted" takes no root.
const user = 1000

func (b *builder) podSpec(definition string) *yamlout.Map {
	s := b.pod().Spec
	m := yamlout.NewMap("restartPolicy", "Never")
	m.Opt("activeDeadlineSeconds", s.Deadline)
	m.Add("serviceAccountName", cmp.Or(b.ServiceAccount, b.base())).Add("automountServiceAccountToken", b.ServiceAccount != "")
	selector := yamlout.NewMap()
	addAll(selector, s.NodeSelector)
	m.Opt("nodeSelector", selector)
	m.Opt("tolerations", tolerations(s.Tolerations))
	m.Add("securityContext", yamlout.NewMap("runAsNonRoot", true, "runAsUser", user, "runAsGroup", user, "fsGroup", user,
		"seccompProfile", yamlout.NewMap("type", "RuntimeDefault")))
	m.Add("initContainers", yamlout.NewList(b.install()))
	m.Add("containers", yamlout.NewList(b.container(definition)))
	return m.Add("volumes", b.volumes())
}

// install is the container that brings the runner.
func (b *builder) install() *yamlout.Map {
	m := yamlout.NewMap("name", "runner", "image", b.RunnerImage, "imagePullPolicy", "IfNotPresent")
	command, security, mounts := []string{b.program(), "install", binDir}, restricted(), yamlout.NewList(mounted("runnable", mount))
	if b.opens() {
		command = append(command, "--open", storeMount)
		security = yamlout.NewMap("runAsUser", 0, "runAsNonRoot", false).Extend(security)
		mounts.Add(mounted("store", storeMount))
		m.Note("root only here: a fresh claim, and a folder of the node, may be given to root alone")
	}
	m.Add("command", yamlout.Flow{Value: command})
	m.Add("securityContext", security).Add("resources", yamlout.NewMap("requests", yamlout.Flow{Value: yamlout.NewMap("cpu", "50m", "memory", "64Mi")},
		"limits", yamlout.Flow{Value: yamlout.NewMap("memory", "256Mi")}))
	return m.Add("volumeMounts", mounts)
}

// opens reports whether the init container opens the store to the steps' user.
func (b *builder) opens() bool {
	return b.generatesClaim() || b.Store == "" && b.Config.Claim == ""
}

// program is the runner in its image: the one that knows Google's and Azure's buckets is larger.
func (b *builder) program() string {
	if strings.HasPrefix(b.Store, "gs:") || strings.HasPrefix(b.Store, "azblob:") {
		return "/runnable-step-full"
	}
	return "/runnable-step"
}

func (b *builder) container(definition string) *yamlout.Map {
	c := b.pod().Spec.Container
	m := yamlout.NewMap("name", "pipeline", "image", b.all.image)
	m.Opt("imagePullPolicy", c.Pull)
	m.Add("command", yamlout.Flow{Value: []string{binDir + "/runnable-step", "whole"}})
	m.Add("env", b.environment(definition))
	if b.Config.StoreSecret != "" {
		m.Add("envFrom", yamlout.NewList(yamlout.NewMap("secretRef", yamlout.NewMap("name", b.Config.StoreSecret))))
	}
	m.Add("resources", b.resources()).Add("securityContext", restricted())
	mounts := yamlout.NewList(mounted("runnable", mount))
	if b.Store == "" {
		mounts.Add(mounted("store", storeMount))
	}
	for _, v := range c.Mounts {
		mounts.Add(mounted(v.Name, v.Path))
	}
	if b.givesShm() {
		mounts.Add(mounted(shm, shmMount))
	}
	return m.Add("volumeMounts", mounts)
}

// resources are the larger of what the configuration and the steps say; where neither says anything, Runnable's defaults.
func (b *builder) resources() *yamlout.Map {
	steps, given := b.all.amounts, b.pod().Spec.Container.Resources
	amounts := func(a Amounts, cpu, memory string) yamlout.Flow {
		m := yamlout.NewMap("cpu", cmp.Or(larger(steps.CPU, a.CPU), cpu), "memory", cmp.Or(larger(steps.Memory, a.Memory), memory))
		m.Opt("ephemeral-storage", steps.Disk).Opt(gpuResource, larger(steps.GPU, a.GPU))
		addAll(m, steps.Extended)
		return yamlout.Flow{Value: m}
	}
	requests := amounts(given.Requests, "250m", "1Gi")
	return yamlout.NewMap("requests", requests, "limits", amounts(Amounts{
		CPU: larger(given.Requests.CPU, given.Limits.CPU), Memory: larger(given.Requests.Memory, given.Limits.Memory), GPU: larger(given.Requests.GPU, given.Limits.GPU),
	}, "250m", "1Gi"))
}

// larger is the larger of two amounts, of which either may be empty.
func larger(a, b string) string {
	x, errX := resource.ParseQuantity(a)
	y, errY := resource.ParseQuantity(b)
	if errX != nil || errY == nil && y.Cmp(x) > 0 {
		return b
	}
	return a
}

func (b *builder) volumes() *yamlout.List {
	l := yamlout.NewList(yamlout.NewMap("name", "runnable", "emptyDir", yamlout.Flow{Value: yamlout.NewMap()}))
	switch {
	case b.Store != "":
	case b.Config.RunLogLocation != "" && b.Config.Claim == "":
		l.Add(yamlout.NewMap("name", "store", "hostPath", yamlout.NewMap("path", b.Config.RunLogLocation, "type", "DirectoryOrCreate")))
	default:
		l.Add(yamlout.NewMap("name", "store", "persistentVolumeClaim", yamlout.NewMap("claimName", cmp.Or(b.Config.Claim, b.base()+"-store"))))
	}
	for _, v := range b.pod().Spec.Volumes {
		m := yamlout.NewMap("name", v.Name)
		if v.Claim.Name != "" {
			m.Add("persistentVolumeClaim", yamlout.NewMap("claimName", v.Claim.Name))
		} else {
			m.Add("hostPath", yamlout.NewMap("path", v.Host.Path))
		}
		l.Add(m)
	}
	if b.givesShm() {
		l.Add(yamlout.NewMap("name", shm, "emptyDir", yamlout.NewMap("medium", "Memory", "sizeLimit", b.all.amounts.Shm)))
	}
	return l
}

// The shared memory of the steps, and where programs look for it.
const (
	shm      = "shared-memory"
	shmMount = "/dev/shm"
)

// givesShm reports whether the pod has a volume for the shared memory that its steps ask for: the configuration may have one there.
func (b *builder) givesShm() bool {
	own := func(m Mount) bool { return path.Clean(m.Path) == shmMount }
	return b.all.amounts.Shm != "" && !slices.ContainsFunc(b.pod().Spec.Container.Mounts, own)
}

func mounted(name, path string) yamlout.Flow {
	return yamlout.Flow{Value: yamlout.NewMap("name", name, "mountPath", path)}
}

// restricted is the container's security context of Kubernetes' restricted pod standard.
func restricted() *yamlout.Map {
	return yamlout.NewMap("allowPrivilegeEscalation", false, "capabilities", yamlout.Flow{Value: yamlout.NewMap("drop", []string{"ALL"})})
}

func tolerations(list []Toleration) *yamlout.List {
	l := yamlout.NewList()
	for _, t := range list {
		m := yamlout.NewMap()
		m.Opt("key", t.Key).Opt("operator", t.Operator).Opt("value", t.Value).Opt("effect", t.Effect)
		if t.Seconds != nil {
			m.Add("tolerationSeconds", *t.Seconds)
		}
		l.Add(m)
	}
	return l
}

// addAll adds what a mapping holds, in the order of its keys, but for what is there already.
func addAll(to *yamlout.Map, from map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(from)) {
		if to.Get(key) == nil {
			to.Add(key, from[key])
		}
	}
}
