//go:build e2e

package compose_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// Steps of one run are different users, none of whom owns what the others wrote, and hand files on.
func (e *engine) users(t *testing.T) {
	dir := definition(t, `
dag:
  steps:
    root: {type: task, image: `+e.base+`, command_type: shell, command: "id -u > a.txt; umask", catalog: {put: [a.txt]}, next: user}
    user:
      type: task
      image: `+e.user+`
      command_type: shell
      command: 'cat a.txt; id -u > b.txt; [ "$(umask)" = 0022 ]; export who=$(id -u)'
      returns: [{name: who}]
      catalog: {get: [a.txt], put: [b.txt]}
      next: both
    both:
      type: parallel
      branches:
        one: {steps: {s: {type: task, image: `+e.user+`, command_type: shell, command: "cat a.txt b.txt", catalog: {get: ["*.txt"]}}}}
        two: {steps: {s: {type: task, image: `+e.base+`, command_type: python, command: os.getcwd, catalog: {get: ["*.txt"]}, returns: [{name: folder}]}}}
`)
	plan := e.render(t, dir, e.base, nil, "pipeline.yaml")
	p := e.project(t, plan, nil)
	if code := p.up(t); code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	st, run := p.facts(t)
	r, err := golden.Observe(t.Context(), st, run)
	if err != nil {
		t.Fatal(err)
	}
	if who := fmt.Sprint(r.Parameters["who"]); who != "1000" {
		t.Errorf("user was %s: %+v", who, r)
	}
}

// Each step has the image, the environment and the resources that it asks for, and what exceeds them fails it.
func (e *engine) stepSettings(t *testing.T) {
	dir := definition(t, `
dag:
  steps:
    plain:
      type: task
      command_type: shell
      command: 'export who=$(id -u) level=$LEVEL site=$SITE'
      returns: [{name: who}, {name: level}, {name: site}]
      env: {LEVEL: own}
      resources: {cpu: 500m, memory: 96Mi}
    big:
      type: task
      image: `+e.user+`
      command_type: shell
      command: 'export other=$(id -u) far=$SITE'
      returns: [{name: other}, {name: far}]
      overrides: {compose: big}
    greedy:
      type: task
      command: greedy.eat
      resources: {memory: 96Mi}
      on_failure: handler
    handler: {type: task, command_type: shell, command: "export kind=$RUNNABLE_FAILURE_KIND", returns: [{name: kind}]}
`)
	for name, text := range map[string]string{
		"greedy.py":            "def eat():\n    return len(bytearray(1 << 30))\n",
		"runnable-config.yaml": "compose:\n  env: {SITE: here}\n  overrides: {big: {env: {SITE: there}, resources: {memory: 128Mi, cpu: 1}}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := images.Files(dir, "work")
	if err != nil {
		t.Fatal(err)
	}
	layer, err := imagetar.Files(0, files...)
	if err != nil {
		t.Fatal(err)
	}
	image := e.on(layer)
	load(t, image)
	p := e.project(t, e.render(t, dir, image.Name, nil, "pipeline.yaml"), nil)
	if code := p.up(t); code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	st, run := p.facts(t)
	got, err := golden.Observe(t.Context(), st, run)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"who": "0", "level": "own", "site": "here", "other": "1000", "far": "there", "kind": "oom"} {
		if value := strings.Trim(fmt.Sprint(got.Parameters[name]), `"`); value != want {
			t.Errorf("%s is %s, want %s", name, value, want)
		}
	}
	for service, want := range map[string]string{
		"plain": image.Name + " 100663296 500000000", "big": e.user + " 134217728 1000000000", "handler": image.Name + " 0 0",
	} {
		if told := strings.TrimSpace(docker(t, "inspect", "-f", "{{.Config.Image}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}", p.container(t, service))); told != want {
			t.Errorf("%s runs in %s, want %s", service, told, want)
		}
	}
}

// A step sees the image, its parameters and its files, whether it has a container of its own or shares one.
func (e *engine) isolation(t *testing.T) {
	const alone = `'[ ! -e left ] && [ ! -e kept ] && [ -z "$PASSWORD$STRANGER" ] && touch left && [ "$x" = 1 ]'`
	dir := definition(t, `
dag:
  steps:
    first:
      type: task
      command_type: shell
      command: 'touch left kept; export y=2 x=1 list="[1, 2]"'
      secrets: [PASSWORD]
      returns: [{name: x}, {name: list}]
      catalog: {put: [kept]}
    second: {type: task, command_type: shell, command: `+alone+`}
    third:
      type: task
      command_type: shell
      command: '[ -e kept ] && [ ! -e left ] && [ -z "$y" ] && ! env | grep -q "RUNNABLE_\(DEFINITION\|STORE\|PLAN\|SECRETS\)"'
      catalog: {get: [kept]}
    turns:
      type: loop
      max_iterations: 2
      break_on: never
      index_as: i
      branch: {steps: {a: {type: task, command_type: shell, command: `+alone+`}, b: {type: task, command_type: shell, command: `+alone+`}}}
    each:
      type: map
      iterate_on: list
      iterate_as: item
      branch: {steps: {a: {type: task, command_type: shell, command: `+alone+`}}}
`)
	p := e.project(t, e.render(t, dir, e.base, nil, "pipeline.yaml"), []string{"PASSWORD=sesame", "STRANGER=1"})
	if code := p.up(t); code != 0 {
		t.Errorf("exit %d\n%s", code, p.log)
	}
}

// No more items run at a time than a map allows, in containers of their own and in one.
func (e *engine) parallelism(t *testing.T) {
	dir := definition(t, `
dag:
  steps:
    known:
      type: map
      iterate_on: given
      iterate_as: item
      parallelism: 2
      branch: {steps: {s: {type: task, command_type: shell, command: "sleep 0.2"}}}
    make: {type: task, command_type: shell, command: "export made='[1, 2, 3, 4, 5]'", returns: [{name: made}]}
    computed:
      type: map
      iterate_on: made
      iterate_as: item
      parallelism: 2
      branch: {steps: {s: {type: task, command_type: shell, command: "sleep 0.2"}}}
`)
	p := e.project(t, e.render(t, dir, e.base, nil, "pipeline.yaml", "--param", "given=[1, 2, 3, 4, 5]"), nil)
	if code := p.up(t); code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	st, run := p.facts(t)
	records, err := st.ListRecords(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{"known.", "computed."} {
		var spans []span
		for _, r := range records {
			if strings.HasPrefix(r.Path, of) {
				spans = append(spans, span{r.Started, r.Ended})
			}
		}
		if most := atATime(spans); len(spans) != 5 || most > 2 {
			t.Errorf("%s: %d items, %d of them at a time", of, len(spans), most)
		}
	}
}

// span is the time that a step took.
type span struct{ from, to time.Time }

// atATime is how many were under way when one began.
func atATime(spans []span) int {
	most := 0
	for _, s := range spans {
		n := 0
		for _, other := range spans {
			if !other.from.After(s.from) && other.to.After(s.from) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// What compose and the engine tell of a secret that goes as a variable, the default: docs/compose.md says so.
func (e *engine) secrets(t *testing.T) {
	plan := e.render(t, definition(t, secretOfOne), e.base, nil, "pipeline.yaml")
	p := e.project(t, plan, []string{"PASSWORD=open  sesame"})
	if code := p.up(t); code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	if strings.Contains(string(plan)+p.log, "sesame") {
		t.Errorf("the plan or its output holds the secret\n%s", p.log)
	}
	p.factsHide(t, "sesame")
	p.tells(t, map[string]bool{"use": true, "other": false, "result": false, "config": true})
}

const secretOfOne = `
dag:
  steps:
    use: {type: task, command_type: shell, command: 'echo "it is $PASSWORD"; [ "${#PASSWORD}" = 12 ]', secrets: [PASSWORD]}
    other: {type: task, command_type: shell, command: '[ -z "$PASSWORD" ] && [ ! -e /run/secrets/PASSWORD ]'}
`

// Secrets of compose 2 are files: neither the plan nor what the engine tells of a container holds them. 1.29 refuses
// such a plan.
func (e *engine) secretFiles(t *testing.T) {
	plan := e.render(t, definition(t, secretOfOne), e.base, nil, "pipeline.yaml", "--compose-version", "2")
	p := e.project(t, plan, []string{"PASSWORD=open  sesame"})
	if e.version == "v1" {
		if out, err := p.command(t.Context(), nil, "config").CombinedOutput(); err == nil {
			t.Errorf("1.29 takes a plan that is for 2:\n%s", out)
		}
		return
	}
	if code := p.up(t); code != 0 {
		t.Fatalf("exit %d\n%s", code, p.log)
	}
	if strings.Contains(string(plan)+p.log, "sesame") {
		t.Errorf("the plan or its output holds the secret\n%s", p.log)
	}
	p.factsHide(t, "sesame")
	p.tells(t, map[string]bool{"use": false, "other": false, "result": false, "config": false})
	copied := docker(t, "cp", p.container(t, "use")+":/run/secrets/PASSWORD", "-")
	if !strings.Contains(copied, "sesame") {
		t.Error("docker cp does not tell the secret; docs/compose.md says that it does")
	}
}

// tells checks who is told the secret: by `docker inspect` of a service, or by `docker-compose config`.
func (p *project) tells(t *testing.T, want map[string]bool) {
	t.Helper()
	for who, want := range want {
		var text string
		if who == "config" {
			out, err := p.command(t.Context(), nil, "config").Output()
			if err != nil {
				t.Fatal(err)
			}
			text = string(out)
		} else {
			text = docker(t, "inspect", p.container(t, who))
		}
		if got := strings.Contains(text, "sesame"); got != want {
			t.Errorf("%s tells the secret: %v, want %v", who, got, want)
		}
	}
}

// factsHide checks that no object of the store holds a text.
func (p *project) factsHide(t *testing.T, text string) {
	t.Helper()
	st, _ := p.facts(t)
	dir, _ := st.Folder()
	files := 0
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(name)
		if bytes.Contains(data, []byte(text)) {
			t.Errorf("%s holds the secret", name)
		}
		return err
	})
	if err != nil || files < 5 {
		t.Errorf("%d files, %v", files, err)
	}
}
