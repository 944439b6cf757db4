//go:build e2e

package argo_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
)

// checkDirectory applies what -o DIR/ writes by kustomize, under another name and for another namespace than it was
// rendered for, and runs it by the service account in it, which may do no more than a run needs.
func (c *cluster) checkDirectory(t *testing.T, cases []*golden.Case, results *compare.Table) {
	one := caseOf(t, cases, "needs-diamond")
	dir := t.TempDir()
	out, overlay := filepath.Join(dir, "out")+"/", filepath.Join(dir, "overlay")
	settings := fmt.Sprintf("pvc_for_runnable: %s, cron_schedule: {schedules: ['0 3 * * *'], timezone: Europe/Berlin, suspend: true}", c.claim)
	c.renderWith(t, one, settings, "-o", out)
	if err := os.Mkdir(overlay, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(overlay, "kustomization.yaml"), []byte("namespace: "+c.namespace+"\nnamePrefix: team-\nresources: [../out]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	objects, err := c.kubectl(t.Context(), "", "kustomize", overlay)
	if err != nil {
		t.Fatal(err)
	}
	c.apply(t, string(objects))
	t.Cleanup(func() {
		_, _ = c.kubectl(context.WithoutCancel(t.Context()), string(objects), "delete", "-f", "-", "--wait=false")
	})
	const cron = "{.spec.workflowSpec.workflowTemplateRef.name} {.spec.timezone}"
	if out, err := c.kubectl(t.Context(), "", "get", "cronworkflow", "team-needs-diamond", "-o", "jsonpath="+cron); err != nil || string(out) != "team-needs-diamond Europe/Berlin" {
		t.Errorf("the CronWorkflow: %s, %v", out, err)
	}
	thin, err := os.ReadFile(filepath.Join(out, "workflow.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	name := c.submit(t, bytes.ReplaceAll(thin, []byte("name: needs-diamond\n"), []byte("name: team-needs-diamond\n")))
	w := c.wait(t, name)
	c.verdict(t, "directory: "+one.Name, one, w, c.facts(t, c.claim, name), results)
	accounts, err := c.kubectl(t.Context(), "", "get", "pods", "-l", "workflows.argoproj.io/workflow="+name, "-o", "jsonpath={.items[*].spec.serviceAccountName}")
	if err != nil || !strings.HasPrefix(string(accounts), "team-needs-diamond") {
		t.Errorf("service accounts %s, %v", accounts, err)
	}
	c.checkCron(t, "team-needs-diamond")
}

// checkCron starts a run of a CronWorkflow, as its schedule would.
func (c *cluster) checkCron(t *testing.T, cron string) {
	t.Helper()
	out, err := c.argo(t.Context(), "submit", "--from", "cronworkflow/"+cron, "-o", "name")
	if err != nil {
		t.Fatal(err)
	}
	if w := c.wait(t, strings.TrimSpace(out)); w.Status.Phase != "Succeeded" {
		t.Error(c.story(t, w.Metadata.Name))
	}
}
