package golden

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/actions"
	"github.com/runnable-render/runnable-render/backends/airflow"
	"github.com/runnable-render/runnable-render/backends/argo"
	"github.com/runnable-render/runnable-render/backends/compose"
	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/backends/slurm"
	"github.com/runnable-render/runnable-render/backends/stepfunctions"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

var update = flag.Bool("update", false, "rewrite the files that the tests compare, and remove those that nothing makes")

// TestCases reads every expectation; Load refuses what could pass by silence.
func TestCases(t *testing.T) {
	t.Parallel()
	cases, err := All(".")
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 45 {
		t.Errorf("%d cases, want at least 45", len(cases))
	}
}

// TestRender compares what each case renders to, byte for byte, and its warnings.
func TestRender(t *testing.T) {
	t.Parallel()
	cases, err := All(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			files := render(t, c)
			compare(t, c, files)
			hides(t, c, files)
		})
	}
}

// render returns the files that stand beside a case, by name.
func render(t *testing.T, c *Case) map[string][]byte {
	t.Helper()
	name := c.Definition()
	file := filepath.Join(c.Dir, name)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read := frontends.Read(t.Context(), name, text, frontends.Options{Layout: project.Find(file, c.Dir)})
	p, list := read.Pipeline, read.Diags
	if p != nil && p.Name == "" {
		p.Name = c.Name
	}
	if !list.HasErrors() {
		list = append(list, ir.Check(p)...)
	}
	if !list.HasErrors() {
		list = append(list, engine.Check(p)...)
	}
	sources := map[string][]byte{name: text}
	if list.HasErrors() {
		t.Fatalf("the definition is refused:\n%s", printed(t, list, sources))
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(c.Expect.Warnings)), codes(list)); diff != "" {
		t.Errorf("warnings differ (-want +got):\n%s\n%s", diff, printed(t, list, sources))
	}
	initial, problems := params.Load(initialOf(c, p, paramsPath(c), renderEnv(c)))
	if problems.HasErrors() {
		t.Fatalf("the parameters are refused:\n%s", printed(t, problems, nil))
	}
	files := map[string][]byte{
		"ir.txt":   []byte(ir.Dump(p)),
		"plan.txt": local.Plan(p, local.PlanOptions{Initial: engine.InitialScope(initial)}),
	}
	argoOptions := argo.Options{Image: image}
	if len(c.Expect.Secrets) > 0 || strings.HasPrefix(c.Name, "secret-") {
		argoOptions.Config.Secret = "pipeline-secrets"
	}
	composeOptions := compose.Options{Image: image, Source: name}
	inputs := target.Inputs{Source: name}
	for _, n := range initial {
		argoOptions.Parameters = append(argoOptions.Parameters, argo.Parameter{Name: n.Name, Value: n.Value.JSON})
		inputs.Parameters = append(inputs.Parameters, target.Parameter{Name: n.Name, Value: n.Value.JSON})
		composeOptions.Parameters = append(composeOptions.Parameters, compose.Parameter{Name: n.Name, Value: n.Value.JSON})
	}
	for _, one := range []struct {
		target target.Target
		render func() (map[string][]byte, diag.List)
	}{
		{argo.Target{}, func() (map[string][]byte, diag.List) { return argo.Render(p, argoOptions) }},
		{compose.Target{}, func() (map[string][]byte, diag.List) { return compose.Render(p, composeOptions) }},
		{actions.Target{}, func() (map[string][]byte, diag.List) {
			r, list := actions.Target{}.Render(p, inputs, actionsOptions())
			return r.Files, list
		}},
		{airflow.Target{}, func() (map[string][]byte, diag.List) {
			r, list := airflow.Target{}.Render(p, inputs, airflow.Target{}.Options())
			return r.Files, list
		}},
		{slurm.Target{}, func() (map[string][]byte, diag.List) {
			r, list := slurm.Target{}.Render(p, inputs, slurm.Target{}.Options())
			for name, text := range r.Files { // what follows is the definition, and the same for every pipeline
				r.Files[name], _, _ = bytes.Cut(text, []byte("\ndefinition() {"))
			}
			return r.Files, list
		}},
		{stepfunctions.Target{}, func() (map[string][]byte, diag.List) {
			return stepfunctions.Render(p, stepfunctions.Options{Image: image, Source: name, Parameters: inputs.Parameters})
		}},
	} {
		var made map[string][]byte
		list := target.Refused(one.target, p)
		if !list.HasErrors() {
			made, list = one.render()
		}
		add(t, files, one.target.Name(), made, list, sources)
	}
	return files
}

// actionsOptions say that the machines of jobs hold the runner.
func actionsOptions() any {
	o := actions.Target{}.Options().(*actions.Options)
	o.RunnerPath = "/usr/local/bin/runnable-step"
	return o
}

// image is the image of the steps that name none.
const image = "example/pipeline:1"

// add takes what a backend rendered, and what it has to say in a file of its own.
func add(t *testing.T, files map[string][]byte, backend string, made map[string][]byte, list diag.List, sources map[string][]byte) {
	t.Helper()
	if len(list) > 0 {
		files[backend+".err"] = printed(t, list, sources)
	}
	if list.HasErrors() != (made == nil) || len(made) > 1 {
		t.Fatalf("%s rendered %d files with\n%s", backend, len(made), files[backend+".err"])
	}
	if bytes.Contains(files[backend+".err"], []byte("please report")) {
		t.Errorf("%s has a defect:\n%s", backend, files[backend+".err"])
	}
	for name, text := range made {
		ending := ".yaml"
		if ext := filepath.Ext(name); ext != ".yml" {
			ending = ext
		}
		files[backend+ending] = text
	}
}

// initialOf are the sources of a case's initial parameters.
func initialOf(c *Case, p *ir.Pipeline, file string, env []string) params.Sources {
	beside := func(name string) string { return filepath.Join(c.Dir, name) }
	return params.Sources{
		File: file, Env: env, Set: c.Expect.Params, Declared: p.Parameters,
		Files: params.NewFiles(context.Background(), beside),
	}
}

func paramsPath(c *Case) string {
	if file := c.ParamsFile(); file != "" {
		return filepath.Join(c.Dir, file)
	}
	return ""
}

// renderEnv is the environment of the case alone; a file that it names is one of the case's folder.
func renderEnv(c *Case) []string {
	var env []string
	for name, value := range c.Expect.Env {
		if name == params.FileVariable {
			value = filepath.Join(c.Dir, value)
		}
		env = append(env, name+"="+value)
	}
	return env
}

func codes(list diag.List) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Code)
	}
	return slices.Sorted(slices.Values(out))
}

func printed(t *testing.T, list diag.List, sources map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := diag.Print(&b, diag.Text, list.Sorted(), sources); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rendered are the names that a case's rendered files may have.
var rendered = []string{"ir.txt", "argo.yaml", "argo.err", "compose.yaml", "compose.err", "slurm.sbatch", "slurm.err", "actions.yaml", "actions.err", "stepfunctions.yaml", "stepfunctions.err", "airflow.py", "airflow.err", "plan.txt"}

// compare compares files with those on disk, or writes them. A rendered file that nothing makes is an orphan.
func compare(t *testing.T, c *Case, files map[string][]byte) {
	t.Helper()
	for _, name := range rendered {
		path := filepath.Join(c.Dir, name)
		want, err := os.ReadFile(path)
		got, made := files[name]
		switch {
		case err != nil && !os.IsNotExist(err):
			t.Fatal(err)
		case *update && made:
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		case *update:
			if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		case made && err != nil:
			t.Errorf("%s is not there; go test ./golden -update writes it", name)
		case !made && err == nil:
			t.Errorf("%s is an orphan: nothing renders it any more; go test ./golden -update removes it", name)
		case made:
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s differs (-on disk +rendered); go test ./golden -update rewrites it:\n%s", name, diff)
			}
		}
	}
}
