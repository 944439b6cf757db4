package argo

import (
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/backends/internal/onepod"
	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// mainContainer is the one that runs the step, in a pod of Argo's.
const mainContainer = "main"

// podPatch is the patch of the pods of a step: that of its settings, and memory that grows. It is nil where there is neither.
func (b *builder) podPatch(n ir.Node, s Settings) any {
	t, ok := n.(*ir.Task)
	if !ok || !t.Retry.Grows() {
		if s.PodSpecPatch == nil {
			return nil
		}
		return s.PodSpecPatch.Value
	}
	if !t.Retry.OnlyOOM() {
		b.warn("RR1027", t.Span, "Argo tells a pod the number of its retry but not the cause, so the memory of %q grows at each retry; set retry.on: [oom] to retry only for lack of memory", t.Name)
	}
	memory := yamlout.NewMap()
	for _, a := range []struct{ key, text string }{{"requests", s.Resources.Requests.Memory}, {"limits", s.Resources.Limits.Memory}} {
		if a.text != "" {
			memory.Add(a.key, yamlout.NewMap("memory", grown(a.text, t.Retry)))
		}
	}
	main := yamlout.NewMap("name", mainContainer, "resources", memory)
	if s.PodSpecPatch == nil {
		return yamlout.NewMap("containers", yamlout.NewList(main))
	}
	if patchesMemory(s.PodSpecPatch.JSON) {
		b.refuse("RR1003", t.Span, "the pod_spec_patch of %q sets the memory of its container, which retry.memory_factor has to change; use resources: {memory: …} instead", t.Name)
	}
	own, ok := s.PodSpecPatch.Value.(*yamlout.Map)
	if !ok {
		return s.PodSpecPatch.Value // it is reported
	}
	containers, _ := own.Get("containers").(*yamlout.List)
	return yamlout.NewMap().Extend(own).Set("containers", yamlout.NewList().Extend(containers).Add(main))
}

// patchesMemory reports whether a patch has a word on the memory of the step's container.
func patchesMemory(patch []byte) bool {
	var spec corev1.PodSpec
	if json.Unmarshal(patch, &spec) != nil {
		return false
	}
	for _, c := range spec.Containers {
		if c.Name == mainContainer && (!c.Resources.Limits.Memory().IsZero() || !c.Resources.Requests.Memory().IsZero()) {
			return true
		}
	}
	return false
}

// grown is an expression for an amount of memory, by the number of the retry.
func grown(text string, r ir.Retry) string {
	q, err := resource.ParseQuantity(text)
	if err != nil {
		return text // it is reported
	}
	amounts := make([]string, r.Limit+1)
	for i := range amounts {
		amounts[i] = "'" + resource.NewQuantity(onepod.Times(q.Value(), r.Growth(i)), resource.BinarySI).String() + "'"
	}
	return fmt.Sprintf("{{=[%s][int(retries)]}}", strings.Join(amounts, ", "))
}
