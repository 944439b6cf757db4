//go:build e2e

package argo_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// verdict holds the run of a workflow that is over against what is expected and against the local run, and adds its
// row to the table.
func (c *cluster) verdict(t *testing.T, title string, one *golden.Case, w *workflow, st *store.Store, results *compare.Table) {
	t.Helper()
	r := newRow(title, w)
	defer func() { results.Add(r) }()
	got, err := golden.Observe(t.Context(), st, w.Metadata.Name)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.story(t, w.Metadata.Name))
	}
	if diff := one.Diff(got); diff != "" {
		t.Errorf("the run differs from expect.yaml (-want +got):\n%s\n%s", diff, c.story(t, w.Metadata.Name))
	}
	if (w.Status.Phase == "Succeeded") != (one.Expect.Status == engine.Success) {
		t.Errorf("the workflow is %s, the run %s\n%s", w.Status.Phase, one.Expect.Status, c.story(t, w.Metadata.Name))
	}
	checkRun(t, w, st, r)
	c.hides(t, one, "workflow/"+w.Metadata.Name, "workflows.argoproj.io/workflow="+w.Metadata.Name, st)
	if !one.Runs("local") { // it shows what there is on Argo alone
		r.Equal = !t.Failed()
		return
	}
	r.Equal = !t.Failed() && compare.SameTrace(t, compare.CaseHere(t, c.bin, one), st, w.Metadata.Name)
}

// hides checks that what is nowhere to be found is not in an object and the pods that a selector finds, their logs, or the store.
func (c *cluster) hides(t *testing.T, one *golden.Case, object, pods string, st *store.Store) {
	t.Helper()
	if len(one.Expect.Nowhere) == 0 {
		return
	}
	kept := map[string][]byte{}
	for what, args := range map[string][]string{
		object:       {"get", object, "-o", "yaml"},
		"its pods":   {"get", "pods", "-l", pods, "-o", "yaml"},
		"their logs": {"logs", "-l", pods, "--all-containers", "--tail=-1"},
	} {
		out, err := c.kubectl(t.Context(), "", args...)
		if err != nil || len(out) == 0 {
			t.Errorf("%s cannot be read: %v", what, err)
		}
		kept[what] = out
	}
	folder, _ := st.Folder()
	compare.Hides(t, one, kept, folder)
}

// checkRun holds what a run keeps of its workflow against the workflow: its name and uid, and that each pod was an
// attempt of a step or a control pod.
func checkRun(t *testing.T, w *workflow, st *store.Store, r compare.Row) {
	t.Helper()
	run, err := runs.Of(t.Context(), st, w.Metadata.Name)
	if err != nil {
		t.Fatal(err)
	}
	h := run.Header
	if h.Owner != w.Metadata.UID || h.Code["workflow"] != w.Metadata.Name || h.Code["workflow_uid"] != w.Metadata.UID {
		t.Errorf("the run is of %s, %v; the workflow is %s, %s", h.Owner, h.Code, w.Metadata.Name, w.Metadata.UID)
	}
	attempts, shared := 0, sharedPods(w)
	for _, s := range run.Summary.Steps {
		if !slices.ContainsFunc(shared, func(path string) bool { return path == "-" || engine.Within(s.Path, path) }) {
			attempts += s.Attempts
		}
	}
	if r.Counts[0] < attempts+r.Counts[1] || r.Counts[0] > attempts+r.Counts[1]+refusals(run.Pipeline) && !failsFast(run.Pipeline) {
		t.Errorf("%d pods for %d attempts of steps and %d control pods", r.Counts[0], attempts, r.Counts[1])
	}
}

// refusals are how many pods may have told that a nested pipeline does not take what it is given, in place of its first step.
func refusals(p *ir.Pipeline) int {
	n := 0
	for v := range ir.Walk(p) {
		if _, ok := v.Node.(*ir.Nested); ok {
			n++
		}
	}
	return n
}

// failsFast reports whether a composite of the pipeline fails fast: Argo may then start pods of items that are no
// longer to run, which see that and do nothing.
func failsFast(p *ir.Pipeline) bool {
	return strings.Contains(ir.Dump(p), "fail_fast")
}
