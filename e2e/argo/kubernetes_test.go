//go:build e2e

package argo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/engine"
)

// asJobs are golden cases of each construct, kind of task and kind of failure, which run as Jobs of plain Kubernetes too; FULL=1
// takes all.
var asJobs = []string{
	"catalog-between-steps", "catalog-map-items", "conditional-values", "failure-handled", "failure-unhandled", "hooks-success",
	"loop-accumulates", "map-of-maps", "metaflow-foreach", "needs-diamond", "nest-parallel-map-conditional", "parallel-merge",
	"python-values", "retry-third-attempt", "secret-missing", "secret-used",
}

// notAsJobs are golden cases that plain Kubernetes refuses: their steps ask for several images.
var notAsJobs = []string{"inherit-image", "inherit-settings"}

// checkKubernetes runs cases as Jobs, whose one pod runs the whole pipeline, and holds each against what is expected and
// against the local run.
func (c *cluster) checkKubernetes(t *testing.T, cases []*golden.Case, results *compare.Table) {
	for _, one := range cases {
		own := one.Runs("kubernetes") && len(one.Expect.Only) > 0
		chosen := slices.Contains(asJobs, one.Name) || os.Getenv("FULL") == "1" && filepath.Base(filepath.Dir(one.Dir)) == "golden" && one.Runs("local") && !slices.Contains(notAsJobs, one.Name)
		if !own && !chosen {
			continue
		}
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			c.checkJob(t, one, results)
		})
	}
	t.Run("jobs of Runnable's", func(t *testing.T) {
		t.Parallel()
		c.checkRunnableJobs(t, results)
	})
}

// checkJob runs one case as a Job.
func (c *cluster) checkJob(t *testing.T, one *golden.Case, results *compare.Table) {
	secret := "job-secret-of-" + strings.ToLower(one.Name)
	c.secret(t, secret, one.Expect.Secrets)
	settings := fmt.Sprintf("kubernetes: {pvc_claim_name: %s, secret_from_k8s: %s, job_spec: {template: {spec: {container: {resources: "+
		"{requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: '2', memory: 1Gi}}}}}}}\n", c.claim, secret)
	manifest := c.command(t, one.Dir, compare.EnvironOf(one), slices.Concat(one.Args(), c.asJob(t, settings, c.images.cases[one.Name]))...)
	j := c.startJob(t, manifest)
	switch one.Name {
	case "job-pod-deleted":
		c.losePod(t, j, c.deletePod)
	case "job-pod-evicted":
		c.losePod(t, j, c.evictPod)
	}
	c.endOfJob(t, j)
	r := compare.Row{Name: "job: " + one.Name, Counts: []int{len(c.podsOf(t, j)), 0}, Seconds: j.seconds()}
	defer func() { results.Add(r) }()
	st := c.facts(t, c.claim, j.run())
	got, err := golden.Observe(t.Context(), st, j.run())
	if err != nil {
		t.Fatalf("%v\n%s", err, c.storyOf(t, j))
	}
	if diff := one.Diff(got); diff != "" {
		t.Errorf("the run differs from expect.yaml (-want +got):\n%s\n%s", diff, c.storyOf(t, j))
	}
	if j.succeeded() != (one.Expect.Status == engine.Success) {
		t.Errorf("the Job succeeded: %v, the run is %s\n%s", j.succeeded(), one.Expect.Status, c.storyOf(t, j))
	}
	c.hides(t, one, "job/"+j.Metadata.Name, "job-name="+j.Metadata.Name, st)
	if !one.Runs("local") { // a pod is lost in it
		r.Equal = !t.Failed()
		return
	}
	if r.Counts[0] != 1 {
		t.Errorf("%d pods, want one", r.Counts[0])
	}
	r.Equal = !t.Failed() && compare.SameTrace(t, compare.CaseHere(t, c.bin, one), st, j.run())
}

// checkRunnableJobs runs PythonJob, NotebookJob and ShellJob, each as a Job, by Runnable's own configuration of them.
func (c *cluster) checkRunnableJobs(t *testing.T, results *compare.Table) {
	image, venv, err := images.Notebooks("../..", "jobs", stepUser)
	if err != nil {
		t.Fatal(err)
	}
	c.load(t, image)
	settings := fmt.Sprintf("job-executor: {type: k8s-job, config: {namespace: %s, pvc_claim_name: %s, jobSpec: {backoffLimit: 2, template: {spec: {container: "+
		"{image: '%s', imagePullPolicy: IfNotPresent, env: [{name: STAGE, value: test}], resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: '2', memory: 1Gi}}}}}}}}\n",
		c.namespace, c.claim, image.Name)
	for _, name := range []string{"python", "notebook", "shell"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "jobs")
			if err := os.CopyFS(dir, os.DirFS("jobs")); err != nil {
				t.Fatal(err)
			}
			env := append(os.Environ(), "VIRTUAL_ENV="+venv)
			args := []string{name + ".py", "--param", "n=21"}
			j := c.startJob(t, c.command(t, dir, env, slices.Concat(args, c.asJob(t, settings, ""))...))
			c.endOfJob(t, j)
			r := compare.Row{Name: "job of Runnable's: " + name, Counts: []int{len(c.podsOf(t, j)), 0}, Seconds: j.seconds()}
			defer func() { results.Add(r) }()
			if !j.succeeded() {
				t.Fatal(c.storyOf(t, j))
			}
			st := c.facts(t, c.claim, j.run())
			got, err := golden.Observe(t.Context(), st, j.run())
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Steps) != 1 || r.Counts[0] != 1 || got.Parameters["doubled"] != "42" {
				t.Errorf("%d steps in %d pods, doubled is %s", len(got.Steps), r.Counts[0], got.Parameters["doubled"])
			}
			r.Equal = !t.Failed() && compare.SameTrace(t, compare.Here(t, c.bin, dir, env, args...), st, j.run())
		})
	}
}

// asJob are the arguments that render for plain Kubernetes; without an image the settings name it.
func (c *cluster) asJob(t *testing.T, settings, image string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"--target", "kubernetes", "-c", file, "--runner-image", c.images.runner}
	if image != "" {
		args = append(args, "--image", image)
	}
	return args
}

// jobPatience is how long a Job may take beside everything else that the suite runs.
const jobPatience = 10 * time.Minute

// job is what the tests look at of a Job.
type job struct {
	Metadata struct {
		Name              string    `json:"name"`
		UID               string    `json:"uid"`
		CreationTimestamp time.Time `json:"creationTimestamp"`
	} `json:"metadata"`
	Status struct {
		Conditions []struct {
			Type, Status, Reason, Message string
			LastTransitionTime            time.Time
		} `json:"conditions"`
	} `json:"status"`
}

// run is the run's id.
func (j *job) run() string { return j.Metadata.Name + "-" + j.Metadata.UID }

func (j *job) ended(as string) bool {
	for _, s := range j.Status.Conditions {
		if s.Type == as && s.Status == "True" {
			return true
		}
	}
	return false
}

func (j *job) succeeded() bool { return j.ended("Complete") }

func (j *job) seconds() float64 {
	last := j.Status.Conditions[len(j.Status.Conditions)-1]
	return last.LastTransitionTime.Sub(j.Metadata.CreationTimestamp).Seconds()
}

// startJob applies a manifest and returns its Job.
func (c *cluster) startJob(t *testing.T, manifest []byte) *job {
	t.Helper()
	out, err := c.kubectl(t.Context(), string(manifest), "apply", "-f", "-", "-o", "name")
	if err != nil {
		t.Fatalf("%v\n%s", err, manifest)
	}
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "job.batch/"); ok {
			t.Cleanup(func() {
				_, _ = c.kubectl(context.WithoutCancel(t.Context()), string(manifest), "delete", "-f", "-", "--wait=false", "--ignore-not-found")
			})
			j := &job{}
			c.readJob(t, name, j)
			return j
		}
	}
	t.Fatalf("kubectl apply made no Job: %s", out)
	return nil
}

func (c *cluster) readJob(t *testing.T, name string, j *job) {
	t.Helper()
	out, err := c.kubectl(t.Context(), "", "get", "job", name, "-o", "json")
	if err == nil {
		err = json.Unmarshal(out, j)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// endOfJob waits until a Job is over.
func (c *cluster) endOfJob(t *testing.T, j *job) {
	t.Helper()
	for began := time.Now(); !j.ended("Complete") && !j.ended("Failed"); time.Sleep(time.Second) {
		if time.Since(began) > jobPatience {
			t.Fatal(c.storyOf(t, j))
		}
		c.readJob(t, j.Metadata.Name, j)
	}
}

// podsOf are the names of a Job's pods, in whatever phase.
func (c *cluster) podsOf(t *testing.T, j *job, more ...string) []string {
	t.Helper()
	args := append([]string{"get", "pods", "-l", "job-name=" + j.Metadata.Name, "-o", "jsonpath={.items[*].metadata.name}"}, more...)
	out, err := c.kubectl(t.Context(), "", args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// losePod removes the pod of a Job once its step waits for that.
func (c *cluster) losePod(t *testing.T, j *job, remove func(t *testing.T, pod string)) {
	t.Helper()
	for began := time.Now(); time.Since(began) < jobPatience; time.Sleep(time.Second) {
		for _, pod := range c.podsOf(t, j, "--field-selector=status.phase=Running") {
			if out, _ := c.kubectl(t.Context(), "", "logs", pod, "-c", "pipeline"); strings.Contains(string(out), "waiting") {
				remove(t, pod)
				return
			}
		}
	}
	t.Fatal("no step came to run")
}

// storyOf is what a failed test shows of a Job: its conditions and its pods' logs.
func (c *cluster) storyOf(t *testing.T, j *job) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %+v\n", j.Metadata.Name, j.Status.Conditions)
	logs, err := c.kubectl(t.Context(), "", "logs", "-l", "job-name="+j.Metadata.Name, "--all-containers", "--tail=30", "--prefix", "--ignore-errors")
	b.Write(logs)
	if err != nil {
		b.WriteString(err.Error())
	}
	return b.String()
}
