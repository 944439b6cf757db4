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
	dir := filepath.Join(t.TempDir(), "training")
	if err := os.CopyFS(dir, os.DirFS("../../examples/ml-training-python")); err != nil {
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
