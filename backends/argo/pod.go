package argo

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

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
		m.Add("affinity", b.affinity(s.Affinity.Value))
	}
	m.Opt("priorityClassName", s.PriorityClassName)
	if sc := podSecurity(s.Security); sc.Len() > 0 {
		m.Add("securityContext", sc)
	}
	return m
}

// affinity is that of a template, which takes the place of the workflow's: pods that share a claim stay on one node, unless the
// settings say themselves which pods they go beside.
func (b *builder) affinity(own any) any {
	m, ok := own.(*yamlout.Map)
	if !ok || !b.store.generated || b.store.shared || m.Get("podAffinity") != nil {
		return own
	}
	return yamlout.NewMap().Extend(m).Extend(oneNode())
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

// gpuResource is the resource that GPUs are.
func (s Settings) gpuResource() string { return cmp.Or(s.GPUResource, "nvidia.com/gpu") }

func resources(s Settings) *yamlout.Map {
	amounts := func(a Amounts) *yamlout.Map {
		m := yamlout.NewMap()
		return m.Opt("cpu", a.CPU).Opt("memory", a.Memory).Opt("ephemeral-storage", a.Storage).Opt(s.gpuResource(), a.GPU)
	}
	limits := amounts(s.Resources.Limits).Extend(stringMap(s.Resources.extended)) // requests are the same, which need not be said
	m := yamlout.NewMap()
	return m.Opt("requests", yamlout.Flow{Value: amounts(s.Resources.Requests)}).Opt("limits", yamlout.Flow{Value: limits})
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
	for _, name := range s.EnvFromConfigMaps {
		l.Add(yamlout.Flow{Value: yamlout.NewMap("configMapRef", yamlout.NewMap("name", name))})
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
	add("runnable", runnableMount, false)
	if b.store.claim != "" || b.store.generated {
		add("store", storeMount, false)
	}
	if b.configMap != "" {
		add("definition", definitionMount, true)
	}
	if user {
		for i, v := range b.o.Config.CustomVolumes {
			l.Add(v.mount(customVolume(i)))
		}
	}
	return l
}

// commonEnv are the variables of every pod of the run (docs/architecture.md).
func (b *builder) commonEnv() *yamlout.List {
	l := yamlout.NewList()
	add := func(name, value string) { l.Add(yamlout.NewMap("name", name, "value", value)) }
	if b.configMap != "" {
		add(runnerenv.DefinitionFile, definitionMount+"/definition.json")
	} else {
		add(runnerenv.Definition, "{{workflow.parameters."+argDefinition+"}}")
	}
	add(runnerenv.Run, "{{=workflow.parameters['"+argRun+"'] == '' ? workflow.name : workflow.parameters['"+argRun+"']}}")
	add(runnerenv.Store, b.store.url)
	add(runnerenv.Target, "argo")
	add(runnerenv.CapabilitiesVariable, runnerenv.Capabilities{
		Exit: runnerenv.ExitCode, Attempts: runnerenv.AttemptsOne, Begin: runnerenv.BeginTarget, Control: runnerenv.ControlFile,
	}.String())
	if b.o.Definition != "" {
		add(runnerenv.Source, dollars(b.o.Definition))
	}
	add(runnerenv.Workflow, "{{workflow.name}}")
	add(runnerenv.Owner, "{{workflow.uid}}")
	if len(b.params) > 0 {
		names := make([]string, len(b.params))
		for i, p := range b.params {
			names[i] = p.name
		}
		text, _ := json.Marshal(names)
		add(runnerenv.ParamNames, dollars(asciiJSON(text)))
	}
	for i, p := range b.params {
		add(runnerenv.Param+itoa(i), p.env)
	}
	return l
}

// stepEnv adds the variables of a profile: the configuration's, and the secrets that its steps name. What the
// definition says of `env` the runner takes from there.
func (b *builder) stepEnv(l *yamlout.List, s Settings, n ir.Node) {
	if b.setsUser(s) {
		l.Add(yamlout.NewMap("name", "HOME", "value", "/tmp"))
	}
	from := func(kind, name, object, key string, optional bool) {
		ref := yamlout.NewMap(kind, yamlout.NewMap("name", object, "key", key).Opt("optional", optional))
		l.Add(yamlout.NewMap("name", name, "valueFrom", yamlout.Flow{Value: ref}))
	}
	for _, e := range s.Env {
		switch {
		case e.SecretName != "":
			from("secretKeyRef", e.name(), e.SecretName, e.SecretKey, false)
		case e.ConfigName != "":
			from("configMapKeyRef", e.name(), e.ConfigName, e.ConfigKey, false)
		default:
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
			b.refuse("RR1007", secret.Span, "the secret %q is not a name that a variable and a key of a Kubernetes Secret may have; use letters, digits, '_', '-' and '.'", secret.Name)
		default:
			from("secretKeyRef", secret.Name, b.o.Config.Secret, secret.Name, true) // a missing one fails the step, not the pod
		}
	}
}
