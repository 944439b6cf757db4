package config_test

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/config"
)

// runnableKeys are the keys that Runnable's configuration and its documentation know, by service and type, each with a
// value that is not its default.
var runnableKeys = map[string]map[string][]string{
	"pipeline-executor": {
		"local":           {"enable_parallel: true", "object_serialisation: false", "overrides: {a: {}}", "log_level: INFO"},
		"local-container": {"docker_image: app", "auto_remove_container: false", "environment: {A: b}", "enable_parallel: true", "overrides: {a: {docker_image: b}}", "overrides: {a: {docker_imge: b}}", "run_in_local: true"},
		"emulator":        {"enable_parallel: true", "overrides: {a: {}}"},
		"mocked":          {"patches: {a: {command: b}}", "overrides: {a: {}}"},
	},
	"job-executor": {
		"local":           {"mock: true", "overrides: {a: {}}"},
		"emulator":        {"mock: true"},
		"local-container": {"docker_image: app", "auto_remove_container: false", "environment: {A: b}", "enabel: 1"},
		"k8s-job": {
			"config_path: a", "mock: true", "namespace: a", "schedule: '0 2 * * *'", "pvc_claim_name: a", "pvcClaimName: a", "job_spec: {backoff_limit: 1}",
			"jobSpec: {template: {spec: {nodeSelector: {a: b}}}}", "jobSpec: {template: {spec: {container: {image: a, env: [{nam: A}]}}}}", "jobSpec: {tmplate: {}}",
		},
		"mini-k8s-job": {"namespace: a", "jobSpec: {template: {spec: {container: {image: a}}}}", "pvc_claim_name: a"},
	},
	"run-log-store": {
		"file-system":   {"log_folder: a", "folder: a"},
		"chunked-fs":    {"log_folder: a"},
		"buffered":      {"log_folder: a"},
		"minio":         {"endpoint_url: 'http://a'", "aws_access_key_id: a", "aws_secret_access_key: a", "bucket: a"},
		"chunked-minio": {"endpoint_url: 'http://a'", "bucket: a", "endpoint: 'http://a'", "bucket_name: a"},
	},
	"catalog": {
		"file-system": {"catalog_location: a", "compute_data_folder: data"},
		"minio":       {"endpoint_url: 'http://a'", "aws_access_key_id: a", "aws_secret_access_key: a", "bucket: a", "compute_data_folder: data"},
		"s3":          {"bucket_name: a", "prefix: a", "region: a", "access_key: a"},
		"do-nothing":  {"catalog_location: a"},
	},
	"secrets": {
		"dotenv":      {"location: a", "secrets: {a: b}"},
		"env-secrets": {"prefix: a", "suffix: a"},
		"do-nothing":  {"location: a"},
	},
	"pickler": {"pickle": {"extension: a"}},
}

// needed are the keys without which a type is refused.
var needed = map[string]string{"local-container": "docker_image: b", "s3": "bucket_name: b"}

// Each key of Runnable's has an effect, or a diagnostic: an error, or a warning that says that it has none.
func TestEveryKeyOfRunnablesIsToldOrCounts(t *testing.T) {
	t.Parallel()
	for service, types := range runnableKeys {
		for kind, keys := range types {
			for _, key := range keys {
				plain := service + ":\n  type: " + kind + "\n  config:\n"
				if need := needed[kind]; need != "" && !strings.HasPrefix(key, need[:strings.Index(need, ":")]) {
					plain += "    " + need + "\n"
				}
				with := plain + "    " + key + "\n"
				if effect(plain) == effect(with) {
					t.Errorf("%s of type %s: %s has no effect, and nothing says so:\n%s", service, kind, key, effect(with))
				}
			}
		}
	}
}

// At the top, too.
func TestEverySectionOfRunnablesIsToldOrCounts(t *testing.T) {
	t.Parallel()
	for _, section := range []string{
		"executor: {type: local}", "pipeline-executor: {type: retry}", "secrets: {type: env-secrets-manager}", "catalog_handler: {type: do-nothing}", "experiment_tracker: {type: mlflow}", "pipelin-executor: {type: local}",
		"run_log_store: {type: file-system, config: {log_folder: a}}", "secrets: {type: dotenv}", "catalog: {type: do-nothing}",
	} {
		if effect("{}\n") == effect(section+"\n") {
			t.Errorf("%s has no effect, and nothing says so", section)
		}
	}
}

// effect is what a configuration comes to, and what is said of it. What a section holds counts where whoever runs a job or
// mocks reads it; of the other executors the fields of the Config do.
func effect(src string) string {
	c, diags := config.Parse("c.yaml", []byte(src), nil, config.Sections{Names: []string{"argo", "compose"}})
	said := make([]string, 0, len(diags))
	for _, d := range diags {
		said = append(said, d.Message)
	}
	if c == nil {
		return strings.Join(said, "\n")
	}
	var lines []string
	for _, line := range strings.Split(parse(src), "\n") {
		if !strings.HasPrefix(line, "executor=") || c.Executor.Type == "mocked" {
			lines = append(lines, line)
		}
	}
	if strings.HasSuffix(c.JobExecutor.Type, "k8s-job") {
		lines = append(lines, string(c.JobExecutor.JSON))
	}
	return strings.Join(append(lines, said...), "\n")
}
