package compose

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// parse reads a definition that must be free of errors.
func parse(t testing.TB, src string) *ir.Pipeline {
	t.Helper()
	p, list := yamldef.Parse("pipeline.yaml", []byte(src))
	if p != nil {
		if p.Name == "" {
			p.Name = "test"
		}
		list = append(list, ir.Check(p)...)
	}
	if list.HasErrors() {
		t.Fatalf("%v\n%s", list, src)
	}
	return p
}

// plain are options under which most pipelines render.
func plain(params ...Parameter) Options {
	return Options{Image: "python:3.12", RunnerImage: "runner:1", Parameters: params, Source: "pipeline.yaml"}
}

func param(name, value string) Parameter { return Parameter{Name: name, Value: json.RawMessage(value)} }

// render renders a definition that compose can express.
func render(t testing.TB, src string, o Options) string {
	t.Helper()
	files, list := Render(parse(t, src), o)
	if list.HasErrors() {
		t.Fatal(list)
	}
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	return string(files[FileName])
}

func errorCodes(list diag.List) []string {
	var codes []string
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	return codes
}

func TestDiagnostics(t *testing.T) {
	t.Parallel()
	const one = "dag:\n  steps:\n    a: {type: task, command_type: shell, command: 'true'}\n"
	const inOne = "dag:\n  steps:\n    c:\n      type: parallel\n      pods: one\n      branches: {l: {steps: {a: {type: task, command_type: shell, command: 'true', %s}}}, r: {steps: {b: {type: stub}}}}\n"
	twoImages := "dag:\n  steps:\n    l:\n      type: loop\n      max_iterations: 2\n      break_on: d\n      index_as: i\n      branch:\n        steps:\n          a: {type: task, command_type: shell, command: 'true', image: 'a:1'}\n          b: {type: task, command_type: shell, command: 'true', image: 'b:1'}\n"
	deep := "dag:\n  steps:\n" + strings.Join(lines(201, "    s%d: {type: stub}\n"), "")
	var diamonds strings.Builder
	diamonds.WriteString("dag:\n  steps:\n")
	for i := range 16 {
		fmt.Fprintf(&diamonds, "    p%d: {type: parallel, branches: {x: {steps: {a: {type: stub}}}, y: {steps: {a: {type: stub}}}, z: {steps: {a: {type: stub}}}}}\n", i)
	}
	tests := []struct {
		name, src string
		o         Options
		want      string // code, place and a part of the message
	}{
		{"no image", one, Options{}, `RR2001 pipeline.yaml:3:5 "a" has no image to run in; say --image IMAGE, image: at the step, or image: in runnable-config.yaml`},
		{"no image, with a configuration", one, Options{ConfigFile: "config.yaml"}, "RR2001 pipeline.yaml:3:5 image: in config.yaml"},
		{"no name of an image", one, Options{Image: "App"}, `RR2012 pipeline.yaml:3:5 "a" cannot run in an image named "App": invalid reference format: repository name (library/App) must be lowercase`},
		{"no name of the runner's image", one, Options{Image: "app", RunnerImage: "runner:"}, `RR2012 pipeline.yaml:1:1 the runner cannot run in an image named "runner:"`},
		{"a stub with a catalog", "dag:\n  steps:\n    a: {type: stub, catalog: {put: ['*.csv']}}\n", Options{}, "RR2001 pipeline.yaml:3:5 no image"},
		{"two images in one container", twoImages, Options{}, `RR2002 pipeline.yaml:3:5 the loop "l" runs in one container, but its steps ask for the images "a:1" and "b:1"`},
		{"a map that could be laid out", strings.NewReplacer("type: loop", "type: map", "max_iterations: 2", "iterate_on: xs", "break_on: d", "iterate_as: x", "\n      index_as: i", "").Replace(twoImages), Options{}, `RR2002 pipeline.yaml:3:5 render with the list "xs" as an initial parameter`},
		{"too many services", "dag:\n  steps:\n" + strings.Join(lines(2501, "    s%d: {type: stub, needs: []}\n"), ""), Options{}, "RR2003 pipeline.yaml:1:1 more than 2500 services"},
		{"a chain too long for 1.29", deep, Options{}, "RR2003 pipeline.yaml:1:1 202 services wait for one another in a row"},
		{"too many ways", diamonds.String(), Options{}, "RR2003 pipeline.yaml:1:1 paths through the plan"},
		{"parameters", one, plain(param("big", `"`+strings.Repeat("x", 100<<10)+`"`)), `RR2005 pipeline.yaml:1:1 parameter "big" has 100 KiB`},
		{"a folder as a store", one, Options{Image: "i", Store: "file:///tmp/x"}, "RR2006 pipeline.yaml:1:1 cannot share the store file:///tmp/x"},
		{"no URL as a store", one, Options{Image: "i", Store: "bucket"}, `RR2006 pipeline.yaml:1:1 "bucket" is not a bucket URL`},
		{"memory", one, Options{Image: "i", Defaults: Settings{Resources: ir.Resources{Memory: "lots"}}}, `RR2007 pipeline.yaml:3:5 "a" asks for memory "lots"`},
		{"part of a GPU", one, Options{Image: "i", Defaults: Settings{Resources: ir.Resources{GPU: "500m"}}}, "RR2007 pipeline.yaml:3:5 give a whole number"},
		{"a secret's name", strings.Replace(one, "'true'", "'true', secrets: [api-key]", 1), plain(), `RR2008 pipeline.yaml:3:69 the secret "api-key"`},
		{"two folders in one place", strings.NewReplacer("image: 'a:1'", "image: 'a:1', targets: {compose: {volumes: ['/x:/v']}}", "image: 'b:1'", "image: 'a:1', targets: {compose: {volumes: ['/y:/v/']}}").Replace(twoImages), Options{},
			`RR2013 pipeline.yaml:3:5 the loop "l" runs in one container, but its steps ask for different volumes`},
		{"two values of a variable in one container", strings.NewReplacer("image: 'a:1'", "image: 'a:1', targets: {compose: {env: {W: one}}}", "image: 'b:1'", "image: 'a:1', targets: {compose: {env: {W: two}}}").Replace(twoImages), Options{},
			`RR2013 pipeline.yaml:3:5 the loop "l" runs in one container, but its steps ask for different env; give them the same, or use Argo`},
		{"a variable of one step alone", strings.NewReplacer("image: 'a:1'", "image: 'a:1'", "image: 'b:1'", "image: 'a:1', targets: {compose: {env: {W: two}}}").Replace(twoImages), Options{}, `RR2013 pipeline.yaml:3:5 different env`},
		{"two policies in one container, from overrides", strings.NewReplacer("image: 'b:1'", "image: 'a:1', overrides: {compose: fresh}").Replace(twoImages), Options{Overrides: map[string]Settings{"fresh": {PullPolicy: "always"}}},
			`RR2013 pipeline.yaml:3:5 different pull_policy`},
		{"settings of a step in one container", fmt.Sprintf(inOne, "targets: {compose: {env: {W: one}}}"), plain(), `RR2013 pipeline.yaml:6:94 "a" shares a container with the other steps of "c", so it cannot have targets of its own; give them at "c", or leave out pods: one`},
		{"an override of a step in one container", fmt.Sprintf(inOne, "overrides: {local-container: big}"), Options{Image: "i", Overrides: map[string]Settings{"big": {}}}, `RR2013 pipeline.yaml:6:113 cannot have overrides of its own`},
		{"settings of a step in a pipeline of one container", "dag:\n  pods: one\n  steps:\n    a: {type: task, command_type: shell, command: 'true', targets: {compose: {shm_size: 1g}}}\n", plain(), `RR2013 pipeline.yaml:4:69 "a" shares a container with the other steps of the pipeline, so it cannot have targets of its own; give them in the configuration`},
		{"two folders in one place of a list", strings.Replace(one, "'true'", "'true', targets: {compose: {volumes: ['/x:/v', '/y:/v/']}}", 1), plain(), `RR0333 pipeline.yaml:3:79 "volumes" mounts two volumes at /v`},
		{"two addresses of one host", strings.Replace(one, "'true'", "'true', targets: {compose: {extra_hosts: ['a:10.0.0.1', 'a:10.0.0.2']}}", 1), plain(), `RR0333 pipeline.yaml:3:79 "extra_hosts" gives the host a twice, as 10.0.0.1 and 10.0.0.2; leave one`},
		{"two devices in one place of a list", strings.Replace(one, "'true'", "'true', targets: {compose: {devices: ['/dev/a:/dev/x', '/dev/b:/dev/x']}}", 1), plain(), `RR0333 pipeline.yaml:3:79 "devices" has two devices at /dev/x`},
		{"external and not", "dag:\n  steps:\n    a: {type: task, command_type: shell, command: 'true', targets: {compose: {networks: [n]}}}\n    b: {type: task, command_type: shell, command: 'true', targets: {compose: {networks: [{name: n, external: true}]}}}\n", plain(),
			`RR2013 pipeline.yaml:4:5 the network "n" is external for some steps`},
		{"an extended resource", strings.Replace(one, "'true'", "'true', resources: {extended: {example.com/fpga: 1}}", 1), plain(), `RR2014 pipeline.yaml:3:5 "a" asks for example.com/fpga`},
		{"a step's own settings", strings.Replace(one, "'true'", "'true', targets: {compose: {shm: 1g}}", 1), plain(), `RR0332 pipeline.yaml:3:79 unknown key "shm" in targets.compose`},
		{"an override that is not there", strings.Replace(one, "'true'", "'true', overrides: {compose: bigg}", 1), Options{Image: "i", ConfigFile: "config.yaml", Overrides: map[string]Settings{"big": {}}}, `RR2009 pipeline.yaml:3:80 did you mean "big"?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files, list := Render(parse(t, tt.src), tt.o)
			if files != nil {
				t.Error("there are files in spite of the error")
			}
			if len(list) != 1 {
				t.Fatalf("%d diagnostics: %v", len(list), list)
			}
			d := list[0]
			got := d.Code + " " + d.Span.String() + " " + d.Message
			code, part, _ := strings.Cut(tt.want, " ")
			place, part, _ := strings.Cut(part, " ")
			if d.Code != code || d.Span.String() != place || !strings.Contains(d.Message, part) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if _, ok := diag.Lookup(d.Code); !ok {
				t.Errorf("%s is not explained", d.Code)
			}
		})
	}
}

func lines(n int, format string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}

func TestLimitsByVersion(t *testing.T) {
	t.Parallel()
	o := plain()
	o.Version = V2
	if _, list := Render(parse(t, "dag:\n  steps:\n"+strings.Join(lines(201, "    s%d: {type: stub}\n"), "")), o); list.HasErrors() {
		t.Error(list)
	}
	// compose 2 alone lifts the limit on chains, none the one on ways
	if _, list := Render(parse(t, layered(16, 3)), o); !slices.Equal(errorCodes(list), []string{codeTooMany}) {
		t.Errorf("got %v", list)
	}
}

func TestAnOverrideWithoutAnyConfigurationIsTold(t *testing.T) {
	t.Parallel()
	files, list := Render(parse(t, "dag:\n  steps:\n    a: {type: task, command_type: shell, command: 'true', overrides: {local-container: big}}\n"), plain())
	if files == nil || len(list) != 1 || list[0].Severity != diag.Warning || list[0].Code != codeOverride {
		t.Errorf("%v", list)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	src := `dag:
  steps:
    bare: {type: task, command_type: shell, command: 'true'}
    own: {type: task, command_type: shell, command: 'true', image: 'own:1', resources: {cpu: 500m, memory: 1Gi, gpu: 2}}
    over: {type: task, command_type: shell, command: 'true', image: 'own:1', resources: {cpu: 2}, overrides: {compose: big}}
    around:
      type: parallel
      image: around:1
      resources: {memory: 500M}
      branches: {x: {steps: {in: {type: task, command_type: shell, command: 'true'}}}}
    again:
      type: loop
      max_iterations: 2
      break_on: d
      index_as: i
      branch:
        steps:
          p: {type: task, command_type: shell, command: 'true', secrets: [B, A], resources: {memory: 1Gi, cpu: 1}}
          q: {type: task, command_type: shell, command: 'true', secrets: [B], resources: {memory: 1536Mi}}
    idle: {type: stub}
`
	o := plain()
	o.Defaults = Settings{Image: "default:1", PullPolicy: "never", Env: []ir.EnvVar{{Name: "LANG", Value: "$C"}, {Name: "X", Value: "1"}}}
	o.Overrides = map[string]Settings{"big": {Image: "big:1", Resources: ir.Resources{Memory: "3G"}, Env: []ir.EnvVar{{Name: "X", Value: "2"}}, PullPolicy: "always"}}
	p := project(t, render(t, src, o), nil)
	type want struct {
		image, pull string
		cpus        float32
		memory      types.UnitBytes
		gpus        types.DeviceCount
		x           string
	}
	for name, w := range map[string]want{
		"bare":        {"python:3.12", "never", 0, 0, 0, "1"},
		"own":         {"own:1", "never", 0.5, 1 << 30, 2, "1"},
		"over":        {"big:1", "always", 2, 3e9, 0, "2"},
		"around.x.in": {"around:1", "never", 0, 500e6, 0, "1"},
		"again":       {"python:3.12", "never", 1, 1536 << 20, 0, "1"},
	} {
		s := p.Services[name]
		got := want{image: s.Image, pull: s.PullPolicy, cpus: s.CPUS, memory: s.MemLimit}
		if x := s.Environment["X"]; x != nil {
			got.x = *x
		}
		if s.Deploy != nil {
			got.gpus = s.Deploy.Resources.Reservations.Devices[0].Count
		}
		if got != w {
			t.Errorf("%s: got %+v, want %+v", name, got, w)
		}
		if lang := s.Environment["LANG"]; lang == nil || *lang != "$C" {
			t.Errorf("%s: LANG is not $C", name)
		}
	}
	for _, name := range []string{"A", "B"} {
		if v, there := p.Services["again"].Environment[name]; !there || v != nil {
			t.Errorf("again: secret %s is not passed on by name", name)
		}
		if _, there := p.Services["bare"].Environment[name]; there {
			t.Errorf("bare sees the secret %s, which it does not ask for", name)
		}
	}
}

func TestSecretsAsFiles(t *testing.T) {
	t.Parallel()
	o := plain()
	o.Version = V2
	text := render(t, "dag:\n  steps:\n    a: {type: task, command_type: shell, command: 'true', secrets: [KEY]}\n", o)
	p := project(t, text, types.Mapping{"KEY": "hunter2"})
	a := p.Services["a"]
	if _, there := a.Environment["KEY"]; there {
		t.Error("the secret is in the environment")
	}
	if len(a.Secrets) != 1 || a.Secrets[0].Source != "KEY" || p.Secrets["KEY"].Environment != "KEY" {
		t.Errorf("%+v, %+v", a.Secrets, p.Secrets)
	}
	if dir := a.Environment["RUNNABLE_SECRETS"]; dir == nil || *dir != secretsDir {
		t.Error("the runner is not told where secrets are")
	}
	if strings.Contains(text, "hunter2") {
		t.Error("the plan holds the value")
	}
}

func TestTheSameBytes(t *testing.T) {
	t.Parallel()
	src := layered(5, 5) + "    m: {type: map, iterate_on: xs, iterate_as: x, needs: [s0_0], branch: {steps: {a: {type: stub}}}}\n"
	first := render(t, src, plain(param("xs", "[1,2]"), param("y", "3")))
	for range 5 {
		if diff := cmp.Diff(first, render(t, src, plain(param("xs", "[1,2]"), param("y", "3")))); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestAChangedCommandChangesFewLines(t *testing.T) {
	t.Parallel()
	const src = "dag:\n  steps:\n    a: {type: task, command_type: shell, command: echo one}\n    b: {type: stub}\n"
	before := strings.Split(render(t, src, plain()), "\n")
	after := strings.Split(render(t, strings.Replace(src, "echo one", "echo two", 1), plain()), "\n")
	if len(before) != len(after) {
		t.Fatalf("%d lines became %d", len(before), len(after))
	}
	changed, shown := 0, false
	for i := range before {
		if before[i] != after[i] {
			changed++
			shown = shown || strings.Contains(after[i], "echo two")
		}
	}
	if changed > 4 || !shown {
		t.Errorf("%d lines changed; the new command is shown: %v", changed, shown)
	}
}

func TestParametersTravelAsTheyAre(t *testing.T) {
	t.Parallel()
	values := []string{`"$HOME ${X:-y} {{z}} 'q' \"q\" \n é 😀 #x"`, `12345678901234567890`, `1.0`, `{"a":[null,true]}`, `"  "`, `""`}
	var params []Parameter
	for i, v := range values {
		params = append(params, param(fmt.Sprintf("p%d $ 'é", i), v))
	}
	text := render(t, "dag:\n  steps:\n    a: {type: stub}\n", plain(params...))
	env := project(t, text, nil).Services[beginService].Environment
	var names []string
	if err := json.Unmarshal([]byte(*env["RUNNABLE_PARAM_NAMES"]), &names); err != nil {
		t.Fatal(err)
	}
	for i, p := range params {
		got, err := base64.StdEncoding.DecodeString(*env[fmt.Sprintf("RUNNABLE_PARAM_%d", i)])
		if err != nil || string(got) != values[i] || names[i] != p.Name {
			t.Errorf("%q is %q (%v), want %q is %q", names[i], got, err, p.Name, values[i])
		}
	}
}

func TestWhatCanBeReplacedAtTheStart(t *testing.T) {
	t.Parallel()
	src := "dag:\n  steps:\n    m: {type: map, iterate_on: xs, iterate_as: x, branch: {steps: {a: {type: stub}}}}\n"
	text := render(t, src, plain(param("xs", "[1]"), param("depth", "3"), param("a-b", "4")))
	p := project(t, text, types.Mapping{"RUNNABLE_PRM_depth": "5", "RUNNABLE_PRM_xs": "[1,2]", "RUN_ID": "mine"})
	env := p.Services[beginService].Environment
	if v := env["RUNNABLE_PRM_depth"]; v == nil || *v != "5" {
		t.Error("depth cannot be replaced")
	}
	if _, there := env["RUNNABLE_PRM_xs"]; there {
		t.Error("the list that decided which services there are can be replaced")
	}
	if v := p.Services["m.0.a"].Environment["RUNNABLE_RUN_ID"]; v == nil || *v != "mine" {
		t.Error("a step of a run with a name is not told the name, so that its container would not be made anew")
	}
}

func TestALongDefinitionIsPacked(t *testing.T) {
	t.Parallel()
	src := "dag:\n  steps:\n" + strings.Join(lines(150, "    s%d: {type: task, command_type: shell, command: '"+strings.Repeat("echo hello; ", 80)+"'}\n"), "")
	want := parse(t, src)
	text, ok := strings.CutPrefix(*project(t, render(t, src, plain()), nil).Services[beginService].Environment["RUNNABLE_DEFINITION"], "gz:")
	if !ok {
		t.Fatal("it is not packed")
	}
	zipped, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := irjson.Decode(doc)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ir.Dump(want), ir.Dump(got)); diff != "" {
		t.Error(diff)
	}
}

func TestStoreInABucket(t *testing.T) {
	t.Parallel()
	o := plain()
	o.Store = "s3://facts?endpoint=http://minio:9000&x=$y"
	p := project(t, render(t, "dag:\n  steps:\n    a: {type: stub}\n", o), types.Mapping{"AWS_REGION": "eu-central-1"})
	a := p.Services["a"]
	if v := a.Environment["RUNNABLE_STORE"]; v == nil || *v != o.Store {
		t.Errorf("the store is %v", v)
	}
	if v := a.Environment["AWS_REGION"]; v == nil || *v != "eu-central-1" {
		t.Error("the region is not passed on")
	}
	if len(p.Volumes) != 1 || len(a.Volumes) != 1 {
		t.Errorf("volumes: %v", p.Volumes)
	}
}
