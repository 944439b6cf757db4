package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/app"
)

// podKeys are what Runnable's configuration of Argo says of pods, in its defaults and in each override.
var podKeys = map[string]any{
	"image": "app:2", "active_deadline_seconds": 60, "fail_fast": true, "node_selector": map[string]any{"a": "b"}, "parallelism": 3,
	"retry_strategy.limit": 2, "retry_strategy.retry_policy": "OnError", "retry_strategy.back_off.duration": "2m",
	"retry_strategy.back_off.factor": 2, "retry_strategy.back_off.max_duration": "1h", "timeout": "1h",
	"tolerations":               []any{map[string]any{"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}},
	"image_pull_policy":         "Never",
	"resources.limits.memory":   "3Gi",
	"resources.limits.cpu":      "3",
	"resources.limits.gpu":      "1",
	"resources.requests.memory": "200Mi",
	"resources.requests.cpu":    "123m",
	"env":                       []any{map[string]any{"name": "STAGE", "value": "test"}, map[string]any{"environment_variable": "KEY", "secret_name": "keys", "secret_key": "key"}},
}

// argoKeys are the keys of Runnable's executor for Argo, also those that only its documentation has, each with a value that is
// not its default.
var argoKeys = map[string]any{
	"pvc_for_runnable":            "facts",
	"custom_volumes":              []any{map[string]any{"mount_path": "/data", "persistent_volume_claim": map[string]any{"claim_name": "data", "read_only": true}}},
	"expose_parameters_as_inputs": false, "configmap_cache_name": "kept", "secret_from_k8s": "keys", "output_file": "other.yaml", "log_level": "DEBUG", "mock": true,
	"argo_workflow.metadata.generate_name":            "other-",
	"argo_workflow.metadata.namespace":                "ml",
	"argo_workflow.metadata.annotations":              map[string]any{"a": "b"},
	"argo_workflow.metadata.labels":                   map[string]any{"a": "b"},
	"argo_workflow.spec.active_deadline_seconds":      60,
	"argo_workflow.spec.node_selector":                map[string]any{"a": "b"},
	"argo_workflow.spec.parallelism":                  3,
	"argo_workflow.spec.retry_strategy.limit":         2,
	"argo_workflow.spec.retry_strategy.retry_policy":  "OnError",
	"argo_workflow.spec.service_account_name":         "trainer",
	"argo_workflow.spec.tolerations":                  []any{map[string]any{"key": "gpu", "operator": "Exists"}},
	"argo_workflow.spec.pod_gc.strategy":              "OnPodSuccess",
	"argo_workflow.spec.pod_gc.delete_delay_duration": "1h",
	"argo_workflow.spec.pod_gc.label_selector":        map[string]any{"matchLabels": map[string]any{"a": "b"}},
	"argo_workflow.spec.template_defaults.image":      "app:2",
	"argo_workflow.spec.entrypoint":                   "other",
	"cron_schedule.schedules":                         []any{"0 2 * * *"},
	"cron_schedule.timezone":                          "Europe/Berlin",
	"image":                                           "app:2", // this and what follows: only documented
	"resources.limits.cpu":                            "3",
	"parallelism":                                     3,
	"persistent_volumes":                              []any{map[string]any{"name": "facts", "mount_path": "/mnt"}},
	"secrets_from_k8s":                                []any{map[string]any{"environment_variable": "KEY", "secret_name": "keys", "secret_key": "key"}},
	"name":                                            "other",
	"annotations":                                     map[string]any{"a": "b"},
	"max_workflow_duration_in_seconds":                60,
	"node_selector":                                   map[string]any{"a": "b"},
	"service_account_name":                            "trainer",
	"enable_parallelism":                              true,
	"tolerations":                                     []any{map[string]any{"key": "gpu", "operator": "Exists"}},
}

// jobKeys are the keys of Runnable's job executors for Kubernetes.
var jobKeys = map[string]any{
	"config_path": "kubeconfig", "mock": true, "namespace": "ml", "schedule": "0 2 * * *", "pvc_claim_name": "facts",
	"mini_k8s_run_log_location": "/srv/facts", "mini_k8s_catalog_location": "/srv/files",
	"job_spec.active_deadline_seconds": 60, "job_spec.backoff_limit": 2, "job_spec.ttl_seconds_after_finished": 30,
	"job_spec.selector.match_labels":                             map[string]any{"a": "b"},
	"job_spec.selector.match_expressions":                        []any{map[string]any{"key": "a", "operator": "In", "values": []any{"b"}}},
	"job_spec.template.metadata.generate_name":                   "other",
	"job_spec.template.metadata.annotations":                     map[string]any{"a": "b"},
	"job_spec.template.metadata.labels":                          map[string]any{"a": "b"},
	"job_spec.template.metadata.namespace":                       "ml",
	"job_spec.template.spec.active_deadline_seconds":             60,
	"job_spec.template.spec.node_selector":                       map[string]any{"a": "b"},
	"job_spec.template.spec.tolerations":                         []any{map[string]any{"key": "gpu", "operator": "Equal", "value": "a", "effect": "NoSchedule", "toleration_seconds": 3}},
	"job_spec.template.spec.volumes":                             []any{map[string]any{"name": "data", "host_path": map[string]any{"path": "/srv"}}, map[string]any{"name": "more", "persistent_volume_claim": map[string]any{"claim_name": "c"}}},
	"job_spec.template.spec.service_account_name":                "trainer",
	"job_spec.template.spec.restart_policy":                      "OnFailure",
	"job_spec.template.spec.container.image":                     "app:2",
	"job_spec.template.spec.container.command":                   []any{"sh"},
	"job_spec.template.spec.container.env":                       []any{map[string]any{"name": "STAGE", "value": "test"}},
	"job_spec.template.spec.container.image_pull_policy":         "IfNotPresent",
	"job_spec.template.spec.container.volume_mounts":             []any{map[string]any{"name": "data", "mount_path": "/data"}},
	"job_spec.template.spec.container.resources.limits.cpu":      "3",
	"job_spec.template.spec.container.resources.limits.memory":   "3Gi",
	"job_spec.template.spec.container.resources.limits.gpu":      "1",
	"job_spec.template.spec.container.resources.requests.cpu":    "123m",
	"job_spec.template.spec.container.resources.requests.memory": "200Mi",
	"job_spec.template.spec.container.resources.requests.gpu":    "1",
	"job_spec.template.spec.container.resources.requests.gpus":   "1", // misspelt
	"job_spec.template.spec.containers":                          []any{map[string]any{"image": "app:2"}},
}

// Each key of Runnable's for Argo and for Kubernetes changes what is rendered or what is said, and its other spelling does the
// same.
func TestEveryKeyOfRunnablesChangesTheRendering(t *testing.T) {
	t.Parallel()
	argo := map[string]any{
		"defaults": map[string]any{"image": "app:1"}, "overrides": map[string]any{"big": map[string]any{}}, "secret_from_k8s": "secrets",
		"argo_workflow": map[string]any{"metadata": map[string]any{"generate_name": "p-"}, "spec": map[string]any{}},
	}
	job := map[string]any{"secret_from_k8s": "secrets", "job_spec": map[string]any{"template": map[string]any{"spec": map[string]any{"container": map[string]any{"image": "app:1"}}}}}
	for _, c := range []struct {
		target, service, kind, prefix, retries string
		base, keys                             map[string]any
	}{
		{"argo", "pipeline-executor", "argo", "", "argo_workflow.spec.", argo, argoKeys},
		{"argo", "pipeline-executor", "argo", "defaults.", "defaults.", argo, podKeys},
		{"argo", "pipeline-executor", "argo", "overrides.big.", "overrides.big.", argo, podKeys},
		{"kubernetes", "job-executor", "k8s-job", "", "", job, jobKeys},
		{"kubernetes", "job-executor", "mini-k8s-job", "", "", job, jobKeys},
	} {
		t.Run(c.kind+" "+c.prefix, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			render := func(config any) string {
				return rendered(t, dir, c.target, map[string]any{c.service: map[string]any{"type": c.kind, "config": config}})
			}
			retried := with(c.base, c.retries+"retry_strategy.limit", 1)
			plain := map[bool]string{false: render(c.base), true: render(retried)}
			if !strings.Contains(plain[false], "kind: ") {
				t.Fatal(plain[false])
			}
			for key, value := range c.keys {
				base, retries := c.base, strings.Contains(key, "retry_strategy.") // whose keys count where something is retried
				if retries {
					base = retried
				}
				config := with(base, c.prefix+key, value)
				got, camel := render(config), render(camelCased(config))
				if got == plain[retries] {
					t.Errorf("%s has no effect, and nothing says so", key)
				}
				if strings.Contains(got, "kind: ") != strings.Contains(camel, "kind: ") || strings.Contains(got, "kind: ") && got != camel {
					t.Errorf("%s does another thing in camel case:\n%s", key, cmp.Diff(got, camel))
				}
			}
		})
	}
}

// with is a configuration with another value at a dotted path.
func with(config map[string]any, path string, value any) map[string]any {
	out := maps.Clone(config)
	if out == nil {
		out = map[string]any{}
	}
	key, rest, deeper := strings.Cut(path, ".")
	if deeper {
		inner, _ := config[key].(map[string]any)
		value = with(inner, rest, value)
	}
	out[key] = value
	return out
}

// camelCased is a configuration with the keys in Kubernetes' spelling.
func camelCased(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			words := strings.Split(key, "_")
			for i, w := range words[1:] {
				words[i+1] = strings.ToUpper(w[:1]) + w[1:]
			}
			out[strings.Join(words, "")] = camelCased(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = camelCased(value)
		}
		return out
	}
	return v
}

// keysPipeline has what the keys are about: steps with an override, a map, a secret, a parameter.
const keysPipeline = `
dag:
  steps:
    a: {type: task, command_type: shell, command: 'true', secrets: [KEY], overrides: {argo: big}}
    b: {type: map, iterate_on: n, iterate_as: i, overrides: {argo: big}, branch: {steps: {c: {type: task, command_type: shell, command: 'true'}}}}
    d: {type: map, iterate_on: n, iterate_as: i, branch: {steps: {c: {type: task, command_type: shell, command: 'true'}}}}
`

// rendered is everything that rendering by a configuration prints.
func rendered(t *testing.T, dir, target string, config any) string {
	t.Helper()
	definition, file := filepath.Join(dir, "pipeline.yaml"), filepath.Join(dir, "config.yaml")
	text, err := json.Marshal(config)
	if err := errors.Join(err, os.WriteFile(file, text, 0o600), os.WriteFile(definition, []byte(keysPipeline), 0o600)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	app.Main(app.Options{}, []string{definition, "--target", target, "-c", file, "--param", "n=[1]"}, strings.NewReader(""), &out, &out)
	return out.String()
}
