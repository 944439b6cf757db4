package argo

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
)

// TestRunsAtATime: one run is a mutex, more are a semaphore with its ConfigMap; Argo's own schemas and checks take both.
func TestRunsAtATime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit   int
		version Version
		want    string
	}{
		{0, "", "  synchronization:\n    mutexes:\n    - name: runs-nightly\n"},
		{1, "3.5", "  synchronization:\n    mutex:\n      name: runs-nightly\n"},
		{3, "", "  synchronization:\n    semaphores:\n    - configMapKeyRef: {name: runs-nightly, key: limit}\n"},
		{3, "3.5", "  synchronization:\n    semaphore:\n      configMapKeyRef: {name: runs-nightly, key: limit}\n"},
	} {
		p := pipelineOf(t, chain(sh("a")))
		p.Concurrency = &ir.Concurrency{Group: "nightly", Limit: c.limit}
		files, sum, list := RenderSummary(p, Options{Image: "i:1", Version: c.version})
		if list.HasErrors() {
			t.Fatal(messages(list))
		}
		if text := string(files[SingleFile]); !strings.Contains(text, c.want) {
			t.Errorf("no %q in\n%s", c.want, text)
		}
		if noted := strings.Contains(strings.Join(sum.Notes, "\n"), "kubectl create configmap runs-nightly --from-literal=limit=3"); noted != (c.limit > 1) {
			t.Errorf("the notes are %q", sum.Notes)
		}
		if c.version != "" {
			continue
		}
		files, list = Render(p, Options{Image: "i:1", Directory: true})
		if list.HasErrors() {
			t.Fatal(messages(list))
		}
		for _, err := range resourceSchema(t, "workflowtemplates").Validate(document(t, files[FileTemplate])).Errors {
			t.Error(err)
		}
		limit := string(files[FileLimit])
		if (c.limit > 1) != strings.Contains(limit, "limit: \"3\"\n") || (c.limit > 1) != strings.Contains(string(files[FileKustomization]), FileLimit) {
			t.Errorf("the ConfigMap is\n%s", limit)
		}
	}
	p := pipelineOf(t, chain(sh("a")))
	p.Concurrency = &ir.Concurrency{OnConflict: ir.ConflictFail}
	if files, list := Render(p, Options{Image: "i:1"}); files != nil || !strings.Contains(messages(list), "RR1028 on_conflict is fail") {
		t.Errorf("messages: %s", messages(list))
	}
}
