//go:build e2e

package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The training as a user of Runnable wrote it: check names its two gaps with the lines to add, and with inputs alone,
// or with the catalog too, it finds one best model.
func TestMLTrainingPython(t *testing.T) {
	dir, _ := training(t, "ml-training-python")
	bin := program(t)
	verbatim := filepath.Join(dir, "pipeline.py")
	said, err := exec.Command(bin, "check", verbatim).Output()
	if err != nil {
		t.Fatalf("check: %v\n%s", err, said)
	}
	const line = `inputs={"model_results": ["rf_results", "xgb_results"]}`
	for _, part := range []string{"add " + line + " [RR0520]", `add catalog=Catalog(put=["features.csv", "target.csv"])`, "2 warnings"} {
		if !strings.Contains(string(said), part) {
			t.Errorf("check does not say %q:\n%s", part, said)
		}
	}
	text, err := os.ReadFile(verbatim)
	if err != nil {
		t.Fatal(err)
	}
	inputs := strings.Replace(string(text), `returns=["best_model"]`, `returns=["best_model"], `+line, 1)
	if err := os.WriteFile(filepath.Join(dir, "inputs.py"), []byte(inputs), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"inputs.py", "complete.py"} {
		s, _, _ := run(t, bin, filepath.Join(dir, file), "--store", t.TempDir())
		forest, boosted := accuracy(t, s, "rf_results"), accuracy(t, s, "xgb_results")
		if best := accuracy(t, s, "best_model"); s.Status != "SUCCESS" || best != max(forest, boosted) || best < 0.9 {
			t.Errorf("%s: %s, best of %v and %v is %v", file, s.Status, forest, boosted, best)
		}
	}
}

// training returns a copy of an example that works on the data of ml-training, in its virtual environment, and the folder of
// the latter.
func training(t *testing.T, example string) (dir, data string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "training")
	if err := os.CopyFS(dir, os.DirFS("../../examples/"+example)); err != nil {
		t.Fatal(err)
	}
	data, err := filepath.Abs("../../examples/ml-training")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".venv", "customers.csv", "transactions.csv"} {
		if err := os.Symlink(filepath.Join(data, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, data
}

// The package of ./python, installed by pip as a user would: a program's own execute() runs it.
func TestPackage(t *testing.T) {
	dir := t.TempDir()
	source, work := filepath.Join(dir, "source"), filepath.Join(dir, "work")
	if err := os.CopyFS(source, os.DirFS("../../python")); err != nil { // pip writes beside what it builds
		t.Fatal(err)
	}
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	const definition = `from runnable import Pipeline, PythonTask


def doubled(n: int):
    return 2 * n


def main():
    Pipeline(steps=[PythonTask(function=doubled, returns=["n"])]).execute(parameters_file="p.yaml")
    print("behind execute")


if __name__ == "__main__":
    main()
`
	for name, text := range map[string]string{"pipeline.py": definition, "p.yaml": "n: 21\n"} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	python := filepath.Join(dir, "venv", "bin", "python")
	path := filepath.Dir(program(t)) + string(os.PathListSeparator) + os.Getenv("PATH")
	var said []byte
	for _, argv := range [][]string{
		{"python3", "-m", "venv", filepath.Join(dir, "venv")},
		{python, "-m", "pip", "install", "-q", "--disable-pip-version-check", source},
		{python, "pipeline.py"},
	} {
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir, cmd.Env = work, append(os.Environ(), "PATH="+path)
		var err error
		if said, err = cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", argv, err, said)
		}
	}
	for _, part := range []string{"SUCCESS", "42", "behind execute"} {
		if !strings.Contains(string(said), part) {
			t.Errorf("python pipeline.py does not say %q:\n%s", part, said)
		}
	}
}
