//go:build e2e

package argo_test

import (
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
)

// checkRetry retries a failed workflow by Argo's own means: what succeeded is kept, the failed step runs again.
func (c *cluster) checkRetry(t *testing.T, results *compare.Table) {
	one, err := golden.Load("retried")
	if err != nil {
		t.Fatal(err)
	}
	c = c.with(func(n *imageNames) { n.cases[one.Name] = n.base })
	name := c.submit(t, c.render(t, one))
	if w := c.wait(t, name); w.Status.Phase != "Failed" {
		t.Fatalf("the first run is %s\n%s", w.Status.Phase, c.story(t, name))
	}
	if _, err := c.argo(t.Context(), "retry", name); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second) // the controller takes it up
	w := c.wait(t, name)
	facts := c.facts(t, c.claim, name)
	got, err := golden.Observe(t.Context(), facts, name)
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := runs.EntryOf(t.Context(), facts, name); err != nil || e.Status != engine.Success {
		t.Errorf("`runs list` shows %+v, %v", e, err)
	}
	if diff := one.Diff(got); diff != "" || w.Status.Phase != "Succeeded" {
		t.Errorf("the second run is %s (-want +got):\n%s\n%s", w.Status.Phase, diff, c.story(t, name))
	}
	r := newRow("argo retry", w)
	r.Equal = !t.Failed()
	results.Add(r)
}
