//go:build e2e

package argo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// checkShort runs eight short steps one after the other, alone on the cluster: in a pod each, in pods whose image holds the
// runner, and in one pod. The table shows the seconds that docs/argo.md speaks of; no test depends on them.
func (c *cluster) checkShort(t *testing.T, cases []*golden.Case, results *compare.Table) {
	each, shared := caseOf(t, cases, "short-steps"), caseOf(t, cases, "short-steps-one")
	inside := c.withRunnerInside(t)
	const requests = "defaults: {resources: {requests: {cpu: 10m, memory: 16Mi}}}"
	for _, one := range []struct {
		title, settings string
		c               *cluster
		of              *golden.Case
	}{
		{"short steps: a pod each", "", c, each},
		{"short steps: runner in the image", ", runner_path: /usr/local/bin/runnable-step", inside, each},
		{"short steps: pods: one", "", c, shared},
		{"short steps: pods: one, runner inside", ", runner_path: /usr/local/bin/runnable-step", inside, shared},
	} {
		name := c.submit(t, one.c.renderWith(t, one.of, fmt.Sprintf("pvc_for_runnable: %s, %s%s", c.claim, requests, one.settings)))
		w := c.wait(t, name)
		c.verdict(t, one.title, one.of, w, c.facts(t, c.claim, name), results)
	}
}

// withRunnerInside is the cluster with an image of both cases that holds the runner too.
func (c *cluster) withRunnerInside(t *testing.T) *cluster {
	t.Helper()
	program, err := os.ReadFile(filepath.Join(c.bin, "runnable-step"))
	if err != nil {
		t.Fatal(err)
	}
	base, err := imagetar.Folder(os.Getenv("E2E_ROOT"))
	if err != nil {
		t.Fatal(err)
	}
	layer, err := imagetar.Files(stepUser, imagetar.File{Path: "work/", Mode: 0o755}, imagetar.File{Path: "usr/local/bin/runnable-step", Mode: 0o755, Data: program})
	if err != nil {
		t.Fatal(err)
	}
	image := images.New("runner-inside", "/work", base, layer)
	c.load(t, image)
	return c.with(func(n *imageNames) { n.cases["short-steps"], n.cases["short-steps-one"] = image.Name, image.Name })
}
