//go:build e2e

package argo_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/e2e/webhook"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/imagetar"
	"github.com/runnable-render/runnable-render/internal/store"
)

// hooksToken is the secret of the commands of hooks.
const hooksToken = "open-sesame-now"

// hooked are definitions whose hooks post to a server; the step of the first succeeds when it is retried.
var hooked = map[string]string{
	"retried": `
  on_success: [{webhook_from: HOOK_URL}, {command: 'test ${#API_TOKEN} = 15 && echo "it is $API_TOKEN"', secrets: [API_TOKEN]}]
  on_failure: [{webhook_from: HOOK_URL}, 'test "$RUNNABLE_FAILED_STEP" = work', exit 3]
  steps: {work: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -ge 2 ]'}}`,
	"stopped": `
  on_success: exit 1
  on_failure: [{webhook_from: HOOK_URL}, 'test "$RUNNABLE_STATUS" = FAIL']
  steps: {work: {type: task, command_type: shell, command: echo waiting; sleep 600}}`,
	"killed": `
  on_success: [{webhook_from: HOOK_URL}, kill -9 $PPID]
  steps: {work: {type: task, command_type: shell, command: "true"}}`,
	"webhooks": `
  on_success: [{webhook_from: PLAIN_URL}]
  on_failure: [{webhook_from: PLAIN_URL}]
  steps: {work: {type: task, command_type: shell, command: "true"}}`,
}

// hooksWorld is a cluster with a server that hooks post to, and images that trust it.
type hooksWorld struct {
	*cluster
	server   *webhook.Server
	settings string
	cases    map[string]*golden.Case
}

// checkHooks sees what is done when workflows have ended: by a real server that pods post to, and by what is kept.
func (c *cluster) checkHooks(t *testing.T) {
	w := &hooksWorld{server: webhook.Serve(t, os.Getenv("E2E_HOST")), cases: map[string]*golden.Case{}}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, w.server.Certificate, 0o644); err != nil {
		t.Fatal(err)
	}
	image := imageWith(t, filepath.Dir(file))
	c.load(t, image)
	w.cluster = c.with(func(n *imageNames) {
		for name := range hooked {
			n.cases["hooks-"+name] = image.Name
		}
	})
	for name, text := range hooked {
		dir := filepath.Join(t.TempDir(), "hooks-"+name)
		one := &golden.Case{Name: "hooks-" + name, Dir: dir}
		one.Expect.Nowhere = []string{hooksToken, webhook.Path}
		w.cases[name] = one
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte("dag:"+text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c.secret(t, "e2e-hooks", map[string]string{"API_TOKEN": hooksToken, "HOOK_URL": w.server.HTTPS, "PLAIN_URL": w.server.HTTP})
	w.settings = fmt.Sprintf("pvc_for_runnable: %s, secret_from_k8s: e2e-hooks, defaults: {resources: {requests: {cpu: 10m, memory: 16Mi}}, env: [{name: SSL_CERT_FILE, value: /work/ca.pem}]}", c.claim)
	for name, check := range map[string]func(*testing.T){
		"hooks-retried": w.retried, "hooks-stopped": w.stopped, "hooks-terminated": w.terminated, "hooks-late": w.late, "hooks-killed": w.killed, "hooks-webhooks": w.webhooks,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t)
		})
	}
}

// imageWith is an image with the files of a folder.
func imageWith(t *testing.T, dir string) imagetar.Image {
	t.Helper()
	files, err := images.Files(dir, "work")
	if err != nil {
		t.Fatal(err)
	}
	layer, err := imagetar.Files(stepUser, files...)
	if err != nil {
		t.Fatal(err)
	}
	root, err := imagetar.Folder(os.Getenv("E2E_ROOT"))
	if err != nil {
		t.Fatal(err)
	}
	return images.New("hooks", "/work", root, layer)
}

// start submits one of the definitions.
func (w *hooksWorld) start(t *testing.T, name string) string {
	t.Helper()
	return w.submit(t, w.renderWith(t, w.cases[name], w.settings))
}

// ended waits for a workflow, and checks its phase, what the server was told of it, and which hooks were well.
func (w *hooksWorld) ended(t *testing.T, definition, name, phase string, told []string, well ...bool) {
	t.Helper()
	wf := w.wait(t, name)
	if wf.Status.Phase != phase {
		t.Errorf("the workflow is %s, want %s\n%s", wf.Status.Phase, phase, w.story(t, name))
	}
	if diff := cmp.Diff(told, w.server.Told(name)); diff != "" {
		t.Errorf("the server was told (-want +got):\n%s\n%s", diff, w.story(t, name))
	}
	st := w.facts(t, w.claim, name)
	end := w.end(t, st, name)
	if len(told) == 0 {
		if end != nil {
			t.Errorf("the run has ended: %+v", end)
		}
		return
	}
	if end == nil {
		t.Fatalf("the run has no end\n%s", w.story(t, name))
	}
	var got []bool
	for _, h := range end.Hooks {
		got = append(got, h.OK)
	}
	if diff := cmp.Diff(well, got); diff != "" || string(end.Status) != told[len(told)-1] {
		t.Errorf("the run is %s, its hooks (-want +got):\n%s%+v\n%s", end.Status, diff, end.Hooks, w.story(t, name))
	}
	w.hides(t, w.cases[definition], "workflow/"+name, "workflows.argoproj.io/workflow="+name, st)
}

func (w *hooksWorld) end(t *testing.T, st *store.Store, run string) *store.End {
	t.Helper()
	end, err := st.End(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	return end
}

// A workflow that failed and is retried by Argo ends twice, and each time the fitting hooks run.
func (w *hooksWorld) retried(t *testing.T) {
	name := w.start(t, "retried")
	w.ended(t, "retried", name, "Failed", []string{"FAIL"}, true, true, false)
	if _, err := w.argo(t.Context(), "retry", name); err != nil {
		t.Fatal(err)
	}
	w.ended(t, "retried", name, "Succeeded", []string{"FAIL", "SUCCESS"}, true, true)
	got, err := golden.Observe(t.Context(), w.facts(t, w.claim, name), name)
	if err != nil || got.Status != engine.Success || got.Steps["work"].Attempts != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A workflow that is stopped fails, and its hooks run.
func (w *hooksWorld) stopped(t *testing.T) {
	name := w.start(t, "stopped")
	w.removePod(t, name, func(t *testing.T, _ string) {
		if _, err := w.argo(t.Context(), "stop", name); err != nil {
			t.Fatal(err)
		}
	})
	w.ended(t, "stopped", name, "Failed", []string{"FAIL"}, true, true)
}

// A workflow that takes longer than it may fails, and its hooks run.
func (w *hooksWorld) late(t *testing.T) {
	settings := w.settings + ", argo_workflow: {spec: {active_deadline_seconds: 20}}"
	name := w.submit(t, w.renderWith(t, w.cases["stopped"], settings))
	w.ended(t, "stopped", name, "Failed", []string{"FAIL"}, true, true)
}

// A workflow that is terminated has not ended, as a local run that is interrupted: Argo starts nothing more.
func (w *hooksWorld) terminated(t *testing.T) {
	name := w.start(t, "stopped")
	w.removePod(t, name, func(t *testing.T, _ string) {
		if _, err := w.argo(t.Context(), "terminate", name); err != nil {
			t.Fatal(err)
		}
	})
	w.ended(t, "stopped", name, "Failed", nil)
}

// A pod of hooks that fails whole leaves the workflow as it ended.
func (w *hooksWorld) killed(t *testing.T) {
	name := w.start(t, "killed")
	w.ended(t, "killed", name, "Succeeded", []string{"SUCCESS"})
	wf, err := w.get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range wf.Status.Nodes {
		if n.Type == "Pod" && n.TemplateName == "hooks" && n.Phase == "Failed" {
			return
		}
	}
	t.Errorf("the pod of the hooks did not fail\n%s", w.story(t, name))
}

// Webhooks alone need no image but the runner's; here by what -o DIR/ writes, started as its schedule would.
func (w *hooksWorld) webhooks(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out") + "/"
	w.renderWith(t, w.cases["webhooks"], w.settings+", cron_schedule: {schedules: ['0 3 * * *'], suspend: true}", "-o", out, "--service-account", "default")
	for _, file := range []string{"workflow-template.yaml", "cron-workflow.yaml"} {
		text, err := os.ReadFile(out + file)
		if err != nil {
			t.Fatal(err)
		}
		w.apply(t, string(text))
		t.Cleanup(func() {
			_, _ = w.kubectl(context.WithoutCancel(t.Context()), string(text), "delete", "-f", "-", "--wait=false")
		})
	}
	name, err := w.argo(t.Context(), "submit", "--from", "cronworkflow/hooks-webhooks", "-o", "name")
	if err != nil {
		t.Fatal(err)
	}
	name = strings.TrimSpace(name)
	w.ended(t, "webhooks", name, "Succeeded", []string{"SUCCESS"}, true)
	images, err := w.kubectl(t.Context(), "", "get", "pods", "-l", "workflows.argoproj.io/workflow="+name, "-o", "jsonpath={.items[*].spec.containers[?(@.name=='main')].image}")
	if all := strings.Fields(string(images)); err != nil || len(all) != 2 || !slices.Contains(all, w.images.runner) {
		t.Errorf("images %s, %v", images, err)
	}
}
