package argo

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/matrix"
	"github.com/runnable-render/runnable-render/ir"
)

func unescape(t *testing.T, s string) string {
	t.Helper()
	back, err := url.PathUnescape(s)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func unpack(t *testing.T, packed string) string {
	t.Helper()
	zipped, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// runnableConfig has every key that Runnable's argo executor knows.
const runnableConfig = `
pvc_for_runnable: facts
custom_volumes: [{mount_path: /data, persistent_volume_claim: {claim_name: data, read_only: true}}]
expose_parameters_as_inputs: true
configmap_cache_name: null
secretFromK8S: secrets
output_file: argo-pipeline.yaml
log_level: INFO
mock: false
defaults:
  image: registry.example/defaults:1
  active_deadline_seconds: 7200
  fail_fast: false
  node_selector: {disk: ssd}
  parallelism: 4
  retry_strategy: {back_off: {duration: 2m, factor: 2, max_duration: 1h}, limit: 1, retry_policy: Always}
  timeout: 1h
  tolerations: [{effect: NoSchedule, key: gpu, operator: Equal, tolerationSeconds: 60, value: "yes"}]
  image_pull_policy: IfNotPresent
  resources: {limits: {memory: 1Gi, cpu: 250m, gpu: null}, requests: {memory: 1Gi, cpu: 250m}}
  env: [{name: A, value: "1"}, {environment_variable: B, secret_name: s, secret_key: k}]
overrides:
  big: {image: registry.example/big:1, resources: {limits: {memory: 8Gi, gpu: 1}}, env: [{name: A, value: "2"}]}
argoWorkflow:
  metadata: {generateName: my-run-, namespace: ml, annotations: {a: b}, labels: {team: x}}
  spec: {activeDeadlineSeconds: 3600, retryStrategy: {limit: 3}, nodeSelector: {zone: a}, parallelism: 9, serviceAccountName: runner, tolerations: [{operator: Exists}],
    podGC: {deleteDelayDuration: 1h, strategy: OnPodSuccess, labelSelector: {matchLabels: {n: "on"}}}}
cron_schedule: {schedules: ["0 3 * * *"], timezone: Europe/Berlin}
`

func TestRunnablesConfigurationIsAccepted(t *testing.T) {
	t.Parallel()
	c, list := ParseConfig("config.yaml", []byte(runnableConfig))
	if len(list) > 0 {
		t.Fatal(messages(list))
	}
	big := sh("big")
	big.Overrides = []ir.Override{{Executor: "argo", Key: "big"}}
	secret := sh("secret")
	secret.Secrets = []ir.Ref{{Name: "TOKEN"}}
	for _, o := range []Options{{Config: c}, {Config: c, Directory: true}} {
		files, list := Render(pipelineOf(t, chain(sh("plain"), big, secret, mapOf("m", chain(sh("w"))))), o)
		if list.HasErrors() {
			t.Fatal(messages(list))
		}
		var all strings.Builder
		for _, name := range slices.Sorted(maps.Keys(files)) {
			all.Write(files[name])
		}
		for _, want := range []string{
			"image: registry.example/defaults:1", "image: registry.example/big:1", "claimName: facts", "mountPath: /data, readOnly: true", "generateName: my-run-", "namespace: ml",
			"serviceAccountName: runner", "disk: ssd", "zone: a", "parallelism: 9", "parallelism: 4", "activeDeadlineSeconds: 3600", "activeDeadlineSeconds: 7200", `timeout: "1h"`, "imagePullPolicy: IfNotPresent",
			"nvidia.com/gpu", "- name: A\n        value: \"2\"", "secretKeyRef: {name: s, key: k}", "secretKeyRef: {name: secrets, key: TOKEN, optional: true}", `deleteDelayDuration: "1h"`, `"n": "on"`,
			"tolerationSeconds: 60", `value: "yes"`, "maxDuration: \"1h\"", "team: x", "a: b", `limits: {cpu: "250m", memory: "8Gi", nvidia.com/gpu: "1"}`, `requests: {cpu: "250m", memory: "1Gi"}`,
		} {
			if !strings.Contains(all.String(), want) {
				t.Errorf("directory %v: no %q", o.Directory, want)
			}
		}
		if got := strings.Contains(all.String(), "timezone: Europe/Berlin"); got != o.Directory {
			t.Errorf("directory %v: the schedule is there: %v", o.Directory, got)
		}
		if got := strings.Contains(messages(list), "RR1023"); got == o.Directory {
			t.Errorf("directory %v: said %s", o.Directory, messages(list))
		}
	}
}

// TestSettingsWithoutEffectAreTold sets what Runnable knows and Argo cannot be told, or is told otherwise here.
func TestSettingsWithoutEffectAreTold(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"output_file: wf.yaml", "log_level: INFO", "configmap_cache_name: x", "defaults: {fail_fast: true}", "cron_schedule: {timezone: UTC}"} {
		c, list := ParseConfig("config.yaml", []byte(key))
		if len(list) > 0 {
			t.Fatal(messages(list))
		}
		files, list := Render(pipelineOf(t, chain(sh("x"))), Options{Image: "x:1", Config: c})
		if said := messages(list); files == nil || !strings.Contains(said, "RR1022") || !strings.Contains(said, "has no effect") {
			t.Errorf("%s: said %s", key, said)
		}
	}
}

// Runnable's parallelism bounds the branches of a parallel as well as the items of a map, and its back_off has a default duration.
func TestRunnablesDefaultsOfComposites(t *testing.T) {
	t.Parallel()
	c, list := ParseConfig("config.yaml", []byte("defaults: {image: 'x:1', parallelism: 7, retry_strategy: {limit: 1, back_off: {factor: 3}}}"))
	if len(list) > 0 {
		t.Fatal(messages(list))
	}
	files, list := Render(pipelineOf(t, chain(par("p", chain(sh("a")), chain(sh("b"))), mapOf("m", chain(sh("w"))))), Options{Config: c})
	if list.HasErrors() {
		t.Fatal(messages(list))
	}
	text := string(files[SingleFile])
	if n := strings.Count(text, "parallelism: 7"); n != 2 {
		t.Errorf("parallelism stands in %d templates, want those of p and m", n)
	}
	if !strings.Contains(text, "duration: \"2m\"") {
		t.Error("the wait between attempts has no duration")
	}
}

// TestRetriesOfTheWorkflowAreThoseOfItsPods: Argo would repeat DAGs with all that has succeeded in them.
func TestRetriesOfTheWorkflowAreThoseOfItsPods(t *testing.T) {
	t.Parallel()
	five, two := 5, 2
	for want, c := range map[string]Config{
		`limit: "5"`: {Workflow: Workflow{Spec: WorkflowSpec{Retry: &RetryStrategy{Limit: &five}}}},
		`limit: "2"`: {Workflow: Workflow{Spec: WorkflowSpec{Retry: &RetryStrategy{Limit: &five}}}, Defaults: Settings{Retry: &RetryStrategy{Limit: &two}}},
	} {
		text := manifest(t, chain(sh("x")), Options{Config: c})
		step := text[strings.Index(text, "  - name: step\n"):strings.Index(text, "  - name: on-exit\n")]
		if !strings.Contains(step, want) {
			t.Errorf("no %s in\n%s", want, step)
		}
	}
}

func TestWrongConfigurationIsLocated(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"defaults: {imagee: x}":                       `RR1002 1:12 unknown key "imagee" in defaults; did you mean "image"?`,
		"defaults:\n  image: x\n  Image: y":           `RR1002 3:3 the key "Image" appears twice in defaults`,
		"defaults: [a]":                               `RR1003 1:11 "defaults" must be a mapping, not a list`,
		"mock: maybe":                                 `RR1003 1:7 "mock" must be true or false, not "maybe"`,
		"defaults: {parallelism: many}":               `RR1003 1:25 "parallelism" must be a whole number, not "many"`,
		"custom_volumes: {a: b}":                      `RR1003 1:17 "custom_volumes" must be a list, not a mapping`,
		"overrides: {a: {node_selector: [x]}}":        `RR1003 1:32 "node_selector" must be a mapping, not a list`,
		"argo_workflow: {spec: {pod_gc: {strat: x}}}": `RR1002 1:33 unknown key "strat" in pod_gc`,
	} {
		_, list := ParseConfig("config.yaml", []byte(src))
		var got []string
		for _, d := range list {
			got = append(got, d.Code+" "+strings.TrimPrefix(d.Span.String(), "config.yaml:")+" "+d.Message)
		}
		if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s\n%s", src, diff)
		}
	}
	if _, list := ParseConfig("config.yaml", []byte("a: [")); !strings.Contains(messages(list), "RR1001") {
		t.Errorf("no YAML: %s", messages(list))
	}
}

func TestOverridesMergeFieldByField(t *testing.T) {
	t.Parallel()
	base := fallback().with(Settings{
		Image: "a", Resources: PodResources{Limits: Amounts{Memory: "4Gi"}}, NodeSelector: map[string]string{"x": "1", "y": "2"}, Env: []EnvVar{{Name: "A", Value: "1"}},
	})
	got := base.with(Settings{NodeSelector: map[string]string{"y": "3"}, Env: []EnvVar{{Name: "B", Value: "2"}}, Resources: PodResources{Limits: Amounts{GPU: "1"}}})
	if got.Image != "a" || got.Resources.Limits.Memory != "4Gi" || got.Resources.Limits.GPU != "1" || got.NodeSelector["x"] != "1" || got.NodeSelector["y"] != "3" || len(got.Env) != 2 {
		t.Errorf("%+v", got)
	}
	if base.NodeSelector["y"] != "2" || len(base.Env) != 1 {
		t.Errorf("the defaults were changed: %+v", base)
	}
	for limit, request := range map[string][2]string{"128Mi": {"128Mi", "128Mi"}, "": {"4Gi", "256Mi"}} {
		r := base.with(Settings{Resources: PodResources{Limits: Amounts{Memory: limit}}}).Resources
		if r.Limits.Memory != request[0] || r.Requests.Memory != request[1] {
			t.Errorf("limit %q: %+v", limit, r)
		}
	}
	if r := base.with(Settings{Resources: PodResources{Requests: Amounts{Memory: "8Gi"}}}).Resources; r.Limits.Memory != "8Gi" {
		t.Errorf("a request above the limit: %+v", r)
	}
}

// An image that holds the runner needs no init container, but for a claim that root has to open.
func TestRunnerPath(t *testing.T) {
	t.Parallel()
	const path = "/usr/local/bin/runnable-step"
	for claim, want := range map[string]bool{"": true, "facts": false} {
		files, list := Render(pipelineOf(t, chain(sh("x"))), Options{Image: "x:1", Config: Config{RunnerPath: path, PVC: claim}})
		if list.HasErrors() {
			t.Fatal(messages(list))
		}
		text := string(files[SingleFile])
		if got := strings.Contains(text, "initContainers"); got != want || !strings.Contains(text, "command: ["+path+"]") {
			t.Errorf("claim %q: an init container: %v\n%s", claim, got, text)
		}
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	for version, want := range map[Version]string{"3.5": "schedule: \"0 3 * * *\"", "": "schedules:\n  - \"0 3 * * *\"", "4.1": "schedules:"} {
		o := Options{Image: "x:1", Directory: true, Version: version, Config: Config{Cron: Cron{Schedules: []string{"0 3 * * *"}, Timezone: "Europe/Berlin"}}}
		files, list := Render(pipelineOf(t, chain(sh("x"))), o)
		if list.HasErrors() {
			t.Fatal(messages(list))
		}
		if !strings.Contains(string(files[FileCron]), want) {
			t.Errorf("version %q: no %q in\n%s", version, want, files[FileCron])
		}
		names := slices.Sorted(maps.Keys(files))
		if diff := cmp.Diff([]string{FileAccess, FileCron, FileKustomization, FileReferences, FileTemplate, FileWorkflow}, names); diff != "" {
			t.Error(diff)
		}
		if strings.Contains(string(files[FileKustomization]), "- "+FileWorkflow+"\n") {
			t.Error("the run itself would be applied with the rest")
		}
	}
}

func TestLongDefinitionsGoIntoAConfigMap(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 300<<10) // what does not compress
	state := uint32(1)
	for i := range noise {
		state = state*1664525 + 1013904223
		noise[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"[state>>26]
	}
	task := sh("x")
	task.Command = &ir.Shell{Script: string(noise)}
	p := pipelineOf(t, chain(task))
	if _, list := Render(p, Options{Image: "x:1"}); !strings.Contains(messages(list), "RR1014") {
		t.Errorf("a single workflow: %s", messages(list))
	}
	files, list := Render(p, Options{Image: "x:1", Directory: true})
	if list.HasErrors() {
		t.Fatal(messages(list))
	}
	if !strings.Contains(string(files[FileDefinition]), string(noise)) || !strings.Contains(string(files[FileTemplate]), "RUNNABLE_DEFINITION_FILE") {
		t.Error("the definition is not in the ConfigMap, or the pods do not read it there")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	with := func(change func(*ir.Task)) *ir.Graph {
		x := sh("x")
		change(x)
		return chain(x)
	}
	nested := func() *ir.Graph {
		g := chain(sh("x"))
		for i := range 120 {
			g = chain(par("p"+itoa(i), g))
		}
		return g
	}
	crossing := func() *ir.Graph {
		g := &ir.Graph{}
		for i := range 450 { // each failure skips far ahead, across every place to cut
			x := sh("n" + itoa(i))
			if i < 200 {
				x.OnFailure.Name = "n" + itoa(i+250)
			}
			g.Nodes = append(g.Nodes, x)
		}
		for i := range 449 {
			g.Nodes[i].Base().Next.Name = "n" + itoa(i+1)
		}
		return g
	}
	manyTemplates := func() *ir.Graph {
		n := &ir.Parallel{Common: base("p")}
		for i := range 205 {
			n.Branches = append(n.Branches, ir.Branch{Name: "b" + itoa(i), Graph: chain(sh("x"), sh("y"))})
		}
		return chain(n)
	}
	many := func() *ir.Graph {
		g := &ir.Graph{}
		for i := range 20000 {
			g.Nodes = append(g.Nodes, sh("n"+itoa(i)))
		}
		return g
	}
	image := Options{Image: "x:1"}
	for _, c := range []struct {
		code string
		g    *ir.Graph
		o    Options
	}{
		{"RR1004", chain(sh("x"), sh("y")), Options{}},
		{"RR1005", with(func(x *ir.Task) { x.Overrides = []ir.Override{{Executor: "argo", Key: "huge"}} }), image},
		{"RR1006", with(func(x *ir.Task) { x.Resources.Memory = "4 GB" }), image},
		{"RR1007", with(func(x *ir.Task) { x.Secrets = []ir.Ref{{Name: "S"}} }), image},
		{"RR1008", chain(sh("x")), Options{Image: "x:1", Store: "file:///tmp"}},
		{"RR1008", chain(sh("x")), Options{Image: "x:1", Store: "bucket"}},
		{"RR1009", chain(sh("x")), Options{Image: "x:1", Config: Config{Defaults: Settings{Env: []EnvVar{{Name: "A", Value: "{{workflow.name}}"}}}}}},
		{"RR1010", many(), image},
		{"RR1011", chain(loopOf("l", 5000, chain(sh("x")))), image},
		{"RR1011", nested(), image},
		{"RR1012", crossing(), image},
		{"RR1013", chain(sh("x")), Options{Image: "x:1", Parameters: []Parameter{{Name: "p", Value: json.RawMessage(`"` + strings.Repeat("x", 100<<10) + `"`)}}}},
		{"RR1015", manyTemplates(), image},
		{"RR1026", chain(shared(par("p", with(func(x *ir.Task) { x.Image = "a:1" }), with(func(x *ir.Task) { x.Image = "b:1" })))), image},
		{"RR1026", chain(shared(par("p", with(func(x *ir.Task) { x.Overrides = []ir.Override{{Executor: "argo", Key: "huge"}} })))), image},
		{"RR1004", chain(shared(par("p", chain(sh("x"))))), Options{}},
		{"RR1006", chain(shared(par("p", with(func(x *ir.Task) { x.Resources.Memory = "4 GB" })))), image},
		{"RR1007", chain(shared(par("p", with(func(x *ir.Task) { x.Secrets = []ir.Ref{{Name: "S"}} })))), image},
		{"RR1090", chain(sh("x")), Options{Image: "x:1", Config: Config{Defaults: Settings{Affinity: &target.Raw{Value: "no affinity"}}}}},
	} {
		files, list := Render(pipelineOf(t, c.g), c.o)
		if said := messages(list); !strings.Contains(said, c.code) || files != nil {
			t.Errorf("%s: said %.300s", c.code, said)
		}
	}
	if _, list := Render(pipelineOf(t, manyTemplates()), Options{Image: "x:1", Version: "3.7"}); list.HasErrors() {
		t.Errorf("Argo 3.7 has no limit of templates: %s", messages(list))
	}
}

func TestLoopsAcrossLevels(t *testing.T) {
	t.Parallel()
	rounds := []int{1, 2, 90, 91, 120}
	if matrix.All() {
		rounds = append(rounds, 1000, 2000)
	}
	for _, n := range rounds {
		l := loopOf("l", n, chain(sh("x")))
		l.BreakOn.Name = "no"
		if !compareWith(t, chain(l), func(string) bool { return false }, false) {
			t.Fatal("not valid")
		}
	}
	inner := loopOf("b", 60, chain(sh("x")))
	inner.BreakOn.Name = "no"
	outer := loopOf("a", 60, chain(inner, sh("y")))
	outer.BreakOn.Name = "no"
	text := manifest(t, chain(outer), Options{Parameters: simParameters()})
	if !strings.Contains(text, "name: a-rounds") || !strings.Contains(text, "name: a-b-rounds") {
		t.Error("a loop of 60 in a loop of 60 does not take two levels each")
	}
}
