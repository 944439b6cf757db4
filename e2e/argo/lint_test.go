//go:build e2e

package argo_test

import (
	"path/filepath"
	"testing"
)

// checkLint passes every golden manifest through Argo's own program.
func (c *cluster) checkLint(t *testing.T) {
	files, err := filepath.Glob("../../golden/*/argo.yaml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d golden manifests, %v", len(files), err)
	}
	if out, err := c.argo(t.Context(), append([]string{"lint", "--offline", "--strict"}, files...)...); err != nil {
		t.Error(err)
	} else {
		t.Logf("%d manifests: %s", len(files), out)
	}
	if out, err := c.argo(t.Context(), "lint", "--offline", "--strict", c.file(t, []byte("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {generateName: x-}\nspec: {entrypoint: missing}\n"))); err == nil {
		t.Errorf("lint takes anything: %s", out)
	}
}
