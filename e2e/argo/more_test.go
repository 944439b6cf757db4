//go:build e2e

package argo_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/e2e/mutants"
	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
	"github.com/runnable-render/runnable-render/store"
	"github.com/runnable-render/runnable-render/store/s3store"
)

// caseOf finds a case by its name.
func caseOf(t *testing.T, cases []*golden.Case, name string) *golden.Case {
	t.Helper()
	for _, c := range cases {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no case %s", name)
	return nil
}

// observed is what a workflow's run came to.
func (c *cluster) observed(t *testing.T, name string) (*golden.Result, error) {
	t.Helper()
	st, err := store.Open(t.Context(), c.facts(t, name))
	if err != nil {
		return nil, err
	}
	defer st.Close()
	return golden.Observe(t.Context(), st, name)
}

// checkMutants runs cases by runners with planted defects, each of which must be seen.
func (c *cluster) checkMutants(t *testing.T, cases []*golden.Case) {
	one := caseOf(t, cases, mutants.Visible)
	for _, m := range mutants.All() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			program, err := m.Build("../..", "runnable-step", t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			runner, err := images.Runner(program)
			if err != nil {
				t.Fatal(err)
			}
			load(t, runner)
			with := *c.images
			with.runner = runner.Name
			mutated := *c
			mutated.images = &with
			name := mutated.submit(t, mutated.render(t, one))
			w := mutated.wait(t, name, nil)
			got, err := c.observed(t, name)
			if err == nil && one.Diff(got) == "" && (w.Status.Phase == "Succeeded") == (one.Expect.Status == engine.Success) {
				t.Errorf("%s runs as expected although the engine has a defect", one.Name)
			}
		})
	}
}

// checkOwnClaim runs what is rendered with no configuration but images: the claim comes and goes with the workflow.
func (c *cluster) checkOwnClaim(t *testing.T, cases []*golden.Case) {
	quickstart, err := golden.Load("../../examples/quickstart")
	if err != nil {
		t.Fatal(err)
	}
	files, err := images.Files(quickstart.Dir, "app")
	if err != nil {
		t.Fatal(err)
	}
	layer, err := imagetar.Files(0, files...) // owned by root: the step works in a copy
	if err != nil {
		t.Fatal(err)
	}
	root, err := imagetar.Folder(os.Getenv("E2E_ROOT"))
	if err != nil {
		t.Fatal(err)
	}
	image := images.New("quickstart", "/app", root, layer)
	load(t, image)
	c.images.cases["quickstart"] = image.Name
	for _, one := range []*golden.Case{quickstart, caseOf(t, cases, "catalog-between-steps")} {
		t.Run(one.Name, func(t *testing.T) {
			manifest := c.renderWith(t, one, "")
			file := filepath.Join(t.TempDir(), "wf.yaml")
			if err := os.WriteFile(file, manifest, 0o644); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "argo", "-n", c.namespace, "submit", "--watch", file).CombinedOutput()
			if err != nil || !bytes.Contains(out, []byte("Succeeded")) {
				t.Fatalf("argo submit --watch: %v\n%s", err, out)
			}
		})
	}
}

// checkDirectory applies what -o DIR/ writes by kustomize, under another name, and runs it.
func (c *cluster) checkDirectory(t *testing.T, cases []*golden.Case) {
	one := caseOf(t, cases, "needs-diamond")
	dir := filepath.Join(t.TempDir(), "out") + "/"
	settings := fmt.Sprintf("pvc_for_runnable: %s, cron_schedule: {schedules: ['0 3 * * *'], timezone: Europe/Berlin, suspend: true}", c.claim)
	c.renderWith(t, one, settings, "-o", dir)
	overlay := filepath.Join(filepath.Dir(filepath.Clean(dir)), "overlay")
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
	if out, err := c.kubectl(t.Context(), "", "get", "cronworkflow", "team-needs-diamond", "-o", "jsonpath={.spec.workflowSpec.workflowTemplateRef.name} {.spec.timezone}"); err != nil || string(out) != "team-needs-diamond Europe/Berlin" {
		t.Errorf("the CronWorkflow: %s, %v", out, err)
	}
	thin, err := os.ReadFile(filepath.Join(dir, "workflow.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	name := c.submit(t, bytes.ReplaceAll(thin, []byte("name: needs-diamond\n"), []byte("name: team-needs-diamond\n")))
	if w := c.wait(t, name, nil); w.Status.Phase != "Succeeded" {
		t.Fatal(c.story(t, name))
	}
	if out, err := c.kubectl(t.Context(), "", "get", "pods", "-l", "workflows.argoproj.io/workflow="+name, "-o", "jsonpath={.items[*].spec.serviceAccountName}"); err != nil || !strings.HasPrefix(string(out), "team-needs-diamond") {
		t.Errorf("service accounts %s, %v", out, err)
	}
	got, err := c.observed(t, name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := one.Diff(got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// checkRetry retries a failed workflow by Argo's own means: what succeeded is kept, the failed step runs again.
func (c *cluster) checkRetry(t *testing.T) {
	one, err := golden.Load("retried")
	if err != nil {
		t.Fatal(err)
	}
	c.images.cases[one.Name] = c.images.base
	name := c.submit(t, c.render(t, one))
	if w := c.wait(t, name, nil); w.Status.Phase != "Failed" {
		t.Fatalf("the first run is %s\n%s", w.Status.Phase, c.story(t, name))
	}
	if out, err := exec.CommandContext(t.Context(), "argo", "-n", c.namespace, "retry", name).CombinedOutput(); err != nil {
		t.Fatalf("argo retry: %v\n%s", err, out)
	}
	time.Sleep(3 * time.Second) // the controller takes it up
	if w := c.wait(t, name, nil); w.Status.Phase != "Succeeded" {
		t.Fatalf("the second run is %s\n%s", w.Status.Phase, c.story(t, name))
	}
	got, err := c.observed(t, name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := one.Diff(got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// checkBucket keeps the facts in an S3 server on this machine, and reads them from here.
func (c *cluster) checkBucket(t *testing.T, cases []*golden.Case) {
	server, host := os.Getenv("E2E_S3"), os.Getenv("E2E_HOST")
	if server == "" || host == "" {
		t.Fatal("E2E_S3 is the program versitygw, E2E_HOST the address by which pods reach this machine; e2e/argo/run sets them")
	}
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "facts"), 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	const user, key = "e2e-access", "e2e-secret-key"
	cmd := exec.Command(server, "--access", user, "--secret", key, "--port", addr, "posix", "--sidecar", t.TempDir(), data)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for started := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			break
		}
		if time.Since(started) > 20*time.Second {
			t.Fatalf("the S3 server does not answer\n%s", log.String())
		}
	}
	c.secret(t, "e2e-s3", map[string]string{"AWS_ACCESS_KEY_ID": user, "AWS_SECRET_ACCESS_KEY": key})
	url := "s3://facts?endpoint=http://" + addr + ""
	for _, name := range []string{"catalog-between-steps", "map-of-maps"} {
		one := caseOf(t, cases, name)
		run := c.submit(t, c.renderWith(t, one, "store_secret: e2e-s3", "--store", url))
		if w := c.wait(t, run, nil); w.Status.Phase != "Succeeded" {
			t.Fatal(c.story(t, run))
		}
		t.Setenv("AWS_ACCESS_KEY_ID", user)
		t.Setenv("AWS_SECRET_ACCESS_KEY", key)
		st, err := store.Open(t.Context(), url, s3store.Opener())
		if err != nil {
			t.Fatal(err)
		}
		got, err := golden.Observe(t.Context(), st, run)
		if err != nil {
			t.Fatal(err)
		}
		if diff := one.Diff(got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		_ = st.Close()
		show := exec.CommandContext(t.Context(), filepath.Join(c.bin, "runnable-render"), "runs", "show", run, "--store", url)
		if out, err := show.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("SUCCESS")) {
			t.Errorf("runs show: %v\n%s", err, out)
		}
	}
}

// checkTraining runs the ML example with real packages, in an image of a root file system with its environment.
func (c *cluster) checkTraining(t *testing.T, results *table) {
	example, err := filepath.Abs("../../examples/ml-training")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), filepath.Join(example, "setup.sh")).CombinedOutput(); err != nil {
		t.Fatalf("setup.sh: %v\n%s", err, out)
	}
	root := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "./mlroot", example, root).CombinedOutput(); err != nil {
		t.Fatalf("mlroot: %v\n%s", err, out)
	}
	layer, err := imagetar.Folder(root)
	if err != nil {
		t.Fatal(err)
	}
	one := &golden.Case{Name: "ml-training", Dir: example}
	image := images.New("ml", example, layer)
	load(t, image)
	c.images.cases[one.Name] = image.Name
	name := c.submit(t, c.renderWith(t, one, "pvc_for_runnable: "+c.claim, "-p", "parameters.yaml"))
	w := c.wait(t, name, nil)
	r := row{name: "examples/ml-training", seconds: w.Status.FinishedAt.Sub(w.Status.StartedAt).Seconds()}
	r.pods, r.control = pods(w)
	defer func() { results.add(r) }()
	if w.Status.Phase != "Succeeded" {
		t.Fatal(c.story(t, name))
	}
	got, err := c.observed(t, name)
	if err != nil {
		t.Fatal(err)
	}
	best, accuracy := fmt.Sprint(got.Parameters["best_model"]), fmt.Sprint(got.Parameters["accuracy"])
	here := c.trainHere(t, example)
	if !strings.Contains(here, best) || !strings.Contains(here, accuracy) || accuracy == "<nil>" {
		t.Errorf("in pods %s with %s, here\n%s", best, accuracy, here)
		return
	}
	r.equal = true
}

// trainHere runs the example on this machine and returns what the command prints.
func (c *cluster) trainHere(t *testing.T, example string) string {
	cmd := exec.CommandContext(t.Context(), filepath.Join(c.bin, "runnable-render"), "run", "pipeline.yaml", "-p", "parameters.yaml", "--store", t.TempDir(), "--format", "json")
	cmd.Dir = example
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the local run: %v\n%s", err, out)
	}
	return string(out)
}
