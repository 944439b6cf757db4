package argo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-workflows/v3/workflow/common"

	"github.com/runnable-render/runnable-render/internal/matrix"
	"github.com/runnable-render/runnable-render/ir"
)

// TestGoldenAndRandomManifests holds the manifests of every golden case, and of random pipelines nested three deep,
// against Argo's validator, the full resource definition of Argo 3.7, and what must never be rendered.
func TestGoldenAndRandomManifests(t *testing.T) {
	t.Parallel()
	schema := resourceSchema(t, "workflows")
	files, err := filepath.Glob("../../golden/*/argo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 80 {
		t.Errorf("%d golden manifests, want at least 80", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems(t, schema, text) {
			t.Errorf("%s: %s", file, problem)
		}
	}
	want := matrix.Of(20, 60)
	made, deep := 0, 0
	for seed := uint64(0); made < want && seed < uint64(10*want); seed++ {
		p := &ir.Pipeline{Name: "random", Graph: randomGraph(rand.New(rand.NewPCG(seed, 60)), 3)}
		if ir.Check(p).HasErrors() {
			continue
		}
		made++
		for v := range ir.Walk(p) {
			deep = max(deep, v.Depth)
		}
		files, list := Render(p, Options{Image: "registry.example/user:1", Parameters: simParameters()})
		if list.HasErrors() {
			t.Fatalf("seed %d: %s\n%s", seed, messages(list), ir.Dump(p))
		}
		for _, problem := range problems(t, schema, files[SingleFile]) {
			t.Errorf("seed %d: %s\n%s", seed, problem, ir.Dump(p))
		}
	}
	if made < want || deep < 3 {
		t.Errorf("%d random pipelines, at most %d deep", made, deep)
	}
}

// problems are what Argo's validator, the resource definition and the rules say of a Workflow.
func problems(t *testing.T, schema *validate.SchemaValidator, text []byte) []string {
	t.Helper()
	var out []string
	if err := checkObject(common.ParseObjects(text, true), nil); err != nil {
		out = append(out, err.Error())
	}
	doc := document(t, text)
	for _, err := range schema.Validate(doc).Errors {
		out = append(out, err.Error())
	}
	return append(out, forbidden(doc["spec"].(map[string]any))...)
}

func document(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// forbidden lists what versions of Argo read differently or what breaks a run (docs/argo.md), by another reader than
// the renderer's own check.
func forbidden(spec map[string]any) []string {
	var out []string
	for _, key := range []string{"retryStrategy", "templateDefaults", "hooks", "podSpecPatch"} {
		if spec[key] != nil {
			out = append(out, "the workflow has "+key)
		}
	}
	templates := map[string]map[string]any{}
	for _, t := range spec["templates"].([]any) {
		templates[t.(map[string]any)["name"].(string)] = t.(map[string]any)
	}
	if n := len(spec["templates"].([]any)); len(templates) != n || n > 200 {
		out = append(out, fmt.Sprintf("%d templates of %d names", n, len(templates)))
	}
	for name, t := range templates {
		dag, ok := t["dag"].(map[string]any)
		if !ok {
			continue
		}
		for _, problem := range append(forbiddenInDAG(t, dag), partialOutputs(t, dag)...) {
			out = append(out, name+": "+problem)
		}
		for _, task := range tasksOf(dag) {
			for _, problem := range forbiddenInTask(task, templates[text(task["template"])]) {
				out = append(out, fmt.Sprintf("%s: %s: %s", name, task["name"], problem))
			}
		}
	}
	return out
}

func forbiddenInDAG(t, dag map[string]any) []string {
	var out []string
	for _, key := range []string{"retryStrategy", "activeDeadlineSeconds", "timeout", "memoize", "synchronization", "failFast"} {
		if t[key] != nil {
			out = append(out, "a DAG has "+key)
		}
	}
	if n := len(tasksOf(dag)); n > 200 {
		out = append(out, fmt.Sprintf("%d tasks", n))
	}
	return out
}

// taskReference finds what a tag or an expression reads of another task.
var taskReference = regexp.MustCompile(`tasks(?:\.|\[')([-a-zA-Z0-9]+)(?:'\])?\.(\w+)`)

func forbiddenInTask(task, called map[string]any) []string {
	var out []string
	for _, key := range []string{"inline", "continueOn", "dependencies", "hooks", "onExit", "withItems", "withParam", "templateRef"} {
		if task[key] != nil {
			out = append(out, "it has "+key)
		}
	}
	if task["withSequence"] != nil && (task["when"] != nil || called["retryStrategy"] != nil || called["outputs"] != nil || called["dag"] == nil) {
		out = append(out, "it fans out under a condition, or a template that is a pod, retries or gives values")
	}
	depends := text(task["depends"])
	if strings.Contains(depends, "AnySucceeded") || strings.Contains(depends, "Daemoned") {
		out = append(out, "it depends on "+depends)
	}
	for _, result := range regexp.MustCompile(`[\w-]+(\.\w+)?`).FindAllString(depends, -1) {
		if !strings.Contains(result, ".") {
			out = append(out, "it does not say which result of "+result+" it waits for")
		}
	}
	for _, ref := range taskReference.FindAllStringSubmatch(fmt.Sprint(task["arguments"], task["when"], task["withSequence"]), -1) {
		if ref[2] != "status" && !slices.Contains(required(depends), ref[1]) {
			out = append(out, "it reads "+ref[0]+" and waits for "+depends)
		}
	}
	return out
}

// required are the tasks whose success a condition cannot do without.
func required(depends string) []string {
	var out []string
	for part := range strings.SplitSeq(depends, " && ") {
		if name, ok := strings.CutSuffix(part, ".Succeeded"); ok && !strings.ContainsAny(name, "( |!") {
			out = append(out, name)
		}
	}
	return out
}

// partialOutputs lists what a DAG gives that may be missing although the DAG succeeded: a value of a task that need
// not have succeeded then, or an expression that does not look at a status first.
func partialOutputs(t, dag map[string]any) []string {
	outputs, _ := t["outputs"].(map[string]any)
	if outputs == nil {
		return nil
	}
	var out []string
	sure := alwaysSucceeded(dag)
	for _, p := range outputs["parameters"].([]any) {
		from := p.(map[string]any)["valueFrom"].(map[string]any)
		if e := text(from["expression"]); e != "" && !strings.Contains(e, ".status == 'Succeeded' ? ") {
			out = append(out, "it gives "+e)
		}
		for _, ref := range taskReference.FindAllStringSubmatch(text(from["parameter"]), -1) {
			if !sure[ref[1]] {
				out = append(out, "it gives "+ref[0]+", which a run may leave out")
			}
		}
	}
	return out
}

// alwaysSucceeded are the tasks without which a DAG cannot succeed: its leaves that have no condition, and what those
// cannot do without.
func alwaysSucceeded(dag map[string]any) map[string]bool {
	byName, used := map[string]map[string]any{}, map[string]bool{}
	for _, task := range tasksOf(dag) {
		byName[text(task["name"])] = task
		for _, word := range regexp.MustCompile(`([\w-]+)\.\w+`).FindAllStringSubmatch(text(task["depends"]), -1) {
			used[word[1]] = true
		}
	}
	sure := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if sure[name] || byName[name] == nil {
			return
		}
		sure[name] = byName[name]["when"] == nil
		for _, before := range required(text(byName[name]["depends"])) {
			add(before)
		}
	}
	for name := range byName {
		if !used[name] {
			add(name)
		}
	}
	return sure
}

func tasksOf(dag map[string]any) []map[string]any {
	var out []map[string]any
	for _, task := range dag["tasks"].([]any) {
		out = append(out, task.(map[string]any))
	}
	return out
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// TestForbiddenIsSeen plants what must never be rendered, one thing at a time: that nothing is found elsewhere would
// otherwise prove nothing.
func TestForbiddenIsSeen(t *testing.T) {
	t.Parallel()
	spec := func() map[string]any {
		doc := document(t, []byte(manifest(t, chain(sh("first"), mapOf("m", chain(sh("x"))), loopOf("l", 3, chain(sh("one"), sh("two")))), Options{})))
		return doc["spec"].(map[string]any)
	}
	if found := forbidden(spec()); len(found) > 0 {
		t.Fatal(found)
	}
	template := func(spec map[string]any, name string) map[string]any {
		for _, x := range spec["templates"].([]any) {
			if x := x.(map[string]any); x["name"] == name {
				return x
			}
		}
		t.Fatalf("there is no template %s", name)
		return nil
	}
	task := func(spec map[string]any, in, name string) map[string]any {
		for _, x := range tasksOf(template(spec, in)["dag"].(map[string]any)) {
			if x["name"] == name {
				return x
			}
		}
		t.Fatalf("there is no task %s in %s", name, in)
		return nil
	}
	for name, plant := range map[string]func(map[string]any){
		"retries of the workflow":  func(s map[string]any) { s["retryStrategy"] = map[string]any{} },
		"template defaults":        func(s map[string]any) { s["templateDefaults"] = map[string]any{} },
		"retries of a DAG":         func(s map[string]any) { template(s, "m")["retryStrategy"] = map[string]any{} },
		"retries of a fan-out":     func(s map[string]any) { task(s, "m", "item")["template"] = "step" },
		"a value of a fan-out":     func(s map[string]any) { template(s, "m-body")["outputs"] = map[string]any{"parameters": []any{}} },
		"a fan-out on a condition": func(s map[string]any) { task(s, "m", "item")["when"] = "true" },
		"a list of items":          func(s map[string]any) { task(s, "m", "item")["withParam"] = "[]" },
		"continueOn":               func(s map[string]any) { task(s, "pipeline", "s-first")["continueOn"] = map[string]any{} },
		"dependencies":             func(s map[string]any) { task(s, "pipeline", "s-m")["dependencies"] = []any{"s-first"} },
		"a template inline":        func(s map[string]any) { task(s, "pipeline", "s-m")["inline"] = map[string]any{} },
		"a bare dependency":        func(s map[string]any) { task(s, "pipeline", "s-m")["depends"] = "s-first" },
		"a value not waited for":   func(s map[string]any) { task(s, "pipeline", "s-m")["depends"] = "s-first.Succeeded || s-first.Failed" },
		"a value perhaps missing":  func(s map[string]any) { task(s, "l-body", "s-two")["when"] = "true" },
	} {
		s := spec()
		plant(s)
		if len(forbidden(s)) == 0 {
			t.Errorf("%s is not seen", name)
		}
	}
}
