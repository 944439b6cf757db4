package argo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	argotemplate "github.com/argoproj/argo-workflows/v3/util/template"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"

	"github.com/runnable-render/runnable-render/ir"
)

// growing is a step whose memory grows after failures of kind oom.
func growing(settings string) *ir.Task {
	x := withTarget("x", settings)
	x.Resources = ir.Resources{Memory: "64Mi", Shm: "16Mi", Disk: "1Gi", Extended: map[string]string{"example.com/fpga": "2"}}
	x.Retry = ir.Retry{Limit: 2, On: []string{"oom"}, MemoryFactor: 1.5}
	return x
}

// TestMemoryGrows lets Argo's own code make the pods of each attempt from the patch.
func TestMemoryGrows(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{
		`{}`,
		`{"pod_spec_patch": {"hostname": "h", "containers": [{"name": "log", "image": "l:1"}, {"name": "main", "env": [{"name": "A", "value": "b"}]}]}}`,
	} {
		text := manifest(t, chain(growing(settings)), Options{Image: "i:1"})
		var w struct {
			Spec struct {
				Templates []struct {
					Name, PodSpecPatch string
					Container          corev1.Container
				}
			}
		}
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		for _, tmpl := range w.Spec.Templates {
			if tmpl.Name != "step" {
				continue
			}
			tmpl.Container.Name = mainContainer
			for retry, want := range []string{"64Mi", "96Mi", "144Mi"} {
				c := patched(t, corev1.PodSpec{Containers: []corev1.Container{tmpl.Container}}, tmpl.PodSpecPatch, retry)
				if got := c.Resources.Requests.Memory().String() + " " + c.Resources.Limits.Memory().String(); got != want+" "+want {
					t.Errorf("retry %d has %s, want %s", retry, got, want)
				}
				if set := slices.ContainsFunc(c.Env, func(v corev1.EnvVar) bool { return v.Name == "A" }); c.Image != "i:1" || set != strings.Contains(settings, "env") {
					t.Errorf("retry %d: the container is %+v", retry, c)
				}
			}
		}
		for _, want := range []string{
			`requests: {cpu: "100m", memory: "64Mi", ephemeral-storage: "1Gi"}`, `limits: {memory: "64Mi", ephemeral-storage: "1Gi", example.com/fpga: "2"}`,
			"mountPath: /dev/shm", `sizeLimit: "16Mi"`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	}
}

// patched is the container of the step, in the pod of one attempt.
func patched(t *testing.T, pod corev1.PodSpec, patch string, retry int) corev1.Container {
	t.Helper()
	quoted, err := json.Marshal(patch)
	if err != nil {
		t.Fatal(err)
	}
	replaced, err := argotemplate.Replace(string(quoted), map[string]string{"retries": fmt.Sprint(retry)}, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(replaced), &patch); err != nil {
		t.Fatal(err)
	}
	changes, err := yaml.YAMLToJSON([]byte(patch))
	if err != nil {
		t.Fatal(err)
	}
	before, err := json.Marshal(pod)
	if err != nil {
		t.Fatal(err)
	}
	after, err := strategicpatch.StrategicMergePatch(before, changes, corev1.PodSpec{})
	if err != nil {
		t.Fatalf("%v: %s", err, patch)
	}
	var out corev1.PodSpec
	if err := json.Unmarshal(after, &out); err != nil {
		t.Fatal(err)
	}
	for _, c := range out.Containers {
		if c.Name == mainContainer {
			return c
		}
	}
	t.Fatal("the step has no container")
	return corev1.Container{}
}

// TestMemoryThatCannotGrowSo refuses a patch that says something else of the memory, and warns where it would grow for nothing.
func TestMemoryThatCannotGrowSo(t *testing.T) {
	t.Parallel()
	_, list := Render(pipelineOf(t, chain(growing(`{"pod_spec_patch": {"containers": [{"name": "main", "resources": {"limits": {"memory": "1Gi"}}}]}}`))), Options{Image: "i:1"})
	if got := messages(list); !strings.Contains(got, `RR1003 the pod_spec_patch of "x" sets the memory`) {
		t.Errorf("messages: %s", got)
	}
	any := growing(`{}`)
	any.Retry.On = nil
	if _, list := Render(pipelineOf(t, chain(any)), Options{Image: "i:1"}); !strings.Contains(messages(list), "RR1027") || list.HasErrors() {
		t.Errorf("messages: %s", messages(list))
	}
	twice := growing(`{}`)
	twice.Resources.GPU, twice.Resources.Extended = "1", map[string]string{"nvidia.com/gpu": "1"}
	if _, list := Render(pipelineOf(t, chain(twice)), Options{Image: "i:1"}); !strings.Contains(messages(list), `RR1006 "x" asks for nvidia.com/gpu twice`) {
		t.Errorf("messages: %s", messages(list))
	}
}

// TestSharedPodsHaveAllThatTheirStepsNeed: what steps that run at a time ask for adds up.
func TestSharedPodsHaveAllThatTheirStepsNeed(t *testing.T) {
	t.Parallel()
	a, b := growing(`{}`), growing(`{}`)
	a.Name, b.Name, a.Targets, b.Targets = "a", "b", nil, nil
	p := par("p", chain(a), chain(b))
	p.Pods = ir.Ref{Name: ir.OnePod}
	text := manifest(t, chain(p), Options{Image: "i:1"})
	for _, want := range []string{
		`limits: {memory: "288Mi", ephemeral-storage: "2Gi", example.com/fpga: "4"}`, `sizeLimit: "32Mi"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "podSpecPatch") {
		t.Error("the pod that steps share grows")
	}
}

// TestShmOfTheDefinition goes before that of the configuration, and gives way to the step's own volume.
func TestShmOfTheDefinition(t *testing.T) {
	t.Parallel()
	config, list := ParseConfig("c.yaml", []byte(`defaults: {volumes: [{mount_path: /dev/shm, empty_dir: {medium: Memory, size_limit: 9Gi}}]}`))
	if len(list) > 0 {
		t.Fatal(messages(list))
	}
	for settings, want := range map[string]string{
		`{}`: `sizeLimit: "16Mi"`,
		`{"volumes": [{"mount_path": "/dev/shm/", "empty_dir": {"medium": "Memory", "size_limit": "1Gi"}}]}`: `sizeLimit: "1Gi"`,
	} {
		text := manifest(t, chain(growing(settings)), Options{Image: "i:1", Config: config})
		if strings.Count(text, "mountPath: /dev/shm") != 1 || !strings.Contains(text, want) {
			t.Errorf("%s: no %q, or more than one /dev/shm, in\n%s", settings, want, text)
		}
	}
}
