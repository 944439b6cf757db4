//go:build e2e

// Package argo_test runs cases on a real Argo: each is rendered by the real command, submitted, and its facts read
// from the store that its pods wrote. It takes a cluster as it is:
//
//	KUBECONFIG      a cluster with Argo Workflows, and kubectl on PATH
//	E2E_NAMESPACE   the namespace that Argo watches (argo)
//	E2E_LOAD        the command that loads an image archive into the cluster
//	E2E_ROOT        a folder with a root file system that has sh, coreutils, tar and python3
//	E2E_BIN         a folder with runnable-render and runnable-step
package argo_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/runs"
	"github.com/runnable-render/runnable-render/store"
)

// row is one line of the closing table.
type row struct {
	name          string
	pods, control int
	seconds       float64
	equal         bool
}

type table struct {
	sync.Mutex
	rows []row
}

func (tb *table) add(r row) {
	tb.Lock()
	defer tb.Unlock()
	tb.rows = append(tb.rows, r)
}

// String is the table: pods that ran, of them those that only evaluated control values, reduced, failed or closed.
func (tb *table) String() string {
	slices.SortFunc(tb.rows, func(a, b row) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	fmt.Fprintf(&b, "%-36s %5s %8s %8s  %s\n", "case", "pods", "control", "seconds", "trace equal")
	equal, pods := 0, 0
	for _, r := range tb.rows {
		word := "no"
		if r.equal {
			word = "yes"
			equal++
		}
		pods += r.pods
		fmt.Fprintf(&b, "%-36s %5d %8d %8.0f  %s\n", r.name, r.pods, r.control, r.seconds, word)
	}
	fmt.Fprintf(&b, "argo %d/%d equal, %d pods\n", equal, len(tb.rows), pods)
	return b.String()
}

func TestArgo(t *testing.T) {
	for _, name := range []string{"KUBECONFIG", "E2E_LOAD", "E2E_ROOT", "E2E_BIN"} {
		if os.Getenv(name) == "" {
			t.Fatalf("%s is not set; e2e/argo/run sets it", name)
		}
	}
	cases := allCases(t)
	bin, err := filepath.Abs(os.Getenv("E2E_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{namespace: "argo", bin: bin, claim: fmt.Sprintf("facts-%x", time.Now().Unix())}
	if ns := os.Getenv("E2E_NAMESPACE"); ns != "" {
		c.namespace = ns
	}
	c.images = loadImages(t, bin, os.Getenv("E2E_ROOT"), cases)
	c.prepare(t)
	results := &table{}
	t.Run("cases", func(t *testing.T) {
		for _, one := range cases {
			t.Run(one.Name, func(t *testing.T) {
				t.Parallel()
				c.check(t, one, results)
			})
		}
	})
	t.Run("mutants", func(t *testing.T) { c.checkMutants(t, cases) })
	t.Run("own claim", func(t *testing.T) { c.checkOwnClaim(t, cases) })
	t.Run("directory", func(t *testing.T) { c.checkDirectory(t, cases) })
	t.Run("argo retry", func(t *testing.T) { c.checkRetry(t) })
	t.Run("bucket", func(t *testing.T) { c.checkBucket(t, cases) })
	t.Run("training", func(t *testing.T) { c.checkTraining(t, results) })
	fmt.Print("\n", results)
}

// allCases are the golden cases, those of this folder, and the one that shows planted defects.
func allCases(t *testing.T) []*golden.Case {
	var out []*golden.Case
	for _, root := range []string{"../../golden", "cases", "../mutants"} {
		cases, err := golden.All(root)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if c.Runs("argo") && (!strings.HasPrefix(c.Name, "full-") || os.Getenv("FULL") == "1") {
				out = append(out, c)
			}
		}
	}
	return out
}

// check runs one case on the cluster and here, and compares both with what is expected.
func (c *cluster) check(t *testing.T, one *golden.Case, results *table) {
	name := c.submit(t, c.render(t, one))
	if one.Name == "pod-deleted" {
		c.deletePod(t, name)
	}
	w := c.wait(t, name, nil)
	r := row{name: one.Name, seconds: w.Status.FinishedAt.Sub(w.Status.StartedAt).Seconds()}
	r.pods, r.control = pods(w)
	defer func() { results.add(r) }()

	facts := c.facts(t, name)
	ctx := t.Context()
	st, err := store.Open(ctx, facts)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	got, err := golden.Observe(ctx, st, name)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.story(t, name))
	}
	if diff := one.Diff(got); diff != "" {
		t.Errorf("the run differs from expect.yaml (-want +got):\n%s\n%s", diff, c.story(t, name))
	}
	if (w.Status.Phase == "Succeeded") != (one.Expect.Status == engine.Success) {
		t.Errorf("the workflow is %s, the run %s\n%s", w.Status.Phase, one.Expect.Status, c.story(t, name))
	}
	r.equal = !t.Failed() && c.sameTrace(t, one, st, name)
	if !t.Failed() {
		_, _ = c.kubectl(ctx, "", "delete", "workflow", name, "--wait=false")
	}
}

// render makes the manifest of a case by the real command.
func (c *cluster) render(t *testing.T, one *golden.Case, more ...string) []byte {
	t.Helper()
	secret := "secret-of-" + strings.ToLower(one.Name)
	c.secret(t, secret, one.Expect.Secrets)
	text := fmt.Sprintf("pvc_for_runnable: %s, secret_from_k8s: %s, defaults: {resources: {requests: {cpu: 10m, memory: 16Mi}}}", c.claim, secret)
	return c.renderWith(t, one, text, more...)
}

// renderWith renders a case with settings of its own for Argo.
func (c *cluster) renderWith(t *testing.T, one *golden.Case, settings string, more ...string) []byte {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte("argo: {"+settings+"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	args := one.Args()
	if strings.HasPrefix(one.Name, "submit-") {
		unset := *one // the parameters are given to the workflow, not to its rendering
		unset.Expect.Params = nil
		args = unset.Args()
	}
	args = slices.Concat(args, []string{"--target", "argo", "-c", config, "--image", c.images.cases[one.Name], "--runner-image", c.images.runner}, more)
	cmd := exec.CommandContext(t.Context(), filepath.Join(c.bin, "runnable-render"), args...)
	cmd.Dir, cmd.Env = one.Dir, environment(one)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("runnable-render %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	if strings.HasPrefix(one.Name, "submit-") {
		return withArguments(t, out, one.Expect.Params)
	}
	return out
}

// withArguments sets arguments of a workflow, as `argo submit -p` does.
func withArguments(t *testing.T, manifest []byte, params []string) []byte {
	t.Helper()
	var wf map[string]any
	if err := yaml.Unmarshal(manifest, &wf); err != nil {
		t.Fatal(err)
	}
	list := wf["spec"].(map[string]any)["arguments"].(map[string]any)["parameters"].([]any)
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		at := slices.IndexFunc(list, func(a any) bool { return a.(map[string]any)["name"] == name })
		if at < 0 {
			t.Fatalf("the workflow has no argument %q", name)
		}
		list[at].(map[string]any)["value"] = value
	}
	text, err := yaml.Marshal(wf)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// deletePod deletes the first pod of a workflow once its step runs, as the drain of a node does.
func (c *cluster) deletePod(t *testing.T, name string) {
	t.Helper()
	for started := time.Now(); time.Since(started) < patience; time.Sleep(time.Second) {
		out, err := c.kubectl(t.Context(), "", "get", "pods", "-l", "workflows.argoproj.io/workflow="+name, "--field-selector=status.phase=Running", "-o", "name")
		if err != nil {
			t.Fatal(err)
		}
		pod := strings.TrimSpace(string(out))
		if pod == "" {
			continue
		}
		if _, err := c.kubectl(t.Context(), "", "exec", strings.TrimPrefix(pod, "pod/"), "-c", "main", "--", "true"); err != nil {
			continue // the container is not there yet
		}
		time.Sleep(3 * time.Second) // the step itself is under way
		if _, err := c.kubectl(t.Context(), "", "delete", pod, "--grace-period=0", "--force", "--wait=false"); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("no pod came to run")
}

// environment is that of the test without what would steer the command, and with what the case says.
func environment(c *golden.Case) []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "RUNNABLE_") {
			env = append(env, kv)
		}
	}
	for name, value := range c.Expect.Env {
		env = append(env, name+"="+value)
	}
	return env
}

// pods counts the pods of a workflow, and of them those that run no step.
func pods(w *workflow) (all, control int) {
	for _, n := range w.Status.Nodes {
		if n.Type != "Pod" {
			continue
		}
		all++
		for _, p := range n.Inputs.Parameters {
			if p.Name == "do" && p.Value != "run" {
				control++
			}
		}
	}
	return all, control
}

// sameTrace runs the case here and compares the canonical traces.
func (c *cluster) sameTrace(t *testing.T, one *golden.Case, st *store.Store, run string) bool {
	if !one.Runs("local") {
		return true // it shows what there is on Argo alone
	}
	dir := filepath.Join(t.TempDir(), one.Name)
	if err := os.CopyFS(dir, os.DirFS(one.Dir)); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", "--run-id", "here"}, one.Args()...)
	if one.Expect.Jobs > 0 {
		args = append(args, "-j", fmt.Sprint(one.Expect.Jobs))
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(c.bin, "runnable-render"), args...)
	cmd.Dir, cmd.Env = dir, environment(one)
	for name, value := range one.Expect.Secrets {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, _ := cmd.CombinedOutput() // a run that is to fail does; the trace tells
	ctx := context.Background()
	here, err := store.Open(ctx, filepath.Join(dir, ".runnable"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	defer here.Close()
	want, err := runs.Trace(ctx, here, "here")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := runs.Trace(ctx, st, run)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the trace differs from the local run's (-local +argo):\n%s", diff)
		return false
	}
	return true
}
