//go:build e2e

package runnable

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// starts are the ways in which Runnable's users start a definition in a subfolder, each from the project's root.
var starts = map[string]func(bin, python, file string) []string{
	"run":    func(bin, _, file string) []string { return []string{bin, "run", file} },
	"script": func(_, python, file string) []string { return []string{python, file} },
	"import": func(_, python, file string) []string {
		module := strings.ReplaceAll(strings.TrimSuffix(file, ".py"), "/", ".")
		return []string{python, "-c", imported, module}
	},
}

// imported calls main() as Runnable's own tests do.
const imported = `
import asyncio, importlib, inspect, sys
from runnable import context, exceptions
sys.path.insert(0, ".")
main = importlib.import_module(sys.argv[1]).main
try:
    made = main()
    if inspect.iscoroutine(made):
        asyncio.run(made)
except exceptions.ExecutionFailedError:
    sys.exit(1)
finally:
    context.set_run_context(None)
`

// TestLayouts starts the cases in the layouts of Runnable's examples: definitions in subfolders whose names are no
// identifiers, functions and notebooks in another folder, all named from the root; or a tutorial with its functions
// beside it.
func TestLayouts(t *testing.T) {
	cases, python, bin := expectations(t), interpreter(t), tool(t)
	side, err := filepath.Abs("../../python")
	if err != nil {
		t.Fatal(err)
	}
	for layout, lay := range map[string]func(*testing.T, string) string{"common": common, "tutorial": tutorial} {
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			want := cases[name]
			if strings.HasPrefix(name, "retry_") { // TestEquivalents has their second run
				continue
			}
			for start, argv := range starts {
				t.Run(name+"/"+layout+"/"+start, func(t *testing.T) {
					t.Parallel()
					root := t.TempDir()
					folder := lay(t, root)
					line := argv(bin, python, folder+"/"+name+".py")
					cmd := exec.Command(line[0], line[1:]...)
					cmd.Dir = root
					cmd.Env = append(os.Environ(), greeting, "RUNNABLE_RUN_ID=first", "RUNNABLE_RENDER="+bin, "VIRTUAL_ENV="+filepath.Dir(filepath.Dir(python)))
					if start != "run" { // where Python itself finds the package, and what users have installed in place
						places := []string{side, root, filepath.Join(root, folder)}
						cmd.Env = append(cmd.Env, "PYTHONPATH="+strings.Join(places, string(filepath.ListSeparator)))
					}
					out, err := cmd.CombinedOutput()
					caught := strings.HasPrefix(name, "async_") && start != "run"
					if (err != nil) != (want.Status == "FAIL" && !caught) {
						t.Errorf("%v\n%s", err, out)
					}
					compareRun(t, bin, python, root, want)
				})
			}
		}
	}
}

// compareRun holds the run against what the case must come to. Every command finds the store from the root.
func compareRun(t *testing.T, bin, python, root string, want expectation) {
	t.Helper()
	var got summary
	call(t, root, append(os.Environ(), "VIRTUAL_ENV="+filepath.Dir(filepath.Dir(python))), &got, bin, "runs", "show", "first", "--format", "json")
	steps := map[string]string{}
	for _, s := range got.Steps {
		steps[s.Path] = s.Status
	}
	delete(got.Parameters, "table") // an object
	compare(t, came{want.Status, want.steps(), want.parameters()}, came{got.Status, steps, got.Parameters})
}

var notebook = regexp.MustCompile(`"(\w+\.ipynb)"`)

// common is the layout in which functions, notebooks and parameters lie in a folder of their own.
func common(t *testing.T, root string) string {
	move(t, root, "examples/common", "examples/01-cases", func(text string) string {
		text = strings.ReplaceAll(text, "from functions import", "from examples.common.functions import")
		text = strings.ReplaceAll(text, `"parameters.yaml"`, `"examples/common/parameters.yaml"`)
		return notebook.ReplaceAllString(text, `"examples/common/$1"`)
	})
	return "examples/01-cases"
}

// tutorial is the layout in which they lie beside the definition, which names the files from the root.
func tutorial(t *testing.T, root string) string {
	const folder = "examples/tutorials/getting-started"
	move(t, root, folder, folder, func(text string) string {
		text = strings.ReplaceAll(text, `"parameters.yaml"`, `"`+folder+`/parameters.yaml"`)
		return notebook.ReplaceAllString(text, `"`+folder+`/$1"`)
	})
	return folder
}

// move lays the cases out in a new project: what definitions share in one folder, the definitions, edited, in another.
func move(t *testing.T, root, shared, definitions string, edit func(string) string) {
	t.Helper()
	files := map[string]string{"pyproject.toml": "[project]\nname = \"cases\"\nversion = \"1\"\n"}
	entries, err := os.ReadDir("../../golden/runnable")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join("../../golden/runnable", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		switch ext := filepath.Ext(e.Name()); {
		case ext == ".ipynb", e.Name() == "functions.py", e.Name() == "parameters.yaml":
			files[filepath.Join(shared, e.Name())] = string(text)
		case ext == ".py":
			files[filepath.Join(definitions, e.Name())] = edit(string(text))
		}
	}
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
