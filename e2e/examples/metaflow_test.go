//go:build e2e

package examples

import (
	"path/filepath"
	"testing"
)

// The training as a flow of Metaflow's: it finds the best model that the YAML definition finds.
func TestMLTrainingMetaflow(t *testing.T) {
	dir, data := training(t, "ml-training-metaflow")
	bin := program(t)
	yaml, _, _ := run(t, bin, filepath.Join(data, "pipeline.yaml"), "--param", "max_depth=5", "--store", t.TempDir())
	flow, _, _ := run(t, bin, filepath.Join(dir, "flow.py"), "--param", "max_depth=5", "--store", t.TempDir())
	artifacts, ok := flow.Parameters["artifacts"].(map[string]any)
	if !ok {
		t.Fatalf("artifacts are %v", flow.Parameters["artifacts"])
	}
	best := artifacts["values"].(map[string]any)["best"].(map[string]any)
	if flow.Status != "SUCCESS" || best["model_type"] != yaml.Parameters["best_model"] || best["accuracy"] != yaml.Parameters["accuracy"] {
		t.Errorf("%s, and the best model is %v; that of the YAML definition is %v with %v", flow.Status, best, yaml.Parameters["best_model"], yaml.Parameters["accuracy"])
	}
}
