//go:build e2e

// Package argo_test runs cases on a real Argo: each is rendered by the real command, submitted, and its facts read
// from the store that its pods wrote. It takes a cluster as it is:
//
//	KUBECONFIG      a cluster with Argo Workflows; kubectl and argo on PATH
//	E2E_NAMESPACE   the namespace that Argo watches (argo)
//	E2E_LOAD        the command that loads an image archive into the cluster
//	E2E_ROOT        a folder with a root file system that has sh, coreutils, tar and python3
//	E2E_BIN         a folder with runnable-render and runnable-step
//	E2E_S3          the program of an S3 server, versitygw
//	E2E_HOST        the address by which pods reach this machine
package argo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/store"
)

// newRow is the row of a workflow that is over; whether its trace is equal is yet to be seen.
func newRow(name string, w *workflow) compare.Row {
	all, control := pods(w)
	return compare.Row{Name: name, Counts: []int{all, control}, Seconds: w.Status.FinishedAt.Sub(w.Status.StartedAt).Seconds()}
}

func TestArgo(t *testing.T) {
	for _, name := range []string{"KUBECONFIG", "E2E_LOAD", "E2E_ROOT", "E2E_BIN", "E2E_S3", "E2E_HOST"} {
		if os.Getenv(name) == "" {
			t.Fatalf("%s is not set; e2e/argo/run sets it", name)
		}
	}
	cases := allCases(t)
	bin, err := filepath.Abs(os.Getenv("E2E_BIN"))
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{namespace: "argo", bin: bin, claim: fmt.Sprintf("facts-%x", time.Now().Unix()), loading: &sync.Mutex{}}
	if ns := os.Getenv("E2E_NAMESPACE"); ns != "" {
		c.namespace = ns
	}
	c.loadImages(t, os.Getenv("E2E_ROOT"), cases)
	results := &compare.Table{Suite: "argo", Counts: []string{"pods", "control"}} // pods that only evaluated control values, reduced, failed or closed
	t.Cleanup(func() { fmt.Print("\n", results) })
	c.prepare(t)
	t.Setenv("AWS_ACCESS_KEY_ID", s3User) // of the bucket's server, for the store that is read here
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3Key)
	if os.Getenv("FULL") == "1" {
		t.Run("short", func(t *testing.T) { c.checkShort(t, cases, results) }) // alone, before the others begin
	}
	together := func(name string, run func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t)
		})
	}
	together("lint", func(t *testing.T) { c.checkLint(t) })
	together("bucket", func(t *testing.T) { c.checkBucket(t, cases, results) })
	together("cases", func(t *testing.T) {
		for _, one := range cases {
			if !one.Runs("argo") {
				continue
			}
			t.Run(one.Name, func(t *testing.T) {
				t.Parallel()
				c.check(t, one, results)
			})
		}
	})
	together("kubernetes", func(t *testing.T) { c.checkKubernetes(t, cases, results) })
	together("mutants", func(t *testing.T) { c.checkMutants(t, cases) })
	together("own claim", func(t *testing.T) { c.checkOwnClaim(t, cases, results) })
	together("directory", func(t *testing.T) { c.checkDirectory(t, cases, results) })
	together("hooks", c.checkHooks)
	together("argo retry", func(t *testing.T) { c.checkRetry(t, results) })
	together("go-etl", func(t *testing.T) { c.checkETL(t, results) })
	together("notebooks", func(t *testing.T) { c.checkNotebooks(t, results) })
	together("ml-training", func(t *testing.T) { c.checkTraining(t, results) })
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
			if (c.Runs("argo") || c.Runs("kubernetes")) && (!strings.HasPrefix(c.Name, "full-") || os.Getenv("FULL") == "1") {
				out = append(out, c)
			}
		}
	}
	return out
}

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

// check runs one case on the cluster and here, and compares both with what is expected.
func (c *cluster) check(t *testing.T, one *golden.Case, results *compare.Table) {
	name := c.submitCase(t, one)
	switch one.Name {
	case "pod-deleted":
		c.removePod(t, name, c.deletePod)
	case "pod-evicted":
		c.removePod(t, name, c.evictPod)
	}
	w := c.wait(t, name)
	st := c.facts(t, c.claim, name)
	c.verdict(t, one.Name, one, w, st, results)
	if !t.Failed() {
		_, _ = c.kubectl(t.Context(), "", "delete", "workflow", name, "--wait=false")
	}
}

// removePod removes the first pod of a workflow once its step runs.
func (c *cluster) removePod(t *testing.T, name string, remove func(t *testing.T, pod string)) {
	t.Helper()
	for started := time.Now(); time.Since(started) < patience(); time.Sleep(time.Second) {
		out, err := c.kubectl(t.Context(), "", "get", "pods", "-l", "workflows.argoproj.io/workflow="+name, "--field-selector=status.phase=Running", "-o", "jsonpath={.items[*].metadata.name}")
		if err != nil {
			t.Fatal(err)
		}
		if pod := string(out); pod != "" && c.stepRuns(t, pod) {
			remove(t, pod)
			return
		}
	}
	t.Fatal("no step came to run")
}

// stepRuns reports whether the step of a pod has printed that it waits to be removed.
func (c *cluster) stepRuns(t *testing.T, pod string) bool {
	out, _ := c.kubectl(t.Context(), "", "logs", pod, "-c", "main")
	return strings.Contains(string(out), "waiting")
}

// deletePod deletes a pod. Not by force: then Argo starts it anew under its old name and retries it besides.
func (c *cluster) deletePod(t *testing.T, pod string) {
	if _, err := c.kubectl(t.Context(), "", "delete", "pod", pod, "--wait=false"); err != nil {
		t.Fatal(err)
	}
}

// evictPod evicts a pod, as the drain of a node does: it is asked to end, and has its time for that.
func (c *cluster) evictPod(t *testing.T, pod string) {
	eviction := fmt.Sprintf(`{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": %q, "namespace": %q}}`, pod, c.namespace)
	path := fmt.Sprintf("/api/v1/namespaces/%s/pods/%s/eviction", c.namespace, pod)
	if _, err := c.kubectl(t.Context(), eviction, "create", "--raw", path, "-f", "-"); err != nil {
		t.Fatal(err)
	}
}

// sharedPods are the paths of the composites whose steps share a pod; that of the pipeline is a hyphen.
func sharedPods(w *workflow) []string {
	var out []string
	for _, n := range w.Status.Nodes {
		given := map[string]string{}
		for _, p := range n.Inputs.Parameters {
			given[p.Name] = p.Value
		}
		if n.Type == "Pod" && given["do"] == "subtree" {
			out = append(out, given["path"])
		}
	}
	return out
}

// pods counts the pods of a workflow, and of them those that are not of a single step.
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

// closed closes a store at the end of the test.
func closed(t *testing.T, st *store.Store, err error) *store.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}
