package kubernetes

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// cases are the golden files, each with its definition and options.
var cases = map[string]struct {
	src     string
	options Options
}{
	"job":  {chain, Options{Image: "app:1", Source: "flows/train.yaml", Definition: "flows/train.yaml", Parameters: []Parameter{{Name: "n", Value: json.RawMessage("3")}, {Name: "text", Value: json.RawMessage(`"$(HOME) $$"`)}}}},
	"cron": {chain, Options{Image: "app:1", Config: Config{Schedule: "0 2 * * *", TimeZone: "Europe/Berlin", Claim: "facts"}, Namespace: "ml"}},
	"runnable": {chain, Options{Config: Config{Claim: "runnable", JobSpec: JobSpec{
		Deadline: 32000, Backoff: new(int), Template: Template{
			Metadata: Metadata{Annotations: map[string]string{"a": "b"}, Labels: map[string]string{"team": "x"}},
			Spec: PodSpec{
				Deadline: 86400, NodeSelector: map[string]string{"disk": "ssd"}, Tolerations: []Toleration{{Key: "gpu", Operator: "Equal", Value: "yes", Effect: "NoSchedule"}},
				Volumes: []Volume{{Name: "data", Claim: Claim{"shared"}}, {Name: "host", Host: HostPath{"/srv"}}}, ServiceAccount: "runner",
				Container: Container{
					Image: "registry.example/app:2", Pull: "Always", Env: []EnvVar{{"STAGE", "prod"}},
					Resources: Resources{Requests: Amounts{CPU: "500m", Memory: "1Gi"}, Limits: Amounts{CPU: "1", Memory: "2Gi", GPU: "1"}}, Mounts: []Mount{{"data", "/data"}, {"host", "/srv"}},
				},
			},
		},
	}}}},
	"bucket":    {secret, Options{Image: "app:1", Store: "s3://facts/runs?region=eu-west-1", Config: Config{Secret: "keys", StoreSecret: "bucket"}}},
	"resources": {resources, Options{Image: "app:1"}},
	"minikube":  {chain, Options{Image: "app:1", Config: Config{RunLogLocation: "/volume/run_logs"}}},
}

const chain = `
dag:
  name: Train it!
  steps:
    a: {type: task, command_type: shell, command: 'echo $(date) $$', resources: {cpu: "2", memory: 512Mi}}
    b: {type: task, command: steps.b, returns: [{name: x}]}
    m: {type: map, iterate_on: n, iterate_as: i, branch: {steps: {c: {type: stub}}}}
`

const resources = `
dag:
  name: resources
  steps:
    two:
      type: parallel
      resources: {memory: 64Mi, shm: 16Mi, disk: 1Gi, extended: {example.com/fpga: 1}}
      branches:
        l: {steps: {a: {type: task, command_type: shell, command: 'true', retry: {limit: 2, on: [oom], memory_factor: 1.5}}}}
        r: {steps: {a: {type: task, command_type: shell, command: 'true'}}}
`

const secret = `
dag:
  name: secret
  steps:
    a: {type: task, command_type: shell, command: 'true', secrets: [TOKEN]}
`

// TestTimezone: the definition's own time zone counts before that of the configuration, which is for all pipelines.
func TestTimezone(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{", timezone: Europe/Berlin": "Europe/Berlin", "": "UTC"} {
		files, list := Render(parse(t, `dag: {name: demo, schedule: [{cron: "0 3 * * *"`+zone+`}], steps: {a: {type: stub}}}`), Options{Image: "app:1", Config: Config{TimeZone: "UTC"}})
		if len(list) > 0 {
			t.Fatal(list)
		}
		var text []byte
		for _, f := range files {
			text = append(text, f...)
		}
		if !bytes.Contains(text, []byte("timeZone: "+want+"\n")) {
			t.Errorf("%q: no %s in\n%s", zone, want, text)
		}
	}
}

func parse(t *testing.T, src string) *ir.Pipeline {
	t.Helper()
	p, list := yamldef.Parse("pipeline.yaml", []byte(src))
	if list = append(list, ir.Check(p)...); list.HasErrors() {
		t.Fatal(list)
	}
	return p
}

// Each manifest is what Kubernetes' own types read, without an unknown key, and as it was when it was last looked at.
func TestRender(t *testing.T) {
	t.Parallel()
	for name, c := range cases {
		files, list := Render(parse(t, c.src), c.options)
		if list.HasErrors() {
			t.Fatalf("%s: %v", name, list)
		}
		strict(t, name, files[FileName])
		file := filepath.Join("testdata", name+".yaml")
		if *update {
			if err := os.WriteFile(file, files[FileName], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(files[FileName])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		again, _ := Render(parse(t, c.src), c.options)
		if !bytes.Equal(again[FileName], files[FileName]) {
			t.Errorf("%s renders to other bytes the second time", name)
		}
	}
}

// A Job cannot be changed, so whatever changes its specification changes its name.
func TestNames(t *testing.T) {
	t.Parallel()
	base := Options{Image: "app:1", Definition: "flows/a.yaml"}
	seen := map[string]string{}
	for what, change := range map[string]func(*Options){
		"nothing":    func(*Options) {},
		"account":    func(o *Options) { o.ServiceAccount = "trainer" },
		"definition": func(o *Options) { o.Definition = "flows/b.yaml" },
		"image":      func(o *Options) { o.Image = "app:2" },
		"runner":     func(o *Options) { o.RunnerImage = "runner:2" },
		"parameter":  func(o *Options) { o.Parameters = []Parameter{{Name: "n", Value: json.RawMessage("3")}} },
		"store":      func(o *Options) { o.Store = "s3://facts" },
		"claim":      func(o *Options) { o.Config.Claim = "facts" },
		"tries":      func(o *Options) { o.Config.JobSpec.Backoff = new(int) },
	} {
		o := base
		change(&o)
		files, list := Render(parse(t, chain), o)
		if list.HasErrors() {
			t.Fatalf("%s: %v", what, list)
		}
		name := jobName(t, files[FileName])
		if other := seen[name]; other != "" {
			t.Errorf("with another %s and another %s the Job is called %s", what, other, name)
		}
		seen[name] = what
	}
	at := base
	at.Source, at.Config.StoreSize = "elsewhere/a.yaml", "5Gi"
	if files, _ := Render(parse(t, chain), at); seen[jobName(t, files[FileName])] != "nothing" {
		t.Error("the Job is another although its specification is the same")
	}
}

// Long names that begin alike, as those of two branches of a project do, stay two names.
func TestLongNames(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, branch := range []string{"one", "two"} {
		p := parse(t, chain)
		p.TargetName = "forecasting.test.a_branch_with_a_long_name_" + branch + ".Flow"
		b := builder{pipeline: p}
		name := b.base()
		if len(name) > 38 || names[name] {
			t.Errorf("branch %s is called %s", branch, name)
		}
		names[name] = true
	}
}

// jobName is the name of the Job of a manifest.
func jobName(t *testing.T, manifest []byte) string {
	t.Helper()
	documents := bytes.Split(manifest, []byte("---\n"))
	var job batchv1.Job
	if err := yaml.Unmarshal(documents[len(documents)-1], &job); err != nil || job.Kind != "Job" {
		t.Fatalf("%q: %v", job.Kind, err)
	}
	return job.Name
}

func strict(t *testing.T, name string, text []byte) {
	t.Helper()
	kinds := map[string]any{"Job": &batchv1.Job{}, "CronJob": &batchv1.CronJob{}, "ServiceAccount": &corev1.ServiceAccount{}, "PersistentVolumeClaim": &corev1.PersistentVolumeClaim{}}
	for _, document := range bytes.Split(text, []byte("---\n"))[1:] {
		var head struct{ Kind string }
		if err := yaml.Unmarshal(document, &head); err != nil || kinds[head.Kind] == nil {
			t.Fatalf("%s: %q: %v", name, head.Kind, err)
		}
		if err := yaml.UnmarshalStrict(document, kinds[head.Kind]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the target cannot express is refused with its place.
func TestRefused(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"dag: {steps: {a: {type: task, command_type: shell, command: 'true'}}}":                                                                                    "RR4001 1:15",
		"dag: {steps: {a: {type: task, command_type: shell, command: 'true', image: 'a:1'}, b: {type: task, command_type: shell, command: 'true', image: 'b:1'}}}": "RR4001 1:84",
		"dag: {steps: {a: {type: task, command_type: shell, command: 'true', image: 'a:1', secrets: [S]}}}":                                                        "RR4002 1:93",
		"dag: {steps: {a: {type: task, command_type: shell, command: 'true', image: 'A:1:2'}}}":                                                                    "RR4004 1:15",
		"dag: {steps: {a: {type: task, command_type: shell, command: 'true', image: 'a:1', overrides: {k8s-job: big}}}}":                                           "RR4004 1:104",
	} {
		files, list := Render(parse(t, src), Options{})
		if files != nil || !slices.ContainsFunc(list, func(d diag.Diagnostic) bool {
			return d.Severity == diag.Error && strings.HasPrefix(want, d.Code) && strings.HasSuffix(d.Span.String(), want[len(d.Code)+1:])
		}) {
			t.Errorf("%s: %v, want %s", src, list, want)
		}
	}
	if _, list := Render(parse(t, chain), Options{Image: "app:1", Config: Config{TimeZone: "UTC"}}); len(list) != 1 || !strings.Contains(list[0].Message, "time_zone has no effect without a schedule") {
		t.Errorf("%v", list)
	}
	files, list := Render(parse(t, chain), Options{Image: "app:1", Config: Config{Schedule: "sometimes", Mock: true, ConfigPath: "x"}})
	if files != nil || len(list) != 3 {
		t.Errorf("%v", list)
	}
	for want, c := range map[string]Config{
		`kubernetes: schedule must be a cron schedule of five fields`: {Schedule: "TZ=UTC"}, "since that day never comes": {Schedule: "0 3 30 2 *"}, `did you mean "Europe/Berlin"?`: {Schedule: "@daily", TimeZone: "Europe/Berln"},
	} {
		if files, list := Render(parse(t, chain), Options{Image: "app:1", Config: c}); files != nil || len(list) != 1 || !strings.Contains(list[0].Message, want) || strings.Contains(list[0].Message, "kubernetes: kubernetes") {
			t.Errorf("%+v: %v", c, list)
		}
	}
}
