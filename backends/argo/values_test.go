package argo

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/runnable-render/runnable-render/backends/target"
)

func TestValuesThatKubernetesWouldNotTake(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"defaults: {parallelism: -1}":                                   `RR1003 1:25 "parallelism" must be a whole number from 0 to 2147483647, not "-1"`,
		"defaults: {active_deadline_seconds: 4000000000}":               `RR1003 1:37 "active_deadline_seconds" must be a whole number from 0 to 2147483647, not "4000000000"`,
		"defaults: {security_context: {run_as_user: -5}}":               `RR1003 1:44 "run_as_user" must be the number of a user or a group, or -1 for the image's own, not "-5"`,
		"defaults: {env_from_secrets: ['']}":                            `RR1003 1:31 "env_from_secrets" must be a Kubernetes name: lower-case letters, digits, hyphens and dots, not ""`,
		"defaults: {env_from_secrets: [null]}":                          `RR1003 1:31 "env_from_secrets" must be a Kubernetes name: lower-case letters, digits, hyphens and dots, not "null"`,
		"defaults: {timeout: 0}":                                        `RR1003 1:21 "timeout" must be a duration such as 30s, 5m or 1h30m, not "0"`,
		"defaults: {timeout: 3600}":                                     `RR1003 1:21 "timeout" must be a duration such as 30s, 5m or 1h30m, not "3600"`,
		"defaults: {retry_strategy: {backoff: {max_duration: soon}}}":   `RR1003 1:53 "max_duration" must be a duration such as 30s, 5m or 1h30m, or a number of seconds, not "soon"`,
		"defaults: {image_pull_policy: now}":                            `RR1003 1:31 "image_pull_policy" must be Always, IfNotPresent or Never, not "now"`,
		"defaults: {image: App}":                                        `RR1003 1:19 "image" must be an image such as registry.example/app:1, not "App"`,
		"defaults: {gpu_resource: a gpu}":                               `RR1003 1:26 "gpu_resource" must be the name of a resource, such as nvidia.com/gpu, not "a gpu"`,
		"defaults: {labels: {team: red and blue}}":                      `RR1003 1:27 "labels.team" must be a label's value: up to 63 letters, digits, hyphens, underscores and dots, not "red and blue"`,
		"defaults: {annotations: {a b: c d}}":                           `RR1003 1:26 "a key of annotations" must be a Kubernetes key, such as team or example.org/team, not "a b"`,
		"defaults: {env_from_secrets: [a, B_C]}":                        `RR1003 1:34 "env_from_secrets" must be a Kubernetes name: lower-case letters, digits, hyphens and dots, not "B_C"`,
		"defaults: {env: [{name: A, secret_name: s, secret_key: a b}]}": `RR1003 1:56 "secret_key" must be a key of a Secret: letters, digits, hyphens, underscores and dots, not "a b"`,
		"defaults: {env: [{name: A, value: b}, {name: A, value: c}]}":   `RR1003 1:12 "env" sets A twice; leave one`,
		"argo_workflow: {metadata: {namespace: a.b}}":                   `RR1003 1:39 "namespace" must be the name of a namespace: lower-case letters, digits and hyphens, not "a.b"`,
		"cron_schedule: {schedules: ['x y']}":                           `RR1003 1:29 "schedules" must be a cron schedule of five fields, such as "0 3 * * *", or a word such as @daily; set the time zone in timezone, not "x y"`,
		"cron_schedule: {schedules: ['TZ=0']}":                          `RR1003 1:29 "schedules" must be a cron schedule of five fields, such as "0 3 * * *", or a word such as @daily; set the time zone in timezone, not "TZ=0"`,
		"cron_schedule: {timezone: 'Europe {{x'}":                       `RR1003 1:27 "timezone" must be a time zone such as Europe/Berlin, not "Europe {{x"`,
		"defaults: {tolerations: [{value: '{{'}]}":                      `RR1003 1:34 "value" must be a label's value: up to 63 letters, digits, hyphens, underscores and dots, not "{{"`,
		"store_size: much":                                              `RR1003 1:13 "store_size" must be a Kubernetes quantity, such as 10Gi, not "much"`,
		"cron_schedule: {schedules: ['0 3 30 2 *']}":                    `RR1003 1:29 "schedules" must be a cron schedule of five fields, such as "0 3 * * *", or a word such as @daily; set the time zone in timezone, not "0 3 30 2 *", since that day never comes`,
		"cron_schedule: {timezone: Europe/Berln}":                       `RR1003 1:27 "timezone" must be a time zone such as Europe/Berlin, not "Europe/Berln"; did you mean "Europe/Berlin"?`,
		"cron_schedule: {timezone: Europe/Nowhere}":                     `RR1003 1:27 "timezone" must be a time zone such as Europe/Berlin, not "Europe/Nowhere"`,
		"defaults: {resources: {limits: {memory: 512}}}":                `RR0317 1:41 "memory" is 512 bytes; did you mean 512Mi?`,
		"overrides: {big: {resources: {requests: {cpu: 500}}}}":         `RR0317 1:47 "cpu" is 500 whole cores; did you mean 500m, thousandths of one? If cores are meant, write 500000m`,
		"defaults: {resources: {requests: {ephemeral_storage: 20}}}":    `RR0317 1:54 "ephemeral_storage" is 20 bytes; did you mean 20Mi?`,
		"store_size: 10":                                                `RR0317 1:13 "store_size" is 10 bytes; did you mean 10Mi?`,
		"custom_volumes: [{mount_path: data}]":                          `RR1003 1:31 "mount_path" must be an absolute path without a colon, not "data"`,
	} {
		_, list := ParseConfig("config.yaml", []byte(src))
		if len(list) != 1 || list[0].Code+" "+strings.TrimPrefix(list[0].Span.String(), "config.yaml:")+" "+list[0].Message != want {
			t.Errorf("%s\nsaid %s\nwant %s", src, messages(list), want)
		}
	}
}

// TestEveryKindIsOne: a tag that named no kind would be taken for a word, and no value would fit.
func TestEveryKindIsOne(t *testing.T) {
	t.Parallel()
	shared := []string{"cpu", "memory", "storage"} // kinds of every target: package target has them
	var look func(reflect.Type)
	look = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			look(of.Elem())
		case reflect.Struct:
			for i := range of.NumField() {
				f := of.Field(i)
				is := f.Tag.Get("is")
				word := strings.Contains(is, "|") || is != strings.ToLower(is) // one of several, or the only one
				shape := f.Type == reflect.TypeFor[*target.Raw]() && shapeNamed(is) != nil
				if is != "" && !word && !shape && !slices.Contains(shared, is) && kindNamed(is).Fits == nil {
					t.Errorf("%s.%s is of kind %q, which is none", of.Name(), f.Name, is)
				}
				look(f.Type)
			}
		}
	}
	look(reflect.TypeFor[Options]())
}

func TestNamesThatKubernetesWouldNotTake(t *testing.T) {
	t.Parallel()
	bad := sh("bad")
	bad.Image = "app:"
	twice, slow := sh("twice"), sh("slow")
	twice.Image, slow.Timeout = "app:", 25*time.Hour
	for want, o := range map[string]Options{
		`RR1003 the namespace must be the name of a namespace: lower-case letters, digits and hyphens, not "a.b"`:                                                        {Namespace: "a.b", Image: "app"},
		`RR1003 the service account must be a Kubernetes name: lower-case letters, digits, hyphens and dots, not "A"`:                                                    {ServiceAccount: "A", Image: "app"},
		`RR1003 the runner's image must be an image such as registry.example/app:1, not "Runner"`:                                                                        {RunnerImage: "Runner", Image: "app"},
		`RR1024 "x" cannot run in an image named "App": invalid reference format: repository name (library/App) must be lowercase; write it like registry.example/app:1`: {Image: "App"},
		`RR1024 "bad" cannot run in an image named "app:": invalid reference format; write it like registry.example/app:1`:                                               {Image: "app"},
		`RR1025 "slow" may take 25h0m0s and the whole workflow 24h0m0s, after which Argo ends both: raise argo_workflow.spec.active_deadline_seconds in c.yaml`:          {Image: "app", ConfigFile: "c.yaml"},
	} {
		graph := chain(sh("x"))
		switch {
		case strings.Contains(want, `"bad"`):
			graph = chain(sh("x"), bad, twice)
		case strings.Contains(want, `"slow"`):
			graph = chain(slow)
		}
		_, list := Render(pipelineOf(t, graph), o)
		if said := messages(list); strings.TrimSpace(said) != want {
			t.Errorf("said %s\nwant %s", said, want)
		}
	}
	own := Options{Image: "app", Config: Config{Defaults: Settings{Env: []EnvVar{{Name: "RUNNABLE_STORE", Value: "s3://other"}}}}}
	if _, list := Render(pipelineOf(t, chain(sh("x"))), own); messages(list) != "RR1003 defaults.env sets RUNNABLE_STORE, a variable that the runner in a pod reads; choose another name\n" {
		t.Errorf("a variable of the runner's: %s", messages(list))
	}
	unread := Options{Image: "app", Directory: true, Config: Config{Cron: Cron{Schedules: []string{"TZ=0"}}}}
	if _, list := Render(pipelineOf(t, chain(sh("x"))), unread); !strings.Contains(messages(list), "RR1090") || !strings.Contains(messages(list), "its validator ends with") {
		t.Errorf("a panic in Argo's validator: said %s", messages(list))
	}
	for _, paths := range [][]string{{"/data", "/data/"}, {"/runnable-store"}} {
		o := Options{Image: "app"}
		for _, path := range paths {
			o.Config.CustomVolumes = append(o.Config.CustomVolumes, Volume{MountPath: path, Claim: Claim{Name: "c"}})
		}
		if _, list := Render(pipelineOf(t, chain(sh("x"))), o); len(list) != 1 || !strings.Contains(list[0].Message, "of custom_volumes is taken") {
			t.Errorf("%q: said %s", paths, messages(list))
		}
	}
	o := Options{Image: "app", Config: Config{Workflow: Workflow{Spec: WorkflowSpec{ActiveDeadlineSeconds: 100_000}}}}
	if _, list := Render(pipelineOf(t, chain(slow)), o); len(list) > 0 {
		t.Errorf("a workflow that may take longer: %s", messages(list))
	}
}
