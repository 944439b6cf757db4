package config_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// parse shows a configuration and its diagnostics as text, without what is at its zero.
func parse(src string, env ...string) string {
	c, diags := config.Parse("c.yaml", []byte(src), env, config.Sections{Names: []string{"argo", "compose"}})
	var out []string
	say := func(name, value string) {
		if value != "" {
			out = append(out, name+"="+value)
		}
	}
	if c != nil {
		say("store", c.Store)
		if c.Keys != nil {
			id, secret := c.Keys.Reveal()
			say("keys", id+":"+secret)
		}
		if c.Secrets != (config.Secrets{}) {
			say("secrets", fmt.Sprint(c.Secrets))
		}
		if c.Parallel != nil {
			say("parallel", fmt.Sprint(*c.Parallel))
		}
		say("executor", strings.TrimSpace(c.Executor.Type+" "+string(c.Executor.JSON)))
		say("container", containerText(c.Container))
		say("job-container", containerText(c.JobContainer))
		say("image", c.Image)
		say("runner-image", c.RunnerImage)
		say("namespace", c.Namespace)
		say("service-account", c.ServiceAccount)
		say("python", c.Python)
		if c.Preload != nil {
			say("preload", fmt.Sprint(*c.Preload))
		}
		say("argo", string(c.Targets["argo"].JSON))
		say("compose", string(c.Targets["compose"].JSON))
	}
	for _, d := range diags {
		out = append(out, fmt.Sprintf("%s: %s: %s [%s]", d.Span, d.Severity, d.Message, d.Code))
	}
	return strings.Join(out, "\n")
}

// containerText is what an executor local-container says, without places.
func containerText(c *config.Container) string {
	if c == nil {
		return ""
	}
	show := func(s config.ContainerSettings) string {
		return fmt.Sprint("{", s.Image, " ", s.Env, " ", s.Keep, " ", s.Here, "}")
	}
	text := show(c.ContainerSettings)
	for _, key := range slices.Sorted(maps.Keys(c.Overrides)) {
		text += " " + key + "=" + show(c.Overrides[key])
	}
	return text
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, src string
		env       []string
		want      string
	}{
		{name: "empty"},
		{name: "null", src: "~"},
		{name: "comment", src: "# nothing\n"},
		{
			name: "keys of this project",
			src:  "store: s3://data/runs\nimage: app:1.10\nrunner_image: r\nnamespace: ml\nservice-account: sa\npython: python3\nargo: {ttl: 5}\ncompose:\n  network: x\nx-mine: [1]\n",
			want: "store=s3://data/runs\nimage=app:1.10\nrunner-image=r\nnamespace=ml\nservice-account=sa\npython=python3\nargo={\"ttl\":5}\ncompose={\"network\":\"x\"}",
		},
		{name: "python with libraries", src: "python: {interpreter: 3.12, preload: [seaborn]}\n", want: "python=3.12\npreload=[seaborn]"},
		{name: "python without libraries", src: "python: {preload: []}\n", want: "preload=[]"},
		{name: "libraries not listed", src: "python: {preload: seaborn}\n", want: "c.yaml:1:10: error: preload is a list of Python libraries, as [seaborn], but this is a string [RR0405]"},
		{name: "no library", src: "python:\n  preload: [\"sea born\"]\n", want: "c.yaml:2:13: error: \"sea born\" is not the name of an importable Python library; write pandas or my_library [RR0403]"},
		{name: "unknown key of python", src: "python: {prelod: []}\n", want: "c.yaml:1:10: error: unknown key \"prelod\" in python; did you mean \"preload\"? [RR0404]"},
		{
			name: "Runnable's defaults",
			src:  "pipeline-executor: {type: local, config: {}}\njob-executor: {type: local, config: {}}\nrun-log-store: {type: file-system, config: {}}\ncatalog: {type: file-system, config: {}}\nsecrets: {type: env-secrets, config: {}}\npickler: {type: pickle, config: {}}\n",
			want: "executor=local {}",
		},
		{name: "keys beside type", src: "run_log_store:\n  type: chunked-fs\n  log_folder: logs\n", want: "store=logs"},
		{name: "config is null", src: "pipeline-executor:\n  type: local\n  config:\n", want: "executor=local {}"},
		{name: "parallel", src: "pipeline-executor: {type: local, enable_parallel: true}\n", want: "parallel=true\nexecutor=local {\"enable_parallel\":true}"},
		{name: "parallel from a variable", src: "pipeline-executor: {type: local, enable_parallel: \"${PAR}\"}\n", env: []string{"RUNNABLE_VAR_PAR=False"}, want: "parallel=false\nexecutor=local {\"enable_parallel\":\"False\"}"},
		{name: "buffered", src: "run-log-store: {type: buffered}\n", want: ""},
		{name: "nothing in the catalog", src: "catalog: {type: do-nothing}\n", want: "c.yaml:1:1: warning: catalog of type do-nothing has no effect: a step that puts or gets files does; remove its catalog, or say store_copy: false to record files without a copy [RR0411]"},
		{
			name: "container",
			src:  "pipeline-executor: {type: local-container, config: {docker_image: app, environment: {A: b}, overrides: {big: {docker_image: other, environment: {n: 1}, run_in_local: true}}, auto_remove_container: false}}\n",
			want: "executor=local-container {\"docker_image\":\"app\",\"environment\":{\"A\":\"b\"},\"overrides\":{\"big\":{\"docker_image\":\"other\",\"environment\":{\"n\":1},\"run_in_local\":true}},\"auto_remove_container\":false}\ncontainer={app [{A b}] true false} big={other [{n 1}] true true}\nimage=app",
		},
		{name: "containers of jobs", src: "job-executor: {type: local-container, docker_image: app}\n", want: "job-container={app [] false false}"},
		{name: "a variable of the runner", src: "pipeline-executor: {type: local-container, docker_image: app, environment: {RUNNABLE_STORE: x}}\n", want: "c.yaml:1:77: error: RUNNABLE_STORE is a variable that the runner in a container reads; choose another name [RR0403]"},
		{name: "unknown key of an override", src: "pipeline-executor: {type: local-container, docker_image: app, overrides: {a: {docker_imge: x}}}\n", want: "c.yaml:1:79: error: an override of local-container has no key \"docker_imge\"; did you mean \"docker-image\"? [RR0404]"},
		{name: "dotenv", src: "secrets: {type: dotenv}\n", want: "secrets={1 .env}"},
		{name: "dotenv elsewhere", src: "secrets: {type: dotenv, config: {location: conf/.env}}\n", want: "secrets={1 conf/.env}"},
		{name: "no secrets", src: "secrets: {type: do-nothing}\n", want: "secrets={2 }"},
		{
			name: "Argo",
			src:  "pipeline-executor:\n  type: argo\n  config:\n    defaults: {image: app, retryStrategy: {limit: 1}}\n    pvc_for_runnable: claim\n",
			want: "executor=argo {\"defaults\":{\"image\":\"app\",\"retryStrategy\":{\"limit\":1}},\"pvc_for_runnable\":\"claim\"}\nargo={\"defaults\":{\"image\":\"app\",\"retryStrategy\":{\"limit\":1}},\"pvc_for_runnable\":\"claim\"}",
		},
		{name: "Argo beside type", src: "pipeline-executor:\n  type: argo\n  defaults: {image: app}\n", want: "executor=argo {\"defaults\":{\"image\":\"app\"}}\nargo={\"defaults\":{\"image\":\"app\"}}"},
		{name: "Argo twice", src: "argo: {}\npipeline-executor: {type: argo}\n", want: "c.yaml:2:1: error: the settings of argo are given twice; keep argo: or the pipeline-executor of type argo [RR0408]"},

		// Where things are kept.
		{name: "MinIO by default", src: "catalog: {type: minio}\n", want: "store=s3://runnable?endpoint=http%3A%2F%2Flocalhost%3A9002"},
		{name: "MinIO's run log by default", src: "run-log-store: {type: chunked-minio}\n", want: "store=s3://runnable/run-logs?endpoint=http%3A%2F%2Flocalhost%3A9002"},
		{name: "MinIO for both", src: "run-log-store: {type: minio}\ncatalog: {type: minio}\n", want: "store=s3://runnable?endpoint=http%3A%2F%2Flocalhost%3A9002"},
		{
			name: "MinIO with keys",
			src:  "run-log-store:\n  type: minio\n  config: {endpoint_url: 'http://m:9000', bucket: b/p, aws_access_key_id: me, aws_secret_access_key: hunter2}\n",
			want: "store=s3://b/p?endpoint=http%3A%2F%2Fm%3A9000\nkeys=me:hunter2\nc.yaml:1:1: warning: credentials do not belong in a file, and reach no container from here; remove \"aws_access_key_id\" and \"aws_secret_access_key\" and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a profile or role [RR0409]",
		},
		{name: "MinIO by the documentation's keys", src: "catalog: {type: minio, endpoint: 'm:9000', bucket_name: b, secure: false}\n", want: "store=s3://b?endpoint=http%3A%2F%2Fm%3A9000"},
		{name: "half a key", src: "catalog: {type: minio, access_key: me}\n", want: "c.yaml:1:24: error: \"access_key\" is given without its secret; better remove it and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY [RR0407]"},
		{name: "S3", src: "catalog: {type: s3, bucket_name: b, prefix: a/b/, region: eu-west-1}\n", want: "store=s3://b/a/b?region=eu-west-1"},
		{name: "S3 without a bucket", src: "catalog: {type: s3}\n", want: "c.yaml:1:1: error: catalog of type s3 needs a bucket [RR0407]"},
		{name: "the same said twice", src: "catalog: {type: s3, bucket: a, bucket_name: b}\n", want: "c.yaml:1:32: error: \"bucket_name\" and \"bucket\" say the same; remove one [RR0408]"},
		{name: "bucket before folder", src: "run-log-store: {type: file-system}\ncatalog: {type: s3, bucket: b}\n", want: "store=s3://b"},
		{
			name: "two folders", src: "run-log-store: {type: file-system, log_folder: a}\ncatalog: {type: file-system, catalog_location: b}\n",
			want: "store=a\nc.yaml:2:30: warning: nothing is kept in b: one store holds records and files, here a; set store: to choose another [RR0411]",
		},
		{
			name: "store wins", src: "store: d\ncatalog: {type: s3, bucket: b}\n",
			want: "store=d\nc.yaml:2:1: warning: nothing is kept in s3://b: one store holds records and files, here d; set store: to choose another [RR0411]",
		},
		{name: "data folder", src: "catalog: {type: file-system, compute_data_folder: .}\n"},
		{name: "another data folder", src: "catalog: {type: file-system, compute_data_folder: data}\n", want: "c.yaml:1:51: error: \"compute_data_folder\" can only be \".\" here; put the folder into the patterns of the steps' catalog instead (data/*) [RR0406]"},

		// Variables.
		{name: "variables", src: "image: ${REG}/app:$TAG\nnamespace: $$x\n", env: []string{"RUNNABLE_VAR_REG=r\"e\\g", "RUNNABLE_VAR_TAG=007"}, want: "image=r\"e\\g/app:007\nnamespace=$x"},
		{name: "unset variable", src: "image: app:${TAG}\n", want: "image=app:${TAG}\nc.yaml:1:8: warning: ${TAG} stays as it is: RUNNABLE_VAR_TAG is not set; set it, or write $${TAG} if that is meant [RR0410]"},
		{name: "variable in an alias", src: "x-a: &a ${A}\nimage: *a\n", env: []string{"RUNNABLE_VAR_A=$B"}, want: "image=$B"},

		// Errors.
		{name: "misspelt", src: "stroe: x\n", want: "c.yaml:1:1: error: unknown key \"stroe\"; did you mean \"store\"? [RR0404]"},
		{name: "unknown", src: "zzz: x\n", want: "c.yaml:1:1: error: unknown key \"zzz\"; known are store, image, runner-image, namespace, service-account, python, ignore, argo, compose, pipeline-executor, job-executor, run-log-store, catalog, secrets, pickler; keys for other tools begin with x- [RR0404]"},
		{name: "legacy", src: "executor: {type: local}\n", want: "c.yaml:1:1: warning: \"executor\" has no effect, in Runnable neither: the key is called pipeline-executor [RR0411]"},
		{name: "dash and underscore", src: "run-log-store: {type: buffered}\nrun_log_store: {type: buffered}\n", want: "c.yaml:2:1: error: key \"run_log_store\" is given twice, the other time as \"run-log-store\"; remove one [RR0402]"},
		{name: "twice", src: "image: a\nimage: b\n", want: "c.yaml:2:1: error: the key \"image\" appears twice; rename one, or delete it [RR0402]"},
		{name: "no type", src: "secrets: {}\n", want: "c.yaml:1:1: error: \"secrets\" has no type; write type: env-secrets or dotenv or do-nothing [RR0407]"},
		{name: "unknown type", src: "catalog: {type: file-sistem}\n", want: "c.yaml:1:17: error: catalog knows no type \"file-sistem\"; did you mean \"file-system\"? [RR0406]"},
		{name: "mocked", src: "pipeline-executor: {type: mocked, config: {patches: {a: {command: b.c}}}}\n", want: "executor=mocked {\"patches\":{\"a\":{\"command\":\"b.c\"}}}"},
		{name: "unknown key of a service", src: "pipeline-executor: {type: local, config: {enable_paralel: true}}\n", want: "c.yaml:1:43: error: pipeline-executor of type local has no key \"enable_paralel\"; did you mean \"enable-parallel\"? [RR0404]"},
		{name: "unknown key of the run log", src: "run-log-store: {type: file-system, log_foldr: x}\n", want: "c.yaml:1:36: warning: \"log_foldr\" has no effect; did you mean \"log-folder\"? [RR0411]"},
		{name: "beside config", src: "secrets: {type: dotenv, location: x, config: {}}\n", want: "c.yaml:1:25: error: \"location\" is beside config; move it into config [RR0404]"},
		{name: "not a mapping", src: "- a\n", want: "c.yaml:1:1: error: a configuration is a mapping of keys, but this is a list [RR0405]"},
		{name: "wrong types", src: "image: [a]\nsecrets: dotenv\nargo: 1\npython:\n", want: "c.yaml:1:8: error: \"image\" must be a string, but this is a list [RR0405]\nc.yaml:2:10: error: \"secrets\" must be a mapping with a type, but this is a string [RR0405]\nc.yaml:3:7: error: this must be a mapping, but it is a whole number [RR0405]\nc.yaml:4:1: error: \"python\" is empty; give it a value, or remove it [RR0405]"},
		{name: "no image", src: "pipeline-executor: {type: local-container}\n", want: "c.yaml:1:1: error: pipeline-executor of type local-container needs docker_image [RR0407]"},
		{name: "an open brace", src: "store: x\nargo: {namespace: a\nimage: b\n", want: "c.yaml:2:7: error: the mapping that begins here is not closed; add a `}`, or the missing `,` [RR0401]"},
		{name: "no YAML", src: "image: [\n", want: "c.yaml:1:8: error: the list that begins here is not closed; add a `]`, or the missing `,` [RR0401]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tt.want, parse(tt.src, tt.env...)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSectionPlaces(t *testing.T) {
	t.Parallel()
	c, diags := config.Parse("c.yaml", []byte("pipeline-executor:\n  type: argo\n  config:\n    defaults:\n      tolerations:\n      - {key: a}\n    x/y: 1\n"), nil, config.Sections{Names: []string{"argo", "compose"}})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	for pointer, want := range map[string]string{
		"": "c.yaml:1:1", "/defaults": "c.yaml:4:5", "/defaults/tolerations/0": "c.yaml:6:9", "/defaults/tolerations/0/key": "c.yaml:6:10",
		"/defaults/tolerations/0/effect": "c.yaml:6:9", "/none/at/all": "c.yaml:1:1", "/x~1y": "c.yaml:7:5",
	} {
		if got := c.Targets["argo"].At(pointer).String(); got != want {
			t.Errorf("%s: %s, want %s", pointer, got, want)
		}
	}
}

const withKeys = "run-log-store:\n  type: minio\n  aws_access_key_id: \"hunter1\"\n  aws_secret_access_key: hunter2\ncatalog: {type: minio, access_key: hunter3, 'secret-key': hunter4, bukket: x}\n"

func TestKeysAreNeverShown(t *testing.T) {
	t.Parallel()
	src := strings.Replace(withKeys, ", bukket: x", "", 1)
	c, diags := config.Parse("c.yaml", []byte(src), nil, config.Sections{Names: []string{"argo", "compose"}})
	if c == nil || c.Keys == nil {
		t.Fatal(diags)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	all := string(text) + fmt.Sprintf("%v %+v %#v %s %v", c, c, c.Keys, c.Keys, *c.Keys)
	for _, d := range diags {
		all += d.Message
	}
	if strings.Contains(all, "hunter") {
		t.Error(all)
	}
	_, diags = config.Parse("c.yaml", []byte(withKeys), nil, config.Sections{Names: []string{"argo", "compose"}})
	shown := config.Shown([]byte(withKeys))
	if !diags.HasErrors() || strings.Contains(string(shown), "hunter") || len(shown) != len(withKeys) {
		t.Errorf("%s", shown)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	find := func(given, dir string, env ...string) string {
		name, err := config.Find(given, dir, env)
		if err != nil {
			t.Error(err)
		}
		return name
	}
	if got := find("", dir); got != "" {
		t.Errorf("no file: %s", got)
	}
	name := filepath.Join(dir, config.DefaultFile)
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	env := config.FileVariable + "=env.yaml"
	for _, tt := range []struct{ got, want string }{
		{find("", dir), name}, {find("given.yaml", dir), "given.yaml"}, {find("given.yaml", dir, env), "env.yaml"}, {find("", dir, config.FileVariable+"="), name},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

// Every code that the package gives is explained.
func TestCodes(t *testing.T) {
	t.Parallel()
	for n := 401; n <= 411; n++ {
		code := fmt.Sprintf("RR%04d", n)
		if c, ok := diag.Lookup(code); !ok || c.Explanation == "" {
			t.Errorf("%s is not explained", code)
		}
	}
	for _, c := range diag.Codes() {
		if c.Bad == "" || c.Code < "RR0401" || c.Code > "RR0411" {
			continue
		}
		if got := parse(c.Bad); !strings.Contains(got, c.Code) {
			t.Errorf("%s: its bad example gives %s", c.Code, got)
		}
		if got := parse(c.Good); strings.Contains(got, c.Code) {
			t.Errorf("%s: its good example gives %s", c.Code, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(withKeys)
	for _, s := range []string{"store: x\n", "pipeline-executor: {type: argo, config: {a: [1]}}\n", "catalog: &c {type: s3, bucket: b}\nx-y: *c\n", "&a {argo: *a}", "image: ${A}\n", "argo: {<<: {a: 1}}\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		c, diags := config.Parse("c.yaml", []byte(src), []string{"RUNNABLE_VAR_A=b"}, config.Sections{Names: []string{"argo", "compose"}})
		if (c == nil) != diags.HasErrors() {
			t.Errorf("%v, %v", c, diags)
		}
		if c != nil && c.Targets["argo"].JSON != nil && !json.Valid(c.Targets["argo"].JSON) {
			t.Errorf("%s", c.Targets["argo"].JSON)
		}
		config.Shown([]byte(src))
	})
}
