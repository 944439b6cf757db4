package argo

import (
	"testing"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
)

func dagTask(name, depends, value string) wfv1.DAGTask {
	return wfv1.DAGTask{Name: name, Template: "step", Depends: depends, Arguments: wfv1.Arguments{
		Parameters: []wfv1.Parameter{{Name: "path", Value: wfv1.AnyStringPtr(value)}},
	}}
}

// Of tasks that look the same one is left, and what waits for others waits for it.
func TestSampled(t *testing.T) {
	t.Parallel()
	when := dagTask("s-e", "s-b.Succeeded", "e")
	when.When = "'{{tasks.s-d.outputs.parameters.control}}' == '1'"
	d := sampled(&wfv1.DAGTemplate{Tasks: []wfv1.DAGTask{
		dagTask("s-a", "", "a"),
		dagTask("s-b", "s-a.Succeeded", "b"),
		dagTask("s-c", "s-b.Failed || s-b.Errored", "c"),
		dagTask("s-d", "s-a.Succeeded", "d"), // read by s-e
		when,
		dagTask("s-f", "s-b.Succeeded && s-d.Succeeded", "{{inputs.parameters.path}}"),
	}}, map[string]bool{"step": true})
	want := []struct{ name, depends string }{
		{"s-a", ""}, {"s-c", "s-a.Failed || s-a.Errored"}, {"s-d", "s-a.Succeeded"}, {"s-e", "s-a.Succeeded"}, {"s-f", "s-a.Succeeded && s-d.Succeeded"},
	}
	if len(d.Tasks) != len(want) {
		t.Fatalf("got %d tasks, want %d", len(d.Tasks), len(want))
	}
	for i, w := range want {
		if got := d.Tasks[i]; got.Name != w.name || got.Depends != w.depends {
			t.Errorf("got %s after %q, want %s after %q", got.Name, got.Depends, w.name, w.depends)
		}
	}
}

func TestCheckDepends(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tasks []wfv1.DAGTask
		fine  bool
	}{
		{[]wfv1.DAGTask{dagTask("b", "a.Succeeded && (a.Failed || a.Errored)", ""), dagTask("a", "", "")}, true},
		{[]wfv1.DAGTask{dagTask("a", "b.Succeeded", "")}, false},
		{[]wfv1.DAGTask{dagTask("a", "a.Succeeded", "")}, false},
		{[]wfv1.DAGTask{dagTask("a", "b.Succeeded", ""), dagTask("b", "a.Omitted", ""), dagTask("c", "", "")}, false},
	} {
		if err := checkDepends(tt.tasks); (err == nil) != tt.fine {
			t.Errorf("%v: %v", tt.tasks, err)
		}
	}
}
