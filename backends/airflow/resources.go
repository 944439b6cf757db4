package airflow

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/backends/internal/pyout"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
)

// gpuResource is the resource of Kubernetes that GPUs are.
const gpuResource = "nvidia.com/gpu"

// checkLeaf refuses what a step asks for and the place where it runs cannot give.
func (b *builder) checkLeaf(v ir.Visit) {
	if s, ok := v.Node.(*ir.Stub); ok && s.Catalog == nil { // it does nothing, anywhere
		return
	}
	n, asked := v.Node.Base(), b.settings[v.Path]
	switch {
	case b.Operator == bash && asked.Image != "":
		b.Refuse(codeImage, n.Span, "%q asks for the image %s, and tasks are processes of the worker; say --operator kubernetes or docker", n.Name, asked.Image)
	case b.Operator != bash && cmp.Or(asked.Image, b.Image) == "":
		b.Refuse(codeImage, n.Span, "%q has no image to run in; say --image IMAGE, image: at the step, or image: in %s", n.Name, b.inputs.ConfigFile)
	}
	r := asked.Resources
	devices := slices.Sorted(maps.Keys(r.Extended))
	if r.GPU != "" && r.GPU != "0" {
		devices = append(devices, "a GPU")
	}
	own := b.settingsOf(v)
	limit := cmp.Or(own.Timeout, b.Timeout)
	if t, ok := v.Node.(*ir.Task); ok && limit > 0 && t.Timeout.Seconds() >= float64(limit) {
		b.Refuse(codeSetting, n.Span, "execution_timeout of %q ends its task after %d seconds, before its own timeout of %s", n.Name, limit, t.Timeout)
	}
	switch queue := cmp.Or(own.Queue, b.Queue); {
	case b.Operator == kubernetes && r.GPU != "" && r.Extended[gpuResource] != "":
		b.Refuse(codeValue, n.Span, "%q asks for %s twice: as resources.gpu and in resources.extended; leave one out", n.Name, gpuResource)
	case b.Operator == docker && len(devices) > 0, b.Operator == bash && len(devices) > 0 && queue == "":
		b.Refuse(codeOperator, n.Span, "%q asks for %s, which only pods can have: say --operator kubernetes; or --operator bash, and name a queue of workers that have one: targets: {airflow: {queue: NAME}}", n.Name, devices[0])
	case b.Operator == bash && !r.IsZero():
		b.Warn(codeEffect, n.Span, "the resources of %q have no effect: its task is a process of the worker", n.Name)
	case b.Operator == docker && r.Disk != "":
		b.Warn(codeEffect, n.Span, "resources.disk of %q has no effect: containers share the machine's disk", n.Name)
	}
}

// settingsOf are what the step, and the composites around it, say under `targets: {airflow: …}`.
func (b *builder) settingsOf(v ir.Visit) Settings {
	var s Settings
	for _, t := range b.settings[v.Path].TargetSettings("airflow") {
		target.DecodeStep(&s, t) // what is wrong is reported where the definition is checked
	}
	return s
}

// amounts are what a step asks for.
func (b *builder) amounts(v ir.Visit) onepod.Amounts {
	return onepod.Read(v.Node, b.settings[v.Path].Resources, func(a ir.Amount) {
		b.Refuse(codeValue, v.Node.Base().Span, "%q asks for %s %q, which is not an amount; write it like 500m or 2 (cpu), 512Mi or 2Gi (memory), 1 (gpu)", v.Node.Base().Name, a.Key, a.Text)
	})
}

// resources are amounts as arguments of a container or pod; a process has none.
func (b *builder) resources(amounts onepod.Amounts) (args pyout.Args) {
	switch b.Operator {
	case docker:
		if n := amounts["cpu"]; n > 0 {
			args.Add("cpus", strconv.FormatFloat(float64(n)/1000, 'f', -1, 64))
		}
		args.Int("mem_limit", amounts["memory"])
		args.Int("shm_size", amounts["shm"])
	case kubernetes:
		r := amounts.Texts()
		var of, limits pyout.Args
		limits.Text("cpu", r.CPU)
		limits.Text("memory", r.Memory)
		limits.Text(gpuResource, r.GPU)
		limits.Text("ephemeral-storage", r.Disk)
		for _, name := range slices.Sorted(maps.Keys(r.Extended)) {
			limits.Text(name, r.Extended[name])
		}
		of.Add("", pyout.Inline(limits))
		of.Text("shm", r.Shm)
		if len(amounts) > 0 {
			args.Add("pod_template_dict", pyout.Expression("pod", of))
		}
	}
	return args
}

var secretName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,199}$`) // compiled once, by every import

// addSecrets brings secrets to a task: passwords of connections, which Airflow hides on its pages and in its logs whatever they
// are called.
func (b *builder) addSecrets(t *task, secrets []ir.Ref) {
	var mounted []string
	for _, s := range secrets {
		switch connection := cmp.Or(b.Connections[s.Name], s.Name); {
		case !secretName.MatchString(s.Name):
			b.Refuse(codeSecret, s.Span, "the secret %q cannot be a variable; use letters, digits and underscores", s.Name)
		case b.Operator == kubernetes && b.KubeSecret == "":
			b.Refuse(codeSecret, s.Span, "the secret %q is in no Secret of the cluster; name it: secret_from_k8s in the section airflow of %s", s.Name, b.inputs.ConfigFile)
		case b.Operator == kubernetes:
			mounted = append(mounted, fmt.Sprintf(`Secret("env", "%s", "%s", "%[1]s")`, s.Name, b.KubeSecret))
		case b.Operator == docker: // a variable of a container is always there, so the connection has to be
			t.env.Text(s.Name, "{{ conn.get('"+connection+"').password }}")
		default:
			t.env.Text(s.Name, "{{ conn.get('"+connection+"', {}).password | default('', true) }}")
			t.missing = append(t.missing, s.Name)
		}
	}
	if mounted != nil {
		b.used["Secret"] = true
		t.args.Add("secrets", pyout.List(mounted))
	}
}

// podFunction is a function that makes the template of a pod.
const podFunction = `

def pod(resources: dict, shm: str = "") -> dict:
    """A pod of one task, to which an init container brings the runner."""
    shared = [{"name": "runnable", "mountPath": "/runnable"}]
    volumes = [{"name": "runnable", "emptyDir": {}}]
    mounts = shared + ([{"name": "shm", "mountPath": "/dev/shm"}] if shm else [])
    if shm:
        volumes.append({"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": shm}})
    restricted = {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
    runner = {"name": "runner", "image": %s, "command": ["/runnable-step", "install", "/runnable/bin"], "volumeMounts": shared}
    base = {"name": "base", "resources": {"requests": resources, "limits": resources}, "volumeMounts": mounts}
    spec = {"initContainers": [runner | restricted], "containers": [base | restricted], "volumes": volumes}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": spec}`
