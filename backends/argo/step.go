package argo

import (
	"encoding/json"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
)

// StepSettings implements [target.Stepwise]: those of a step are those of an override.
func (Target) StepSettings() any { return &Settings{} }

// Kind implements [target.Kinds].
func (*Settings) Kind(tag string) target.Kind { return kindNamed(tag) }

// Shape implements [target.Shapes].
func (*Settings) Shape(is string) reflect.Type { return shapeNamed(is) }

// Shape implements [target.Shapes].
func (*Options) Shape(is string) reflect.Type { return shapeNamed(is) }

// shapeNamed is the type of Kubernetes for what goes into the manifest as it is.
func shapeNamed(is string) reflect.Type {
	switch is {
	case "affinity":
		return reflect.TypeFor[corev1.Affinity]()
	case "pod spec":
		return reflect.TypeFor[corev1.PodSpec]()
	case "label selector":
		return reflect.TypeFor[metav1.LabelSelector]()
	}
	return nil
}

// Synchronization holds a step back until it has what others hold.
type Synchronization struct {
	Mutex      *Mutex      `cfg:"mutex" help:"a lock that one step at a time holds"`
	Mutexes    []Mutex     `cfg:"mutexes" help:"several locks, all of which a step holds"`
	Semaphore  *Semaphore  `cfg:"semaphore" help:"a lock that several steps hold at a time; a ConfigMap holds the number"`
	Semaphores []Semaphore `cfg:"semaphores" help:"several such locks, all of which a step holds"`
}

// Mutex is a lock that one step at a time holds, in all workflows of a namespace.
type Mutex struct {
	Name      string `cfg:"name" is:"name" help:"name of the lock"`
	Namespace string `cfg:"namespace" is:"namespace" help:"namespace of the lock (default: that of the workflow)"`
}

// Semaphore is a lock that several steps at a time hold.
type Semaphore struct {
	ConfigMap KeyRef `cfg:"config_map_key_ref" help:"where the number of steps at a time is kept"`
	Namespace string `cfg:"namespace" is:"namespace" help:"namespace of the lock (default: that of the workflow)"`
}

// KeyRef names a key of a ConfigMap.
type KeyRef struct {
	Name string `cfg:"name" is:"name" help:"name of the ConfigMap"`
	Key  string `cfg:"key" is:"key" help:"the key"`
}

// Short implements [target.Short].
func (m *Mutex) Short(texts []string) bool { return shortName(&m.Name, texts) }

// Wrong implements [target.Checked].
func (m *Mutex) Wrong() (key, why string) {
	if m.Name == "" {
		return "", "needs a name"
	}
	return "", ""
}

// Wrong implements [target.Checked].
func (s *Semaphore) Wrong() (key, why string) {
	if s.ConfigMap.Name == "" || s.ConfigMap.Key == "" {
		return "", "needs config_map_key_ref with name and key: the number of steps at a time"
	}
	return "", ""
}

// locks are the synchronization of a template. Argo has lists of locks since 3.6; 4 has no other form.
func (b *builder) locks(n ir.Node, s *Synchronization) *yamlout.Map {
	m := yamlout.NewMap()
	if s == nil {
		return m
	}
	mutexes, semaphores := yamlout.NewList(), yamlout.NewList()
	for _, one := range append(oneOrNone(s.Mutex), s.Mutexes...) {
		lock := yamlout.NewMap("name", one.Name).Opt("namespace", one.Namespace)
		mutexes.Add(lock)
		if b.o.Version == "3.5" && m.Len() == 0 {
			m.Add("mutex", lock)
		}
	}
	for _, one := range append(oneOrNone(s.Semaphore), s.Semaphores...) {
		ref := yamlout.NewMap("name", one.ConfigMap.Name, "key", one.ConfigMap.Key)
		lock := yamlout.NewMap("configMapKeyRef", yamlout.Flow{Value: ref}).Opt("namespace", one.Namespace)
		semaphores.Add(lock)
		if b.o.Version == "3.5" && m.Len() == 0 {
			m.Add("semaphore", lock)
		}
	}
	switch count := mutexes.Len() + semaphores.Len(); {
	case b.o.Version != "3.5":
		m.Opt("mutexes", mutexes).Opt("semaphores", semaphores)
	case count > 1:
		b.refuse("RR1003", n.Base().Span, "%q waits for %d locks, and Argo 3.5 allows one; give --argo-version 3.6 or later if your Argo is newer", n.Base().Name, count)
	}
	return m
}

func oneOrNone[T any](one *T) []T {
	if one == nil {
		return nil
	}
	return []T{*one}
}

// Wrong implements [target.Checked].
func (s *Settings) Wrong() (key, why string) {
	if at := ir.Repeated(s.Volumes, Volume.at); at != "" {
		return "volumes", fmt.Sprintf("mounts two volumes at %s; each needs a mount_path of its own", at)
	}
	if name := ir.Repeated(s.Env, EnvVar.name); name != "" {
		return "env", fmt.Sprintf("sets %s twice; leave one", name)
	}
	if s.PodSpecPatch == nil {
		return "", ""
	}
	return "pod_spec_patch", patchWrong(s.PodSpecPatch.JSON)
}

// patchWrong says what is wrong with a patch of pods; empty: nothing is. The container of the step is called main.
func patchWrong(patch []byte) string {
	var spec corev1.PodSpec
	if json.Unmarshal(patch, &spec) == nil {
		for _, c := range spec.Containers {
			switch {
			case c.Name != "main":
			case len(c.Command) > 0 || len(c.Args) > 0:
				return "must not change command or args of the container main, in which the runner runs the step; change the step's own command"
			case c.Image != "":
				return "must not change the image of the container main; set image on the step"
			}
		}
	}
	const pod = `{"containers":[{"name":"main"},{"name":"wait"}],"initContainers":[{"name":"init"},{"name":"runnable"}]}`
	if _, err := strategicpatch.StrategicMergePatch([]byte(pod), patch, corev1.PodSpec{}); err != nil {
		return "is not a strategic patch of a pod: " + oneLine(err.Error())
	}
	return ""
}
