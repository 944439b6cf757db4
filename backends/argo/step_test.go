package argo

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
)

// everySetting has all that a step can say for Argo beside what the configuration could always say.
const everySetting = `{
"node_selector": {"size": "large"}, "tolerations": [{"key": "gpu", "operator": "Exists"}], "annotations": {"example.org/owner": "ada"}, "labels": {"role": "fit"},
"service_account": "trainer", "priority_class": "batch",
"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "gpu", "operator": "In", "values": ["a100"]}]}]}}},
"volumes": [
 {"mount_path": "/data", "persistent_volume_claim": {"claim_name": "data"}, "sub_path": "team", "read_only": true},
 {"mount_path": "/work", "persistent_volume_claim": "work"},
 {"mount_path": "/etc/app", "config_map": {"name": "app", "items": [{"key": "app.toml", "path": "a/app.toml"}]}},
 {"mount_path": "/etc/tls", "secret": {"secretName": "tls", "optional": true}},
 {"mount_path": "/dev/shm", "empty_dir": {"medium": "Memory", "size_limit": "2Gi"}},
 {"mount_path": "/scratch", "empty_dir": {}},
 {"mount_path": "/models", "csi": {"driver": "csi.example.org", "read_only": true, "fs_type": "ext4", "volume_attributes": {"share": "models"}, "node_publish_secret_ref": {"name": "csi"}}}],
"env": [{"name": "DB_PASSWORD", "secret_name": "db", "secret_key": "password"}, {"name": "REGION", "config_map_name": "app", "config_map_key": "region"}],
"env_from_secrets": ["proxy"], "env_from_config_maps": ["common"],
"synchronization": {"mutex": "model", "semaphore": {"config_map_key_ref": {"name": "limits", "key": "gpu"}}},
"pod_spec_patch": {"containers": [{"name": "proxy", "image": "proxy:1", "ports": [{"containerPort": 8080}]}, {"name": "main", "env": [{"name": "X", "value": "1"}]}],
 "initContainers": [{"name": "warm", "image": "warm:1", "command": ["/warm"]}], "hostAliases": [{"ip": "10.0.0.7", "hostnames": ["db"]}]}
}`

// withTarget is a step with settings for Argo.
func withTarget(name, settings string) *ir.Task {
	x := sh(name)
	x.Targets = []ir.TargetSettings{{Target: "argo", Settings: settings}}
	return x
}

func TestSettingsOfAStep(t *testing.T) {
	t.Parallel()
	other := sh("other")
	other.Targets = []ir.TargetSettings{{Target: "compose", Settings: `{"shm_size": "1g"}`}, {Target: "elsewhere", Settings: `{"a": [1]}`}}
	graph := chain(withTarget("fit", everySetting), other)
	for _, o := range []Options{{Image: "x:1"}, {Image: "x:1", Directory: true}, {Image: "x:1", Config: Config{PVC: "facts"}}} {
		files, list := Render(pipelineOf(t, graph), o)
		if len(list) > 0 {
			t.Fatal(messages(list))
		}
		name, plural := SingleFile, "workflows"
		if o.Directory {
			name, plural = FileTemplate, "workflowtemplates"
		}
		for _, err := range resourceSchema(t, plural).Validate(document(t, files[name])).Errors {
			t.Error(err)
		}
		text := string(files[name])
		for _, want := range []string{
			"size: large", "key: gpu\n", "serviceAccountName: trainer", "priorityClassName: batch", "role: fit", "example.org/owner: ada", "- a100",
			"{name: own-volume-1, mountPath: /data, subPath: team, readOnly: true}", "claimName: data", "claimName: work",
			"items:\n        - {key: app.toml, path: a/app.toml}", "secretName: tls\n        optional: true", "medium: Memory\n        sizeLimit: \"2Gi\"",
			"emptyDir: {}", "driver: csi.example.org", "share: models", "nodePublishSecretRef:\n          name: csi",
			"secretKeyRef: {name: db, key: password}", "configMapKeyRef: {name: app, key: region}", "configMapRef: {name: common}", "secretRef: {name: proxy}",
			"mutexes:\n      - name: model", "semaphores:\n      - configMapKeyRef: {name: limits, key: gpu}",
			"podSpecPatch: |\n", "hostAliases:", "containerPort: 8080", "name: warm",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if strings.Contains(strings.Split(text, "- name: step-other\n")[1], "own-volume") {
			t.Error("the other step has the settings, too")
		}
		if beside := strings.Count(text, "podAffinity:"); beside != 2 && o.Config.PVC == "" {
			t.Errorf("the pods that share the generated claim: %d affinities keep them on one node, want that of the workflow and that of the step", beside)
		}
	}
}

// TestSettingsOfAStepGoBeforeOthers: what comes nearer to the step and to the target counts.
func TestSettingsOfAStepGoBeforeOthers(t *testing.T) {
	t.Parallel()
	config, list := ParseConfig("c.yaml", []byte(`
defaults: {image: "x:1", labels: {a: defaults, b: defaults, c: defaults, d: defaults}}
overrides: {big: {labels: {b: override, c: override, d: override}, volumes: [{mount_path: /v, empty_dir: {}}, {mount_path: /w, empty_dir: {}}]}}
`))
	if len(list) > 0 {
		t.Fatal(messages(list))
	}
	x := withTarget("x", `{"labels": {"d": "step"}, "volumes": [{"mount_path": "/w/", "secret": "s"}]}`)
	x.Overrides = []ir.Override{{Executor: "argo", Key: "big"}}
	p := par("p", chain(x))
	p.Targets = []ir.TargetSettings{{Target: "argo", Settings: `{"labels": {"c": "composite", "d": "composite"}}`}}
	text := manifest(t, chain(p), Options{Config: config})
	for _, want := range []string{"a: defaults\n", "b: override\n", "c: composite\n", "d: step\n", "name: own-volume-1\n      emptyDir: {}", "name: own-volume-2\n      secret:\n        secretName: s"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestRefusedSettingsOfAStep(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		`{"env": [{"name": "A", "value": "{{workflow.name}}"}]}`:                                                 "RR1009",
		`{"annotations": {"a": "{{x}}"}}`:                                                                        "RR1009",
		`{"volumes": [{"mount_path": "/v", "sub_path": "{{x}}", "empty_dir": {}}]}`:                              "RR1009",
		`{"volumes": [{"mount_path": "/v", "empty_dir": {}}, {"mount_path": "/runnable/bin", "empty_dir": {}}]}`: "RR1003",
		`{"volumes": [{"mount_path": "/v", "empty_dir": {}}, {"mount_path": "/v/", "secret": "s"}]}`:             `RR0333 "volumes" mounts two volumes at /v`,
		`{"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}`:                                    `RR0333 "env" sets A twice; leave one`,
		`{"volumes": [{"mount_path": "/data", "empty_dir": {}}]}`:                                                "RR1003", // custom_volumes has it
		`{"synchronization": {"mutexes": [{"name": "a"}, {"name": "b"}]}}`:                                       "RR1003", // Argo 3.5
		`{"pod_spec_patch": {"containers": [{"name": "log", "image": "l:1", "args": ["--format={{.ID}}"]}]}}`:    "RR1009",
		`{"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": {"matchFields": [{"key": "{{x}}", "operator": "Exists"}]}}]}}}`: "RR1009",
		`{"resources": {"limits": {"memory": "4 GB"}}}`: "RR1006",
	} {
		o := Options{Image: "x:1", Version: "3.5", Config: Config{CustomVolumes: []Volume{{MountPath: "/data", Claim: Claim{Name: "c"}}}}}
		files, list := Render(pipelineOf(t, chain(withTarget("x", settings))), o)
		if said := messages(list); files != nil || !strings.HasPrefix(said, want) {
			t.Errorf("%s: said %s", settings, said)
		}
	}
}

// TestOneLockInArgo35: it knows no lists of locks.
func TestOneLockInArgo35(t *testing.T) {
	t.Parallel()
	for lock, want := range map[string]string{
		`{"mutex": "a"}`: "mutex:\n        name: a",
		`{"semaphores": [{"config_map_key_ref": {"name": "limits", "key": "k"}}]}`: "semaphore:\n        configMapKeyRef: {name: limits, key: k}",
	} {
		text := manifest(t, chain(withTarget("x", `{"synchronization": `+lock+`}`)), Options{Image: "x:1", Version: "3.5"})
		if !strings.Contains(text, want) || strings.Contains(text, "mutexes:\n") || strings.Contains(text, "semaphores:\n") {
			t.Errorf("%s:\n%s", lock, text)
		}
	}
}

// TestSettingsInASharedPod: a pod that several steps share has the settings of the composite, and none of a step's own.
func TestSettingsInASharedPod(t *testing.T) {
	t.Parallel()
	p := par("p", chain(sh("x")), chain(sh("y")))
	p.Pods.Name = ir.OnePod
	p.Targets = []ir.TargetSettings{{Target: "argo", Settings: `{"labels": {"role": "both"}, "volumes": [{"mount_path": "/v", "empty_dir": {}}]}`}}
	text := manifest(t, chain(p), Options{Image: "x:1"})
	for _, want := range []string{"role: both\n", "{name: own-volume-1, mountPath: /v}"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	inner := par("p", chain(withTarget("x", `{"labels": {"role": "x"}}`)), chain(sh("y")))
	inner.Pods.Name = ir.OnePod
	if files, list := Render(pipelineOf(t, chain(inner)), Options{Image: "x:1"}); files != nil || !strings.Contains(messages(list), `RR1026 "x" shares a pod with the other steps of "p"`) {
		t.Errorf("said %s", messages(list))
	}
}

// TestShortFormsAreChecked: a name that stands for a mapping has to be one.
func TestShortFormsAreChecked(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		`{"volumes": [{"mount_path": "/d", "config_map": "Not A Name {{x}}"}]}`:   `RR0333 "config_map" must be a Kubernetes name`,
		`{"volumes": [{"mount_path": "/d", "secret": "a b"}]}`:                    `RR0333 "secret" must be a Kubernetes name`,
		`{"volumes": [{"mount_path": "/d", "persistent_volume_claim": "UPPER"}]}`: `RR0333 "persistent_volume_claim" must be a Kubernetes name`,
		`{"synchronization": {"mutex": "UPPER case"}}`:                            `RR0333 "mutex" must be a Kubernetes name`,
		`{"synchronization": {"mutexes": ["a", "UPPER case"]}}`:                   `RR0333 "mutexes[1]" must be a Kubernetes name`,
	} {
		files, list := Render(pipelineOf(t, chain(withTarget("x", settings))), Options{Image: "x:1"})
		if said := messages(list); files != nil || !strings.HasPrefix(said, want) {
			t.Errorf("%s: said %s", settings, said)
		}
	}
}
